"""A list of facts: a name on the left, a number on the right; some lead somewhere."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from gui.look.theme import Theme, mix
from gui.widgets.parts.fact import Fact
from gui.widgets.parts.keys import ENTER

_ROW = 24
_TEXT = 12


class FactRow(QAbstractButton):
    """The line of one fact; a button only where it leads somewhere."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._fact = Fact("")
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._lead(self._fact.leads)

    @property
    def fact(self) -> Fact:
        """What the line says."""
        return self._fact

    def set_fact(self, fact: Fact) -> None:
        """Says *fact*."""
        if fact == self._fact:
            return
        before, self._fact = self._fact, fact
        if fact.tip != before.tip:
            self.setToolTip(fact.tip)
        self.setAccessibleName(f"{fact.left.removeprefix('▶ ')}: {fact.right}" if fact.right else fact.left)
        if fact.leads != before.leads:
            self._lead(fact.leads)
        if (before.left, before.style, len(before.right)) != (fact.left, fact.style, len(fact.right)):
            self.updateGeometry()
        self.update()

    def _lead(self, leads: bool) -> None:
        """Whether a click goes anywhere."""
        self.setEnabled(leads)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if leads else Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor if leads else Qt.CursorShape.ArrowCursor)

    def sizeHint(self) -> QSize:
        """Both texts side by side; a note is as wide as it may be."""
        if self._fact.style == "note":
            width = self._theme.px(120)
            return QSize(width, self.heightForWidth(width))
        left, right = self._metrics(False), self._metrics(self._bold)
        width = left.horizontalAdvance(self._fact.left) + right.horizontalAdvance(self._fact.right)
        return QSize(width + self._theme.px(34), self._theme.px(_ROW))

    def minimumSizeHint(self) -> QSize:
        """What it needs is what it asks for."""
        return self.sizeHint()

    def hasHeightForWidth(self) -> bool:
        """Notes are."""
        return self._fact.style == "note"

    def heightForWidth(self, width: int) -> int:
        """The lines of a note."""
        if self._fact.style != "note":
            return self._theme.px(_ROW)
        room = QRect(0, 0, width - 2 * self._theme.px(8), 10_000)
        height = self._metrics(False).boundingRect(room, Qt.TextFlag.TextWordWrap, self._fact.left).height()
        return height + self._theme.px(6)

    @property
    def _bold(self) -> bool:
        return self._fact.style in ("strong", "accent")

    def _metrics(self, bold: bool) -> QFontMetrics:
        return QFontMetrics(self._theme.font(_TEXT, bold=bold))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter clicks, as Space does."""
        if event.key() in ENTER:
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paints both texts, and where the mouse or the keyboard is."""
        palette, theme, fact = self._theme.palette, self._theme, self._fact
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if fact.leads and (self.underMouse() or self.isDown()):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(mix(palette.panel, palette.highlight, 1.0 if self.isDown() else 0.6))
            painter.drawRoundedRect(self.rect(), theme.px(5), theme.px(5))
        room = QRectF(self.rect()).adjusted(theme.px(8), 0, -theme.px(8), 0)
        left = palette.dim if fact.style in ("heading", "note") or not fact.leads else palette.ink
        painter.setPen(palette.accent if fact.style == "accent" else left)
        if fact.style == "note":
            painter.setFont(theme.font(_TEXT))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap, fact.left)
        else:
            theme.metrics(_TEXT).write(painter, room, fact.left)
        painter.setPen(palette.accent if fact.style == "accent" else palette.ink)
        theme.metrics(_TEXT, bold=self._bold).write(painter, room, fact.right, 1)
        if self.hasFocus():
            painter.setPen(QPen(palette.accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), theme.px(5), theme.px(5))


class FactList(QWidget):
    """Facts, one below the other.

    Signals:
        chosen(int): the fact of that index was clicked.
    """

    chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: list[FactRow] = []
        self._facts: tuple[Fact, ...] = ()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addStretch()
        theme.changed.connect(self._restyle)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """What is shown."""
        return self._facts

    def row(self, index: int) -> FactRow:
        """The line of a fact."""
        return self._rows[index]

    def set_facts(self, facts: Sequence[Fact]) -> None:
        """Shows *facts*; lines are kept and changed only where they differ."""
        if tuple(facts) == self._facts:
            return
        self._facts = tuple(facts)
        self._layout.setEnabled(False)  # else it lays out all of them at each that is shown
        while len(self._rows) < len(facts):
            self._add_row(len(self._rows))
        for row, fact in zip(self._rows, facts, strict=False):
            row.set_fact(fact)
            if row.isHidden():
                row.show()
        for row in self._rows[len(facts) :]:
            if not row.isHidden():
                row.hide()
        self._layout.setEnabled(True)

    def _add_row(self, index: int) -> None:
        row = FactRow(self._theme, self)
        row.clicked.connect(lambda: self.chosen.emit(index))
        self._layout.insertWidget(index, row)
        self._rows.append(row)

    def _restyle(self) -> None:
        for row in self._rows:
            row.updateGeometry()
            row.update()
