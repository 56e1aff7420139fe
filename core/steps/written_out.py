r"""A row of a ladder written out: the sums and the sizes that the row itself only names; and one entry of a term.

``v``: every letter's error times its entry of V. The key and the query path: ``s = (h − Z) · v`` of every state, and
what each state adds. Of a vector, every entry. Long sums and vectors are elided like NumPy prints them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from core.epoch.epoch import Epoch
from core.epoch.timesteps import jacobian_through
from core.equations.expressions import NEAR, Operation
from core.network import symbols
from core.network.arrays import Array
from core.network.routes import product
from core.network.symbols import latex_at
from core.steps.entry import Where, plus
from core.steps.evaluate import Step
from core.steps.line import computed, reads, template
from core.steps.links import by_states, diagonal, hides_matrices, is_itself, lines_of, links_of, slope_latex
from core.steps.recursion import Addend, addends, count_parts, part
from core.steps.template import LONGEST, Pieces, substituted, symbolic
from core.writing.form import NumberFormat

_MOST_ADDENDS = 12

Line = tuple[str, str]  # templates: what is shown in symbols, then what is shown in numbers


def writes_out(where: Where, index: int) -> bool:
    """Whether row *index* of the ladder says less than all of its arithmetic."""
    if not where.address.is_chained:
        if where.address.is_term_of(where.network):
            return False
        addend = addends(where)[index]
        is_short = where.scalar and (addend.edge.reader != "Omega" or where.network.K == 2)
        return addend.edge.asks is not None and (count_parts(where, addend) > 1 or not (addend.path or is_short))
    kind = links_of(where).links[index].kind
    if kind == "error":
        return not where.scalar or where.network.K > 2
    return kind in ("key", "query", "timestep") or (not where.scalar and kind in ("slope", "matrix"))


def written_out(epoch: Epoch, where: Where, index: int, before: Array, form: NumberFormat) -> tuple[Pieces, ...]:
    """The arithmetic of row *index*, an equation a line; *before*: the product before it, unused on the first row."""
    lines: Iterator[Line]
    if not where.address.is_chained:
        return _lines(epoch, _asked(epoch, where, addends(where)[index], form), form)
    link = links_of(where).links[index]
    if link.kind == "timestep":
        lines = _timestep_back(epoch, where, link.symbol, form)
    elif link.kind == "error":
        lines = _error(where)
    elif link.kind in ("key", "query"):
        lines = _path(epoch, where, link.kind, form)
    elif link.kind == "slope":
        lines = _slope(where, link.symbol)
    else:
        lines = _through(epoch, link.symbol, before, form)
    return _lines(epoch, lines, form)


def _lines(epoch: Epoch, lines: Iterable[Line], form: NumberFormat) -> tuple[Pieces, ...]:
    return tuple((*symbolic(left), *substituted(right, epoch.value, form, named=False)) for left, right in lines)


def _asked(epoch: Epoch, where: Where, addend: Addend, form: NumberFormat) -> Iterator[Line]:
    """What one line asks of a state: of attention the largest parts; through a matrix, by its columns."""
    t, count = where.t, count_parts(where, addend)
    if not count:
        made, matrix = ("dL/dOmega", "V") if addend.edge.reader == "Omega" else ("dL/da", "W")
        asks, u = addend.shown, addend.readers[0]
        near = [symbol for symbol in reads(asks, u, t) if symbol.startswith(NEAR)]
        before = epoch.value(near[0] if near else f"{made}[{u}]")
        is_negated = isinstance(asks, Operation) and asks.kind == "negated"
        yield from _through(epoch, matrix, -before if is_negated else before, form)
        return
    if addend.path == "query":
        values = [epoch.value(f"dL/dA[{t},{i}]") * epoch.value(f"h[{i}]") for i in range(1, t + 1)]
    else:
        values = [computed(addend.shown, u, epoch.value, t) for u in addend.readers]
    sizes = [-float(np.max(np.abs(value))) for value in values]
    most = LONGEST if count <= LONGEST else LONGEST - 1
    shown = sorted(np.argsort(sizes, kind="stable")[:most].tolist())
    for place in shown:
        named = part(where, addend, place)
        yield f"{named} = ", f"{_laid(named, where)} = {_vector(np.asarray(values[place]), form)}"
    if len(shown) < count:
        yield rf"\cdots \; \text{{{count - len(shown):,} smaller ones}}", ""


def _slope(where: Where, symbol: str) -> Iterator[Line]:
    """Every entry of the slope of a state."""
    t = symbols.parse(symbol).indices[0]
    latex = slope_latex(where, t).replace(r"\odot", r"\cdot")
    for i in _kept(where.network.H):
        own = latex.replace(f"⟦{where.network.state}[{t}]", f"⟦{where.network.state}[{t}]#{i}")
        yield f"⟦{symbol}#{i}⟧ = ", f"{own} = ⟦{symbol}#{i}⟧"


def _timestep_back(epoch: Epoch, where: Where, symbol: str, form: NumberFormat) -> Iterator[Line]:
    """What J_j is the sum of: what comes by each line that reads the timestep before."""
    named, (j,) = f"⟦{symbol}⟧", symbols.parse(symbol).indices
    if hides_matrices(where):
        yield f"{named} = ", named
    for place, (reader, matrix) in enumerate(jacobian_through(epoch, j).items()):
        yield ("+" if place else "") + _through_line(where, reader, j), _matrix(matrix, form)


def _through_line(where: Where, reader: str, j: int) -> str:
    """The way back through the line of *reader*, as a template: in words, and where it is one product, that."""
    network, lines = where.network, lines_of(where)
    own = lines.made(reader).body
    is_gate = isinstance(own, Operation) and own.kind == "sigmoid"
    words = "straight to" if reader in network.states else "through the gate" if is_gate else "through"
    said = rf"\; \text{{{words}}} \; {latex_at(reader, str(j))}: \quad "
    asks = [edge.asks for edge in lines.edges if (edge.reader, edge.operand.offset) == (reader, -1) and edge.asks]
    found = product(asks[0], reader) if len(asks) == 1 else None
    if found is None:
        return said
    factors = [] if is_itself(where, reader) else [by_states(where, reader, j)]
    for each in found:
        latex = template(each.by, where, j)
        factors.append(latex if each.kind != "*" else diagonal(each.by, latex, on_diagonal=not where.scalar))
    dot = r" \cdot " if where.scalar else r" \, "
    return f"{said} {dot.join(factors)} = "


def _error(where: Where) -> Iterator[Line]:
    t, K, H = where.t, where.network.K, where.network.H
    for j in _kept(H):
        name = f"⟦v[{t}]⟧" if where.scalar else f"⟦v[{t}]#{j}⟧"
        total = plus([rf"⟦dL/dOmega[{t}]#{i}⟧ \cdot ⟦V#{i},{j}⟧" for i in range(1, K + 1)], _MOST_ADDENDS)
        yield f"{name} = ", (rf"-\left( {total} \right)" if where.rule.sign == -1 else total) + f" = {name}"


def _path(epoch: Epoch, where: Where, path: str, form: NumberFormat) -> Iterator[Line]:
    """First s of every state that the path weighs, then what they add."""
    (t, m, _), h = where.address.indices, where.network.state
    states = [m] if path == "key" else list(range(1, t + 1))
    dot = r" \cdot "
    for i in states if len(states) <= LONGEST else (*states[:2], *states[-2:]):
        name = f"⟦s[{t},{i}]⟧"
        if where.scalar:
            numbers = rf"\left(⟦{h}[{i}]⟧ - ⟦Z[{t}]⟧\right) \cdot ⟦v[{t}]⟧"
        else:
            entries = [rf"\left(⟦{h}[{i}]#{j}⟧ - ⟦Z[{t}]#{j}⟧\right) \cdot ⟦v[{t}]#{j}⟧"
                       for j in range(1, where.network.H + 1)]  # fmt: skip
            numbers = plus(entries, LONGEST)
        yield rf"{name} = \left(⟦{h}[{i}]⟧ - ⟦Z[{t}]⟧\right) \cdot ⟦v[{t}]⟧ = ", f"{numbers} = {name}"
    ends = [t] if path == "key" else states
    each = [(f"⟦alpha[{t},{i}]⟧", f"⟦s[{t},{i}]⟧", end) for i, end in zip(states, ends, strict=True)]
    last = "" if where.scalar else r"|^{\top}"
    total = sum(
        float(epoch.value(f"alpha[{t},{i}]")) * float(epoch.value(f"s[{t},{i}]")) * epoch.value(f"{h}[{end}]")
        for i, end in zip(states, ends, strict=True)
    )
    named = [dot.join((weight, size, f"⟦{h}[{end}]⟧")) for weight, size, end in each]
    valued = [dot.join((weight, size, f"⟦{h}[{end}]{last}⟧")) for weight, size, end in each]
    whole = (
        named[0] if path == "key" else rf"\sum_{{i=1}}^{{{t}}} \alpha_{{{t},i}} \, s_{{{t},i}} \, {latex_at(h, 'i')}"
    )
    most = LONGEST if where.scalar else 2  # vectors are long
    yield f"{whole} = ", f"{plus(valued, most)} = {_vector(np.asarray(total), form)}"


def _through(epoch: Epoch, name: str, before: Array, form: NumberFormat) -> Iterator[Line]:
    """The product before the row times a matrix, by the columns of that."""
    after = before @ epoch.value(name)
    for j in _kept(len(after)):
        addends = [rf"{_signed(form.latex(float(p)), i)} \cdot ⟦{name}#{i},{j}⟧" for i, p in enumerate(before, 1)]
        yield rf"\mathrm{{entry}}_{{{j}}} = ", f"{plus(addends, _MOST_ADDENDS)} = {form.latex(float(after[j - 1]))}"


def _laid(part: str, where: Where) -> str:
    """*part* with its vectors lying, to save height."""
    return part if where.scalar else re.sub(r"⟦((?:h|dL/dZ)\[\d+\])⟧", r"⟦\1|^{\\top}⟧", part)


def _kept(length: int) -> tuple[int, ...]:
    """The 1-based entries of a vector that are written out."""
    return tuple(range(1, length + 1)) if length <= LONGEST else (1, 2, length - 1, length)


def _matrix(values: Array, form: NumberFormat) -> str:
    """A number, or rows of them."""
    if values.size == 1:
        return form.latex(float(values.ravel()[0]))
    kept = _kept(len(values))
    rows = [" & ".join(_elided([form.latex(float(row[j - 1])) for j in kept], kept)) for row in values]
    rows = _elided([rows[i - 1] for i in kept], kept, " & ".join([r"\vdots"] * (len(kept) + 1)))
    return r"\begin{bmatrix}" + r" \\ ".join(rows) + r"\end{bmatrix}"


def _elided(parts: list[str], kept: tuple[int, ...], dots: str = r"\cdots") -> list[str]:
    return [*parts[:2], dots, *parts[2:]] if kept[-1] > len(kept) else parts


def _vector(values: Array, form: NumberFormat) -> str:
    """A number, or a row of them."""
    if values.size == 1:
        return form.latex(float(values.ravel()[0]))
    kept = _elided([form.latex(float(values[i - 1])) for i in _kept(len(values))], _kept(len(values)))
    return rf"\begin{{bmatrix}}{' & '.join(kept)}\end{{bmatrix}}"


def _signed(number: str, place: int) -> str:
    """A number after a plus: in brackets where it has a sign of its own."""
    return rf"\left({number}\right)" if place > 1 and (number.startswith("-") or r"\times" in number) else number


# -- one entry of a term ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Factor:
    """One number of it: its name as LaTeX, its value, its colour family, and the *symbol* it is an entry of, if any."""

    latex: str
    value: float
    family: str
    symbol: str | None = None


def products(epoch: Epoch, step: Step, entry: tuple[int, int]) -> tuple[tuple[Factor, Factor], ...]:
    """The products that add up to the 0-based *entry* of a term: one, of E as many as r has entries.

    None for b and c, whose terms are no product, nor where a term of E goes to another row.
    """
    (i, j), formula, name = entry, step.formula, step.address.quantity
    if not formula.beside:
        return ()
    if not step.address.is_chained:  # one product of two quantities
        return ((factor(epoch, formula.before, (i,)), factor(epoch, formula.beside, (j,))),)
    r = [Factor(f"r_{{{n}}}", float(number), "h") for n, number in enumerate(step.products[formula.reached], 1)]
    if name != "E":
        return ((r[i], factor(epoch, formula.beside, (j,))),)
    if not np.any(step.value[i]):
        return ()
    return tuple((r_n, factor(epoch, formula.beside, (n, j))) for n, r_n in enumerate(r))


def factor(epoch: Epoch, symbol: str, entry: tuple[int, ...]) -> Factor:
    """The 0-based *entry* of *symbol*."""
    latex = symbols.latex(symbol, "", tuple(index + 1 for index in entry))
    return Factor(latex, float(epoch.value(symbol)[entry]), symbols.family(symbol), symbol)
