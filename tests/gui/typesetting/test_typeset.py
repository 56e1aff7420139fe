"""Typesetting: every operand comes back as a part of its own, and tagging it moves nothing."""

import re
import tomllib
from importlib.metadata import version
from pathlib import Path
from xml.etree import ElementTree

import mathra
import pytest
from PySide6.QtCore import QPointF

from core.epoch.training import Training
from core.program.program import Program
from core.sources.opening import open_source
from core.steps.evaluate import evaluate
from core.steps.template import Piece, plain, symbolic
from gui.typesetting.typeset import TARGET, TypesetError, layout

FORMULA = (
    Piece("h_3", "h[3]", "h"),
    Piece(r"=\tanh\left("),
    Piece(r"\begin{bmatrix}0.1&-0.2\\0.3&4\end{bmatrix}", "W", "W"),
    Piece(r"+\frac{"),
    Piece(r"\hat{y}_{3}^{2}", "yhat[3]", "output"),
    Piece(r"}{\sqrt{"),
    Piece("b", "b", "b"),
    Piece(r"}}+\sum_{i=1}^{3}"),
    Piece(r"\underbrace{0.3707}_{\alpha_{3,3}}", "alpha[3,3]", "attention"),
    Piece(r"\right)"),
)
ORIGIN = QPointF(0, 0)


def test_the_engine_is_the_pinned_version():
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())
    assert f"mathra=={version('mathra')}" in project["project"]["dependencies"]


def test_the_engine_still_emits_what_we_read():
    svg = mathra.tex_to_svg(rf"\textcolor{{#000001}}{{{plain(FORMULA)}}}\cancel{{x}}", strict=True)
    root = ElementTree.fromstring(svg)
    assert {glyph.tag.rpartition("}")[2] for glyph in root.iterfind("{*}defs/*")} == {"path"}
    drawn = {(shape.tag.rpartition("}")[2], frozenset(shape.attrib)) for shape in root.iterfind("{*}g/*")}
    assert drawn == {
        ("use", frozenset({"href", "x", "y", "fill"})),
        ("use", frozenset({"href", "transform", "fill"})),
        ("use", frozenset({"href", "x", "y"})),
        ("rect", frozenset({"x", "y", "width", "height", "fill"})),
        ("line", frozenset({"x1", "y1", "x2", "y2", "stroke", "stroke-width", "stroke-linecap"})),
    }
    outlines = "".join(glyph.attrib["d"] for glyph in root.iterfind("{*}defs/{*}path"))
    assert set(re.sub(r"[\d\s.-]", "", outlines)) <= set("MLQCZ")


def slow_bounds(pieces):
    """Left, top, right and bottom of the ink of every piece, from the points of its outlines; None is our own signs."""
    tagged = (
        piece.latex if piece.symbol is None else rf"\textcolor{{#{tag:06x}}}{{{piece.latex}}}"
        for tag, piece in enumerate(pieces, start=1)
    )
    root = ElementTree.fromstring(mathra.tex_to_svg("".join(tagged), strict=True))
    outlines = {f"#{path.attrib['id']}": path.attrib["d"] for path in root.iterfind("{*}defs/{*}path")}
    points: dict[int | None, list[tuple[float, float]]] = {}
    for sign in root.iterfind("{*}g/*"):
        fill = sign.attrib.get("fill")
        found = points.setdefault(None if fill is None else int(fill[1:], 16) - 1, [])
        if sign.tag.endswith("rect"):
            x, y, width, height = (float(sign.attrib[name]) for name in ("x", "y", "width", "height"))
            found += [(x, -y), (x + width, -y - height)]
            continue
        x, y, scale = float(sign.attrib.get("x", 0)), float(sign.attrib.get("y", 0)), 1.0
        if "transform" in sign.attrib:
            x, y, scale = map(float, re.findall(r"-?[\d.]+", sign.attrib["transform"]))
        numbers = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", outlines[sign.attrib["href"]])]
        found += [(x + scale * a, -y - scale * b) for a, b in zip(numbers[::2], numbers[1::2], strict=True)]
    bounds = {}
    for place, found in points.items():
        across, down = zip(*found, strict=True)
        bounds[place] = [min(across), min(down), max(across), max(down)]
    return bounds


@pytest.mark.parametrize("name", ["attention", "embedding", "lstm"])
def test_the_ink_is_that_of_the_outlines_in_every_formula_of_a_sheet(name):
    source = open_source(name)
    epoch = Training(source.network, source.parameters, source.rule, source.learning_rate).epoch(1)
    seen = 0
    for address in Program(source.network):
        for line in evaluate(epoch, address).formula.symbolic:
            pieces = symbolic(line)
            bounds = slow_bounds(pieces)
            for part in layout(pieces).parts:
                rect = part.path.boundingRect()
                edges = [rect.left(), rect.top(), rect.right(), rect.bottom()]
                assert edges == pytest.approx(bounds[part.piece], abs=1)
                seen += 1
    assert seen > 300


def test_a_shape_that_we_can_not_draw_is_refused(monkeypatch):
    svg = mathra.tex_to_svg("x", strict=True).replace("</g>", '<circle r="1"/></g>')
    monkeypatch.setattr(mathra, "tex_to_svg", lambda *_, **__: svg)
    with pytest.raises(TypesetError, match="unexpected shapes in the drawing: <circle"):
        layout((Piece("x+circle"),))


def test_every_operand_has_ink_inside_the_box():
    drawing = layout(FORMULA)
    assert [(part.piece, part.symbol, part.family) for part in drawing.operands] == [
        (place, piece.symbol, piece.family) for place, piece in enumerate(FORMULA) if piece.symbol
    ]
    slack = drawing.box.adjusted(-100, -100, 100, 100)
    for part in drawing.operands:
        assert part.rect.width() > 0
        assert part.rect.height() > 0
        assert slack.contains(part.rect), part.symbol


def test_tagging_moves_nothing():
    braced = "".join(piece.latex if piece.symbol is None else f"{{{piece.latex}}}" for piece in FORMULA)
    assert layout(FORMULA).box == layout((Piece(braced),)).box


def test_operands_follow_one_another():
    first, second = layout((Piece("U", "U", "U"), Piece("="), Piece("V", "V", "V"))).operands
    assert first.rect.right() < second.rect.left()


def test_an_exponent_is_above_the_baseline_and_a_subscript_below():
    drawing = layout((Piece("x"), Piece("^{2}"), Piece("_{3}")))
    assert drawing.box.top() < 0 < drawing.box.bottom()
    assert drawing.baseline(10) == pytest.approx(-drawing.box.top() / 100)


def test_a_repeated_symbol_has_a_part_at_each_place():
    drawing = layout((Piece("h_1", "h[1]", "h"), Piece("+"), Piece("h_1", "h[1]", "h")))
    assert [part.piece for part in drawing.operands] == [0, 2]


def test_no_pieces_make_an_empty_drawing():
    assert layout(()).parts == ()


def test_the_same_pieces_are_set_once():
    assert layout(FORMULA) is layout(list(FORMULA))


def test_a_hit_finds_every_operand_at_its_middle():
    drawing = layout(FORMULA)
    for part in drawing.operands:
        assert drawing.hit(drawing.rect(part, 22, ORIGIN).center(), 22, ORIGIN) is part


def test_a_small_operand_offers_a_whole_target():
    drawing = layout((Piece("i", "i"),))
    middle = drawing.rect(drawing.operands[0], 10, ORIGIN).center()
    reach = QPointF(TARGET / 2 - 0.5, TARGET / 2 - 0.5)
    assert drawing.hit(middle + reach, 10, ORIGIN) is drawing.operands[0]
    assert drawing.hit(middle + reach * 1.2, 10, ORIGIN) is None


def test_between_two_operands_the_nearer_is_hit():
    drawing = layout((Piece("U", "U"), Piece(r"\,"), Piece("V", "V")))
    left, right = (drawing.rect(part, 12, ORIGIN) for part in drawing.operands)
    assert drawing.hit(left.center(), 12, ORIGIN) is drawing.operands[0]
    assert drawing.hit(right.center(), 12, ORIGIN) is drawing.operands[1]


@pytest.mark.parametrize(
    "latex", [r"\nonsense", r"\frac{1}", "{", "}", r"\begin{bmatrix}1", "😀", r"\textcolor{red}{x}"]
)
def test_what_cannot_be_set_is_named(latex):
    with pytest.raises(TypesetError, match=re.escape(repr(latex))):
        layout((Piece(latex),))


def test_an_operand_without_ink_is_refused():
    with pytest.raises(TypesetError, match="nothing to see of W"):
        layout((Piece("a+"), Piece(r"\phantom{W}", "W", "W")))


def test_a_brace_is_the_same_wherever_it_stands():
    alone = layout((Piece(r"\underbrace{0.3707}_{\alpha}"),)).parts[0].path
    drawing = layout((Piece(r"x", "x", "h"), Piece(r"\underbrace{0.3707}_{\alpha}")))
    beside = drawing.parts[-1].path
    moved = alone.translated(beside.boundingRect().topLeft() - alone.boundingRect().topLeft())
    assert moved.elementCount() == beside.elementCount()
    for place in range(moved.elementCount()):
        ours, theirs = moved.elementAt(place), beside.elementAt(place)
        assert (ours.x, ours.y) == pytest.approx((theirs.x, theirs.y), abs=0.01)
