"""What a quantity or a parameter of a cell is, in plain words made from the operations of its line."""

from __future__ import annotations

from collections.abc import Sequence

from core.equations.description import Description
from core.equations.expressions import ADJOINT, Expression, Number, Operation, Ref, references, replaced

_SQUASHED = {
    "tanh": "squashed by tanh into −1 … 1",
    "sigmoid": "squashed by sigmoid into 0 … 1",
    "relu": "with 0 for what is negative",
    "softmax": "turned by softmax into shares that sum to 1",
    "exp": "as the power of e",
    "log": "of which the logarithm is taken",
}
_SAID = {"matrix·vector": "{0} times {1}", "vector·matrix": "{0} times {1}", "@": "{0} times {1}",
                 "*": "{0} times {1}, entry by entry", "scaled": "{0} times {1}", "/": "{0} divided by {1}",
                 "dot": "the dot product of {0} and {1}", "transposed": "{0} transposed"}  # fmt: skip

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def made_of(name: str, lines: Description) -> str:
    """What the line of *name* does, inner values that have a name written out: "the sum of …, squashed by tanh …"."""
    return _said(whole(name, lines))


def whole(name: str, lines: Description) -> Expression:
    """What makes *name*, with the inner values of its line written out."""
    inner = {Ref(each.name, 0): each.body for each in lines.equations if each.part_of == name}
    return replaced(lines.made(name).body, inner)


def what_it_is(name: str, lines: Description, state: str) -> str:
    """A quantity by what makes it, a parameter by what it stands beside and where that goes."""
    if name not in lines.parameters:
        lead = {state: "the hidden state: "}.get(name, "what is carried on beside it: " if name in lines.states else "")
        return lead + made_of(name, lines)
    readers = dict.fromkeys(lines.made(edge.reader).part_of or edge.reader for edge in lines.edges_of(name))
    beside = {reader: _beside(name, whole(reader, lines)) for reader in readers}
    ways = [f"from {_said(other)} to {reader}" for reader, other in beside.items() if other is not None]
    if ways:
        return f"the weights {listed(ways)}"
    return f"{'the bias' if len(lines.shapes[name]) == 1 else 'a number'} of {listed([*readers])}"


def listed(words: Sequence[str]) -> str:
    """``a, b and c``."""
    *before, last = words
    return f"{', '.join(before)} and {last}" if before else last


def used_words(name: str, lines: Description | None = None) -> str:
    """What a timestep does with a parameter: a row of E is read, all others are used; by *lines* so many times."""
    count = 1 if lines is None else len(lines.edges_of(name))
    times = {0: "", 1: "", 2: " twice"}.get(count, f" {count} times")
    return f"{'read' if name == 'E' else 'used'}{times}"


def uses(name: str, lines: Description) -> tuple[str, ...]:
    """Where a timestep uses a parameter, in order and as the lines have it: ``first use: W @ h[t-1] in r[t]``; of one
    that is used once, nothing.
    """
    found = []
    for edge in lines.edges_of(name):
        written = name
        match edge.asks:
            case Operation("outer", (first, second)):
                is_turned = not any(ref.name.startswith(ADJOINT) for ref in references(first))
                written = f"{name}.T @ {_typed(first)}" if is_turned else f"{name} @ {_typed(second)}"
        found.append(f"{written} in {lines.made(edge.reader).part_of or edge.reader}[t]")
    if len(found) < 2:
        return ()
    ordinals = [*_ORDINALS, *(f"{n}th" for n in range(len(_ORDINALS) + 1, len(found) + 1))]
    return tuple(f"{ordinal} use: {each}" for ordinal, each in zip(ordinals, found, strict=False))


def _typed(expression: Expression, *, inside: bool = True) -> str:
    """*expression* as one types it; *inside*: as a part of a product."""
    if isinstance(expression, Number):
        return f"{expression.value:g}"
    if isinstance(expression, Ref):
        return expression.name + ("[t]" if expression.offset == 0 else "[t-1]" if expression.offset == -1 else "")
    kind, operands = expression.kind, expression.operands
    if kind == "transposed":
        return f"{_typed(operands[0])}.T"
    if len(operands) == 1:
        return f"-{_typed(operands[0])}" if kind == "negated" else f"{kind}({_typed(operands[0], inside=False)})"
    sign = {"+": "+", "-": "-", "/": "/", "*": "*", "scaled": "*"}.get(kind, "@")
    whole = f" {sign} ".join(map(_typed, operands))
    return f"({whole})" if inside else whole


def _beside(name: str, expression: Expression) -> Expression | None:
    """What the parameter is multiplied with, if anything."""
    if not isinstance(expression, Operation):
        return None
    for operand, other in zip(expression.operands, expression.operands[::-1], strict=True):
        if expression.kind not in ("+", "-") and operand != other and Ref(name) in references(operand):
            return other if operand in (Ref(name), Operation("transposed", (Ref(name),))) else _beside(name, operand)
    found = (_beside(name, operand) for operand in expression.operands)
    return next((each for each in found if each is not None), None)


def _said(expression: Expression) -> str:
    if isinstance(expression, Number):
        return f"{expression.value:g}"
    if isinstance(expression, Ref):
        return f"the {expression.name} before" if expression.offset == -1 else expression.name
    kind, operands = expression.kind, expression.operands
    if kind in _SQUASHED:
        return f"{_said(operands[0])}, {_SQUASHED[kind]}"
    if kind == "negated":
        return f"minus {_within(operands[0])}"
    if kind == "+":
        first, *others = map(_within, _addends(expression))
        if len(others) == 1 and " " not in others[0]:  # else what first is multiplied with would seem to be the sum
            first, others = others[0], [first]
        return f"the sum of {listed([first, *others])}"
    if kind == "-":
        return f"{_within(operands[0])} less {_within(operands[1])}"
    return _SAID[kind].format(*map(_within, operands))


def _within(expression: Expression) -> str:
    """What is said inside of something else: a sum or a function there is written as it is."""
    if isinstance(expression, Operation):
        if expression.kind in ("+", "-"):
            sign = {"+": " + ", "-": " − "}[expression.kind]
            return f"({sign.join(map(_within, expression.operands))})"
        if expression.kind in _SQUASHED:
            return f"{expression.kind}({_said(expression.operands[0])})"
        if expression.kind == "*":
            return " times ".join(map(_within, expression.operands))
    return _said(expression)


def _addends(expression: Expression) -> tuple[Expression, ...]:
    if isinstance(expression, Operation) and expression.kind == "+":
        return tuple(each for operand in expression.operands for each in _addends(operand))
    return (expression,)
