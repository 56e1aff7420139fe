"""The field for the lines of a cell of one's own: what is not understood is underlined where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from PySide6.QtGui import QFontDatabase, QResizeEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit

from core.equations.operations import FUNCTIONS
from core.network.own_cell import Problem
from gui.look.theme import Theme

_LEAST, _MOST = 2, 9  # lines that are seen at once
_FRAME = 10  # border and padding above and below the lines
_SIZE = 13


class LinesField(QPlainTextEdit):
    """Lines of one width a letter; as high as they need, up to a height from which it scrolls."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._problems: tuple[Problem, ...] = ()
        self.setAccessibleName("Lines of your own")
        self.setToolTip(
            "A line for each quantity: x[t] is what is read, h[t-1] is from the timestep before, @ multiplies with a "
            f"matrix, * entry by entry; functions are {', '.join(FUNCTIONS)}. Ctrl+Enter creates"
        )
        self.setTabChangesFocus(True)
        self.textChanged.connect(self._grow)
        theme.changed.connect(self._restyle)
        self._restyle()

    def mark_problems(self, problems: Sequence[Problem]) -> None:
        """Underline what is wrong; what is wrong with a whole line, all of it."""
        self._problems = tuple(problems)
        found = []
        for problem in self._problems:
            block = self.document().findBlockByNumber(problem.line - 1)
            first, last = problem.first, max(problem.last, problem.first + 1)
            if first >= len(block.text()):
                first, last = 0, len(block.text())
            selection = QTextEdit.ExtraSelection()
            cursor = QTextCursor(block)
            cursor.setPosition(block.position() + first)
            cursor.setPosition(block.position() + min(last, len(block.text())), QTextCursor.MoveMode.KeepAnchor)
            selection.cursor = cursor
            selection.format = self._underlined()
            found.append(selection)
        self.setExtraSelections(found)

    def go_to_problem(self) -> None:
        """Put the cursor where the first thing is wrong."""
        if self._problems:
            cursor = QTextCursor(self.document().findBlockByNumber(self._problems[0].line - 1))
            cursor.movePosition(
                QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.MoveAnchor, self._problems[0].first
            )
            self.setTextCursor(cursor)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other lines are broken."""
        super().resizeEvent(event)
        self._grow()

    def _underlined(self) -> QTextCharFormat:
        form = QTextCharFormat()
        form.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        form.setUnderlineColor(self._theme.palette.families["W"])
        form.setBackground(self._theme.palette.highlight)
        return form

    def _grow(self) -> None:
        block = self.document().firstBlock()
        line = self.blockBoundingRect(block).height() / max(block.lineCount(), 1)
        shown = min(max(self.document().size().height(), _LEAST), _MOST)  # Qt counts lines there
        height = ceil(line * shown + 2 * self.document().documentMargin()) + self._theme.px(_FRAME)
        if height != self.height():
            self.setFixedHeight(height)

    def _restyle(self) -> None:
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(self._theme.px(_SIZE))
        self.setFont(font)
        self.mark_problems(self._problems)
        self._grow()
