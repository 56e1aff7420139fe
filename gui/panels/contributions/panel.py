"""The Contributions panel: what each term adds to the gradient being summed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from core.studies.contributions import Grouping
from gui.debugger.labels import gradient_text
from gui.debugger.view import View
from gui.look.theme import Theme
from gui.panels.base.panel import Panel
from gui.panels.contributions.size_state import has_sizes
from gui.panels.contributions.sizes import SizesView
from gui.panels.contributions.state import Contributions, Nothing, contributions, offered_groupings
from gui.widgets.bars.chart import BarChart
from gui.widgets.bars.table import BarTable
from gui.widgets.parts.beside import Beside
from gui.widgets.parts.copied_label import CopiedLabel
from gui.widgets.parts.facts import FactList
from gui.widgets.parts.flow_layout import FlowLayout
from gui.widgets.parts.scroll import Scroll
from gui.widgets.parts.segments import Picker, Segments

_TALL = 290  # from this height on, in pixels at zoom 1, there is room for the sentence
_SIZES, _LOG = "Sizes", "Log"
_FORMS = (
    ("Bars", "Show the terms as bars"),
    (_LOG, "Show the sizes on a logarithmic axis; striped bars are negative"),
    ("Table", "Show the terms as a table"),
    (_SIZES, "Show how large the terms of every loss are, all at once"),
)
_GROUPINGS = (
    ("term", "Show every term by itself"),
    ("t", "Add the terms of each loss t"),
    ("m", "Add the terms that come by way of each hidden state m"),
    ("k", "Add the terms of each use at timestep k"),
    ("t-k", "Add the terms by how many timesteps back the use lies, t − k"),
)


class ContributionsPanel(Panel):
    """One bar a term under brackets t, m, k, the running total, the largest; or the same as a table.

    Of very many terms also their sizes, in a view of its own.

    Attributes:
        chart, table, facts, sizes: the widgets that show it. grouping, form: the choices. row, column: the entry
        followed. go: the button to the first term, where there is nothing to add yet.

    Signals:
        chosen(str, str): the user has chosen how to look: the grouping and the form.
    """

    chosen = Signal(str, str)
    groupings, forms = tuple(name for name, _ in _GROUPINGS), tuple(name for name, _ in _FORMS)
    stands_at_cursor = True

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.setAccessibleName("Contributions")
        self._view: View | None = None
        self._shown: Contributions | None = None
        self.chart = BarChart(theme)
        self.table = BarTable(theme)
        self.facts = FactList(theme)
        self.grouping = Segments(theme, "group by", _GROUPINGS)
        self.sizes = SizesView(theme)
        self.form = Segments(theme, "", _FORMS)
        self._grouping, self._form = self.grouping.current, self.form.current  # the choices, offered here or not
        self._title = CopiedLabel()
        self._title.setWordWrap(False)
        self._quantity = self._highlight = ""
        self._offered: dict[QComboBox, tuple[str, ...]] = {}
        self.row, self.column = self._picker("Row"), self._picker("Column")
        self._sentence, self._words = CopiedLabel(), CopiedLabel()
        self.go = QPushButton("Go to the first term")
        self.go.setToolTip("Go to the step that computes the first term of ∂L/∂V")
        self._pages = QStackedWidget()
        self._forms = QStackedWidget()
        self._arrange()
        self.chart.place_clicked.connect(self._follow)
        self.chart.symbol_hovered.connect(self.symbol_hovered)
        self.table.place_clicked.connect(self._follow)
        self.facts.chosen.connect(self._follow_fact)
        self.grouping.chosen.connect(self._choose_grouping)
        self.form.chosen.connect(self._choose_form)
        self.sizes.jump_requested.connect(self.jump_requested)
        self.row.activated.connect(self._pick)
        self.column.activated.connect(self._pick)
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def title(self) -> str:
        """The gradient and the entry that is followed."""
        return self._title.accessibleName()

    @property
    def words(self) -> str:
        """The sentence over the bars, or why there are none."""
        return self._sentence.text() if self._pages.currentIndex() else self._words.text()

    def render_view(self, view: View) -> None:
        """Show the contributions up to the cursor of *view*."""
        self._view = view
        name = view.step.address.quantity
        large = has_sizes(view.program, name)
        self.form.set_offered([text for text, _ in _FORMS if large or text != _SIZES])
        self.form.set_current(self._form if large or self._form != _SIZES else "Bars")
        if self.form.current == _SIZES and not view.hidden:
            self._shown = None
            by_index = tuple(by for by in offered_groupings(view.program, name) if by != "t-k")
            self.sizes.set_view(view, self._set_groupings(by_index))
            self._set_header(name, gradient_text(name), self.sizes.sentence)
            self._pickers.hide()
            self.setAccessibleDescription(self.sizes.words)
            self._show_body(self.sizes)
            self._pages.setCurrentIndex(1)
            return
        found = contributions(view, cast(Grouping, self._grouping), is_log=self.form.current == _LOG)
        if isinstance(found, Nothing):
            self._shown = None
            self._words.set_words(found.words)
            self.go.setVisible(found.first is not None)
            self._pages.setCurrentIndex(0)
            return
        self._shown = found
        self._set_header(found.quantity, found.title, found.sentence)
        self._set_groupings(found.offered)
        for picker, labels, index in zip((self.row, self.column), found.labels, found.entry, strict=True):
            self._set_picker(picker, labels, index)
        self._pickers.setVisible(any(found.labels))
        as_table = self.form.current == "Table"
        self._forms.setCurrentIndex(int(as_table))
        if as_table:
            self.table.set_picture(found.picture)
        else:
            self.chart.set_picture(found.picture)
        self.facts.set_facts(found.facts)
        self.setAccessibleDescription("; ".join(f"{f.left} {f.right}".strip() for f in found.facts))
        self._show_body(self._body)
        self._pages.setCurrentIndex(1)

    def let_go(self) -> None:
        """No chart keeps what it has drawn."""
        self._view = self._shown = None
        self.sizes.let_go()
        for part in (self.chart, self.table):
            part.clear()

    def choose(self, grouping: str, form: str) -> None:
        """Look so, wherever a gradient offers it."""
        self._grouping, self._form = grouping, form
        self._show_again()

    @property
    def looks(self) -> Mapping[str, str]:
        """The grouping and the form that are chosen, offered here or not."""
        return {"group_by": self._grouping, "terms_as": self._form}

    def look(self, looks: Mapping[str, str]) -> None:
        """Group and show so."""
        self.choose(looks.get("group_by", self._grouping), looks.get("terms_as", self._form))

    def come_into_sight(self, shown: bool) -> None:
        """Behind another tab the computation of sizes rests until the dock is *shown* again."""
        super().come_into_sight(shown)
        if not shown:
            self.sizes.pause()
        elif self.sizes.isVisible():
            self._show_again()

    def set_highlight(self, symbol: str) -> None:
        """Light up the title where *symbol* is the gradient that it names."""
        self._highlight = symbol
        self._style_title()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low dock the sentence gives its room to the bars, and is the tooltip of the title."""
        super().resizeEvent(event)
        self._sentence.setVisible(self.height() >= self.theme.px(_TALL))

    def _arrange(self) -> None:
        empty = QWidget()
        column = QVBoxLayout(empty)
        column.addStretch()
        column.addWidget(self._words)
        column.addWidget(self.go, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch()
        self.go.clicked.connect(self._go_first)
        self._header = FlowLayout()
        self._pickers = QWidget()
        pair = QHBoxLayout(self._pickers)
        pair.setContentsMargins(0, 0, 0, 0)
        pair.setSpacing(3)
        pair.addWidget(self.row)
        pair.addWidget(self.column)
        for widget in (self._title, self._pickers, self.form, self.grouping):
            self._header.addWidget(widget)
        self._forms.addWidget(self.chart)
        self._forms.addWidget(self.table)
        self._body = Beside(self.theme, self._forms, self.facts)
        full = QWidget()
        self._column = QVBoxLayout(full)
        self._column.addLayout(self._header)
        self._column.addWidget(self._sentence)
        self._column.addWidget(self._body, 1)
        self._column.addWidget(self.sizes, 1)
        self._pages.addWidget(Scroll(empty))
        self._pages.addWidget(Scroll(full))
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)

    def _picker(self, name: str) -> QComboBox:
        picker = Picker()
        picker.setAccessibleName(f"{name} of the entry followed")
        picker.setToolTip(f"{name} of the entry whose terms are shown")
        return picker

    def _set_picker(self, picker: QComboBox, labels: tuple[str, ...], index: int) -> None:
        if labels != self._offered.get(picker):
            self._offered[picker] = labels
            picker.clear()
            picker.addItems(labels)
            self._narrow(picker)
        picker.setCurrentIndex(index if labels else -1)
        picker.setVisible(bool(labels))

    def _narrow(self, picker: QComboBox) -> None:
        """As narrow as its longest label, so that all choices stand in one line where the dock is narrow."""
        words = picker.fontMetrics()
        widest = max(map(words.horizontalAdvance, self._offered.get(picker, ())), default=0)
        picker.setFixedWidth(widest + self.theme.px(31))

    def _pick(self) -> None:
        self.entry_followed.emit(max(self.row.currentIndex(), 0), max(self.column.currentIndex(), 0))

    def _show_body(self, body: QWidget) -> None:
        """One of the two; not in a stack, whose page out of sight would claim the width that it last had."""
        for each in (self._body, self.sizes):
            each.setVisible(each is body)

    def _set_header(self, quantity: str, title: str, sentence: str) -> None:
        self._quantity = quantity
        self._title.set_words(gradient_text(quantity))  # the entry stands beside it, to be chosen
        self._title.setAccessibleName(title)
        self._style_title()
        self._sentence.set_words(sentence)
        self._title.setToolTip(sentence)

    def _set_groupings(self, offered: tuple[Grouping, ...]) -> Grouping:
        """Offer those; the one that is chosen, or the first where that is not offered."""
        self.grouping.set_offered(offered)
        self.grouping.setVisible(len(offered) > 1)
        shown = next((by for by in offered if by == self._grouping), offered[0])
        self.grouping.set_current(shown)
        return shown

    def _choose_grouping(self, grouping: str) -> None:
        self.choose(grouping, self._form)
        self.chosen.emit(grouping, self._form)

    def _choose_form(self, form: str) -> None:
        self.choose(self._grouping, form)
        self.chosen.emit(self._grouping, form)

    def _show_again(self) -> None:
        if self._view is not None:
            self.render_view(self._view)

    def _go_first(self) -> None:
        if self._view is not None:
            found = contributions(self._view, "term")
            if isinstance(found, Nothing) and found.first is not None:
                self.jump_requested.emit(found.first)

    def _follow(self, place: int) -> None:
        if self._shown is not None:
            self.jump_requested.emit(self._shown.address_of(place))

    def _follow_fact(self, index: int) -> None:
        if self._shown is not None and index in self._shown.leads:
            self._follow(self._shown.leads[index])

    def _restyle(self) -> None:
        px, theme = self.theme.px, self.theme
        # In style sheets, since a font that is set gets lost when a styled parent adopts the label.
        self._style_title()
        for label in (self._sentence, self._words):
            label.setStyleSheet(f"font-size: {px(12)}px; color: {theme.palette.dim.name()};")
        for control in (self.row, self.column, self.go):
            control.setFont(theme.font(12))
        # As low as the choices beside them.
        self._pickers.setStyleSheet(
            f"QComboBox {{ padding: {px(1)}px 0 {px(1)}px {px(6)}px; min-height: {px(20)}px; }}"
            f"QComboBox::drop-down {{ width: {px(18)}px; }} QComboBox:focus {{ padding: 0 0 0 {px(5)}px; }}"
        )
        for picker in (self.row, self.column):
            self._narrow(picker)
        self._header.set_gaps(px(6), px(6))
        self._column.setContentsMargins(px(12), px(2), px(12), px(4))
        self._column.setSpacing(px(4))

    def _style_title(self) -> None:
        lit = self._highlight and self._highlight == f"dL/d{self._quantity}"
        px, palette = self.theme.px, self.theme.palette
        colour = palette.highlight.name() if lit else "transparent"
        style = f"font-size: {px(14)}px; font-weight: bold; background: {colour}; border-radius: {px(3)}px;"
        if style != self._title.styleSheet():
            self._title.setStyleSheet(style)
