"""The Program panel: every step of the epoch as a tree, and where the cursor stands in it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSignalBlocker,
    Qt,
    Signal,
)
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QMenu, QStyleOptionViewItem, QTreeView, QVBoxLayout, QWidget

from core.program.program import Phase
from core.watching.stop import AtStep, Stop
from core.watching.stops import text
from gui.debugger.view import View
from gui.debugger.ways import WAYS
from gui.look.theme import Theme
from gui.panels.base.line_tree import set_up
from gui.panels.base.marks import State, paint_current_ground, paint_stop
from gui.panels.base.panel import Panel
from gui.panels.program.paint import ProgramDelegate
from gui.panels.program.tree import ProgramModel
from gui.widgets.parts.keys import ENTER

_INDENT = 16
_TARGET = 24
_MARGIN = 16  # where a click sets a stop


class ProgramPanel(Panel):
    """The tree epoch › phase › group › block › step, with what is done, current and to come.

    A double click or Enter goes to a step; on a line that holds several, to their end, or to their start when they
    are past.

    Signals:
        copy_asked(Span): the user wants to copy the steps of a line.
        way_asked(str): the user wants to go back term by term, or timestep by timestep.
        stop_asked(AtStep or AtKind): running is to stop there, or no more. run_asked(int): run to that position.
    """

    copy_asked, way_asked = Signal(object), Signal(str)
    stop_asked, run_asked = Signal(object), Signal(object)  # a position may exceed 32 bits
    stands_at_cursor = True

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.setAccessibleName("Program")
        self.tree = ProgramTree(theme, self)
        self.tree.asked.connect(self.jump_requested)
        self.tree.copy_asked.connect(self.copy_asked)
        self.tree.way_asked.connect(self.way_asked)
        self.tree.stop_asked.connect(self.stop_asked)
        self.tree.run_asked.connect(self.run_asked)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.tree)

    def render_view(self, view: View) -> None:
        """Mark the step at the cursor and bring it into sight."""
        self.tree.set_view(view)


class ProgramTree(QTreeView):
    """A tree that follows the cursor: it opens what holds the current step, and closes it again afterwards.

    What the user opened stays open.

    Signals:
        asked(Address): the user wants to go there.
        copy_asked(Span): the user wants to copy the steps of a line.
        way_asked(str): the user wants to go back by another way.
        stop_asked(AtStep or AtKind): running is to stop there, or no more. run_asked(int): run to that position.
    """

    asked, copy_asked, way_asked = Signal(object), Signal(object), Signal(str)
    stop_asked, run_asked = Signal(object), Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lines = ProgramModel(self)
        self._rows = ProgramDelegate(theme, self._lines)
        self._opened: list[QModelIndex] = []  # they stay valid: rows come and go only with the whole model
        self._following = self._is_double = False
        self._widest = 0.0  # pixels at zoom 1
        set_up(self, self._lines, self._rows, "Steps of the epoch")
        self.setHeaderHidden(True)
        self.setExpandsOnDoubleClick(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.header().setMinimumSectionSize(1)
        self.clicked.connect(self._click)
        self.expanded.connect(self._open)
        self.collapsed.connect(self._close)
        theme.changed.connect(self._restyle)
        self._restyle()

    def set_view(self, view: View) -> None:
        """Mark the step at the cursor, open what holds it, and bring it into sight."""
        self._following = True
        if self._lines.program is not view.program:
            self._opened.clear()
            self._widest = 0.0
            self._lines.set_view(view)
            epoch = self._lines.index(0, 0)
            for index in (epoch, *(self._lines.index(phase, 0, epoch) for phase in (Phase.FORWARD, Phase.BACKWARD))):
                self.expand(index)
        path = self._lines.path_to(view.cursor.position)
        for left in [index for index in self._opened if index not in path]:
            self.collapse(left)
            self._opened.remove(left)
        self._lines.set_view(view)  # only now: what is closed again need not be told of the change
        closed = [index for index in path[:-1] if not self.isExpanded(index)]
        for index in reversed(closed):  # from within, so that all of it comes into sight at once
            self.expand(index)
        self._opened += closed
        self._following = False
        self._show(path[-1])

    def _show(self, index: QModelIndex) -> None:
        """Bring *index* into sight with a line of its surroundings on both sides; when it has to move, to the middle.

        So few of many steps in a row move the lines, which is calm to look at and spares painting them all.
        """
        self.executeDelayedItemsLayout()
        across = self.horizontalScrollBar()
        before = across.value()
        # Qt would scroll to the left of the line, and we back: everything would be painted again.
        with QSignalBlocker(across):
            self.setCurrentIndex(index)
            place = self.visualRect(index)
            around = place.adjusted(0, -place.height(), 0, place.height())
            if around.top() < 0 or around.bottom() >= self.viewport().height():
                self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)
            across.setValue(before)
        left = across.value() + self.visualRect(index).left()
        width = self._rows.sizeHint(QStyleOptionViewItem(), index).width()
        is_wide = left + width > self.viewport().width()
        across.setValue(left - self.indentation() if is_wide else 0)

    def _close(self, index: QModelIndex) -> None:
        """What the user closes is the user's from then on."""
        self._lines.set_open(index, False)
        if not self._following:
            self._opened = [opened for opened in self._opened if opened != index]

    def _open(self, index: QModelIndex) -> None:
        """Make room for what *index* holds: its first and last lines, between which the others are much alike."""
        self._lines.set_open(index, True)
        count = self._lines.rowCount(index)
        for row in {0, max(count - 2, 0), count - 1}:
            child, depth = self._lines.index(row, 0, index), 0
            above = child.parent()
            while above.isValid():
                above, depth = above.parent(), depth + 1
            hint = self._rows.sizeHint(QStyleOptionViewItem(), child)
            self._widest = max(self._widest, hint.width() / self._theme.zoom + depth * _INDENT)
        self._fit()

    def _fit(self) -> None:
        """A line is at least as wide as the panel, so that its mark stands at the edge."""
        self.setColumnWidth(0, max(self._theme.px(self._widest), self.viewport().width()))

    def _click(self, index: QModelIndex) -> None:
        """Go there; the second click of two has nothing to add."""
        if not self._is_double:
            self._ask(index)

    def _ask(self, index: QModelIndex) -> None:
        if index.isValid():
            self.asked.emit(self._lines.target(index))

    def _restyle(self) -> None:
        self.setIndentation(self._theme.px(_INDENT))
        self._fit()
        self.scheduleDelayedItemsLayout()
        self.viewport().update()

    # -- what Qt asks ---------------------------------------------------------------------------------------

    def drawRow(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """The ground of the current line lies below its arrow too."""
        row = self._lines.row(index)
        if row.state is State.HERE and self._rows.is_current(row, closed=not self.isExpanded(index)):
            area = QRectF(option.rect)
            area.setLeft(0)  # in sight however the tree is scrolled
            paint_current_ground(painter, area, self._theme)
        super().drawRow(painter, option, index)
        if row.stop:
            place = QPointF(self._theme.px(_MARGIN) / 2, option.rect.center().y())
            paint_stop(painter, place, row.stop, self._theme)

    def drawBranches(self, painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex) -> None:
        """The arrow of a line that holds others; for a step Qt would ask after all above it, and draw nothing."""
        if not self._lines.row(index).is_step:
            super().drawBranches(painter, rect, index)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The arrow of a line can be hit in a square of 24 pixels, wider than it is drawn."""
        self._is_double = False
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() == Qt.MouseButton.LeftButton and index.parent().isValid():
            if event.position().x() < min(self._theme.px(_MARGIN), self._arrow_left(index)):
                self.stop_asked.emit(self._lines.stop_at(index))
                return
            beyond = event.position().x() - self.visualRect(index).left()
            reach = self._theme.px(_TARGET - _INDENT) / 2
            if -self.indentation() - reach <= beyond < reach and self._lines.hasChildren(index):
                self.setExpanded(index, not self.isExpanded(index))
                return
            if self._lines.offers_ways(index) and beyond >= self._rows.note_left(index):
                self._offer(index, event.globalPosition().toPoint())
                return
        super().mousePressEvent(event)

    def _arrow_left(self, index: QModelIndex) -> float:
        """Where the arrow of a line can be hit from; of a step, its words."""
        left = self.visualRect(index).left()
        return left - self.indentation() if self._lines.hasChildren(index) else left

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The first click has gone there already."""
        self._is_double = True
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes to the line, and Space where Tab has led here.

        The asterisk is left to the window: it would open a tree of millions of lines as a whole. So is Plus on a step,
        which holds nothing to open.
        """
        opens_nothing = event.key() == Qt.Key.Key_Plus and not self._lines.hasChildren(self.currentIndex())
        if event.key() in (*ENTER, Qt.Key.Key_Space):
            self._ask(self.currentIndex())
        elif event.key() == Qt.Key.Key_Asterisk or opens_nothing:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with the steps of the line under the mouse, by key of the selected one."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        if not index.isValid():
            return
        self._offer(
            index, self.viewport().mapToGlobal(self.visualRect(index).center()) if by_key else event.globalPos()
        )

    def _offer(self, index: QModelIndex, place: QPoint) -> None:
        """A menu of what can be done with the line at *index*."""
        steps = self._lines.steps(index)
        these = "this step" if len(steps) == 1 else f"these {len(steps):,} steps"
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("&Run to here", partial(self.run_asked.emit, steps.last))
        for at in self._lines.kinds_at(index):
            words = "here" if isinstance(at, AtStep) else f"at {text(Stop(at))}"
            choice = menu.addAction(f"Stop {words}", partial(self.stop_asked.emit, at))
            choice.setCheckable(True)
            choice.setChecked(self._lines.has_stop(at))
        menu.addAction(f"&Copy {these} as LaTeX…", lambda: self.copy_asked.emit(steps))
        program = self._lines.program
        for way, words in WAYS.items() if self._lines.offers_ways(index) and program is not None else ():
            choice = menu.addAction(f"Go back {words}", partial(self.way_asked.emit, way))
            choice.setCheckable(True)
            choice.setChecked(program is not None and program.way == way)
        menu.popup(place)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The lines keep filling the panel, and the current one stays in sight."""
        current = self.currentIndex()
        was_in_sight = current.isValid() and self.visualRect(current).intersects(QRect(QPoint(), event.oldSize()))
        super().resizeEvent(event)
        self._fit()
        if was_in_sight:
            self._show(current)
