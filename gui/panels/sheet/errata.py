"""What is wrong in a sheet: every place where its formulas, its numbers and the true derivative do not agree."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen, QShowEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from core.sources.worksheets import Erratum
from gui.debugger.view import View
from gui.look.theme import Theme

_HERE = "▶ concerns this step"


class ErrataList(QScrollArea):
    """One card an erratum; those that concern the current step are marked and brought into sight."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._cards: list[ErratumCard] = []
        self._waiting: View | None = None
        self._inside = QWidget()
        self._column = QVBoxLayout(self._inside)
        self._column.addStretch(1)
        self.setWidget(self._inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("What is wrong in this sheet")
        self.verticalScrollBar().rangeChanged.connect(self._reveal)
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def cards(self) -> tuple[ErratumCard, ...]:
        """The cards, in the order of their numbers."""
        return tuple(self._cards)

    def set_view(self, view: View) -> None:
        """Mark the errata that concern the step at the cursor, at the latest when they are shown."""
        self._waiting = view
        if self.isVisible():
            self._render_waiting()

    def show_erratum(self, number: int) -> None:
        """Bring the card of that erratum into sight, once the cards have their places."""
        self._render_waiting()
        card = next((card for card in self._cards if card.erratum.number == number), None)
        if card is not None:
            QTimer.singleShot(0, self, lambda: self.ensureWidgetVisible(card))

    def showEvent(self, event: QShowEvent) -> None:
        """Comes up to date."""
        super().showEvent(event)
        self._render_waiting()

    def _render_waiting(self) -> None:
        view, self._waiting = self._waiting, None
        if view is None:
            return
        errata = () if view.source.worksheet is None else view.source.worksheet.errata
        if errata != tuple(card.erratum for card in self._cards):
            self._make(errata)
        before = [card for card in self._cards if card.concerns_step]
        for card in self._cards:
            card.set_view(view)
        here = [card for card in self._cards if card.concerns_step]
        if here and here != before:
            # New cards, and cards that grew, get their places in the next turns of the event loop; the bar's range
            # says when they have.
            QTimer.singleShot(0, self, self._reveal)

    def _reveal(self) -> None:
        here = next((card for card in self._cards if card.concerns_step), None)
        if here is not None:
            self.ensureWidgetVisible(here)

    def _make(self, errata: tuple[Erratum, ...]) -> None:
        for card in self._cards:
            self._column.removeWidget(card)
            card.deleteLater()
        self._cards = [ErratumCard(erratum, self._theme) for erratum in errata]
        for index, card in enumerate(self._cards):
            self._column.insertWidget(index, card)

    def _restyle(self) -> None:
        px = self._theme.px
        self._column.setContentsMargins(px(8), px(8), px(8), px(8))
        self._column.setSpacing(px(8))


class ErratumCard(QFrame):
    """One erratum: its title, what is wrong in words, where, and which reading the rule in use follows."""

    def __init__(self, erratum: Erratum, theme: Theme) -> None:
        super().__init__()
        self.erratum = erratum
        self.concerns_step = False
        self._theme = theme
        self._title = QLabel(f"{erratum.number}  {erratum.title}")
        self._here = QLabel(_HERE)
        self._words = QLabel(erratum.words)
        self._where = QLabel()
        self._column = QVBoxLayout(self)
        for label in (self._title, self._here, self._words, self._where):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._column.addWidget(label)
        self._here.hide()
        self.setAccessibleName(f"Erratum {erratum.number}: {erratum.title}")
        theme.changed.connect(self._restyle)
        self._restyle()

    def set_view(self, view: View) -> None:
        """Say whether it concerns the step at the cursor, and what the rule in use does about it."""
        concerns = self.erratum.applies(view.cursor.epoch, view.step.address)
        where = f"{self.erratum.where[0].upper()}{self.erratum.where[1:]}. {self.erratum.stand(view.epoch.rule)}"
        if where != self._where.text():
            self._where.setText(where)
        if concerns != self.concerns_step:
            self.concerns_step = concerns
            self._here.setVisible(concerns)
            self.setAccessibleDescription("Concerns this step" if concerns else "")
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A frame with a bar at its left, both lit where it concerns the current step."""
        palette, px = self._theme.palette, self._theme.px
        ground, edge = (palette.highlight, palette.accent) if self.concerns_step else (palette.panel, palette.line)
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(palette.line, 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(area, px(4), px(4))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(edge)
        painter.drawRoundedRect(QRectF(0, 0, px(3), self.height()), px(1.5), px(1.5))

    def _restyle(self) -> None:
        theme, palette = self._theme, self._theme.palette
        self._column.setContentsMargins(theme.px(12), theme.px(8), theme.px(8), theme.px(8))
        self._column.setSpacing(theme.px(4))
        for label, bold, colour in (
            (self._title, True, palette.ink),
            (self._here, True, palette.accent),
            (self._words, False, palette.ink),
            (self._where, False, palette.dim),
        ):
            label.setFont(theme.font(12, bold=bold))
            colours = label.palette()
            colours.setColor(QPalette.ColorRole.WindowText, colour)
            label.setPalette(colours)
        self.update()
