r"""A line of the network at a timestep: as a template, by the symbols that it reads, and as arithmetic.

What is asked on the way back is an expression like a line, so the same functions write, follow and compute it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import numpy as np

from core.equations.description import Description
from core.equations.expressions import ADJOINT, NEAR, Expression, Number, Operation, Ref, op, references, replaced
from core.equations.operations import TABLE, with_entries
from core.equations.outputs import NOTHING, OUTPUTS
from core.equations.typesetting import written
from core.network import symbols
from core.network.arrays import Array
from core.network.described import by_place, described
from core.network.held import heard, open_at
from core.network.network import Network
from core.steps.entry import Formula, Products, Read, Where

_NONE = np.zeros(0)


def symbols_of(ref: Ref, t: int, row: int = 0, after: int = 0) -> tuple[str, ...]:
    """What *ref* stands for at timestep *t*: of rows of the past, and of a vector over it, a symbol for each.

    *row*: the timestep whose entry of such a vector is meant, where it is one. *after*: the last row that is known.
    """
    if ref.offset is None:
        return (ref.name,)
    if ref.offset == "past":
        return tuple(f"{ref.name}[{i}]" for i in range(after + 1, t + 1))
    if ref.offset == "entry":
        return (f"{ref.name}[{t},{row}]",)
    at = t + int(ref.offset)
    if ref.name.startswith(NEAR):
        return (f"{ref.name}[{at},{row}]",)
    if ref.name in symbols.ROWS:
        return tuple(f"{ref.name}[{at},{i}]" for i in range(1, at + 1))
    return (f"{ref.name}[{at}]",)


def reads(expression: Expression, t: int, row: int = 0) -> tuple[str, ...]:
    """The symbols that *expression* reads at timestep *t*, each once."""
    return unique(reads_over(expression, (t,), row))


def reads_over(expression: Expression, timesteps: Iterable[int], row: int = 0) -> Iterator[str]:
    """The symbols that *expression* reads at all of *timesteps*, which rise; rows of the past once each."""
    found, last = tuple(references(expression)), 0
    for t in timesteps:
        for ref in found:
            yield from symbols_of(ref, t, row, last)
        last = t


def unique(found: Iterable[str]) -> tuple[str, ...]:
    """*found*, each once, in order."""
    return tuple(dict.fromkeys(found))


def computed(expression: Expression, t: int, read: Read, row: int = 0) -> Array:
    """What *expression* comes to at timestep *t*."""
    return np.asarray(_prepared(expression, t, row)(_NONE, read))


def along(
    lines: Description, reader: str, operand: Ref, t: int, row: int = 0, flows: Array | None = None
) -> Callable[[Products, Read], Array]:
    """What the line of *reader* asks of *operand* at timestep *t*, when the product so far is asked of it.

    *flows*: 0 where a number of *reader* is held, so that the product does not flow on.
    """
    return asking(lines.edge(reader, operand).asks or operand, reader, t, row, flows)


def asking(
    asks: Expression, reader: str, t: int, row: int = 0, flows: Array | None = None
) -> Callable[[Products, Read], Array]:
    """What *asks* comes to at timestep *t*, when the product so far is asked of what *reader* makes; see `along`."""
    run = _prepared(asks, t, row, f"{ADJOINT}{reader}[{t}]")
    if flows is not None:
        return lambda products, read: np.asarray(run(products[-1] * flows, read))
    return lambda products, read: np.asarray(run(products[-1], read))


def flowing(network: Network, reader: str, t: int, read: Read) -> Read:
    """*read*, but that nothing flows through the line of *reader* at timestep *t* where its number is held."""
    flows = open_at(network, reader, t) if network.held else None
    if flows is None:
        return read
    found, near = symbols_of(Ref(ADJOINT + reader, 0), t), f"{NEAR}{reader}[{t},"
    parts = dict(zip(found, flows if len(found) > 1 or found[0].endswith(",1]") else (flows,), strict=True))
    return lambda symbol: (
        np.asarray(read(symbol) * parts[symbol])
        if symbol in parts
        else np.asarray(read(symbol) * flows)
        if symbol.startswith(near)
        else read(symbol)
    )


def as_made(asks: Expression, network: Network, reader: str, t: int) -> Expression:
    """*asks* of the line of *reader* at timestep *t*; where a number of a softmax is held, by what that does make."""
    equation = network.lines.makers.get(reader) if network.held else None
    if equation is None or open_at(network, equation.name, t) is None:
        return asks
    made = equation.softmaxed
    return asks if made is None else replaced(asks, {Ref(equation.name, 0): made})


def heard_at(network: Network, t: int) -> Array | None:
    """How much the loss of timestep *t* still asks of each of its scores, K; None where it asks as always."""
    rows = heard(network)
    return None if rows is None or rows[t - 1].all() else rows[t - 1]


def what_stops(network: Network, reader: str, t: int) -> str:
    """Why nothing, or not all, flows back through the line of *reader* at timestep *t*, "" where all does."""
    flows = heard_at(network, t) if reader == "L" else open_at(network, reader, t) if network.held else None
    if flows is None:
        return ""
    if reader == "L" and open_at(network, "L", t) is None:
        own = f"{symbols.text(f'yhat[{t}]')} is held, which decides"
        return f"{own} {symbols.text(f'L[{t}]')}{' in part' if flows.any() else ''}: nothing flows back from there"
    part = " in part: nothing flows back from there" if flows.any() else ": nothing flows back through its line"
    return f"{symbols.text(f'{reader}[{t}]')} is held{part}"


def asked_by(network: Network, asks: Expression, reader: str, t: int, read: Read, row: int = 0) -> Array:
    """What the line of *reader* *asks* at timestep *t*, as far as what is held lets it flow."""
    asked, left = computed(asks, t, flowing(network, reader, t, read), row), heard_at(network, t)
    return asked if left is None or reader != "L" else np.asarray(asked * left)


def _prepared(expression: Expression, t: int, row: int = 0, product: str = "") -> Callable[[Array, Read], Array]:
    """*expression* at timestep *t*, from what stands for the symbol *product* and from what is read."""
    if isinstance(expression, Number):
        number = np.asarray(expression.value)
        return lambda _product, _read: number
    if isinstance(expression, Ref):
        names = symbols_of(expression, t, row)
        name = names[0]
        if name == product:
            return lambda product, _read: product
        if expression.offset == "entry" or (expression.offset != "past" and expression.name not in symbols.ROWS):
            return lambda _product, read: read(name)
        return lambda _product, read: np.array([read(each) for each in names])
    value = TABLE[expression.kind].value
    first, *others = (_prepared(operand, t, row, product) for operand in expression.operands)
    if not others:
        return lambda product, read: np.asarray(value(first(product, read)))
    second = others[0]
    return lambda product, read: np.asarray(value(first(product, read), second(product, read)))


def template(
    expression: Expression, where: Where, t: int, row: int = 0, index: str = "", product: tuple[str, str] = ("", "")
) -> str:
    """*expression* at timestep *t*, as `core.steps.template` has it; between single numbers with a dot.

    *index*: a letter that stands for the timestep, where it is the first of many. *product*: a quantity that the
    product so far stands for, and how that is written.
    """

    def mark(ref: Ref, suffix: str) -> str:
        if ref.name == product[0]:
            return f"{product[1]}{suffix}"
        if ref.offset == "past":
            return rf"{symbols.latex_at(ref.name, f'1:{t}')}{suffix}"
        symbol = symbols_of(ref, t, row)[0]
        if index and ref.offset is not None:
            indices = (index, str(row)) if ref.offset == "entry" else (index,)
            return f"⟦{symbol}|={symbols.latex_at(ref.name, *indices)}{suffix}⟧"
        if ref.name in symbols.ROWS and ref.offset != "entry":
            return f"⟦{symbol}|={symbols.latex_at(ref.name, str(t + int(ref.offset or 0)))}{suffix}⟧"
        return f"⟦{symbol}|{suffix}⟧" if suffix else f"⟦{symbol}⟧"

    return written(expression, mark, are_numbers=where.are_numbers)


def at_entry(expression: Expression, t: int, i: int) -> Expression:
    """The entry of timestep *i* of a vector over the past: of rows times a vector, the product of that row and it."""
    match expression:
        case Operation("matrix·vector", (Ref(name, "past"), beside)):
            return op("dot", Ref(name, i - t), beside)
    raise ValueError(f"no entry of {expression}")


def of_line(where: Where, name: str, *, title: str, sentence: str, picks: tuple[tuple[str, int], ...] = ()) -> Formula:
    """The table entry of the line that makes *name* at the timestep of *where*."""
    t, description = where.t, described(where.network)
    equation = description.made(name)
    inner = {Ref(each.name, 0): each.body for each in description.equations if each.part_of == name}
    whole = replaced(equation.body, inner)
    is_held = any(open_at(where.network, ref.name, t) is not None for ref in inner)
    is_row = isinstance(whole, Operation) and whole.kind == "vector·matrix"
    made = f"⟦{name}[{t}]|^{{\\top}}⟧" if is_row else f"⟦{name}[{t}]⟧"
    numbers = [f"= {template(whole, where, t)}"]
    if inner:
        numbers.append(f"= {template(equation.body, where, t)}")
    return Formula(
        title=title,
        symbolic=(f"{made} = {template(whole, where, t)}",),
        numbers=tuple(numbers),
        reads=reads(whole, t),
        writes=(f"{name}[{t}]", *(f"{each.name}[{t}]" for each in inner)),
        arithmetic=lambda read: (
            computed(equation.body, t, _with_inner(where, inner, read)) if is_held else computed(whole, t, read)
        ),
        sentence=sentence,
        picks=picks,
    )


def _with_inner(where: Where, inner: Mapping[Ref, Expression], read: Read) -> Read:
    """*read*, and *inner* values as they are where numbers of them are held."""
    t, held, known = where.t, by_place(where.network), dict[str, Array]()

    def reads(symbol: str) -> Array:
        return known[symbol] if symbol in known else read(symbol)

    for ref, body in inner.items():
        made = with_entries(computed(body, t, reads), held.get((ref.name, t), NOTHING))
        known[f"{ref.name}[{t}]"] = np.asarray(made)
    return reads


def predicted(where: Where, read: Read) -> Array:
    """The prediction of the timestep of *where*, from the scores."""
    equation = described(where.network).made("yhat")
    return np.asarray(OUTPUTS[equation.output].predict(computed(equation.body, where.t, read)))


def lost(where: Where, read: Read) -> Array:
    """The loss of the timestep of *where*: from the scores, so that it stays finite where ŷ underflows to zero."""
    equation = described(where.network).made("L")
    wanted = computed(equation.wanted or Ref("y", 0), where.t, read)
    held = by_place(where.network).get((equation.name, where.t), NOTHING)
    return np.asarray(OUTPUTS[equation.output].loss(computed(equation.body, where.t, read), wanted, held))
