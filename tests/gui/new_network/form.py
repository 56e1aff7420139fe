"""The dialog for a new network, opened for a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.sources.opening import open_source
from core.sources.source import Source
from gui.look.theme import Theme
from gui.new_network.form.dialog import NewNetworkDialog
from tests.gui.driving import ALT, CTRL, PLAIN, click, settle, wait_until

Key = Qt.Key
BANANA = {"U": (2, 3), "W": (2, 2), "b": (2,), "V": (3, 2), "c": (3,)}
GIVEN = 4  # the place of “My own numbers” among the schemes


@dataclass
class Form:
    """The dialog under test. Its methods press, type and wait."""

    dialog: NewNetworkDialog
    made: list[Source]

    def key(self, key, modifiers=PLAIN):
        QTest.keyClick(QApplication.focusWidget() or self.dialog, key, modifiers)
        settle()

    def fill(self, field, text):
        """Replace what is in a field; letters that are on no key are pasted, and so is what has several lines."""
        click(field)
        self.key(Key.Key_A, CTRL)
        if not text:
            self.key(Key.Key_Delete)
        elif text.isascii() and text.isprintable():
            QTest.keyClicks(field, text)
        else:
            self.paste(text)

    def paste(self, text):
        """Paste *text* where the keyboard is."""
        QApplication.clipboard().setText(text)
        self.key(Key.Key_V, CTRL)

    def type(self, text):
        """Type *text* where the keyboard is, over what is selected there."""
        QTest.keyClicks(QApplication.focusWidget() or self.dialog, text)

    def choose(self, box, index):
        """Choose a line of a combo box by the arrow keys."""
        box.setFocus()
        self.key(Key.Key_Home)
        for _ in range(index):
            self.key(Key.Key_Down)
        assert box.currentIndex() == index

    def says(self, line):
        wait_until(lambda: self.dialog.summary.line.text() == line)

    def refuses(self, words, problem):
        """Wait until *words* say the problem; then nothing can be created."""
        wait_until(lambda: words.problem == problem)
        assert words.isVisible()
        assert words.text() == f"✗ {problem}"
        assert not self.dialog.create_button.isEnabled()

    def awaits(self, words, problem):
        """Wait until *words* say calmly what is not there yet; then nothing can be created."""
        wait_until(lambda: words.problem == problem)
        assert words.isVisible()
        assert words.text() == problem
        assert not words.property("bad")
        assert not self.dialog.create_button.isEnabled()

    def accepts(self):
        """Wait until all is checked; then nothing is wrong."""
        timer = self.dialog.findChild(QTimer)
        assert timer is not None
        wait_until(lambda: not timer.isActive())
        assert self.dialog.create_button.isEnabled(), self.dialog.summary.line.text()

    def press(self, button, key):
        """Press the key of a button's mnemonic."""
        before = button.isChecked()
        self.key(key, ALT)
        wait_until(lambda: button.isChecked() != before)  # Qt shows it pressed for a while

    @property
    def text(self):
        return self.dialog.text.text_field

    @property
    def rows(self):
        return self.dialog.start.given.rows

    @property
    def strip(self):
        strip = self.dialog.text.letters
        return "".join(strip.inputs), "".join(strip.targets)

    def banana(self, hidden="2"):
        """Type it, and wait until it has been looked at."""
        self.fill(self.text, "banana")
        self.fill(self.dialog.cell.hidden_field, hidden)
        wait_until(lambda: self.dialog.summary.line.text().startswith("5 timesteps"))

    def given(self):
        """Type banana, and empty the fields for own numbers."""
        self.banana()
        self.choose(self.dialog.start.scheme, GIVEN)
        wait_until(lambda: self.rows["U"].isVisible())
        for name in BANANA:
            self.fill(self.rows[name].edit, "")
        self.refuses(self.rows["U"].words, "U is missing: 2×3 numbers are needed.")


@contextmanager
def opened(like: str | Source = "attention", theme: Theme | None = None) -> Iterator[Form]:
    """The dialog, filled with a network that is open."""
    dialog = NewNetworkDialog(theme or Theme(), open_source(like) if isinstance(like, str) else like, None)
    made: list[Source] = []
    dialog.made.connect(made.append)
    dialog.show()
    QTest.qWaitForWindowActive(dialog)
    settle()
    try:
        yield Form(dialog, made)
    finally:
        dialog.close()
        dialog.deleteLater()


def source_like(like="attention", **changes):
    return replace(open_source(like), **changes)
