"""The Watch panel: numbers and expressions that are kept in sight, and the stops with their notes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QListWidget, QVBoxLayout, QWidget

from core.watching.names import Completion, completions
from core.watching.watched import WatchError
from gui.debugger.view import View
from gui.look.theme import Theme
from gui.panels.base.panel import Panel
from gui.panels.watch import state
from gui.panels.watch.changes import ChangeList
from gui.panels.watch.curves import Curves
from gui.panels.watch.state import Marks
from gui.panels.watch.table import StopList, WatchList
from gui.widgets.parts.scroll import Scroll

_MOST_OFFERED = 6
_EMPTY = "Nothing is watched yet: Ctrl and a click on any number, its menu, or the field above."


class WatchPanel(Panel):
    """A field for what is to be watched or stopped at, the watches, the stops.

    Signals:
        marks_asked(Marks): watch and stop at these. let_go_asked(Number): change or hold it no more. left(): the field
        was left by Escape, or a note is written.
    """

    marks_asked = Signal(object)
    let_go_asked = Signal(object)
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.setAccessibleName("Watch")
        self._view: View | None = None
        self._writes_note = False
        self.field = _Field()
        self.words, self.empty = QLabel(wordWrap=True), QLabel(_EMPTY, wordWrap=True)
        self.watches, self.stops = WatchList(theme, self), StopList(theme, self)
        self.changes = ChangeList(theme)
        self.changes.let_go.connect(self.let_go_asked)
        self.curves = Curves(self)
        self.offers = QListWidget()  # in the panel, where it takes the keyboard from nothing
        self.offers.setAccessibleName("Names that complete it")
        self.offers.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.offers.itemClicked.connect(lambda item: self._complete(self.offers.row(item)))
        self.offers.hide()
        self._offered: tuple[Completion, ...] = ()
        self.field.moved.connect(self._move)
        self.field.textEdited.connect(self._offer)
        self.field.returnPressed.connect(self._enter)
        self.field.left.connect(self._leave)
        self.watches.edited.connect(lambda row, _column, text: self._ask(lambda view: state.rewritten(view, row, text)))
        self.watches.removed.connect(lambda row: self._ask(lambda view: state.without(view, watch=row)))
        self.watches.ticked.connect(
            lambda row, on: self._ask(lambda view: state.stopping_on_change(view, row, stops=on))
        )
        self.watches.followed.connect(self._go_to_watch)
        self.stops.edited.connect(self._edit_stop)
        self.stops.removed.connect(lambda row: self._ask(lambda view: state.without(view, stop=row)))
        self.stops.ticked.connect(lambda row, on: self._ask(lambda view: state.changed(view, row, is_on=on)))
        self.stops.followed.connect(self._go_to_stop)
        self.stops.itemDelegate().closeEditor.connect(self._end_note)
        self.curves.grown.connect(self._show_curves)
        inside = QWidget()
        self._lists, self._column = QVBoxLayout(inside), QVBoxLayout(self)
        for part in (self.empty, self.watches, self.changes, self.stops):
            self._lists.addWidget(part)
        self._lists.addStretch(1)
        self._column.addWidget(self.field)
        self._column.addWidget(self.offers)
        self._column.addWidget(self.words)
        self._column.addWidget(Scroll(inside), 1)
        self.words.hide()
        theme.changed.connect(self._restyle)
        self._restyle()

    def render_view(self, view: View) -> None:
        """Show what is watched at the cursor of *view*, and the stops."""
        self._view = view
        self.field.setEnabled(True)
        rows = state.watch_rows(view)
        self.empty.setVisible(not rows)
        self.watches.setVisible(bool(rows))
        singles = tuple(row.written for row in rows if row.is_single)
        self.curves.follow(view.training, view.program, singles)
        self.watches.show_rows(rows, [self.curves.of(row.written) for row in rows])
        self.changes.show_changes(view)
        self.stops.show_rows(state.stop_rows(view))

    def focus_field(self) -> None:
        """Let the user type what is to be watched or stopped at."""
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def edit_note(self, row: int) -> None:
        """Let the user write the note of a stop, and go back to the step with it."""
        self._render_waiting()  # in sight or not: it is a row of the stops that there are now
        self._writes_note = True
        self.stops.edit_row(row, 1)

    # -- inside ---------------------------------------------------------------------------------------------

    def _end_note(self) -> None:
        """Where a note was asked for at a step, the keyboard goes back there; the list keeps what is edited in it."""
        if self._writes_note:
            self._writes_note = False
            self.left.emit()

    def _ask(self, marks: Callable[[View], Marks]) -> bool:
        """Ask for what *marks* makes of the view; what is not understood is said, and what stood there comes back."""
        if self._view is None:
            return False
        try:
            asked = marks(self._view)
        except WatchError as error:
            self._say(str(error))
            self.render_view(self._view)
            return False
        self._say("")
        self.marks_asked.emit(asked)
        return True

    def _enter(self) -> None:
        """Take what is written; a name that is chosen from the list only completes it."""
        if self.offers.isVisible() and self.offers.currentRow() >= 0:
            self._complete(self.offers.currentRow())
            return
        self._show_offers(())
        text = self.field.text()
        if self._ask(lambda view: state.entered(view, text)):
            self.field.clear()

    def _leave(self) -> None:
        self._show_offers(())
        self.left.emit()

    def _edit_stop(self, row: int, column: int, text: str) -> None:
        if column:
            self._ask(lambda view: state.changed(view, row, note=text.strip()))
        else:
            self._ask(lambda view: state.restated(view, row, text))

    def _offer(self, text: str) -> None:
        """The names that what is typed may become."""
        if self._view is not None:
            self._show_offers(completions(text, self.field.cursorPosition(), self._view.network))

    def _show_offers(self, offered: tuple[Completion, ...]) -> None:
        self._offered = offered[:_MOST_OFFERED]
        self.offers.clear()
        self.offers.addItems([f"{each.text}   {each.words}" for each in self._offered])
        self.offers.setVisible(bool(self._offered))
        self.offers.setFixedHeight(self.offers.sizeHintForRow(0) * len(self._offered) + 2 * self.offers.frameWidth())

    def _move(self, by: int) -> None:
        """Choose the next name that is offered, or the one before."""
        row = max(self.offers.currentRow() + by, -1)
        self.offers.setCurrentRow(min(row, len(self._offered) - 1))

    def _complete(self, row: int) -> None:
        chosen = self._offered[row]
        self.field.setText(chosen.text)
        self.field.setCursorPosition(chosen.place)
        self._show_offers(())

    def _go_to_watch(self, row: int) -> None:
        view = self._view
        if view is None or row >= len(view.state.watches):
            return
        watched = state.understood(view.state.watches[row], view.network)
        if watched is not None:
            self.position_requested.emit(watched.first(view.program), view.cursor.position)

    def _go_to_stop(self, row: int) -> None:
        view = self._view
        position = None if view is None or row >= len(view.state.stops) else state.leads_to(view, row)
        if view is not None and position is not None:
            self.position_requested.emit(position, view.cursor.position)

    def _show_curves(self) -> None:
        if self._view is not None:
            rows = state.watch_rows(self._view)
            self.watches.show_rows(rows, [self.curves.of(row.written) for row in rows])

    def _say(self, words: str) -> None:
        self.words.setText(words)
        self.words.setVisible(bool(words))
        self.field.setAccessibleDescription(words)

    def _restyle(self) -> None:
        px, dim = self.theme.px, self.theme.palette.dim.name()
        for label in (self.words, self.empty):
            label.setStyleSheet(
                f"font-size: {px(12)}px; color: {dim if label is self.empty else self.theme.palette.ink.name()};"
            )
        for table in (self.watches, self.stops):
            table.setFont(self.theme.font(12))
        if self._view is not None:
            self.render_view(self._view)
        self._lists.setContentsMargins(0, 0, px(4), 0)
        self._lists.setSpacing(px(6))
        self._column.setContentsMargins(px(8), px(6), px(8), px(8))
        self._column.setSpacing(px(6))


class _Field(QLineEdit):
    """A line for a watch or a condition.

    Signals:
        left(): Escape was pressed. moved(int): up or down, by so many.
    """

    left = Signal()
    moved = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("What to watch, or when to stop")
        self.setPlaceholderText("h[2] to watch it, L < 2 to stop there")
        self.setToolTip(
            "An expression to watch: h[2], alpha[3,1], W @ h[1], norm(dW), dW_so_far (the sum up to the step)\n"
            "A condition to stop at: L < 2, abs(dW) > 1 (any entry), dW changes sign, h[2] crosses 0.5 (Shift+F9)"
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves it; up and down go through the names that are offered."""
        moves = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in moves:
            self.moved.emit(moves[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)
