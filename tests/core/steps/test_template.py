"""Formula templates and the three ways of showing them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.steps import template as tex
from core.steps.template import FAINT, Mark
from core.writing.form import NumberFormat

FORM = NumberFormat()


def numbers(template, values, *, picked=None, named=False):
    return tex.substituted(template, lambda symbol: np.array(values[symbol]), FORM, picked, named=named)


def written(template, values, **options):
    return tex.plain(numbers(template, values, **options))


def test_marks_and_signs_come_apart():
    template = r"= ⟦W⟧ \, ⟦h[2]|^{2}⟧ + ⟦U#1,2⟧⟦alpha[3,1]|=\alpha_{3,i}⟧"
    assert list(tex.parse(template)) == [
        "= ",
        Mark("W", (), ""),
        r" \, ",
        Mark("h[2]", (), "^{2}"),
        " + ",
        Mark("U", (1, 2), ""),
        Mark("alpha[3,1]", (), r"=\alpha_{3,i}"),
    ]
    assert tex.operands(template) == {"W", "h[2]", "U", "alpha[3,1]"}
    assert list(tex.parse("")) == []


def test_symbols_stand_in_their_own_latex():
    pieces = tex.symbolic(r"⟦h[2]|^{2}⟧ + ⟦U#1,2⟧ ⟦alpha[3,1]|=\alpha_{3,i}⟧")
    assert tex.plain(pieces) == r"h_{2}^{2} + U_{1,2} \alpha_{3,i}"
    assert [piece.symbol for piece in pieces] == ["h[2]", None, "U", None, "alpha[3,1]"]
    assert [piece.family for piece in pieces] == ["h", "plain", "U", "plain", "attention"]


@pytest.mark.parametrize(
    ("template", "latex"),
    [
        ("= ⟦W⟧", "= -0.5000"),
        (r"\left( ⟦W⟧", r"\left( -0.5000"),
        ("⟦W⟧", "-0.5000"),
        ("1 - ⟦W⟧", r"1 - \left(-0.5000\right)"),
        ("1 + ⟦W⟧", r"1 + \left(-0.5000\right)"),
        (r"2 \cdot ⟦W⟧", r"2 \cdot \left(-0.5000\right)"),
        ("⟦W|^{2}⟧", r"\left(-0.5000\right)^{2}"),
        ("⟦p|^{2}⟧", "2.0000^{2}"),
        ("⟦p⟧⟦W⟧", r"2.0000\left(-0.5000\right)"),
        (r"⟦p⟧ \, ⟦W⟧", r"2.0000 \, \left(-0.5000\right)"),
        (r"= ⟦W⟧ \, ⟦p⟧", r"= -0.5000 \, 2.0000"),
        ("⟦tiny|^{2}⟧", r"\left(1.000\times 10^{-6}\right)^{2}"),
        (r"⟦W|^{\top}⟧", "-0.5000"),
    ],
)
def test_a_negative_number_in_a_power_or_product_has_its_parentheses(template, latex):
    named = template.replace("⟦p", "⟦c").replace("⟦tiny", "⟦b")
    assert written(named, {"W": [[-0.5]], "c": [2.0], "b": [1e-6]}) == latex


def test_a_number_carries_its_name_below():
    assert written("⟦alpha[3,2]⟧", {"alpha[3,2]": 0.25}, named=True) == r"\underbrace{0.2500}_{\alpha_{3,2}}"
    assert written("⟦h[2]|^{2}⟧", {"h[2]": [0.5]}, named=True) == r"\underbrace{0.5000^{2}}_{h_{2}}"


def test_vectors_stand_up_and_lie_down_when_transposed():
    assert written("⟦b⟧", {"b": [1.0, 2.0]}) == r"\begin{bmatrix}1.0000 \\ 2.0000\end{bmatrix}"
    assert written(r"⟦b|^{\top}⟧", {"b": [1.0, 2.0]}) == r"\begin{bmatrix}1.0000 & 2.0000\end{bmatrix}"


def test_matrices_are_written_by_rows_and_transposed_by_columns():
    W = {"W": [[1.0, 2.0], [3.0, 4.0]]}
    assert written("⟦W⟧", W) == r"\begin{bmatrix}1.0000 & 2.0000 \\ 3.0000 & 4.0000\end{bmatrix}"
    assert written(r"⟦W|^{\top}⟧", W) == r"\begin{bmatrix}1.0000 & 3.0000 \\ 2.0000 & 4.0000\end{bmatrix}"


def test_an_entry_counts_from_one():
    assert written("⟦U#1,2⟧", {"U": [[0.1, 0.2], [0.3, 0.4]]}) == "0.2000"
    assert written("⟦b#2⟧", {"b": [0.1, 0.2]}) == "0.2000"


@pytest.mark.parametrize("template", ["⟦x[1]⟧", r"⟦x[1]|^{\top}⟧"])
def test_the_zeros_of_a_one_hot_vector_are_faint(template):
    pieces = numbers(template, {"x[1]": [0.0, 0.0, 1.0, 0.0]}, picked={"x[1]": 2})
    assert [piece.latex for piece in pieces if piece.symbol] == ["0", "0", "1", "0"]
    assert [piece.family == FAINT for piece in pieces if piece.symbol] == [True, True, False, True]


def test_the_columns_that_a_letter_does_not_pick_are_faint():
    pieces = numbers("⟦U⟧", {"U": [[1.0, 2.0], [3.0, 4.0]]}, picked={"U": 1})
    assert [piece.latex for piece in pieces if piece.family == FAINT] == ["1.0000", "3.0000"]


@given(st.integers(1, 40), st.data())
def test_long_vectors_are_elided_but_keep_the_picked_entry(length, data):
    picked = data.draw(st.integers(0, length - 1))
    for template in ("⟦x[1]⟧", r"⟦x[1]|^{\top}⟧"):
        values = {"x[1]": np.eye(length)[picked]}
        latex = written(template, values, picked={"x[1]": picked})
        if length == 1:
            assert latex == "1.0000"
            continue
        body = latex.removeprefix(r"\begin{bmatrix}").removesuffix(r"\end{bmatrix}")
        cells = body.split(r" \\ " if template == "⟦x[1]⟧" else " & ")
        assert cells.count("1") == 1
        if length <= tex.LONGEST:
            assert len(cells) == length
        else:
            assert len(cells) <= 7
            assert {r"\vdots", r"\cdots"} & set(cells)


@given(st.integers(1, 12), st.integers(1, 12))
def test_every_row_of_a_matrix_has_as_many_cells(rows, columns):
    latex = written("⟦W⟧", {"W": np.ones((rows, columns))})
    if rows * columns == 1:
        assert latex == "1.0000"
        return
    body = latex.removeprefix(r"\begin{bmatrix}").removesuffix(r"\end{bmatrix}")
    assert {line.count("&") for line in body.split(r" \\ ")} == {(columns if columns <= tex.LONGEST else 5) - 1}
    assert len(body.split(r" \\ ")) == (rows if rows <= tex.LONGEST else 5)
