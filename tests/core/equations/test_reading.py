"""Lines: what is read, and that everything else is refused in words, with its place."""

import pytest

from core.equations.description import Description
from core.equations.expressions import Ref, op
from core.equations.reading import LONGEST, EquationError, read

SHAPES = {"U": ("H", "K"), "W": ("H", "H"), "b": ("H",), "x": ("K",), "y": ("K",), "h": ("H",), "V": ("K", "H")}


def test_a_line_is_the_tree_that_python_reads():
    (equation,) = read("h[t] = tanh(U @ x[t] + W.T @ h[t-1] - b)")
    product = op("+", op("@", Ref("U"), Ref("x", 0)), op("@", op("transposed", Ref("W")), Ref("h", -1)))
    assert equation.name == "h"
    assert equation.body == op("tanh", op("-", product, Ref("b")))


def test_an_inner_name_is_an_equation_before_its_line():
    inner, outer = read("h[t] = tanh(a := U @ x[t])")
    assert (inner.name, inner.part_of, outer.name) == ("a", "h", "h")
    assert outer.body == op("tanh", Ref("a", 0))


def test_an_output_makes_a_prediction_and_a_loss():
    (equation,) = read("yhat[t], L[t] = softmax_cross_entropy(h[t], y[t])")
    assert (equation.name, equation.loss, equation.wanted) == ("yhat", "L", Ref("y", 0))


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("h[t] = tanh(U @ x[t", "not a line"),
        ("h[t]", "expected one quantity"),
        ("h[t] = a[t]; b[t] = a[t]", "expected one quantity"),
        ("h = tanh(x[t])", "“h” at character 1"),
        ("h[t+1] = x[t]", "quantity of timestep t"),
        ("h[t] = x[t-2]", "“x[t-2]” at character 8: expected [t], [t-1] or [1:t+1]"),
        ("h[t] = x[1:t] @ b", "this would leave out x[t]"),
        ("h[t] = __import__('os')", "expected one of tanh"),
        ("h[t] = tanh(x[t], x[t])", "tanh takes one operand"),
        ("h[t] = x[t].real", "expected names"),
        ("h[t] = x[t] ** 2", "expected names"),
        ("h[t] = 1e999 * x[t]", "expected a smaller number"),
        (f"h[t] = {10**400} * x[t]", "expected a smaller number"),
        ("h[t] = 1j * x[t]", "expected names"),
        ("h[t] = True * x[t]", "expected names"),
        ("h[t] = " + "-" * 5000 + "x[t]", "5,011 characters"),
        ("h[t] = " + "-" * 500 + "x[t]", "more than 40 operations"),
        ("h[t] = " + "(" * 400 + "x[t]" + ")" * 400, "not a line"),
        ("h[t] = x[t] if x[t] else b", "expected names"),
        ("h[t], L[t] = tanh(h[t], y[t])", "two results come from softmax_cross_entropy, squared"),
        ("h[t], L[t] = b", "expected one quantity, or a prediction and a loss"),
        ("h[t] = \0", "not a line"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_place(line, says):
    with pytest.raises(EquationError) as refused:
        read(line)
    assert says in str(refused.value)
    assert len(str(refused.value)) < LONGEST + 200


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["h[t] = tanh(U @ x[t])", "h[t] = tanh(b)"], "two lines make h"),
        (["h[t] = tanh(q[t])"], "no line makes q"),
        (["h[t] = tanh(q[t])", "q[t] = tanh(h[t])"], "q[t] is used before it is made"),
        (["h[t] = tanh(U @ x[t-1])"], "no line makes x"),
        (["h[t] = tanh(U @ x[t] + h)"], "write h[t]"),
        (["h[t] = tanh(W @ x[t])"], "W is H×H, but x[t] has K"),
        (["h[t] = tanh(U @ x[t] + x[t])"], "U @ x[t] has H, but x[t] has K"),
        (["h[t] = tanh(U @ W)"], "U is H×K, but W is H×H: @ multiplies a matrix and a vector, or two vectors"),
        (["h[t] = tanh(W @ W)"], "W is H×H, but W is H×H: @"),
        (["h[t] = W * x[t]"], "W is H×H, but x[t] has K: a matrix times a vector is @"),
        (["h[t] = softmax(W)"], "W is H×H: expected a vector"),
        (["q[t] = tanh(U @ x[t])", "h[t] = tanh(b)", "p[t] = h[t] * 2"], "q[t] is made, but never used"),
        (["q[t] = U @ x[t] + W @ h[t-1]", "h[t] = V @ q[t]"], "h[t] has K, but h[t-1] has H"),
        (["h[t] = tanh(b)", "q[t] = softmax(h[1:t+1] @ h[t]) @ h[1:t+1]"], "rows of the past"),
    ],
)
def test_lines_that_do_not_fit_together_are_refused(lines, says):
    with pytest.raises(EquationError, match=r".") as refused:
        Description.of(lines, SHAPES)
    assert says in str(refused.value)
