"""The formula view: it fits its width, and its operands answer to pointer and keyboard."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from core.steps.template import Piece
from gui.look.theme import DARK
from gui.typesetting.fit import READABLE, chunks, fit
from gui.typesetting.typeset import TypesetError
from gui.widgets.formula.view import FormulaView
from tests.gui.driving import point_at

UPDATE = (Piece("W", "W", "W"), Piece(r"-\eta\,"), Piece("G", "dL/dW", "W"), Piece("="), Piece("h_1", "h[1]", "h"))
LONG_SUM = (
    Piece("h_3", "h[3]", "h"),
    Piece(r"=\tanh("),
    *(
        piece
        for step in range(12)
        for piece in (Piece("+" if step else ""), Piece("0.1234", f"a[{step}]"), Piece(r"\cdot "), Piece("0.5", "W"))
    ),
    Piece(")"),
)
MATRIX = (Piece("x="), Piece(r"\begin{bmatrix}" + "&".join(["0.1234"] * 40) + r"\end{bmatrix}", "E", "E"))


@pytest.fixture
def view(qtbot, theme):
    widget = FormulaView(theme)
    qtbot.addWidget(widget)
    widget.resize(400, 60)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


def middle(view, symbol):
    return view.operand_rect(symbol).center()


def rows(view, width):
    return len(view._fit(width).rows)


def wheel(view, steps):
    at = QPointF(view.rect().center())
    event = QWheelEvent(
        at,
        view.mapToGlobal(at),
        QPoint(),
        QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)
    return event.isAccepted()


def test_moving_over_an_operand_names_it_and_leaving_it_says_so(qtbot, view):
    view.set_formula(UPDATE, "W minus eta G equals h 1")
    heard: list[str] = []
    view.symbol_hovered.connect(heard.append)
    point_at(view, middle(view, "W"))
    qtbot.waitUntil(lambda: heard == ["W"])
    assert view.cursor().shape() == Qt.CursorShape.PointingHandCursor
    point_at(view, middle(view, "h[1]"))
    qtbot.waitUntil(lambda: heard == ["W", "h[1]"])
    point_at(view, QPoint(390, 5))
    qtbot.waitUntil(lambda: heard == ["W", "h[1]", ""])
    assert view.cursor().shape() == Qt.CursorShape.ArrowCursor


def test_a_click_names_the_operand_and_a_click_beside_it_nothing(qtbot, view):
    view.set_formula(UPDATE, "update")
    heard: list[str] = []
    view.symbol_clicked.connect(lambda symbol, _watched: heard.append(symbol))
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle(view, "dL/dW"))
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(390, 5))
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=middle(view, "W"))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=middle(view, "h[1]"))
    assert heard == ["dL/dW"]


def test_a_symbol_that_is_not_shown_has_no_place(view):
    view.set_formula(UPDATE, "update")
    assert view.operand_rect("V").isEmpty()


def test_arrows_move_between_operands_and_enter_clicks(qtbot, view):
    view.set_formula(UPDATE, "update")
    hovered: list[str] = []
    clicked: list[str] = []
    view.symbol_hovered.connect(hovered.append)
    view.symbol_clicked.connect(lambda symbol, _watched: clicked.append(symbol))
    view.activateWindow()
    view.setFocus()
    qtbot.waitUntil(view.hasFocus)
    view.clearFocus()
    hovered.clear()
    view.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Return):
        qtbot.keyClick(view, key)
    view.clearFocus()
    assert hovered == ["W", "dL/dW", "h[1]", "dL/dW", ""]
    assert clicked == ["dL/dW"]


def test_keys_that_are_not_its_own_are_left_to_the_window(qtbot, theme):
    class Window(QWidget):
        def __init__(self):
            super().__init__()
            self.heard = []

        def keyPressEvent(self, event):
            if event.key() != Qt.Key.Key_Control:
                self.heard.append(Qt.Key(event.key()))

    window = Window()
    qtbot.addWidget(window)
    view = FormulaView(theme, parent=window)
    window.show()
    view.set_formula((Piece("1+1"),), "no operands")
    view.setFocus()
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Space, Qt.Key.Key_Return):
        qtbot.keyClick(view, key)
    view.set_formula(UPDATE, "operands")
    qtbot.keyClick(view, Qt.Key.Key_Space)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    qtbot.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert window.heard == [
        Qt.Key.Key_Left,
        Qt.Key.Key_Space,
        Qt.Key.Key_Return,
        Qt.Key.Key_Space,
        Qt.Key.Key_Right,
    ]


def test_a_click_does_not_take_the_focus(qtbot, view):
    view.set_formula(UPDATE, "update")
    view.clearFocus()
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle(view, "W"))
    assert not view.hasFocus()


def test_the_sentence_is_what_a_screen_reader_gets(view):
    view.set_formula(UPDATE, "W minus eta times the gradient")
    assert view.accessibleName() == "W minus eta times the gradient"


def test_a_highlight_shows_behind_every_part_of_its_symbol_and_moves_nothing(view, theme):
    view.set_formula(LONG_SUM[:10], "sum")
    before = view.operand_rect("W")
    view.set_highlight("W")
    image = view.grab().toImage()
    ratio = image.devicePixelRatio()
    lit = [rect.topLeft() - QPointF(1, 1) for part, rect in view._operands() if part.symbol == "W"]
    assert len(lit) == 2
    for point in lit:
        assert image.pixelColor((point * ratio).toPoint()) == theme.palette.highlight
    assert view.operand_rect("W") == before


def test_an_outlined_result_has_a_line_around_it_and_no_ground(view, theme):
    view.set_formula(UPDATE, "update")
    plain = view.grab().toImage()
    view.set_outlined(frozenset({"h[1]"}))
    outlined = view.grab().toImage()
    rect = view.operand_rect("h[1]")
    changed = [
        QPoint(x, y)
        for x in range(outlined.width())
        for y in range(outlined.height())
        if outlined.pixelColor(x, y) != plain.pixelColor(x, y)
    ]
    assert changed
    assert all(rect.adjusted(-6, -6, 6, 6).contains(point) for point in changed)
    assert not any(rect.adjusted(2, 2, -2, -2).contains(point) for point in changed)


def test_less_width_first_shrinks_then_breaks_then_scrolls(view):
    view.set_formula(LONG_SUM, "sum")
    natural = view.sizeHint().width()
    assert rows(view, natural) == 1
    assert view._fit(natural).em == 22
    shrunk = view._fit(int(natural * 0.9))
    assert len(shrunk.rows) == 1
    assert 22 * READABLE <= shrunk.em < 22
    broken = view._fit(int(natural * 0.4))
    assert len(broken.rows) > 1
    assert view._fit(int(natural * 0.7)).em >= 22 * READABLE
    assert broken.size.width() <= natural * 0.4
    assert view.heightForWidth(int(natural * 0.4)) > view.heightForWidth(natural)


def test_lines_that_are_given_are_kept(view):
    view.set_lines((UPDATE, UPDATE, LONG_SUM), "three lines")
    assert rows(view, 4000) == rows(view, 300) == 3


def test_cuts_come_before_operators_at_the_least_cost():
    pieces = (Piece("y", "y"), Piece("=-a(b+c)"), Piece("z", "z"), Piece(r"\cdot\frac{1+2}{3}+d"))
    sums = ["".join(piece.latex for piece in part) for part in chunks(pieces, 0)]
    assert sums == ["y", r"=-a(b+c)z\cdot\frac{1+2}{3}", "+d"]
    products = ["".join(piece.latex for piece in part) for part in chunks(pieces, 1)]
    assert products == ["y", "=-a(b+c)z", r"\cdot\frac{1+2}{3}", "+d"]
    inside = ["".join(piece.latex for piece in part) for part in chunks(pieces, 2)]
    assert inside == ["y", "=-a(b", "+c)z", r"\cdot\frac{1+2}{3}", "+d"]


def test_a_tall_bracket_that_is_cut_is_left_open_there():
    pieces = (Piece(r"\tanh\left("), Piece("a", "a"), Piece("+"), Piece("b", "b"), Piece(r"\right)"))
    inside = ["".join(piece.latex for piece in part) for part in chunks(pieces, 2)]
    assert inside == [r"\tanh\left(a\right.", r"\left.+b\right)"]


def test_breaking_keeps_every_operand():
    arranged = fit((LONG_SUM,), 22, 300, breakable=True)
    symbols = [part.symbol for drawing, _ in arranged.rows for part in drawing.operands]
    assert symbols == [piece.symbol for piece in LONG_SUM if piece.symbol]


def test_what_cannot_be_broken_is_scrolled_to_its_ends_by_wheel(view):
    view.set_formula(MATRIX, "matrix")
    start = view.operand_rect("E").left()
    assert view.operand_rect("E").right() > view.width()
    assert not wheel(view, 1), "at the start there is nothing before"
    assert wheel(view, -1)
    assert view.operand_rect("E").left() < start
    while wheel(view, -5):
        pass
    assert view.operand_rect("E").right() <= view.width()


def test_a_wheel_over_a_formula_that_fits_is_the_panels(view):
    view.set_formula(UPDATE, "update")
    assert not wheel(view, -1)


def test_dragging_scrolls_and_does_not_click(qtbot, view):
    view.set_formula(MATRIX, "matrix")
    clicked = []
    view.symbol_clicked.connect(lambda symbol, _watched: clicked.append(symbol))
    start = view.operand_rect("E").left()
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(300, 20))
    qtbot.mouseMove(view, QPoint(250, 20))
    qtbot.mouseMove(view, QPoint(150, 20))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(150, 20))
    assert view.operand_rect("E").left() == start - 150
    assert clicked == []


def test_a_cut_end_fades_out(view):
    view.set_formula(MATRIX, "matrix")
    view.set_highlight("E")
    wheel(view, -2)
    image = view.grab().toImage()
    ground = QWidget().palette().window().color()
    assert image.pixelColor(1, image.height() - 8) == ground
    assert image.pixelColor(image.width() - 2, image.height() - 8) == ground


def test_a_layout_gives_it_the_height_that_its_lines_need(qtbot, theme):
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    view = FormulaView(theme)
    view.set_formula(LONG_SUM, "sum")
    column.addWidget(view)
    window.resize(300, 50)
    window.show()
    qtbot.waitUntil(lambda: view.height() >= view.heightForWidth(view.width()))
    assert len(view._fit(view.width()).rows) > 1


def test_zoom_and_theme_apply_at_once(view, theme):
    view.set_formula(UPDATE, "update")
    small = view.operand_rect("h[1]").width()
    theme.set_zoom(2.0)
    assert view.operand_rect("h[1]").width() > 1.8 * small
    light = view.grab().toImage()
    theme.set_palette(DARK)
    assert view.grab().toImage() != light


def test_what_cannot_be_set_is_refused_and_the_old_formula_stays(view):
    view.set_formula(UPDATE, "update")
    with pytest.raises(TypesetError):
        view.set_formula((Piece(r"\nonsense"),), "nonsense")
    assert not view.operand_rect("W").isEmpty()
    assert view.accessibleName() == "update"
