"""Words of the field explain themselves: whatever text the mouse rests on, with the tooltip that it has by itself."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QGroupBox,
    QHeaderView,
    QLabel,
    QTabBar,
    QToolTip,
    QWidget,
)

from core.network.glossary import explained
from gui.look.names import in_lines

_DISPLAY, _TIP = Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole
_SPOKEN = Qt.ItemDataRole.AccessibleTextRole  # of what is painted part by part


def explain(widget: QWidget, event: QHelpEvent) -> bool:
    """Show the tooltip of *widget* with what the words there mean; False where none is a word of the field."""
    shown, tip = _texts(widget, event.pos())
    words = explained(tip, shown)
    if words == tip or widget.isWindow():  # the tooltip that is shown is a window with words of its own
        return False
    QToolTip.showText(event.globalPos(), in_lines(words), widget)
    return True


def _texts(widget: QWidget, place: QPoint) -> tuple[str, str]:
    """What stands at *place* in *widget*, and the tooltip that it has."""
    view = widget.parentWidget()
    if isinstance(view, QAbstractItemView) and widget is view.viewport():
        return _of_item(view, place)
    shown = ""
    if isinstance(widget, QLabel):
        shown = widget.text()
    elif isinstance(widget, QAbstractButton):
        shown = widget.text() or widget.accessibleName()
    elif isinstance(widget, QComboBox):
        shown = widget.currentText()
    elif isinstance(widget, QGroupBox):
        shown = widget.title()
    elif isinstance(widget, QTabBar):
        shown = widget.tabText(widget.tabAt(place))
    return shown, widget.toolTip()


def _of_item(view: QAbstractItemView, place: QPoint) -> tuple[str, str]:
    model: QAbstractItemModel | None = view.model()
    if isinstance(view, QHeaderView) and model is not None:
        section = view.logicalIndexAt(place)
        shown, tip = (model.headerData(section, view.orientation(), role) for role in (_DISPLAY, _TIP))
    else:
        index: QModelIndex | QPersistentModelIndex = view.indexAt(place)
        shown, tip = index.data(_DISPLAY) or index.data(_SPOKEN), index.data(_TIP)
    return str(shown or ""), str(tip or "")
