"""The menu of a number: a widget says which number is where, and those around it what can be done with any number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QAbstractScrollArea, QMenu, QWidget

from core.network.number import Number

Own = tuple[str, Callable[[], object], bool]  # what else a widget can do: its text, itself, and whether it can now


@runtime_checkable
class ShowsNumbers(Protocol):
    """A widget in which numbers stand."""

    def number_at(self, place: QPoint | None) -> Number | None:
        """The number at *place* in what the mouse meets; None: that which the keyboard is at."""


@runtime_checkable
class Offers(Protocol):
    """A widget that knows what can be done with a number, wherever in it the number stands."""

    def offer(self, menu: QMenu, number: Number) -> None:
        """Put that into *menu*."""


def open_menu(widget: QWidget, event: QContextMenuEvent, own: Sequence[Own | None] = ()) -> None:
    """The menu of the number that *event* is about; below that what *widget* itself can do, None for a line between."""
    number = asked_about(widget, event)
    around = next((each for each in _up_from(widget) if isinstance(each, Offers)), None)
    if not own and (number is None or around is None):
        event.ignore()
        return
    menu = QMenu(widget)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setToolTipsVisible(True)
    if number is not None and around is not None:
        around.offer(menu, number)
    for each in (None, *own) if own and not menu.isEmpty() else own:
        if each is None:
            menu.addSeparator()
        else:
            text, do, can = each
            menu.addAction(text, do).setEnabled(can)
    menu.popup(event.globalPos())


def asked_about(widget: QWidget, event: QContextMenuEvent) -> Number | None:
    """The number of *widget* that *event* is about: under the mouse, or where the keyboard is."""
    by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
    return widget.number_at(None if by_key else event.pos()) if isinstance(widget, ShowsNumbers) else None


def number_under(widget: QWidget | None, place: QPoint | None) -> Number | None:
    """The number at the global *place* over *widget*, None for where the keyboard is; the innermost that has one."""
    return shown_under(widget, place)[1]


def shown_under(widget: QWidget | None, place: QPoint | None) -> tuple[QWidget | None, Number | None]:
    """The same with the widget that shows it."""
    for each in _up_from(widget):
        if isinstance(each, ShowsNumbers):
            met = each.viewport() if isinstance(each, QAbstractScrollArea) else each
            found = each.number_at(None if place is None else met.mapFromGlobal(place))
            if found is not None:
                return each, found
    return None, None


def _up_from(widget: QWidget | None) -> Iterator[QWidget]:
    while widget is not None:
        yield widget
        widget = widget.parentWidget()
