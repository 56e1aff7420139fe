"""The help page: how to begin, and every key, made from the table of actions."""

from __future__ import annotations

import re
from html import escape
from importlib.resources import files

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QMessageBox, QTextBrowser, QVBoxLayout, QWidget

from core.network.glossary import glossary
from gui.look.theme import Theme
from gui.window.actions import ACTIONS, MENUS, key_text


def help_html() -> str:
    """The page: the introduction from the resources, then the actions with their keys, menu by menu."""
    text = files("resources").joinpath("help.html").read_text(encoding="utf-8")
    page = [re.sub("<h2>(.*?)</h2>", r'<h2><a name="\1"></a>\1</h2>', text), '<h2><a name="Words"></a>Words</h2>']
    page += [f"<p><b>{escape(word)}</b>: {escape(words)}</p>" for word, words in glossary()]
    page.append("<h2>All keys</h2>")
    for menu in MENUS:
        page.append(f"<h3>{menu}</h3><table cellspacing='0' cellpadding='3'>")
        for spec in ACTIONS:
            if spec.menu == menu:
                keys = ", ".join(key_text(shortcut) for shortcut in spec.shortcuts)
                page.append(f"<tr><td><b>{escape(spec.text)}</b></td><td>{escape(keys)}</td>"
                            f"<td>{escape(spec.tip)}</td></tr>")  # fmt: skip
        page.append("</table>")
    return "".join(page)


class HelpDialog(QDialog):
    """Shows the help page beside the window."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Chainrule: help and keys")
        self.setModal(False)
        self.page = QTextBrowser()
        self.page.setFont(theme.font(14))
        self.page.setHtml(help_html())
        self.page.setOpenExternalLinks(False)
        column = QVBoxLayout(self)
        column.addWidget(self.page)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)  # whose style has it without icons
        buttons.rejected.connect(self.close)
        column.addWidget(buttons)
        self.resize(theme.px(640), theme.px(620))

    def show_at(self, heading: str) -> None:
        """Come to the front at *heading*, "" for where it was left."""
        self.show()
        self.raise_()
        if heading:
            self.page.scrollToAnchor(heading)


def show_about(parent: QWidget) -> None:
    """Say what the application is."""
    QMessageBox.about(
        parent,
        "About Chainrule",
        "Chainrule is a step-through debugger for the arithmetic of a recurrent network.\n\n"
        "Every formula of the forward pass, every term of backpropagation through time, every update.",
    )
