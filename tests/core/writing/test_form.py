"""Numbers as they are written, read back."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.writing.form import MINUS, NumberFormat, adds_up, exact

SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
finite = st.floats(allow_nan=False, allow_infinity=False)
ordinary = st.floats(-1e8, 1e8) | st.floats(-1e-3, 1e-3)
formats = st.builds(NumberFormat, st.sampled_from(["decimals", "significant"]), st.integers(1, 17))


def parts(text):
    """The mantissa and the power of ten of *text*, in ASCII."""
    mantissa, _, power = text.replace(MINUS, "-").partition("×10")
    return mantissa, int(power.translate(SUPERSCRIPTS) or 0)


def read_back(text):
    mantissa, power = parts(text)
    return Decimal(f"{mantissa}e{power}")


@given(finite | ordinary, formats)
def test_the_text_is_the_number_rounded(value, form):
    text = form(value)
    mantissa, power = parts(text)
    unit = Decimal(1).scaleb(power - len(mantissa.partition(".")[2]))
    assert abs(read_back(text) - Decimal(value)) <= unit / 2
    assert "×" not in text or 1 <= abs(float(mantissa)) < 10


@given(finite | ordinary, formats)
def test_only_zero_is_written_as_zero(value, form):
    assert (read_back(form(value)) == 0) == (value == 0)


@given(finite | ordinary, formats)
def test_text_latex_and_speech_have_the_same_digits(value, form):
    text, latex, spoken = form(value), form.latex(value), form.spoken(value)
    mantissa, power = parts(text)
    assert latex == (rf"{mantissa}\times 10^{{{power}}}" if "×" in text else mantissa)
    assert Decimal(spoken.replace(" times 10 to the ", "e").replace("minus ", "-")) == read_back(text)
    assert "-" not in text
    assert latex.isascii()


@given(finite, st.integers(1, 17))
def test_significant_digits_are_counted(value, digits):
    mantissa = NumberFormat("significant", digits)(value).partition("×10")[0]
    shown = mantissa.removeprefix(MINUS).replace(".", "").lstrip("0")
    assert len(shown) == digits or value == 0


@given(finite | ordinary)
def test_all_digits_identify_the_double(value):
    assert float(exact(value).replace(MINUS, "-")) == value


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (-0.041, NumberFormat(), "−0.0410"),
        (-0.0, NumberFormat(), "0.0000"),
        (-0.0, NumberFormat("significant"), "0"),
        (3.21e-6, NumberFormat("significant", 3), "3.21×10⁻⁶"),
        (-0.00001, NumberFormat(), "−1.000×10⁻⁵"),
        (0.001, NumberFormat("decimals", 2), "1.00×10⁻³"),
        (0.00499, NumberFormat("decimals", 2), "4.99×10⁻³"),
        (1234.0, NumberFormat("significant", 4), "1234"),
        (9.9999, NumberFormat("significant", 2), "10"),
        (12345678.0, NumberFormat(), "1.235×10⁷"),
        (math.inf, NumberFormat(), "∞"),
        (-math.inf, NumberFormat(), "−∞"),
        (math.nan, NumberFormat(), "nan"),
    ],
)
def test_numbers_are_written_for_a_reader(value, form, text):
    assert form(value) == text


def test_infinities_have_latex_and_speech():
    form = NumberFormat()
    assert [form.latex(value) for value in (math.inf, -math.inf, math.nan)] == [r"\infty", r"-\infty", r"\mathrm{nan}"]
    assert [form.spoken(value) for value in (-math.inf, math.nan)] == ["minus infinity", "not a number"]
    assert form.spoken(-3.21e-6) == "minus 3.210 times 10 to the minus 6"


def test_a_ten_thousandth_is_written_out_and_what_is_smaller_is_not():
    below = math.nextafter(1e-4, 0)
    for sign, mark in ((1, ""), (-1, "−")):
        assert NumberFormat()(sign * 1e-4) == f"{mark}0.0001"
        assert NumberFormat()(sign * below) == f"{mark}1.000×10⁻⁴"
        assert NumberFormat("significant", 3)(sign * 1e-4) == f"{mark}0.000100"
        assert NumberFormat("significant", 3)(sign * below) == f"{mark}1.00×10⁻⁴"
        assert NumberFormat()(sign * math.nextafter(1e7, 0)) == f"{mark}10000000.0000"
        assert NumberFormat()(sign * 1e7) == f"{mark}1.000×10⁷"


def test_written_numbers_add_up_where_a_reader_may_add_them():
    assert adds_up(["0.1", "−0.3"], "−0.2")
    assert not adds_up(["0.1", "−0.3"], "−0.3")
    assert not adds_up(["0.1", "−0.3"], "0.2")
    assert not adds_up(["1.0×10⁻⁵"], "0.0")


def test_numbers_in_a_row_are_cut_alike_where_one_does_not_fit():
    form, values = NumberFormat(), [0.5123, -7.123e-5, 1.61e-5, 0.0]
    assert form.within(values, lambda text: len(text) <= 20) == ["0.5123", "−7.123×10⁻⁵", "1.610×10⁻⁵", "0.0000"]
    assert form.within(values, lambda text: len(text) <= 9) == ["0.5123", "−7.1×10⁻⁵", "1.6×10⁻⁵", "0.0000"]
    assert form.within(values, lambda text: len(text) <= 7) == ["0.5123", "−7×10⁻⁵", "2×10⁻⁵", "0.0000"]
    assert form.within(values, lambda text: len(text) <= 6) == ["0.5123", "·", "2×10⁻⁵", "0.0000"]
