"""The path strip: which timesteps it shows, that nothing overlaps, and how nodes answer."""

from itertools import combinations

import pytest
from PySide6.QtCore import QPoint, Qt

from core.sources.opening import open_source
from gui.debugger.model import DebuggerModel
from gui.look.theme import DARK
from gui.panels.formula.path import strip_picture
from gui.widgets.strip.layout import arrange, choose_columns, edge
from gui.widgets.strip.strip import PathStrip, StripPicture
from tests.gui.driving import point_at

HELLO = StripPicture(
    inputs=tuple("hell"),
    targets=tuple("ello"),
    attention=True,
    path=(("L[3]", "yhat[3]"), ("yhat[3]", "Z[3]"), ("Z[3]", "h[3]"), ("h[3]", "h[1]")),
    use=("h[2]", "h[1]"),
    parameter="W",
    headline="reads l, should say l",
)


def long_picture(count=1000, **changes):
    letters = ("日", "👍🏽", " ", "é") * (count // 4)
    return StripPicture(inputs=letters, targets=letters, **changes)


@pytest.fixture
def strip(qtbot, theme):
    widget = PathStrip(theme)
    qtbot.addWidget(widget)
    widget.set_picture(HELLO)
    widget.resize(730, widget.sizeHint().height())
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


def test_a_short_text_is_shown_whole(strip):
    for step in (1, 2, 3, 4):
        for kind in ("x", "h", "Z", "yhat", "L"):
            assert strip.rect().contains(strip.node_rect(f"{kind}[{step}]"))


def test_without_attention_there_is_no_z():
    nodes = arrange(StripPicture(("a",), ("b",)), 300, 30).nodes
    assert list(nodes) == ["h[0]", "x[1]", "h[1]", "yhat[1]", "L[1]"]


@pytest.mark.parametrize("width", [150, 260, 400, 730, 1600])
@pytest.mark.parametrize("attention", [False, True])
@pytest.mark.parametrize("count", [1, 4, 1000])
def test_nodes_and_letters_never_overlap(width, attention, count):
    picture = StripPicture(("a",) * count, ("b",) * count, attention=attention, computed=f"h[{(count + 1) // 2}]")
    arranged = arrange(picture, width, 44)
    boxes = [*arranged.nodes.values(), *arranged.wanted.values()]
    for one, other in combinations(boxes, 2):
        assert not one.intersects(other)


def test_the_present_is_in_the_middle_of_a_long_text():
    columns = choose_columns(1000, [500], 6.0, 0.3)
    assert columns == (498, 499, 500, 501, 502)


def test_a_wide_path_keeps_its_ends_and_leaves_out_the_middle():
    columns = choose_columns(1000, [42, 900, 41, 700], 6.0, 0.3)
    assert {41, 42, 700, 900} <= set(columns)
    assert len(columns) <= 6


def test_what_lies_between_comes_before_what_lies_around():
    assert choose_columns(100, [10, 14], 6.0, 0.3) == (10, 11, 12, 13, 14)


def test_a_text_that_fits_exactly_is_not_cut():
    assert choose_columns(5, [], 5.0, 0.3) == (1, 2, 3, 4, 5)


def test_where_little_fits_the_present_is_shown():
    assert choose_columns(1000, [77, 900], 1.0, 0.3) == (77,)


@pytest.mark.parametrize("sheet", ["attention", "embedding"])
@pytest.mark.parametrize("width", [560, 640, 780])
def test_the_strip_stands_still_at_every_step_with_the_state_before_the_first(qapp, sheet, width):
    stepped, seen = DebuggerModel(open_source(sheet)), []
    for position in range(1, len(stepped.view.program) + 1):
        stepped.go_to_position(position)
        arranged = arrange(strip_picture(stepped.view), width, 30)
        seen.append((arranged.columns, dict(arranged.nodes), dict(arranged.letters), dict(arranged.wanted)))
    assert all(one == seen[0] for one in seen)
    nodes = seen[0][1]
    assert nodes["h[0]"].right() < nodes["h[1]"].left()


def test_in_a_long_text_the_state_before_the_first_is_shown_only_where_it_is_used():
    assert "h[0]" not in arrange(long_picture(computed="h[2]"), 730, 30).nodes
    assert "h[0]" in arrange(long_picture(use=("h[1]", "h[0]"), parameter="W"), 730, 30).nodes


def test_cut_ends_have_their_sign():
    ellipses = arrange(long_picture(computed="h[500]"), 730, 44).ellipses
    assert len(ellipses) == 2
    assert 1001 in ellipses


def test_lines_of_attention_cross_no_node():
    arranged = arrange(HELLO, 730, 30)
    line = edge(arranged, "Z[4]", "h[1]")
    others = [rect for symbol, rect in arranged.nodes.items() if symbol not in ("Z[4]", "h[1]")]
    assert line is not None
    assert not any(line.intersects(rect) for rect in others)


def test_a_line_to_a_node_that_is_not_shown_is_not_drawn():
    assert edge(arrange(HELLO, 730, 30), "h[9]", "h[8]") is None


def test_nodes_answer_to_the_pointer(qtbot, strip):
    hovered: list[str] = []
    clicked: list[str] = []
    strip.symbol_hovered.connect(hovered.append)
    strip.symbol_clicked.connect(lambda symbol, _watched: clicked.append(symbol))
    point_at(strip, strip.node_rect("h[2]").center())
    assert hovered == ["h[2]"]
    assert strip.cursor().shape() == Qt.CursorShape.PointingHandCursor
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=strip.node_rect("L[3]").center())
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(725, 115))
    point_at(strip, QPoint(724, 114))
    assert hovered[-1] == ""
    assert clicked == ["L[3]"]


def test_nodes_are_targets_of_24_pixels(strip):
    assert strip.node_rect("h[2]").width() >= 24
    middle = strip.node_rect("h[2]").center()
    assert strip._symbol_at(middle + QPoint(0, 12)) == strip._symbol_at(middle - QPoint(0, 11)) == "h[2]"


def test_keys_move_between_nodes_from_the_computed_one(qtbot, strip):
    strip.set_picture(StripPicture(("a", "b"), ("b", "a"), computed="h[2]"))
    hovered: list[str] = []
    clicked: list[str] = []
    strip.symbol_hovered.connect(hovered.append)
    strip.symbol_clicked.connect(lambda symbol, _watched: clicked.append(symbol))
    strip.activateWindow()
    strip.setFocus()
    qtbot.waitUntil(strip.hasFocus)
    strip.clearFocus()
    hovered.clear()
    strip.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Enter):
        qtbot.keyClick(strip, key)
    assert hovered[-4:] == ["h[2]", "yhat[2]", "h[2]", "x[2]"]
    assert clicked == ["x[2]"]


def test_the_headline_is_what_a_screen_reader_gets(strip):
    assert strip.accessibleDescription() == "reads l, should say l"


def test_what_is_not_known_looks_different(strip):
    known = strip.grab().toImage()
    strip.set_picture(
        StripPicture(HELLO.inputs, HELLO.targets, attention=True, known={"x": 1, "h": 0, "Z": 0, "yhat": 0, "L": 0})
    )
    assert strip.grab().toImage() != known


def test_use_is_painted_in_the_colour_of_its_family(strip, theme):
    image = strip.grab().toImage()
    between = (strip.node_rect("h[1]").right() + strip.node_rect("h[2]").left()) // 2
    assert image.pixelColor(between, strip.node_rect("h[1]").center().y()) == theme.palette.families["W"]


def test_zoom_and_theme_apply_at_once(strip, theme):
    before = strip.sizeHint().height()
    theme.set_zoom(2.0)
    assert strip.sizeHint().height() == 2 * before
    light = strip.grab().toImage()
    theme.set_palette(DARK)
    assert strip.grab().toImage() != light


def test_any_letter_can_be_painted_in_a_text_of_any_length(qtbot, strip):
    path = (("Z[900]", "h[700]"), ("h[700]", "h[2]"))
    strip.set_picture(long_picture(attention=True, embedding=True, path=path, use=("h[3]", "h[3]"), parameter="b"))
    assert not strip.node_rect("h[700]").isEmpty()
    assert not strip.grab().isNull()


def term_picture(count, t, m, k, **others):
    """The path of the term (t, m, k) of ∂L/∂W under attention."""
    carried = ((f"h[{m}]", f"h[{k}]"),) if k < m else ()
    path = ((f"L[{t}]", f"yhat[{t}]"), (f"yhat[{t}]", f"Z[{t}]"), (f"Z[{t}]", f"h[{m}]"), *carried)
    use = (f"h[{k}]", f"h[{k - 1}]")
    letters = ("a",) * count
    return StripPicture(letters, letters, attention=True, path=path, use=use, parameter="W", **others)


@pytest.mark.parametrize("width", [440, 520, 660, 900])
@pytest.mark.parametrize("embedding", [False, True])
def test_a_term_shows_its_loss_its_turn_and_its_use(width, embedding):
    arranged = arrange(term_picture(12, 9, 7, 3, embedding=embedding), width, 32)
    shown = {"L[9]", "yhat[9]", "Z[9]", "h[7]", "h[3]"}
    assert shown <= set(arranged.nodes)
    boxes = [*arranged.nodes.values(), *arranged.wanted.values(), *arranged.letters.values()]
    assert max(box.right() for box in boxes) <= width
    assert not any(one.intersects(other) for one, other in combinations(boxes, 2))


def test_no_room_goes_to_other_timesteps_while_one_that_matters_is_missing():
    assert choose_columns(100, [50, 90], 2.5, 0.3) == (50,)


def test_a_use_from_a_state_that_is_left_out_begins_at_the_cut():
    arranged = arrange(term_picture(1000, 900, 700, 500), 430, 44)
    assert "h[499]" not in arranged.nodes
    line = edge(arranged, "h[500]", "h[499]")
    assert line is not None
    assert line.boundingRect().right() == arranged.nodes["h[500]"].left()


def test_the_state_before_the_first_has_room_where_all_stand_close():
    arranged = arrange(term_picture(4, 4, 3, 1), 345, 30)
    assert {"h[0]", "h[1]", "h[3]", "L[4]"} <= set(arranged.nodes)
    assert max(box.right() for box in arranged.nodes.values()) <= 345


def test_between_two_states_the_whole_way_is_lit(qtbot, strip, theme):
    strip.resize(1600, strip.height())
    strip.set_picture(term_picture(12, 9, 7, 3))
    image = strip.grab().toImage()

    def lit(earlier):
        one, other = strip.node_rect(f"h[{earlier}]"), strip.node_rect(f"h[{earlier + 1}]")
        return image.pixelColor((one.right() + other.left()) // 2, one.center().y()) == theme.palette.accent

    shown = [step for step in range(1, 12) if not strip.node_rect(f"h[{step}]").isEmpty()]
    joined = [step for step in shown if step + 1 in shown]
    assert {3, 4, 5, 6} & set(joined)
    assert all(lit(step) == (3 <= step < 7) for step in joined)
