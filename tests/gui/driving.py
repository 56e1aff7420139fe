"""The real window, made as the application makes it, with a user's hands and eyes on it.

What is read here is what widgets show: texts of labels, cells, rows and lines, never the model's numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from math import inf, nan
from time import monotonic
from typing import TypeVar

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QLabel, QTreeView, QWidget

from core.program.program import Way
from core.sources.opening import open_source
from core.sources.source import Source
from core.watching.stop import AT_FIRST
from gui.look.theme import Theme
from gui.panels.base.panel import Panel
from gui.panels.contributions.panel import ContributionsPanel
from gui.panels.parameters.panel import ParametersPanel
from gui.panels.program.panel import ProgramPanel
from gui.panels.timeline.panel import TimelinePanel
from gui.panels.values.panel import ValuesPanel
from gui.widgets.matrix.view import MatrixView
from gui.window.main_window import MainWindow
from gui.workbench.settings import Settings
from gui.workbench.workbench import Workbench

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
ALT, PLAIN = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.NoModifier
FRONT = ("contributions", "parameters")  # the docks before the other tabs at first
Kind = TypeVar("Kind", bound=Panel)
_SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def number(text: str) -> float:
    """A number as the window writes it: ``−0.0410``, ``3.2×10⁻⁵``, ``∞``."""
    text = text.strip().replace("−", "-")
    if "∞" in text:
        return -inf if text.startswith("-") else inf
    if text == "nan":
        return nan
    mantissa, _, power = text.partition("×10")
    return float(mantissa) * 10.0 ** int(power.translate(_SUPERSCRIPTS) or 0)


@dataclass(frozen=True)
class Window:
    """One window under test. Its methods press, type, point and read."""

    shell: MainWindow
    bench: Workbench
    theme: Theme

    # -- hands ----------------------------------------------------------------------------------------------

    def action(self, name: str) -> QAction:
        return self.shell.actions_by_id[name]

    def press(self, name: str) -> None:
        """Choose an action from its menu."""
        action = self.action(name)
        assert action.isEnabled(), f"{name} is disabled"
        action.trigger()
        settle()

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = PLAIN, times: int = 1) -> None:
        """Press a key, wherever the keyboard is."""
        for _ in range(times):
            QTest.keyClick(QApplication.focusWidget() or self.shell, key, modifiers)
        settle()

    def type(self, text: str) -> None:
        """Type letters, wherever the keyboard is; those that are on no key are pasted."""
        if text.isascii():
            QTest.keyClicks(QApplication.focusWidget() or self.shell, text)
        else:
            QApplication.clipboard().setText(text)
            self.key(Qt.Key.Key_V, CTRL)

    def focus_formula(self) -> None:
        self.bench.formula.setFocus()

    def activate(self) -> None:
        """Come back to the window from another one."""
        self.shell.activateWindow()
        QTest.qWaitForWindowActive(self.shell)
        self.focus_formula()
        settle()

    def reset(self, source: str | Source = "attention", way: Way | None = None) -> None:
        """As it was when it was opened, but for the layout, the theme and how numbers are written.

        *way*: back term by term or timestep by timestep, None for what the source asks for.
        """
        self.bench.undo.clear()
        self.bench.model.set(replace(self.bench.model.state, watches=(), stops=AT_FIRST))
        self.bench.files.lessons.start_with(open_source(source) if isinstance(source, str) else source)
        for name in ("skip_zero", "stage_order", "predict"):
            self.action(name).setChecked(False)
        self.bench.model.set_way(way)
        for dock in FRONT:
            self.shell.docks[dock].raise_()
        self.activate()

    def go_to(self, position: int, epoch: int = 1) -> None:
        """Stand at a step, by shortest way; how a user gets there has its own tests."""
        if epoch != self.bench.model.view.cursor.epoch:
            self.bench.model.jump_to_epoch(epoch)
            wait_until(lambda: not self.bench.model.is_training)
        self.bench.model.go_to_position(position)
        settle()

    def front(self, dock: str) -> Panel:
        """Bring a dock to the front, as a click on its tab does."""
        self.shell.show_dock(dock)
        settle()
        return self.bench.panels[dock]

    # -- eyes -----------------------------------------------------------------------------------------------

    @property
    def place(self) -> tuple[int, int]:
        """Epoch and step, as the status bar says."""
        found = re.fullmatch(r"Epoch ([\d,]+)  ·  \w+  ·  step ([\d,]+) of [\d,]+", self.shell.place.text())
        assert found is not None, self.shell.place.text()
        return int(found[1].replace(",", "")), int(found[2].replace(",", ""))

    @property
    def length(self) -> int:
        return int(self.shell.place.text().rsplit(" ", 1)[1].replace(",", ""))

    def result(self) -> list[list[str]]:
        """The numbers that the formula panel shows as the result, as rows of texts; a vector is one row."""
        formula = self.bench.formula
        if formula.result.number.isVisible():
            return [[formula.result.number.text()]]
        if any(view.isVisible() for view in formula.result.views):
            return texts_of(formula.result.matrix)
        if formula.softmax.isVisible():
            rows = texts_of(formula.softmax.table)
            return [[row[2] for row in rows]] if len(rows[0]) > 2 else []  # the last column is the result
        if formula.update_view.isVisible():
            rows = texts_of(formula.update_view.views[2])
            vector = all(len(row) == 1 for row in rows) and self.bench.model.view.step.value.ndim == 1
            return [[row[0] for row in rows]] if vector else rows
        if formula.ladder.isVisible():
            return [formula.ladder.texts()[-1][0].split(", ")]
        return []

    def words(self) -> dict[str, object]:
        """Everything that the window says of where it stands, but what training has found, which stays."""
        formula = self.bench.formula
        values = values_of(self)
        for dock in FRONT:
            self.front(dock)
        return {
            "place": self.shell.place.text(),
            "formula": [label.text() for label in formula.findChildren(QLabel) if label.isVisible()],
            "symbols": formula.symbols.accessibleName(),
            "result": self.result(),
            "ladder": formula.ladder.texts() if formula.ladder.isVisible() else [],
            "strip": formula.strip.accessibleDescription(),
            "values": values,
            "parameters": {
                name: [(block.title, block.state, block.picture.texts() if block.picture else None)
                       for block in row.shown]
                for name, row in panel_of(self, ParametersPanel).rows.items()
            },
            "contributions": contributions_of(self),
            "timeline": panel_of(self, TimelinePanel).label.text(),
            "program": panel_of(self, ProgramPanel).tree.currentIndex().data(),
            "buttons": [self.action(name).text() for name in ("back", "into", "over", "out")],
        }  # fmt: skip


@contextmanager
def opened(
    source: str | Source = "attention", settings: Settings | None = None, size: tuple[int, int] = (1440, 900)
) -> Iterator[Window]:
    """The window as `gui.app` makes it, and afterwards the application as it was before."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    font, palette = application.font(), application.palette()
    if application.style().objectName() != "fusion":
        application.setStyle("Fusion")
    theme = Theme()
    shell = MainWindow(theme)
    shell.resize(*size)
    shell.furnish()
    shell.show()
    settings = settings or Settings(None)
    bench = Workbench(open_source(source) if isinstance(source, str) else source, shell, theme, settings)
    bench.furnish()
    QTest.qWaitForWindowExposed(shell)
    QTest.qWaitForWindowActive(shell)
    # What a panel makes when it is first looked at should be there before a test begins to count.
    for name in shell.docks:
        shell.show_dock(name)
        settle()
    shell.arrangement.reset()
    shell.arrangement.restore(settings.layout)
    bench.formula.setFocus()
    settle()
    try:
        yield Window(shell, bench, theme)
    finally:
        shell.may_close = lambda: True  # a test that ends leaves nothing to be saved
        shell.close()
        shell.deleteLater()
        application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        settle()
        if application.palette() != palette:
            application.setPalette(palette)
        if application.font() != font:
            application.setFont(font)
        theme.deleteLater()
        application.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def settle() -> None:
    """Let what was asked for happen, and be painted."""
    QApplication.processEvents()


def wait_until(condition: Callable[[], object], seconds: float = 20) -> None:
    """Turn the event loop until *condition* holds."""
    end = monotonic() + seconds
    while not condition():
        assert monotonic() < end, "it never came about"
        QApplication.processEvents()


def surface(widget: QWidget) -> QWidget:
    """The widget that gets the mouse."""
    return widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget


def point_at(widget: QWidget, where: QPoint | QPointF) -> None:
    """Move the mouse there, over *widget*."""
    target, spot = surface(widget), QPointF(where)
    move = QMouseEvent(
        QEvent.Type.MouseMove, spot, target.mapToGlobal(spot), Qt.MouseButton.NoButton, Qt.MouseButton.NoButton, PLAIN
    )
    QApplication.sendEvent(target, move)
    settle()


def leave(widget: QWidget) -> None:
    """Move the mouse away."""
    QApplication.sendEvent(surface(widget), QEvent(QEvent.Type.Leave))
    settle()


def click(widget: QWidget, where: QPoint | QPointF | None = None, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
    """Click *widget*, in its middle where nothing else is said."""
    target = surface(widget)
    spot = target.rect().center() if where is None else QPointF(where).toPoint()
    QTest.mouseClick(target, Qt.MouseButton.LeftButton, modifiers, spot)
    settle()


def texts_of(matrix: MatrixView) -> list[list[str]]:
    """The numbers that a matrix shows, row by row."""
    picture = matrix.picture
    return picture.texts() if picture is not None else []


def panel_of(window: Window, kind: type[Kind]) -> Kind:
    """The panel of that *kind*, wherever its dock is."""
    return next(panel for panel in window.bench.panels.values() if isinstance(panel, kind))


def values_of(window: Window) -> dict[str, list[str]]:
    """The Values panel, brought to the front: what stands in every cell, by the label of its row."""
    window.front("values")
    cells = panel_of(window, ValuesPanel).grid.cells
    assert cells is not None
    return {
        cells.row_name(row): [
            cells.text(row, column) if cells.is_known(row, column) else cells.placeholder(row, column)
            for column in range(cells.columns)
            if cells.exists(row, column)
        ]
        for row in range(len(cells.rows))
    }


def contributions_of(window: Window) -> tuple[object, ...]:
    """The Contributions panel: its title, its facts and its words; without bars only the words."""
    panel = panel_of(window, ContributionsPanel)
    shown = (panel.title, *((fact.left, fact.right) for fact in panel.facts.facts))
    return (*(shown if panel.facts.isVisible() else ()), panel.words)


def leaves(tree: QTreeView) -> Iterable[QModelIndex]:
    """The lines that stand below the sections of the Sheet panel's table."""
    model = tree.model()
    for group in range(model.rowCount()):
        section = model.index(group, 0)
        for row in range(model.rowCount(section)):
            yield model.index(row, 0, section)
