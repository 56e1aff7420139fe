"""Where the result of a step goes next, and at the very start what to try: links that lead there."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from core.network import symbols
from core.program.cursor import Cursor
from core.program.program import Address, Phase
from core.steps.formulas import formulas
from core.why.readers import readers
from gui.debugger.labels import gradient_text
from gui.debugger.view import View
from gui.look.theme import Theme
from gui.widgets.parts.flow_layout import FlowLayout


@dataclass(frozen=True, slots=True)
class Link:
    """A step that a click goes to: its words, and where it is."""

    words: str
    target: Cursor


def onward(view: View) -> tuple[Link, ...]:
    """The steps that read the result of the step at the cursor, the first of each kind."""
    address, program, epoch = view.step.address, view.program, view.cursor.epoch
    is_update = address.phase is Phase.UPDATE
    links: list[Link] = []
    for reader in readers(program, view.epoch, address):
        position = program.position(reader)
        where = f"step {position:,}" + (f" of epoch {epoch + 1:,}" if is_update else "")
        links.append(Link(f"{_name(view, reader)} ({where})", Cursor(epoch + is_update, position)))
    return tuple(links)


def to_try(view: View) -> tuple[Link, ...]:
    """Three things to try at the first step of all, none elsewhere."""
    program, T = view.program, view.network.T
    if view.cursor != Cursor(1, 1):
        return ()
    name = view.network.chained[0] if T > 1 else view.network.taker
    term = program.place(Address(Phase.BACKWARD, name, (T, T, min(2, T))))
    total = program.position(Address(Phase.BACKWARD, name))
    return (
        Link("Press Space: the next formula, with its numbers", Cursor(1, 2)),
        Link(f"See one term of {gradient_text(name)} factor by factor (step {term:,})", Cursor(1, term)),
        Link(f"At the sum (step {total:,}) press ? and type what you got by hand", Cursor(1, total)),
    )


class Onward(QWidget):
    """A line of links after a few words.

    Signals:
        asked(Cursor): go to that step.
    """

    asked = Signal(object)

    def __init__(self, theme: Theme, words: str) -> None:
        super().__init__()
        self._theme = theme
        self._links: tuple[Link, ...] = ()
        self._words = QLabel(words)
        self._words.setProperty("role", "dim")
        self.buttons: list[QPushButton] = []
        self._flow = FlowLayout(self)
        self._flow.setContentsMargins(0, 0, 0, 0)
        self._flow.addWidget(self._words)
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def has_links(self) -> bool:
        """Whether there is anywhere to go."""
        return bool(self._links)

    def set_links(self, links: tuple[Link, ...]) -> None:
        """Offer *links*."""
        if links == self._links:
            return
        self._links = links
        while len(self.buttons) < len(links):
            self._add_button(len(self.buttons))
        for place, button in enumerate(self.buttons):
            button.setVisible(place < len(links))
            if place < len(links):
                button.setText(links[place].words)

    def _add_button(self, place: int) -> None:
        button = QPushButton(self)
        button.setProperty("small", True)
        button.setToolTip("Go there; Back returns (Alt+Left)")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: self.asked.emit(self._links[place].target))
        self._flow.addWidget(button)
        self.buttons.append(button)

    def _restyle(self) -> None:
        self._flow.set_gaps(self._theme.px(6), self._theme.px(4))


def _name(view: View, address: Address) -> str:
    if address.phase is Phase.BACKWARD and not address.is_asked(view.network):
        name = gradient_text(address.quantity)
        return f"the sum {name}" if address.is_sum else name
    made = symbols.parse(formulas(view.epoch, view.program.way)(address).writes[0])
    whole = made.indices[:1] if address.quantity == "alpha" or address.phase is Phase.BACKWARD else made.indices
    return symbols.meaning(made.name).text + ",".join(map(symbols.subscript, whole))
