"""The sizes of very many terms, computed little by little while they are in sight."""

from __future__ import annotations

from time import monotonic

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from core.epoch.epoch import Epoch
from core.studies.contributions import Grouping
from core.studies.term_sizes import TermSizes
from gui.debugger.view import View
from gui.look.theme import Theme
from gui.panels.contributions.size_state import Sizes, first_term, reached, sizes
from gui.panels.contributions.state import slot_address
from gui.widgets.bars.chart import BarChart
from gui.widgets.bars.picture import BarPicture
from gui.widgets.parts.beside import Beside
from gui.widgets.parts.facts import FactList
from gui.widgets.triangle.triangle import Triangle

_SLICE = 0.006  # seconds of computing between two turns of the event loop, so that the window stays alive
_DRAWN = 0.15  # seconds after which what has been computed since is drawn


class SizesView(QWidget):
    """The triangle of sizes, or bars that add them up, and the list of the largest.

    It computes only while it is in sight, and up to the loss that the cursor is in.

    Attributes:
        triangle, chart, facts: the widgets that show it. progress: the bar, there while sizes are being computed.

    Signals:
        jump_requested(Address): go to that step.
    """

    jump_requested = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._view: View | None = None
        self._by: Grouping = "term"
        self._shown: Sizes | None = None
        self._epoch: Epoch | None = None
        self._found: dict[str, TermSizes] = {}  # of that epoch, by gradient
        self.triangle = Triangle(theme)
        self.chart = BarChart(theme)
        self.facts = FactList(theme)
        self.progress = QProgressBar(textVisible=False)
        self.progress.setAccessibleName("Sizes computed")
        self._words = QLabel(wordWrap=True)
        self._foot = QWidget()
        self._pages = QStackedWidget()
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._compute_slice)
        self._drawn_at = 0.0
        self._arrange()
        self.triangle.cell_clicked.connect(self._follow)
        self.chart.place_clicked.connect(self._follow_place)
        self.facts.chosen.connect(self._follow_fact)
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def sentence(self) -> str:
        """What is shown."""
        return self._shown.sentence if self._shown is not None else ""

    @property
    def words(self) -> str:
        """How far the computation is."""
        return self._words.text()

    @property
    def is_computing(self) -> bool:
        """Whether slices of it are under way."""
        return self._timer.isActive()

    def set_view(self, view: View, by: Grouping) -> None:
        """Show the sizes of the gradient at the cursor of *view*, added up *by* an index."""
        if view.epoch is not self._epoch:
            self._epoch = view.epoch
            self._found = {}
        self._view, self._by = view, by
        self._draw()
        if self._sizes(view).rows_done < reached(view):
            self._timer.start()
        else:
            self.pause()

    def let_go(self) -> None:
        """Keep nothing of what was computed."""
        self.pause()
        self._view = self._shown = self._epoch = None
        self._found = {}
        for part in (self.chart, self.triangle):
            part.clear()

    def pause(self) -> None:
        """Compute no more until the next view."""
        self._timer.stop()

    def hideEvent(self, event: QHideEvent) -> None:
        """Out of sight nothing is computed."""
        super().hideEvent(event)
        self.pause()

    def _sizes(self, view: View) -> TermSizes:
        name = view.step.address.quantity
        if name not in self._found:
            self._found[name] = TermSizes(view.epoch, name)
        return self._found[name]

    def _compute_slice(self) -> None:
        if self._view is None:
            return
        found, goal = self._sizes(self._view), reached(self._view)
        found.run(_SLICE)
        if found.rows_done >= goal:
            self.pause()
        if found.rows_done >= goal or monotonic() > self._drawn_at + _DRAWN:
            self._draw()

    def _draw(self) -> None:
        view = self._view
        if view is None:
            return
        shown = self._shown = sizes(view, self._sizes(view), self._by)
        if isinstance(shown.picture, BarPicture):
            self.chart.set_picture(shown.picture)
        else:
            self.triangle.set_picture(shown.picture)
        self._pages.setCurrentWidget(self.chart if isinstance(shown.picture, BarPicture) else self.triangle)
        self.facts.set_facts(shown.facts)
        self.progress.setValue(round(100 * shown.share))
        self._foot.setVisible(shown.share < 1)
        self._words.setText(shown.progress)
        self._drawn_at = monotonic()

    def _arrange(self) -> None:
        self._pages.addWidget(self.triangle)
        self._pages.addWidget(self.chart)
        row = QHBoxLayout(self._foot)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.progress)
        row.addWidget(self._words, 1)
        self._column = QVBoxLayout(self)
        self._column.addWidget(Beside(self._theme, self._pages, self.facts), 1)
        self._column.addWidget(self._foot)

    def _follow(self, t: int, k: int) -> None:
        if self._view is not None and self._view.network.has_target(t):
            self.jump_requested.emit(first_term(self._view, self._view.step.address.quantity, (t, k)))

    def _follow_place(self, place: int) -> None:
        if self._view is not None:
            view = self._view
            self.jump_requested.emit(slot_address(view.program, view.step.address.quantity, (place + 1,), self._by))

    def _follow_fact(self, index: int) -> None:
        if self._shown is not None and index in self._shown.leads:
            self._follow(*self._shown.leads[index])

    def _restyle(self) -> None:
        px = self._theme.px
        # In a style sheet, since a font that is set gets lost when a styled parent adopts the label.
        self._words.setStyleSheet(f"font-size: {px(11)}px; color: {self._theme.palette.dim.name()};")
        self.progress.setFixedSize(px(90), px(8))
        self.progress.setStyleSheet(f"QProgressBar {{ min-height: {px(8)}px; }}")
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(px(2))
