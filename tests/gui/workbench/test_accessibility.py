"""What a screen reader and a tooltip say: every step its sentence, every panel and control its name."""

import pytest
from PySide6.QtCore import QObject, QPointF, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QProgressBar, QWidget

from core.program.program import Address, Phase
from tests.gui.driving import ALT, SHIFT, click, leaves, settle, wait_until

Key = Qt.Key
SENTENCE = "Step 62 of 121. Loss 3, via h 3, W used at t = 2. Term 0.0103. Running total minus 0.0410."


@pytest.fixture(autouse=True)
def at_the_start(window):
    window.reset()


def test_a_step_says_its_sentence(window):
    window.go_to(61)
    window.key(Key.Key_Space)
    assert window.shell.accessibleDescription() == SENTENCE
    assert window.bench.formula.symbols.accessibleName() == SENTENCE
    window.key(Key.Key_Space)
    assert window.shell.accessibleDescription() != SENTENCE
    window.key(Key.Key_Space, SHIFT)
    assert window.shell.accessibleDescription() == SENTENCE


def test_the_sentence_is_announced_once_a_step(window, monkeypatch):
    said = []
    monkeypatch.setattr(QAccessible, "updateAccessibility", lambda event: said.append(event.message()))
    window.go_to(61)
    said.clear()
    window.key(Key.Key_Space)
    assert said == [SENTENCE]


def test_every_way_of_moving_is_announced_once(window, monkeypatch):
    said = []
    monkeypatch.setattr(QAccessible, "updateAccessibility", lambda event: said.append(event.message()))
    bar, tree = window.bench.panels["timeline"].bar, window.bench.panels["program"].tree
    ways = {
        "finish": lambda: window.press("over"),
        "timeline": lambda: click(bar, QPointF(bar.x_of(62), 12)),
        "back": lambda: window.key(Key.Key_Left, ALT),
        "forth": lambda: window.key(Key.Key_Right, ALT),
        "epoch": lambda: window.press("next_epoch"),
        "tree": lambda: tree.asked.emit(Address(Phase.BACKWARD, "W")),
        "network": lambda: window.press("open_embedding"),
        "undo": window.bench.undo.undo,
    }
    for name, way in ways.items():
        said.clear()
        way()
        wait_until(lambda: said)
        assert len(said) == 1, name
        assert said[0].startswith(f"Step {window.place[1]} of {window.length}. "), name


def test_every_kind_of_step_has_a_sentence(window):
    for position in range(1, window.length + 1, 6):
        window.go_to(position)
        words = window.bench.formula.symbols.accessibleName()
        assert words.startswith(f"Step {position} of 121. ")
        assert "−" not in words


def test_every_panel_and_dock_has_a_name(window):
    for name, panel in window.bench.panels.items():
        assert panel.accessibleName(), name
    for dock in window.shell.docks.values():
        assert dock.windowTitle()


def controls(widget):
    kinds = (QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QProgressBar)
    for child in widget.findChildren(QWidget):
        if isinstance(child, kinds) and not isinstance(child.parentWidget(), (QAbstractSpinBox, QComboBox)):
            yield child


def name_of(widget):
    """What a screen reader calls *widget*."""
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


@pytest.mark.parametrize("position", [1, 19, 62, 74, 121])
def test_every_control_has_a_name_and_what_can_be_pressed_a_tooltip(window, position):
    window.go_to(position)
    for dock in window.shell.docks:
        window.front(dock)
        nameless = [c for c in controls(window.shell) if c.isVisible() and not name_of(c)]
        assert nameless == []
        silent = [
            c
            for c in controls(window.shell)
            if c.isVisible() and c.isEnabled() and not c.toolTip() and c.objectName() != "qt_toolbar_ext_button"
            and isinstance(c, QAbstractButton)
        ]  # fmt: skip
        assert [(type(c).__name__, c.objectName(), name_of(c)) for c in silent] == []


def test_targets_are_at_least_24_pixels(window):
    window.go_to(62)
    for dock in window.shell.docks:
        window.front(dock)
    small = [
        (type(c).__name__, name_of(c), c.width(), c.height())
        for c in controls(window.shell)
        if c.isVisible() and c.isEnabled() and min(c.width(), c.height()) < 24
    ]
    assert small == []


def test_whatever_takes_the_keyboard_has_a_name(window):
    window.go_to(62)
    met = []
    for _ in range(60):
        widget = window.shell.focusWidget()
        if widget in met:
            break
        met.append(widget)
        window.key(Key.Key_Tab)
    assert len(met) > 10
    assert [type(widget).__name__ for widget in met if not name_of(widget)] == []


def test_lines_of_the_sheet_are_read_with_their_verdict(window):
    table = window.front("sheet").table
    window.key(Key.Key_Space)
    index = next(iter(leaves(table)))
    role = Qt.ItemDataRole.AccessibleTextRole
    assert [index.siblingAtColumn(column).data(role) for column in range(4)] == [
        "h₁, current step", "0.1432", "0.1432", "✓ equal",
    ]  # fmt: skip


def test_a_matrix_can_be_read_as_a_table(window):
    window.go_to(2)
    matrix = window.bench.panels["parameters"].rows["U"].matrices[0]
    matrix.table_requested.emit()
    settle()
    dialog = next(child for child in matrix.findChildren(QObject) if type(child).__name__ == "MatrixTable")
    assert dialog.isVisible()
    assert dialog.model.index(3, 0).data() == "1.1585"
    dialog.close()
    settle()
