"""What a new network will be, in a few lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from core.sources.own_network import Summary
from gui.debugger.labels import counted
from gui.look.theme import Theme

_DETAILS = 37  # two lines


class SummaryView(QWidget):
    """The gist, the shapes and counts, and what one should know before.

    Attributes:
        line, details, note: the labels, from top to bottom.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.line, self.details, self.note = QLabel(), QLabel(), QLabel()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        for label, role in ((self.line, "strong"), (self.details, "dim"), (self.note, "fact")):
            label.setProperty("role", role)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            self._column.addWidget(label)
        self._column.addStretch(1)
        self.setAccessibleName("Summary")
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_summary(self, summary: Summary) -> None:
        """Say what the network will be."""
        counts = f"{counted(summary.parameter_count, 'parameter')}  ·  {_steps(summary)}"
        self._say(summary.line, f"{_shapes(summary.shapes)}\n{counts}", summary.note)

    def show_missing(self, names: Sequence[str]) -> None:
        """Say which fields need another value."""
        self._say(f"Still to put right: {', '.join(names)}", "Enter goes to the first.", "")

    def _say(self, line: str, details: str, note: str) -> None:
        self.line.setText(line)
        self.details.setText(details)
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self.setAccessibleDescription(" ".join(part for part in (line, details, note) if part))

    def _restyle(self) -> None:
        self._column.setSpacing(self._theme.px(2))
        self.details.setMinimumHeight(self._theme.px(_DETAILS))  # so that nothing moves while one types


def _shapes(shapes: Mapping[str, tuple[int, ...]]) -> str:
    """The shape of every parameter, once for those of one letter that are alike: ``U_i U_f 2×3``."""
    names: dict[tuple[str, str], list[str]] = {}
    for name, shape in shapes.items():
        names.setdefault((name.partition("_")[0], "×".join(map(str, shape))), []).append(name)
    return "  ·  ".join(f"{' '.join(each)} {shape}" for (_, shape), each in names.items())


def _steps(summary: Summary) -> str:
    """How many steps an epoch has, each way where there are two."""
    if not summary.terms and summary.steps == summary.steps_back:
        return f"{counted(summary.steps_back, 'step')} an epoch"
    return f"{counted(summary.steps, 'step')} an epoch by term, {summary.steps_back:,} by time"
