"""Parts of the formula panel that hold matrices: the softmax table, the update, and the result."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.network import symbols
from core.network.arrays import Array
from core.network.held import held_entries
from core.network.number import Number
from core.steps.entry import SoftmaxTable
from core.writing.form import exact
from core.writing.shown import entry_name
from gui.debugger.labels import axis_labels, letters, term_label
from gui.debugger.view import View
from gui.look.names import names
from gui.look.theme import Theme
from gui.panels.formula import explain
from gui.widgets.formula.view import FormulaView
from gui.widgets.parts.numbers import open_menu
from gui.widgets.parts.still import UNBOUND

if TYPE_CHECKING:
    from gui.widgets.matrix.view import MatrixPicture, MatrixView

_BRACE = 18  # the height of a brace with its name, in pixels at zoom 1
_LONGEST_COLUMN = 6  # a longer vector lies down, to save height


class MatrixPart(QWidget):
    """A part of the formula panel with matrices in it, made when they are first shown: the first formula has none.

    Signals:
        symbol_hovered(str), symbol_clicked(str, bool): as every panel's.
        entry_followed(int, int): follow that 0-based entry.

    Attributes:
        follows: whether a click on a cell follows its entry; else it goes to the step that made the symbol.
        below_each_other: so many of its matrices.
    """

    follows: ClassVar[bool] = False
    below_each_other = 1
    symbol_hovered = Signal(str)
    symbol_clicked = Signal(str, bool)
    entry_followed = Signal(int, int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.views: list[MatrixView] = []
        self._lit = ""

    def set_highlight(self, symbol: str) -> None:
        """Light up the cells of *symbol*."""
        self._lit = symbol
        for view in self.views:
            view.set_highlight(symbol or None)

    def make_view(self) -> MatrixView:
        """A matrix view whose pointing this part passes on."""
        from gui.widgets.matrix.view import MatrixView

        view = MatrixView(self.theme, self, whole=True)
        view.set_highlight(self._lit or None)
        view.show()  # in a part that is in sight Qt would only in its next turn
        view.symbol_hovered.connect(self.symbol_hovered)
        view.symbol_clicked.connect(self._click)
        self.views.append(view)
        return view

    def set_bound(self, lower: int | None) -> None:
        """Be so many pixels lower than all matrices need, which scroll then; None: as high as they like."""
        for view in self.views:
            high = view.sizeHint().height()
            view.setMaximumHeight(UNBOUND if lower is None else max(high - -(-lower // self.below_each_other), 1))
        layout = self.layout()
        if layout is not None:
            layout.activate()  # what it is in asks for its height next

    def _click(self, symbol: str, watched: bool) -> None:
        if watched or not self.follows:
            self.symbol_clicked.emit(symbol, watched)


class SoftmaxView(MatrixPart):
    """A softmax as a small table: the score, e to it, and that divided by the sum."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.total = QLabel()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.total)
        self.total.setProperty("role", "dim")

    @cached_property
    def table(self) -> MatrixView:
        """Its cells."""
        table = self.make_view()
        self._column.insertWidget(0, table)
        return table

    def show_table(self, view: View, table: SoftmaxTable) -> None:
        """Show the softmax of the step at the cursor."""
        from gui.widgets.matrix.picture import MatrixPicture

        step = view.step
        powers = table.powers(view.epoch.value)
        weights = np.ravel(step.value)
        by_letter = len(table.scores) == 1 and table.score_name == "Ω"
        made = step.formula.writes
        rows = letters(view.network) if by_letter else tuple(map(symbols.text, table.scores))
        power = f"exp({table.score_name} − {view.form(powers.shift)})" if powers.shift else f"exp {table.score_name}"

        def symbol_of(row: int, column: int) -> str | None:
            if column == 1:
                return None
            entries = table.scores if column == 0 else made
            return entries[0 if by_letter else row]

        def cell_name(row: int, column: int) -> str:
            kind = (table.score_name, power, f"{table.weight_name}, {power} ÷ the sum")[column]
            return f"{rows[row]}: {kind}"

        heads = (table.score_name, power, f"÷ Σ = {table.weight_name}")
        known = 2 if view.hidden else 3
        self.table.set_matrix(
            MatrixPicture(
                np.column_stack([powers.scores, powers.values, weights])[:, :known],
                f"Softmax: {table.score_name}, {power}, divided by the sum",
                row_labels=_with_marks(rows, view) if by_letter and not view.hidden else rows,
                column_labels=tuple(heads[:known]),
                symbols=symbol_of,
                cell_name=cell_name,
                shade=False,
                format=view.form,
                current=frozenset((row, 2) for row in range(len(weights)) if not view.hidden),
                marked=frozenset((entry, 2) for entry in _held(view, made[0])),
            )
        )
        self.total.setText(f"Σ = {view.form(powers.total)}, the sum of the middle column")
        self.total.setToolTip(exact(powers.total))


def _with_marks(rows: tuple[str, ...], view: View) -> tuple[str, ...]:
    """*rows*, saying which letter was wanted and which is the likeliest."""
    marked = list(rows)
    t = view.step.address.indices[0]
    wanted, likeliest = view.network.targets[t - 1], view.epoch.predicted(t)
    if view.network.has_target(t):
        marked[wanted] = f"▶ {rows[wanted]} wanted"
    if np.isfinite(view.step.value).all():
        marked[likeliest] += ", predicted" if likeliest == wanted else " predicted"
    return tuple(marked)


class UpdateView(MatrixPart):
    """An update: old − η × gradient = new, three aligned matrices; wide ones under each other, tall ones in a row."""

    follows = True

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.heads = [QLabel() for _ in range(3)]
        for head in self.heads:
            head.setProperty("role", "name")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._is_tall: bool | None = None

    def show_update(self, view: View) -> None:
        """Show the update at the cursor."""
        if not self.views:
            self._make()
        name = view.step.address.quantity
        made = (name, symbols.taken(name, view.epoch.rule), f"{name}_new")
        shape = view.step.value.shape
        is_tall = len(shape) == 1 or shape[0] > shape[1]
        signs = ("", f"−  {view.epoch.learning_rate:g} ×  ", "=  ")
        for symbol, sign, head, matrix in zip(made, signs, self.heads, self.views, strict=True):
            head.setText(names(f"{sign}{symbols.text(symbol)}"))
            value = view.epoch.value(symbol)
            shown = matrix_picture(view, symbol, value, lying=False, followed=view.entry)
            if not is_tall and sign:  # the columns stand under those of the first
                shown = replace(shown, column_labels=())
            matrix.set_matrix(shown)
        self._arrange(is_tall=is_tall)

    def _make(self) -> None:
        from gui.widgets.matrix.view import keep_together

        for _ in self.heads:
            self.make_view().cell_clicked.connect(self.entry_followed)
        keep_together(self.views)

    def _arrange(self, *, is_tall: bool) -> None:
        if is_tall == self._is_tall:
            return
        self._is_tall = is_tall
        self.below_each_other = 1 if is_tall else len(self.views)
        left = Qt.AlignmentFlag.AlignLeft
        for place, (head, matrix) in enumerate(zip(self.heads, self.views, strict=True)):
            if is_tall:
                self._grid.addWidget(head, 0, place, left)
                self._grid.addWidget(matrix, 1, place)
            else:
                self._grid.addWidget(head, place, 0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self._grid.addWidget(matrix, place, 1)
            self._grid.setColumnStretch(place, int(is_tall or place == 1))


class ResultView(MatrixPart):
    """What the step computes, and of a matrix-valued term the arithmetic of the followed entry."""

    follows = True

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.name, self.number, self.entry = QLabel(), QLabel(), QLabel()
        self.arithmetic = FormulaView(theme, size=17)
        self.arithmetic.symbol_hovered.connect(self.symbol_hovered)
        self.arithmetic.symbol_clicked.connect(self.symbol_clicked)
        self._is_lying = self._has_matrix = False
        self._written = ""
        self._view: View | None = None
        self._head = QHBoxLayout()
        self._head.addWidget(self.name)
        self._head.addWidget(self.number)
        self._head.addStretch(1)
        self._words = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._words.addWidget(self.entry)
        self._words.addWidget(self.arithmetic)
        self._whole = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._whole.addLayout(self._head)
        self._whole.addLayout(self._words, 1)
        for label, role in ((self.name, "name"), (self.number, "number"), (self.entry, "dim")):
            label.setProperty("role", role)

    @cached_property
    def matrix(self) -> MatrixView:
        """Its cells."""
        matrix = self.make_view()
        matrix.cell_clicked.connect(self._follow)
        self._head.insertWidget(2, matrix, 100)
        return matrix

    def show_result(self, view: View, *, opened: bool = False) -> None:
        """Show the result of the step at the cursor, unless its formula shows it already.

        *opened*: with all of a long sum in the arithmetic of the entry.
        """
        self._view = view
        step = view.step
        shown_above = (
            step.formula.table is not None
            or step.address.quantity == "letter"
            or (bool(step.formula.links) and step.value.ndim == 1)
            or (bool(step.formula.links) and step.value.size == 1)
        )
        self.setVisible(not shown_above and not view.hidden)
        if self.isHidden():
            return
        single = step.value.size == 1
        above = step.kind == "update" and not single  # as three matrices: what is left is the followed entry
        symbol = _symbol(view)
        self._written = _text(symbol, whole=not single)
        if step.kind == "term":
            self._written = f"term {term_label(view.network, step.address.quantity, step.address.indices)}"
        self.name.setVisible(not above)
        self.number.setVisible(single)
        self._has_matrix = not single and not above
        if self._has_matrix or self.views:
            self.matrix.setVisible(self._has_matrix)
        if single:
            value = float(np.ravel(step.value)[0])
            self.number.setText(view.form(value))
            self.number.setToolTip(exact(value))
        elif self._has_matrix:
            self._lay(lying=step.value.ndim == 1 and step.value.size > _LONGEST_COLUMN)
        arithmetic = explain.entry_line(view, opened=opened)
        has_entries = above or (step.kind == "term" and step.value.ndim == 2 and not single)
        self.entry.setVisible(has_entries)
        self.arithmetic.setVisible(bool(arithmetic))
        if has_entries:
            self.entry.setText(f"{explain.entry_title(view)}  ·  click another")
        if arithmetic:
            self.arithmetic.set_formula(arithmetic, f"The arithmetic of {explain.entry_title(view)}")

    def number_at(self, _place: QPoint | None) -> Number | None:
        """The result, wherever no cell or operand is meant."""
        return self._view.result if self._view is not None else None

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with it."""
        open_menu(self, event)

    def lay_down(self) -> bool:
        """Show the matrix of a term that is higher than wide transposed, and say whether it is one."""
        view = self._view
        if view is None or not self._has_matrix or view.step.value.ndim < 2 or self._is_lying:
            return False
        rows, columns = view.step.value.shape
        if view.step.kind == "term" and rows > columns:
            self._lay(lying=True)
            self.matrix.adjustSize()  # as narrow as it stood it would ask for the height of a scroll bar too
            self._written += "ᵀ"
        return self._is_lying

    def _lay(self, *, lying: bool) -> None:
        view, self._is_lying = self._view, lying
        assert view is not None
        followed = view.entry if view.step.kind in ("term", "sum") else None
        picture = matrix_picture(view, _symbol(view), view.step.value, lying=lying, followed=followed)
        self.matrix.set_matrix(picture)

    def set_highlight(self, symbol: str) -> None:
        """Light up the cells and the operands of *symbol*."""
        super().set_highlight(symbol)
        self.arithmetic.set_highlight(symbol or None)

    def _follow(self, row: int, column: int) -> None:
        self.entry_followed.emit(*((column, row) if self._is_lying else (row, column)))

    def place(self, width: int, *, beside: bool) -> None:
        """Continue the equation to the left of it, or name the result by itself, in *width* pixels.

        By itself, the entry stands beside the matrix where both fit at full size, else its title beside its arithmetic.
        """
        self.name.setText("=" if beside else names(f"{self._written} ="))
        # Level with the numbers, not with the braces below them.
        brace = self.theme.px(_BRACE) if beside and not self.number.isHidden() else 0
        self.setContentsMargins(0, 0, 0, brace)
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        gap = self.theme.px(24)
        parts = [part.sizeHint().width() for part in (self.entry, self.arithmetic) if not part.isHidden()]
        matrix = self.name.sizeHint().width() + self.matrix.sizeHint().width() if self._has_matrix else 0
        has_room = not beside and bool(parts) and matrix > 0 and matrix + max(parts) + gap <= width
        self._head.setSpacing(gap // 4)  # else it would be that of the whole
        self._whole.setDirection(across if has_room else down)
        self._whole.setSpacing(gap if has_room else 0)
        self._whole.setAlignment(self._words, Qt.AlignmentFlag.AlignVCenter if has_room else Qt.AlignmentFlag(0))
        in_line = not has_room and not beside and sum(parts) + gap <= width
        self._words.setDirection(across if in_line else down)
        self._words.setSpacing(gap // 2 if in_line else 0)
        self._words.setStretch(1, int(in_line))
        self._whole.activate()  # what it is in asks for its height next


def _symbol(view: View) -> str:
    """What the step at the cursor writes, or of a term what it is added to."""
    step = view.step
    return step.formula.writes[0] if step.formula.writes else f"dL/d{step.address.quantity}"


def _text(symbol: str, *, whole: bool) -> str:
    """*symbol* in words; of one that has an entry for every timestep that is looked at, where *whole*, all of it."""
    found = symbols.parse(symbol)
    is_past = whole and found.name in symbols.PAIRS
    return symbols.text(symbols.symbol(found.name, found.indices[0]) if is_past else symbol)


def matrix_picture(
    view: View, symbol: str, value: Array, *, lying: bool, followed: tuple[int, int] | None = None
) -> MatrixPicture:
    """*value*, in the shape of *symbol*, ready to be shown. *lying*: transposed, to save height."""
    found, network = symbols.parse(symbol), view.network  # what a cell is called keeps no more of the view
    columns: tuple[str, ...] = ()
    over_the_past = found.name in symbols.PAIRS  # an entry for every timestep that is looked at
    if over_the_past:
        rows = tuple(f"t = {i}" for i in range(1, len(value) + 1))
    else:
        rows, columns = axis_labels(network, symbol)
    matrix = value[:, None] if value.ndim == 1 else value
    name = _text(symbol, whole=True)

    def symbol_of(row: int, column: int) -> str:
        return symbols.symbol(found.name, found.indices[0], max(row, column) + 1) if over_the_past else symbol

    def cell_name(row: int, column: int) -> str:
        if over_the_past:
            return symbols.text(symbol_of(row, column))
        return f"{name}, entry ({entry_name(network, symbol, (column, row) if lying else (row, column))})"

    from gui.widgets.matrix.picture import MatrixPicture

    return MatrixPicture(
        matrix.T if lying else matrix,
        name,
        row_labels=columns if lying else rows,
        column_labels=rows if lying else columns,
        symbols=symbol_of,
        entries=lambda row, column: (column, row) if lying else (row, column),
        cell_name=cell_name,
        format=view.form,
        selected=followed[::-1] if lying and followed is not None else followed,
        marked=frozenset((0, entry) if lying else (entry, 0) for entry in _held(view, symbol)),
    )


def _held(view: View, symbol: str) -> tuple[int, ...]:
    """The entries of what the step makes that are held at other numbers."""
    found = symbols.parse(symbol)
    return held_entries(view.network, found.name, found.indices[0]) if found.indices else ()
