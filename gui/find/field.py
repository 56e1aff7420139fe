"""The field in the row of menus: what is typed is found at once, arrows choose, Enter goes, Escape leaves."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QSizePolicy, QWidget
from shiboken6 import isValid

from gui.look.theme import Theme

if TYPE_CHECKING:
    from core.finding.ranking import Entry
    from gui.find.listing import Listing

WORDS = "Find a step, a number, a command"
_LEAST, _MOST = 100, 240  # pixels at zoom 1
_MOVES = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageDown: 8,
    Qt.Key.Key_PageUp: -8,
}
_ENTERS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class FindField(QLineEdit):
    """A field with a list of what is found; it gives the keyboard back where it was.

    Signals:
        chosen(Entry): do it; the keyboard is where it was. said(str): what a screen reader should say.
        refused(str): why what was chosen can not be done now. left(): the keyboard is elsewhere in the window.
    """

    chosen = Signal(object)
    said = Signal(str)
    refused = Signal(str)
    left = Signal()

    def __init__(
        self, theme: Theme, find: Callable[[str], list[Entry]], hint: Callable[[str], str], home: Callable[[], None]
    ) -> None:
        """*find*: what a query finds. *hint*: what to say below a query's list. *home*: who has the keyboard if none
        had it before.
        """
        super().__init__()
        self._theme, self._find, self._hint, self._home = theme, find, hint, home
        self._before: QWidget | None = None
        self._listing: Listing | None = None
        self.setProperty("small", True)
        self.setPlaceholderText(WORDS)
        self.setAccessibleName(WORDS)
        self.setToolTip(f"{WORDS}: type, choose with the arrows, press Enter (Ctrl+Shift+P)")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.textEdited.connect(lambda _text: self._search())
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._remember)
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def listing(self) -> Listing:
        """The list, made when it is first shown."""
        if self._listing is None:
            from gui.find.listing import Listing

            self._listing = Listing(self._theme, self.window())
            self._listing.chosen.connect(self._choose)
            self._listing.pointed.connect(self._say)
        return self._listing

    def come(self) -> None:
        """Take the keyboard, with all that was typed selected."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def leave(self) -> None:
        """Give the keyboard back where it was."""
        before = self._before
        self.clear()
        if before is not None and isValid(before) and before.isVisible() and before.isEnabled():
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._home()

    def forget(self) -> None:
        """What was found is of another program: it is nowhere any more."""
        if self._listing is not None:
            self._listing.show_entries([], "")
            self._listing.hide()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show what there is."""
        super().focusInEvent(event)
        if event.reason() not in (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason):
            self._search()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Whoever leaves needs no list."""
        super().focusOutEvent(event)
        if self._listing is not None and event.reason() != Qt.FocusReason.PopupFocusReason:
            self._listing.hide()
        if event.reason() not in (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason):
            self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys of the list, which never has the keyboard itself; all others are typed."""
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            self.leave()
        elif key in _MOVES:
            self.listing.mark(_MOVES[key])
        elif key in _ENTERS:
            if self.listing.current is not None:
                self._choose(self.listing.current)
        else:
            super().keyPressEvent(event)

    def _search(self) -> None:
        query = self.text()
        entries = self._find(query)
        words = self._hint(query) if not entries or not query.strip() else ""
        self.listing.show_entries(entries, words)
        self.listing.stand_below(self)
        self.said.emit(f"{len(entries)} found: {self.listing.spoken(entries[0])}" if entries else words)

    def _say(self, entry: Entry) -> None:
        entries = self.listing.lines.entries
        self.said.emit(f"{self.listing.spoken(entry)}, {entries.index(entry) + 1} of {len(entries)}")

    def _choose(self, entry: Entry) -> None:
        if entry.reason:
            self.refused.emit(entry.reason)
            return
        self.leave()
        self.chosen.emit(entry)

    def _remember(self, before: QWidget | None, focused: QWidget | None) -> None:
        if focused is self and before is not self:
            self._before = before

    def _restyle(self) -> None:
        self.setMinimumWidth(self._theme.px(_LEAST))
        self.setMaximumWidth(self._theme.px(_MOST))
        if self._listing is not None:
            self._listing.hide()
