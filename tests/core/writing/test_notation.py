"""Numbers in every notation, read to the same values and decimals."""

from __future__ import annotations

import contextlib
import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.writing import notation
from core.writing.form import NumberFormat, exact
from core.writing.notation import NotationError, read
from tests.strategies import matrix_texts
from tests.timing import grows_in_proportion

ONE = ()

ONE_NUMBER = [
    ("0.0274", 0.0274, 4),
    (" 0.0274\n", 0.0274, 4),
    (".0274", 0.0274, 4),
    ("0.", 0, 0),
    ("12", 12, 0),
    ("-0.0274", -0.0274, 4),
    ("- 0.0274", -0.0274, 4),
    ("−0.0274", -0.0274, 4),  # minus sign
    ("–0.0274", -0.0274, 4),  # en dash
    ("—0.0274", -0.0274, 4),  # em dash
    ("‐0.0274", -0.0274, 4),  # hyphen
    ("‑0.0274", -0.0274, 4),  # non-breaking hyphen
    ("‒0.0274", -0.0274, 4),  # figure dash
    ("－0.0274", -0.0274, 4),  # full-width hyphen
    ("﹣0.0274", -0.0274, 4),  # small hyphen
    ("+0.5", 0.5, 1),
    ("＋0.5", 0.5, 1),
    ("0,0274", 0.0274, 4),
    (",0274", 0.0274, 4),
    ("-,5", -0.5, 1),
    ("-0,0274", -0.0274, 4),
    ("0{,}0274", 0.0274, 4),
    ("1,2", 1.2, 1),
    ("1,05", 1.05, 2),
    ("1,234", 1.234, 3),  # where nothing else says that it groups
    ("1.234", 1.234, 3),
    ("1,234.5", 1234.5, 1),
    ("1,234,567", 1234567, 0),
    ("1,234,567.25", 1234567.25, 2),
    ("1.234,5", 1234.5, 1),
    ("1.234.567,5", 1234567.5, 1),
    ("1 234,5", 1234.5, 1),
    ("1 234.5", 1234.5, 1),
    ("12 345", 12345, 0),
    ("1'234.5", 1234.5, 1),
    ("1’234.5", 1234.5, 1),
    ("1\u202f234,5", 1234.5, 1),
    ("1\u202f234.5", 1234.5, 1),
    ("1\u00a0234,5", 1234.5, 1),
    ("1\u2009234\u2009567", 1234567, 0),
    (r"1\,234.5", 1234.5, 1),
    ("2.74e-2", 0.0274, 4),
    ("2.74E-02", 0.0274, 4),
    ("2,74e-2", 0.0274, 4),
    ("1.5e3", 1500, -2),
    ("1e3", 1000, -3),
    ("2.74×10⁻²", 0.0274, 4),
    ("2.74 × 10⁻²", 0.0274, 4),
    ("−2.74×10⁻²", -0.0274, 4),
    ("2.74*10^-2", 0.0274, 4),
    ("2.74*10**-2", 0.0274, 4),
    ("2.74·10^{-2}", 0.0274, 4),
    ("2,74 · 10^(-2)", 0.0274, 4),
    ("2.74x10^-2", 0.0274, 4),
    (r"2.74\times10^{-2}", 0.0274, 4),
    (r"2.74 \cdot 10^{-2}", 0.0274, 4),
    ("10^-2", 0.01, 2),
    ("10⁻²", 0.01, 2),
    ("1/3", 1 / 3, 12),
    ("-2/7", -2 / 7, 12),
    (r"\frac{1}{3}", 1 / 3, 12),
    (r"-\frac{2}{7}", -2 / 7, 12),
    (r"\frac{-2}{7}", -2 / 7, 12),
    (r"\dfrac{ 1 }{ 8 }", 0.125, 12),
    ("½", 0.5, 12),
    ("-½", -0.5, 12),
    ("⅓", 1 / 3, 12),
    ("1⁄4", 0.25, 12),
    ("50%", 0.5, 2),
    ("50 %", 0.5, 2),
    ("12.5%", 0.125, 3),
    (r"50\%", 0.5, 2),
    ("= 0.0274", 0.0274, 4),
    (": 0.0274", 0.0274, 4),
    (":= 0.0274", 0.0274, 4),
    ("≈0.0274", 0.0274, 4),
    ("~0.0274", 0.0274, 4),
    (r"\approx 0.0274", 0.0274, 4),
    ("≈ −0.0274…", -0.0274, 4),
    ("0.0274...", 0.0274, 4),
    ("$0.0274$", 0.0274, 4),
    ("$$ -0.0274 $$", -0.0274, 4),
    (r"\(0.0274\)", 0.0274, 4),
    ("０．０２７４", 0.0274, 4),
    ("٠٫٠٢٧٤", 0.0274, 4),
    ("١٬٢٣٤٫٥", 1234.5, 1),
    ("٢٫٧٤×١٠⁻²", 0.0274, 4),
    ("०.०२७४", 0.0274, 4),
    ("𝟎.𝟎𝟐𝟕𝟒", 0.0274, 4),
    ("0\u200b.0274", 0.0274, 4),
    ("(-0.0274)", -0.0274, 4),
    ("(−0.0274)", -0.0274, 4),
    ("[0.0274]", 0.0274, 4),
    ("(0.0274,)", 0.0274, 4),
    ("0.0274f", 0.0274, 4),
    ("np.float64(0.0274)", 0.0274, 4),
    ("float(0.0274)", 0.0274, 4),
    ("tensor(0.0274, grad_fn=<MulBackward0>)", 0.0274, 4),
    ("tensor([[0.0402]], dtype=torch.float64)", 0.0402, 4),
    ("tensor([0.5], device='cuda:0', requires_grad=True)", 0.5, 1),
    ("inf", math.inf, 0),
    ("-Infinity", -math.inf, 0),
    ("∞", math.inf, 0),
    ("−∞", -math.inf, 0),
    (r"-\infty", -math.inf, 0),
    ("1e-300", 1e-300, 300),
]

AB = [[0.1, -0.2], [3.0, 0.4]]
MATRICES = [
    "0.1 -0.2\n3 0.4",
    "0.1 −0.2\r\n3.0 0.4\r\n",
    "0.1\t-0.2\n3\t0.4\n",
    "0,1\t-0,2\n3\t0,4\n",
    "0,1 -0,2; 3,0 0,4",
    "0.1, -0.2\n3, 0.4",
    "0.1,-0.2;3,0.4",
    "0.1 -0.2 / 3 0.4",
    "0.1|-0.2\n3|0.4",
    "| 0.1 | -0.2 |\n| --- | ---: |\n| 3 | 0.4 |",
    "| 0.1 | -0.2 |\n|:-:|:-:|\n| 3 | 0.4 |",
    "+---+---+\n| 0.1 | -0.2 |\n| 3 | 0.4 |\n+---+---+",
    r"0.1 & -0.2 \\ 3 & 0.4",
    r"\begin{pmatrix} 0.1 & -0.2 \\ 3 & 0.4 \end{pmatrix}",
    "$$\\begin{bmatrix}\n0.1 & -0.2 \\\\\n3 & \\frac{2}{5} \\\\\n\\end{bmatrix}$$",
    r"\left[\begin{array}{cc} 0.1 & -0.2 \\ 3 & 0.4 \end{array}\right]",
    "[0.1, -0.2; 3, 0.4]",
    "[0.1 -0.2\n 3 0.4]",
    "[[0.1,-0.2],[3,0.4]]",
    "[[ 0.1 -0.2]\n [ 3.   0.4]]",
    "[0.1 -0.2]\n[3 0.4]",
    "[[[0.1, -0.2], [3, 0.4]]]",
    "{{0.1, -0.2}, {3, 0.4}}",
    "((0.1, -0.2), (3, 0.4))",
    "(0.1 (-0.2); 3 0.4)",
    "⎡0.1 -0.2⎤\n⎣3.0  0.4⎦",
    "[0.1 3; -0.2 0.4]^T",
    "[0.1 3; -0.2 0.4]ᵀ",
    "[0.1 3; -0.2 0.4]'",
    r"\begin{bmatrix} 0.1 & 3 \\ -0.2 & 0.4 \end{bmatrix}^{\top}",
    "np.array([[0.1, 3], [-0.2, 0.4]]).T",
    "array([[ 0.1, -0.2],\n       [ 3. ,  0.4]])",
    "array([[0.1, -0.2], [3, 0.4]], dtype=float32)",
    "tensor([[0.1, -0.2],\n        [3.0, 0.4]], dtype=torch.float64,\n       grad_fn=<AddBackward0>)",
    "Array([[0.1, -0.2], [3., 0.4]], dtype=float32, weak_type=True)",
    "[[np.float64(0.1), np.float64(-0.2)], [np.float64(3.0), np.float64(0.4)]]",
    "= 10% -20%; 300% 40%",
]

ROWS = [
    ("1 2 3", (3,)),
    ("1, 2, 3", (3,)),
    ("1, 2, 3,", (3,)),
    ("1,2,3", (3,)),
    ("(1 2 3)", (3,)),
    ("{1,2,3}", (3,)),
    ("[1 2 3]", (3,)),
    ("1 & 2 & 3", (3,)),
    ("1 | 2 | 3", (3,)),
    ("[[1, 2, 3]]", (1, 3)),
    ("[1 2 3]^T", (3, 1)),
    ("1\n2\n3", (3, 1)),
    ("1; 2; 3", (3, 1)),
    ("[[1], [2], [3]]", (3, 1)),
]


@pytest.mark.parametrize(("text", "value", "decimals"), ONE_NUMBER)
def test_one_number_is_read_with_its_decimals(text, value, decimals):
    found = read(text, ONE)
    assert found.values.shape == found.decimals.shape == ()
    assert found.values[()] == value
    assert found.decimals[()] == decimals
    assert found.written == text.strip()


@pytest.mark.parametrize("text", MATRICES)
def test_a_matrix_is_read(text):
    assert read(text, (2, 2)).values.tolist() == AB


@pytest.mark.parametrize(("text", "shape"), ROWS)
def test_a_vector_is_read_however_it_lies(text, shape):
    assert read(text).values.shape == shape
    for wanted in ((3,), (3, 1), (1, 3)):
        found = read(text, wanted)
        assert found.values.shape == found.decimals.shape == wanted
        assert found.values.ravel().tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("text", "shapes", "values"),
    [
        ("1,2", [()], 1.2),
        ("1,2", [(2,)], [1, 2]),
        ("1,2", [(), (2,)], 1.2),
        ("1,2", [(2,), ()], [1, 2]),
        ("1 234", [()], 1234),
        ("1 234", [(2,)], [1, 234]),
        ("0,1, 0,2", [(2,)], [0.1, 0.2]),
        ("0,1; 0,2; 0,3", [(3,)], [0.1, 0.2, 0.3]),
        ("1.234 5,6", [(2,)], [1234, 5.6]),
        ("1 234,5 2 345,6", [(2,)], [1234.5, 2345.6]),
        ("1,234.5, 2", [(2,)], [1234.5, 2]),
        ("[0.1 0.2\n 0.3 0.4]", [(4,)], [0.1, 0.2, 0.3, 0.4]),
        ("[0.1 0.2\n 0.3 0.4]", [(2, 2)], [[0.1, 0.2], [0.3, 0.4]]),
        ("[0.1 0.2\n 0.3]", [(3,)], [0.1, 0.2, 0.3]),
    ],
)
def test_the_wanted_shape_decides_what_is_ambiguous(text, shapes, values):
    assert read(text, *shapes).values.tolist() == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("0,0274", 0.0274),
        ("0,1 0,2", [0.1, 0.2]),
        ("1,2", [1, 2]),
        ("5", 5),
        ("[5]", [5]),
        ("(5,)", [5]),
        ("[[5]]", [[5]]),
    ],
)
def test_without_a_wanted_shape_the_likeliest_reading_is_taken(text, values):
    assert read(text).values.tolist() == values


def test_every_entry_has_its_own_decimals():
    assert read("1 0.5 / 2.50 1/3", (2, 2)).decimals.tolist() == [[0, 1], [2, 12]]


def test_what_is_read_is_read_only():
    found = read("1 2")
    for array in (found.values, found.decimals):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 3


A_NUMBER = "expected a number, found"
REFUSED = [
    ("", ONE, f"{A_NUMBER} nothing"),
    (" \n ", ONE, f"{A_NUMBER} nothing"),
    ("=", ONE, f"{A_NUMBER} nothing"),
    ("|", ONE, f"{A_NUMBER} nothing"),
    ("abc", ONE, f"{A_NUMBER} 'abc'"),
    ("1 2 abc", (3,), f"entry 3: {A_NUMBER} 'abc'"),
    ("[1, 2, x]", (3,), f"entry 3: {A_NUMBER} 'x'"),
    ("nan", ONE, "nan is not a number"),
    ("1 -NaN", (2,), "entry 2: -NaN is not a number"),
    ("None", ONE, f"{A_NUMBER} 'None'"),
    ("True", ONE, f"{A_NUMBER} 'True'"),
    ("infinite", ONE, f"{A_NUMBER} 'infinite'"),
    ("0x1F", ONE, f"{A_NUMBER} '0x1F'"),
    ("1_000", ONE, f"{A_NUMBER} '1_000'"),
    ("007", ONE, f"{A_NUMBER} '007'"),
    ("3j", ONE, f"{A_NUMBER} '3j'"),
    ("1+2", ONE, f"{A_NUMBER} '1+2'"),
    ("1-2", ONE, f"{A_NUMBER} '1-2'"),
    ("1 - 2", (2,), f"entry 2: {A_NUMBER} '-'"),
    ("2*3", ONE, f"{A_NUMBER} '2*3'"),
    ("2^3", ONE, f"{A_NUMBER} '2^3'"),
    ("1/2/3", ONE, f"{A_NUMBER} '1/2/3'"),
    ("1/0", ONE, f"{A_NUMBER} '1/0'"),
    ("1½", ONE, f"{A_NUMBER} '1 1/2'"),
    (r"2\frac{1}{3}", ONE, f"{A_NUMBER} '2 1/3'"),
    ("1..2", ONE, f"{A_NUMBER} '1..2'"),
    ("1.2.3", ONE, f"{A_NUMBER} '1.2.3'"),
    (".", ONE, f"{A_NUMBER} '.'"),
    ("--1", ONE, f"{A_NUMBER} '--1'"),
    ("±1", ONE, f"{A_NUMBER} '±1'"),
    ("-", ONE, f"{A_NUMBER} '-'"),
    ("1e", ONE, f"{A_NUMBER} '1e'"),
    ("1e999", ONE, f"{A_NUMBER} '1e999'"),
    ("1e99999999999", ONE, f"{A_NUMBER} '1e99999999999'"),
    (f"1e{'1' * 5000}", ONE, f"{A_NUMBER} '1e{'1' * 18}…'"),
    ("0.123,5", ONE, "expected one number, found 2"),
    ("0.01/ 0.02", (2,), f"{A_NUMBER} '0.01/'"),
    ("0.01 /0.02", (2,), f"entry 2: {A_NUMBER} '/0.02'"),
    ("tanh(0.5)", ONE, f"{A_NUMBER} 'tanh'"),
    ("__import__('os')", ONE, f"{A_NUMBER} '__import__'"),
    ("0.0274 nats", ONE, f"entry 2: {A_NUMBER} 'nats'"),
    ("a\x00b", ONE, rf"{A_NUMBER} 'a\x00b'"),
    ("y" * 99, ONE, f"{A_NUMBER} '{'y' * 20}…'"),
    ("[1 2 ... 9]", (9,), "entry 3: numbers are left out at “…”, write them all"),
    ("1,,2", (2,), f"entry 2: {A_NUMBER} ','"),
    ("1 | | 2", (2,), f"entry 2: {A_NUMBER} '|'"),
    ("& 1", (2,), f"{A_NUMBER} '&'"),
    ("1;;2", (2,), f"row 2: {A_NUMBER} nothing"),
    ("1, 2 3", (3,), "row 1: expected a comma between all its numbers, or between none"),
    ("[]", (2,), "expected a number between [ and ], found nothing"),
    ("[1 2", (2,), "expected ']', found the end"),
    ("(1 2]", (2,), "entry 3: expected ')', found ']'"),
    ("1 2)", (2,), f"entry 3: {A_NUMBER} ')'"),
    ("[" * 9 + "1", ONE, "expected at most 8 brackets inside one another"),
    ("[1, [2]]", (2,), "expected numbers or lists of numbers, found both in one list"),
    ("[[[1], [2]], [[3], [4]]]", (2, 2), "expected a list of numbers or of rows, found lists inside lists of lists"),
    ("1 2\n3 4 5", (2, 2), "row 2: expected 2 numbers, found 3"),
    ("[[1], [2, 3]]", (2, 2), "row 2: expected one number, found 2"),
    ("1 2 3", (4,), "expected 4 numbers, found 3"),
    ("0,1 0,2 0,3", (4,), "expected 4 numbers, found 3"),
    ("0,1; 0,2; 0,3", (4,), "expected 4 numbers, found 3"),
    ("1 2", ONE, "expected one number, found 2"),
    ("1", (2, 2), "expected a 2×2 matrix, found 1"),
    ("1 2 3 4", (2, 2), "expected a 2×2 matrix, found 4"),
    ("1 2\n3 4", (4,), "expected 4 numbers, found 2×2"),
    ("[1 2; 3 4]", (4,), "expected 4 numbers, found 2×2"),
    ("1 2\n3 4", (4, 1), "expected a 4×1 matrix or 4 numbers, found 2×2"),
    ("1 2; 3 4; 5 6", (2, 3), "expected a 2×3 matrix, found 3×2"),
    ("1" * 200_001, ONE, "expected at most 200,000 characters, found 200,001"),
]


@pytest.mark.parametrize(("text", "shape", "problem"), REFUSED)
def test_what_is_no_number_is_refused_in_one_clear_line(text, shape, problem):
    with pytest.raises(NotationError) as caught:
        read(text, shape)
    assert str(caught.value) == problem


def test_every_shape_that_would_do_is_named():
    with pytest.raises(NotationError, match=r"^expected one number or 3 numbers, found 2$"):
        read("1 2", (), (3,))


finite = st.floats(allow_nan=False, allow_infinity=False)
formats = st.builds(NumberFormat, st.sampled_from(["decimals", "significant"]), st.integers(1, 17))


@given(finite | st.floats(-1e3, 1e3))
def test_all_digits_of_a_double_are_read_back(value):
    comma = exact(value).replace(".", ",")
    for text in (repr(value), exact(value), comma, f"[{value!r}]", repr(np.float64(value))):
        assert read(text, ONE).values == value


@given(finite | st.floats(-1e3, 1e3), formats)
def test_what_the_window_writes_is_read_back(value, form):
    text, latex = read(form(value), ONE), read(form.latex(value), ONE)
    shown = float(
        form(value).replace("−", "-").replace("×10", "e").translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    )
    assert text.values == latex.values == shown
    assert text.decimals == latex.decimals
    assert abs(shown - value) <= 0.51 * 10.0 ** -int(text.decimals) + 1e-15 * abs(value)


@st.composite
def matrices(draw):
    shape = draw(st.tuples(st.integers(1, 12), st.integers(1, 12)))
    scale = draw(st.sampled_from([1e-7, 0.01, 1.0, 1e5]))
    return np.random.default_rng(draw(st.integers(0, 999))).normal(0, scale, shape)


@given(matrices())
def test_matrices_are_read_back_as_python_and_numpy_print_them(matrix):
    rows = matrix.tolist()
    for text in (
        str(rows),
        json.dumps(rows, indent=1),
        "\n".join("\t".join(map(repr, row)) for row in rows),
        "\n".join("\t".join(map(repr, row)) for row in rows).replace(".", ","),
        " / ".join(" ".join(map(str, row)) for row in rows),
        "; ".join(", ".join(map(str, row)) for row in rows),
        r" \\ ".join(" & ".join(map(exact, row)) for row in rows),
        "\n".join("| " + " | ".join(map(str, row)) + " |" for row in rows),
    ):
        assert np.array_equal(read(text, matrix.shape).values, matrix)
    with np.printoptions(floatmode="unique"):
        for text in (str(matrix), repr(matrix)):
            assert np.array_equal(read(text, matrix.shape).values, matrix)


@given(st.lists(finite, min_size=1, max_size=40))
def test_rows_are_read_back_though_numpy_wraps_them(values):
    row = np.array(values)
    with np.printoptions(floatmode="unique"):
        for text in (str(row), repr(row), str(values), str(list(row))):
            assert np.array_equal(read(text, row.shape).values, row)


SIGNS = "0123456789.,;:'/|&()[]{}+-−×^eETinfa \\\n\t½²…=%·"


@given(matrix_texts(SIGNS) | st.text(st.sampled_from(SIGNS), max_size=30) | st.text(max_size=30))
def test_any_text_is_read_or_refused_in_one_line(text):
    try:
        found = read(text)
    except NotationError as refused:
        problem = str(refused)
    else:
        problem = ""
        assert found.values.shape == found.decimals.shape
        assert not np.isnan(found.values).any()
    assert problem.isprintable()


LONG = 100_000


PARTS = (
    ("1", ".", "1,", "1 ", ",234", " 234", "\u2009234", "1'", "1/", "⁻²", "½", "1 × ", "10^(", "inf", "…", ", "),
    ("[", "[1],", "1\n", "|", "|-", "-", "(a=", "tensor(", "array(1,a=(", "a.", "\\", r"\frac{", r"\begin{"),
)


@pytest.mark.parametrize("part", [part for kind in PARTS for part in kind])
def test_long_texts_take_time_in_proportion_to_their_length(part):
    def reading(length: int) -> None:
        with contextlib.suppress(NotationError):
            read((part * length)[:length], (3,))

    assert grows_in_proportion(reading, LONG)


def test_the_most_brackets_inside_one_another_are_read_and_one_more_is_refused():
    assert read("(" * 8 + "1" + ")" * 8, ONE).values == 1
    with pytest.raises(NotationError, match="expected at most 8 brackets inside one another"):
        read("(" * 9 + "1" + ")" * 9, ONE)


def test_the_most_characters_are_read_and_one_more_is_refused():
    text = "1".ljust(notation.MOST_CHARACTERS)
    assert read(text, ONE).values == 1
    with pytest.raises(NotationError, match="expected at most 200,000 characters, found 200,001"):
        read(text + " ", ONE)
