"""The centre: where we are, what is computed, the formula, the numbers, the result, in words, what the sheet says."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QGuiApplication, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from core.network.number import Number
from core.steps import template as tex
from core.steps.speech import spoken
from gui.debugger.view import View
from gui.look.theme import Theme
from gui.panels.answers.your_number import YourNumber
from gui.panels.base.panel import Panel
from gui.panels.formula import explain, picture
from gui.panels.formula.bridge import BridgeView
from gui.panels.formula.head import Head
from gui.panels.formula.note import SheetNote
from gui.panels.formula.onward import Onward, onward, to_try
from gui.panels.formula.path import strip_picture
from gui.panels.formula.result import MatrixPart, ResultView, SoftmaxView, UpdateView
from gui.widgets.formula.ladder import LadderView
from gui.widgets.formula.view import FormulaView
from gui.widgets.parts.copied_label import CopiedLabel
from gui.widgets.parts.keys import ENTER
from gui.widgets.parts.numbers import open_menu
from gui.widgets.parts.scroll import SteadyScroll
from gui.widgets.strip.strip import PathStrip

_SMALLER = (0.85, 0.7, 0.6)  # what nothing else makes fit is written so, to a room


class FormulaPanel(Panel):
    """Shows the step at the cursor, from top to bottom as it is read.

    Signals:
        step_requested(): compute the next step.
        way_asked(str): go back by this way.
    """

    step_requested = Signal()
    way_asked = Signal(str)
    stands_at_cursor = True
    follows_hand = True

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.setAccessibleName("Formula")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._view: View | None = None
        self._pointed = ""
        self._opened: frozenset[int] = frozenset()  # what is open in the ladder of this step
        self._is_presented = False
        self.strip = PathStrip(theme)
        self.head = Head(theme)
        self.head.copy.clicked.connect(self.copy_latex)
        self.head.way_asked.connect(self.way_asked)
        self.head.watch_asked.connect(lambda symbol: self.symbol_clicked.emit(symbol, True))
        self.symbols = FormulaView(theme, size=24)
        self.further = FormulaView(theme, size=17)
        self.paths = CopiedLabel()  # what is asked of h_m in words, where there is room
        self.numbers = FormulaView(theme, size=18)
        self.softmax, self.ladder = SoftmaxView(theme), LadderView(theme)
        self.update_view, self.result = UpdateView(theme), ResultView(theme)
        self.bridge = BridgeView(theme)
        self.veil = QLabel("The result is hidden.")
        self.prompt = YourNumber(theme)
        self.to_try, self.onward = Onward(theme, "Three things to try:"), Onward(theme, "goes to →")
        self.sentence = CopiedLabel()
        self.stop_note = CopiedLabel()  # of the stop that one has come to
        self.note = SheetNote(theme)
        self._lay_out()
        for part in self._parts():
            part.symbol_hovered.connect(self.symbol_hovered)
            part.symbol_clicked.connect(self.symbol_clicked)
        for part in (self.result, self.update_view):
            part.entry_followed.connect(self.entry_followed)
        self.ladder.toggled.connect(self._toggle)
        self.numbers.fold_clicked.connect(lambda: self._toggle(picture.SUM))
        self.result.arithmetic.fold_clicked.connect(lambda: self._toggle(picture.ENTRY))
        self.prompt.opened.connect(self._show_answer)
        self.prompt.closed.connect(self._share_height)
        for links in (self.to_try, self.onward):
            links.asked.connect(self.cursor_requested)
        theme.changed.connect(self._restyle)
        self._restyle()

    # -- what it shows --------------------------------------------------------------------------------------

    def render_view(self, view: View) -> None:
        """Show the step of *view*."""
        if self._view is None or self._view.program is not view.program:
            self._opened = frozenset()
        elif self._view.cursor != view.cursor:
            self._opened &= frozenset(picture.STAYING)
        self._view = view
        step, form = view.step, view.form
        words = spoken(step, view.cursor.position, len(view.program), form, view.entry, hidden=view.hidden)
        self.strip.set_picture(strip_picture(view))
        self.head.show_step(view)
        first, *further = picture.symbolic_lines(view)
        self.symbols.set_formula(first, words)
        self.further.setVisible(bool(further))
        if further:
            self.further.set_lines(further, words)
        self._place_further()
        self.symbols.set_outlined(frozenset(step.formula.writes[:1]))
        self._show_numbers(view, words)
        self.result.show_result(view, opened=picture.ENTRY in self._opened)
        self.bridge.show_step(view)
        self.veil.setVisible(view.hidden)
        self._place_result()
        self.prompt.show_view(view)
        self._spare_strip()
        self.symbols.show()  # a room may have been spared it
        # Of a hidden result even the reason why it is zero, or its sign, would tell it.
        self.sentence.setVisible(not view.hidden)
        self._say(view)
        self.stop_note.set_words("\n".join(explain.stop_notes(view)))
        self.stop_note.setVisible(bool(self.stop_note.text()))
        self.note.show_step(view, presented=self._is_presented)
        self.head.point_at(self._pointed)
        self.paths.set_words(explain.paths_line(view))
        self.to_try.set_links(to_try(view))
        self.onward.set_links(onward(view))
        self._ready_to_predict()
        # What is laid out within the column goes first, or else the column is laid out once more because of it.
        for part in (self.result, self.update_view, self.softmax, self.note):
            layout = part.layout()
            if layout is not None and not part.isHidden():
                layout.activate()
        self._write_factors_once()
        self._lay_down()
        self._fit_presented()
        self._show_value()

    def set_presented(self, on: bool) -> None:
        """Show a room what it can read from afar: no buttons, no field, and of the rest what fits on the screen."""
        self._is_presented = on
        self.head.set_presented(on)
        self._scale(1.0)
        if self._view is not None:
            self.render_view(self._view)

    def overflow(self) -> int:
        """By how many pixels the step is higher than its place, 0 where all of it is in sight."""
        room = self._scroll.viewport().size()
        return max(self._column.totalHeightForWidth(room.width()) - room.height(), 0)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """While results are predicted, the keyboard is in the field for it."""
        super().focusInEvent(event)
        self._ready_to_predict()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Where a prediction was judged, Enter steps on as Space does; Escape closes an answer."""
        if event.key() in ENTER and self._view is not None and self._view.state.predicts:
            self.step_requested.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.prompt.put_away()
        else:
            super().keyPressEvent(event)

    def _ready_to_predict(self) -> None:
        view = self._view
        if view is None or not view.state.predicts:
            return
        if view.hidden and self.hasFocus():
            self.prompt.field.setFocus(Qt.FocusReason.OtherFocusReason)
        elif not view.hidden and self.prompt.field.hasFocus():
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_highlight(self, symbol: str) -> None:
        """Light up *symbol* in every part, and say below what it is."""
        self._pointed = symbol
        for part in self._parts():
            part.set_highlight(symbol)
        self.head.point_at(symbol)

    def copy_latex(self) -> None:
        """Put the formula, in symbols and in numbers, on the clipboard."""
        if self._view is None:
            return
        lines = [*picture.symbolic_lines(self._view), *picture.number_lines(self._view)]
        QGuiApplication.clipboard().setText(" \\\\\n".join(tex.plain(line) for line in lines))

    def set_below(self, widget: QWidget) -> None:
        """Have *widget* stand below the step, above the prompt."""
        self._whole.insertWidget(1, widget)

    # -- inside ---------------------------------------------------------------------------------------------

    def _parts(self) -> tuple[FormulaView | LadderView | PathStrip | MatrixPart, ...]:
        return (
            self.strip,
            self.symbols,
            self.further,
            self.numbers,
            self.softmax,
            self.ladder,
            self.update_view,
            self.result,
            self.bridge,
        )

    def _show_numbers(self, view: View, words: str) -> None:
        step = view.step
        is_wide_update = step.kind == "update" and step.value.size > 1 and not view.hidden
        whole = picture.SUM in self._opened
        lines = () if is_wide_update else picture.number_lines(view, whole=whole)
        self.numbers.setVisible(bool(lines))
        if step.formula.whole:
            lines = tuple(picture.folding(line, opened=whole) for line in lines)
        if lines:
            self.numbers.set_formula(tuple(piece for line in lines for piece in (*line, tex.Piece(" "))), words)
        self.ladder.setVisible(bool(step.formula.links))
        if step.formula.links:
            self.ladder.set_ladder(picture.ladder(view, self._opened), view.form, words)
        self.softmax.setVisible(step.formula.table is not None)
        if step.formula.table is not None:
            self.softmax.show_table(view, step.formula.table)
        self.update_view.setVisible(is_wide_update)
        if is_wide_update:
            self.update_view.show_update(view)

    def _toggle(self, key: int) -> None:
        """Open or close a row of the ladder, or a sum."""
        self._opened ^= {key}
        if self._view is None:
            return
        self._show_numbers(self._view, self.symbols.accessibleName())
        self._fit()
        if not self.ladder.isHidden():
            self._column.activate()
            row = self.ladder.row_rect(key).translated(self.ladder.pos())
            if row.isValid():
                self._scroll.ensureVisible(row.left(), row.bottom(), 0, self.theme.px(8))

    def _fit(self) -> None:
        """Another width may have room for the result beside the numbers, another height for more of the ladder."""
        self._spare_strip()
        self._place_further()
        if self._view is not None:
            self.result.show_result(self._view, opened=picture.ENTRY in self._opened)
        self._place_result()
        self._write_factors_once()
        self._lay_down()
        self._fit_presented()
        self._show_value()

    def _spare_strip(self) -> None:
        """The path strip, unless the head with the result would be below the fold because of it."""
        room = self._scroll.viewport().height() - self.strip.sizeHint().height()
        self.strip.setVisible(not self._scroll.isVisible() or room >= self.head.sizeHint().height() + self.theme.px(2))

    def _write_factors_once(self) -> None:
        """Share the height; where a ladder still is higher than its place, its factors are smaller in the formula."""
        self.symbols.set_scale(1.0)
        self._share_height()
        if not self.ladder.isHidden() and not self._is_presented and self.overflow():
            self.symbols.set_scale(_SMALLER[1])
            self._share_height()

    def _lay_down(self) -> None:
        """Where the step is higher than its place, a matrix that is higher than wide is shown transposed."""
        if self.numbers.isHidden() and self.overflow() and self.result.lay_down():
            self._place_result()
            self._share_height()

    def _refit(self) -> None:
        """The step is higher or lower than it was laid out for."""
        self._fit_presented()
        self._show_value()

    def _fit_presented(self) -> None:
        """To a room, leave out one after the other what is least needed, until all that is shown is in sight.

        At last what is left is written smaller, and what still is too high shows no more than there is room for.
        """
        view = self._view
        if view is None or not self._is_presented:
            return
        self.prompt.hide()
        spared: list[QWidget] = [self.note, self.sentence]
        if view.step.kind in ("term", "update"):
            spared.append(self.result)  # it stands in the head
        spared.append(self.further)
        if not self.ladder.isHidden():
            spared.append(self.symbols)  # the factors stand in the ladder
        spared.append(self.strip)
        self._scale(1.0)
        leaving: list[Callable[[], object]] = [part.hide for part in spared]
        leaving += [self.head.hide_subtitle, *(partial(self._scale, scale) for scale in _SMALLER)]
        leaving += [partial(self.ladder.set_scale, _SMALLER[-1], is_short=True), self._bound]
        for leave_out in leaving:
            self._share_height()
            self._column.activate()
            if not self.overflow():
                break
            leave_out()
        self._share_height()

    def _scale(self, scale: float) -> None:
        """Write the ladder and the numbers so many times as large as usual, and have matrices as high as they like."""
        self.ladder.set_scale(scale)
        self.numbers.set_scale(scale)
        for part in (self.softmax, self.update_view, self.result):
            part.set_bound(None)

    def _bound(self) -> None:
        """Have matrices scroll by themselves, so much lower as the step is too high."""
        for part in (self.softmax, self.update_view, self.result):
            if not part.isHidden():
                part.set_bound(self.overflow())
                self._column.activate()

    def _say(self, view: View, *, brief: bool = False) -> None:
        """The plain sentence, and of a sum, unless *brief*, what its terms come to."""
        extra = [] if view.hidden or brief else [explain.sum_by_loss(view), explain.rounding_note(view)]
        self.sentence.set_words("\n".join([explain.sentence(view), *(line for line in extra if line)]))

    def _share_height(self) -> None:
        """Give the ladder what all else in the column leaves, which decides what of it is folded; links the rest."""
        if self.bridge.has_links and self._view is not None:
            self._say(self._view)
        if not self.result.isHidden():
            self._column.activate()  # a formula needs no less than the height at the width that it has
        width = self._scroll.viewport().width()
        free = self._scroll.viewport().height() - self._column.totalHeightForWidth(width)
        lines = (self.paths, self.bridge, self.onward, self.to_try)  # the first is needed most
        has_words = (bool(self.paths.text()), *(line.has_links for line in (self.bridge, self.onward, self.to_try)))
        heights = [line.heightForWidth(self._inner_width()) + self._column.spacing() for line in lines]
        free += sum(high for line, high in zip(lines, heights, strict=True) if not line.isHidden())
        if not self.ladder.isHidden():
            free += self.ladder.minimumSizeHint().height()
            self.ladder.set_room(free)
            free -= self.ladder.minimumSizeHint().height()
        if self.bridge.has_links and self._view is not None and heights[1] > free:
            # The table says by use and by loss what the sentence says of one of them.
            said = self.sentence.heightForWidth(self._inner_width())
            self._say(self._view, brief=True)
            gained = said - self.sentence.heightForWidth(self._inner_width())
            if heights[1] <= free + gained:
                free += gained
            else:
                self._say(self._view)
        for line, high, says in zip(lines, heights, has_words, strict=True):
            shown = says and high <= free and not self._is_presented
            line.setVisible(shown)
            free -= high if shown else 0

    def _inner_width(self) -> int:
        margins = self._column.contentsMargins()
        return self._scroll.viewport().width() - margins.left() - margins.right()

    def _place_further(self) -> None:
        """What the symbols stand for beside the formula where both fit at full size, else below it."""
        directions = QBoxLayout.Direction
        beside = not self.further.isHidden() and self._fits_beside(self.symbols, self.further)
        self._statement.setDirection(directions.LeftToRight if beside else directions.TopToBottom)
        self._statement.setSpacing(self.theme.px(24 if beside else 2))

    def _fits_beside(self, first: QWidget, second: QWidget) -> bool:
        return first.sizeHint().width() + second.sizeHint().width() + self.theme.px(30) <= self._inner_width()

    def _place_result(self) -> None:
        """The result beside the numbers where both fit at full size, else below them."""
        if self.result.isHidden():
            return
        width, beside = self._inner_width(), False
        if not self.numbers.isHidden():
            self.result.place(width, beside=True)  # as wide as it would be there, whichever place it had before
            beside = self._fits_beside(self.numbers, self.result)
        directions = QBoxLayout.Direction
        self._equation.setDirection(directions.LeftToRight if beside else directions.TopToBottom)
        self.result.place(width, beside=beside)

    def _show_value(self) -> None:
        """The result in the head, of a term and wherever the step is higher than its place."""
        self.head.show_value(is_low=False)
        if self._view is not None and self._view.step.kind != "term" and self.overflow():
            self.head.show_value(is_low=True)

    def _show_answer(self) -> None:
        """The answer below the rest, scrolled into sight; it covers nothing, and no line is cut at the top."""
        self._share_height()
        self._column.activate()
        answer, room = self.prompt.answer.geometry(), self._scroll.viewport().height()
        items = map(self._column.itemAt, range(self._column.count()))
        tops = [item.geometry().top() for item in items if item is not None and not item.isEmpty()]
        needed = min(answer.bottom() + self.theme.px(6) - room, answer.top())
        if needed > 0:
            self._body.resize(self._body.width(), max(self._column.minimumSize().height(), room))
            self._scroll.verticalScrollBar().setValue(min(top for top in tops if top >= needed))

    def number_at(self, place: QPoint | None) -> Number | None:
        """The result of the step, where the keyboard is at no number in particular, and over its value in the head."""
        is_meant = place is None or self.head.is_on_value(place)
        return self._view.result if self._view is not None and is_meant else None

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with it."""
        open_menu(self, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where the step is higher than its place now, its result stands in the head."""
        super().resizeEvent(event)
        self._show_value()

    def _lay_out(self) -> None:
        body = self._body = QWidget()
        column = QVBoxLayout(body)
        self._column = column
        column.addWidget(self.strip)
        line = QFrame()
        line.setObjectName("rule")
        line.setFixedHeight(1)
        column.addWidget(line)
        column.addLayout(self.head)
        self._statement = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._statement.addWidget(self.symbols)
        self._statement.addWidget(self.further, 1)
        column.addLayout(self._statement)
        column.addWidget(self.paths)
        for widget in (self.softmax, self.ladder, self.update_view):
            column.addWidget(widget)
        self._equation = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._equation.addWidget(self.numbers)
        self._equation.addWidget(self.result)
        self._equation.setStretch(1, 1)
        column.addLayout(self._equation)
        column.addWidget(self.veil)
        for below in (self.sentence, self.stop_note, self.note):
            column.addWidget(below)
        column.addWidget(self.prompt.answer)
        column.addWidget(self.bridge)
        column.addStretch(1)
        column.addWidget(self.to_try)
        column.addWidget(self.onward)
        for label, role in (
            (self.paths, "small"),
            (self.sentence, "body"),
            (self.stop_note, "note"),
            (self.veil, "strong"),
        ):
            label.setProperty("role", role)
        self._scroll = SteadyScroll(body)
        self._scroll.resized.connect(self._fit)
        self._scroll.verticalScrollBar().rangeChanged.connect(self._refit)
        whole = self._whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._scroll, 1)
        whole.addWidget(self.prompt)

    def _restyle(self) -> None:
        theme = self.theme
        self._column.setContentsMargins(theme.px(18), theme.px(2), theme.px(6), 0)
        self._column.setSpacing(theme.px(2))
