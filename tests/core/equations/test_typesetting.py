"""What is written: brackets where they are needed and only there; two different lines are never typeset alike."""

from itertools import product

import pytest

from core.equations.description import Description, shape_of
from core.equations.expressions import Expression, Number, Ref, op
from core.equations.operations import TABLE, ShapeError
from core.equations.reading import read
from core.equations.typesetting import written

SHAPES = {"W": ("H", "H"), "U": ("H", "H"), "f": ("H",), "h": ("H",), "x": ("H",), "s": ()}


def mark(ref, suffix):
    index = {None: "", 0: "_{t}", -1: "_{t-1}", "past": "_{1:t}", "entry": "_{t,m}"}[ref.offset]
    return f"{ref.name}{index}{suffix}"


def typeset(line):
    return written(Description.of([f"q[t] = {line}", "h[t] = q[t]"], SHAPES).equations[0].body, mark)


@pytest.mark.parametrize(
    ("line", "latex"),
    [
        ("tanh(U @ x[t] + W @ h[t-1] + f)", r"\tanh\left( U \, x_{t} + W \, h_{t-1} + f \right)"),
        ("W @ (f * x[t])", r"W \, \left( f \odot x_{t} \right)"),
        ("(W @ f) * x[t]", r"W \, f \odot x_{t}"),
        ("f * (x[t] * f)", r"f \odot \left( x_{t} \odot f \right)"),
        ("f - (x[t] - f)", r"f - \left( x_{t} - f \right)"),
        ("f - x[t] - f", r"f - x_{t} - f"),
        ("-f", "-f"),
        ("f + -x[t]", r"f + \left( -x_{t} \right)"),
        ("W.T @ f", r"W^{\top} \, f"),
        ("f @ W", r"f^{\top} \, W"),
        ("(1 - f) * x[t]", r"\left( 1 - f \right) \odot x_{t}"),
        ("s * (f + x[t])", r"s \, \left( f + x_{t} \right)"),
        ("f / (f + x[t])", r"\frac{f}{f + x_{t}}"),
    ],
)
def test_brackets_stand_where_they_are_needed(line, latex):
    assert typeset(line) == latex


def test_two_different_lines_are_never_typeset_alike():
    leaves = [Ref("f"), Ref("x", 0), Ref("W"), Ref("x", -1), Ref("s"), Number(2.0)]
    arity = {name: len(kind.wants) for name, kind in TABLE.items()}

    def grown(smaller):
        for kind, count in arity.items():
            for operands in product(smaller, repeat=count):
                try:
                    yield shape_of(op(kind, *operands), SHAPES) is not None and op(kind, *operands)
                except ShapeError:
                    continue

    small = [*leaves[:3], *grown(leaves[:3])]
    seen: dict[str, Expression] = {}
    for expression in [*leaves, *grown(leaves), *grown(small)]:
        latex = written(expression, mark)
        assert seen.setdefault(latex, expression) == expression, latex
    assert len(seen) > 3000


def test_a_line_that_is_read_twice_is_the_same_value():
    assert read("h[t] = tanh(U @ x[t])") == read("h[t]=tanh( U@x[t] )")
