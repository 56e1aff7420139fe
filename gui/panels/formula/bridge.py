"""At the sum of a gradient: its entry by use and by loss, where the two ways back meet."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtWidgets import QLabel, QVBoxLayout

from core.network.symbols import subscript, symbol
from core.network.words import used_words
from core.network.words import uses as uses_of
from core.program.program import OUTPUTS, Program
from core.steps.recursion import LEFT_OUT
from core.studies.bridge import MOST, bridge
from gui.debugger.labels import counted
from gui.debugger.view import View
from gui.look.theme import Theme
from gui.panels.formula.result import MatrixPart

if TYPE_CHECKING:
    from gui.widgets.matrix.view import MatrixView


class BridgeView(MatrixPart):
    """A table: a row for every use, a column for every loss; the sums are the terms of either way."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.words = QLabel()
        self.words.setWordWrap(True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.words)
        self._has_table = False

    @cached_property
    def table(self) -> MatrixView:
        """Its cells."""
        table = self.make_view()
        self._column.addWidget(table)
        return table

    @property
    def has_links(self) -> bool:
        """Whether there is anything to show, whose cells lead to their steps."""
        return self._has_table

    def show_step(self, view: View) -> None:
        """Show the table of the gradient whose sum is at the cursor; nothing at other steps and in long texts."""
        name, T = view.step.address.quantity, view.network.T
        self._has_table = view.step.kind == "sum" and name not in OUTPUTS and 1 < T <= MOST and not view.hidden
        if not self._has_table:
            return
        from gui.widgets.matrix.picture import MatrixPicture

        entry, rule = view.entry, view.epoch.rule  # the picture stays, where the view is to be let go
        found = bridge(view.epoch, name, entry)
        losses = (*found.losses, T + 1)  # the last for all of them

        def symbol_of(row: int, column: int) -> str | None:
            k, t = row + 1, losses[column]
            if T >= k > t:
                return None
            if k > T and t > T:
                return symbol(f"dL/d{name}")
            if t > T:
                return symbol(f"dL/d{name}", k)
            return symbol(f"dL/d{name}", t, t, min(k, t))

        def cell_name(row: int, column: int) -> str:
            t = losses[column]
            if t <= row < T:
                return f"Loss {t} comes before t = {row + 1}: there is no term"
            use = f"{name} {used_words(name)} at t = {row + 1}" if row < T else f"all uses of {name}"
            said = f"{use}, {f'loss {t}' if t <= T else 'all losses'}"
            return said if counts(row + 1, t) else f"{said}: {LEFT_OUT}"

        def counts(k: int, t: int) -> bool:
            return max(k, t) > T or rule.reaches(t, k)

        self.table.set_matrix(
            MatrixPicture(
                found.with_sums,
                f"∂L/∂{name} by use and by loss",
                known=np.array([[(k <= t and counts(k, t)) or k > T for t in losses] for k in range(1, T + 2)]),
                row_labels=(*(f"t = {k}" for k in range(1, T + 1)), "by loss"),
                column_labels=(*(f"L{subscript(t)}" for t in found.losses), "by use"),
                symbols=symbol_of,
                entries=lambda _row, _column: entry,
                cell_name=cell_name,
                placeholder=lambda row, column: "left out" if row < losses[column] else "",
                format=view.form,
                current=frozenset({(T, len(found.losses))}),
            )
        )
        terms = Program(view.network).term_count(name)
        # That holds where every timestep has a loss.
        grows = (f", growing as {'T³' if view.network.attention else 'T²'}", ", growing as T")
        by_term, by_timestep = grows if view.network.is_whole else ("", "")
        uses = "; ".join(uses_of(name, view.network.lines))
        added = f" Every term adds up: {uses}." if uses else ""
        self.words.setText(
            f"Term by term {counted(terms, 'term')}{by_term}; "
            f"timestep by timestep {counted(T, 'term')}{by_timestep}.{added}"
        )
