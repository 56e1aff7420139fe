r"""A chained term of any lines by whole timesteps: links J_j = ∂s_j/∂s_{j-1}, and each use of the parameter.

s_j is all that is carried on, J_j a matrix, or of one number a number: the sum of what comes by each line that reads
the timestep before.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache, reduce
from typing import NamedTuple

import numpy as np

from core.epoch.timesteps import asked_before, back, carried, cell_of
from core.equations.description import Description
from core.equations.expressions import ADJOINT, Expression, Operation, Ref, op, references
from core.equations.operations import TABLE
from core.network import symbols
from core.network import words as from_lines
from core.network.described import ruled
from core.network.held import open_at
from core.network.network import Network
from core.network.routes import product
from core.network.rule import Rule
from core.network.symbols import JACOBIAN, latex_at, subscript, text
from core.steps.entry import Link, Where
from core.steps.line import as_made, asking, computed, template, what_stops
from core.steps.term import attention_paths, path_factor, row_of_term

MOST_SHOWN = 4  # rows of a matrix that stands in a ladder
_MOST_ROWS = 6  # rows of all matrices of its timesteps; more stand where a row is opened


class Use(NamedTuple):
    """One place of a timestep where a parameter is used, by the line of *reader*.

    *words*: which use it is, where there are several. *asks*: what that asks of the parameter. *own*: of a product
    with what stands *beside*, the factor before that.
    """

    reader: str
    words: str
    asks: Expression
    own: Expression
    beside: Expression | None = None


def uses(where: Where) -> tuple[Use, ...]:
    """Where a timestep uses the parameter of the step; E by the row that it reads, which is x."""
    name = where.address.quantity
    if name == "E":
        return ()
    found, k = [], where.address.indices[-1]
    edges = _lines(where).edges_of(name)
    for edge, words in zip(edges, from_lines.uses(name, where.network.lines) or [""] * len(edges), strict=True):
        match edge.asks and as_made(edge.asks, where.network, edge.reader, k):
            case Operation("outer", (own, beside)) as asks if Ref(ADJOINT + edge.reader, 0) in references(own):
                found.append(Use(edge.reader, words, asks, own, beside))
            case asks if asks is not None:
                found.append(Use(edge.reader, words, asks, asks))
    return tuple(found)


def beside(where: Where) -> Expression | None:
    """What the parameter multiplies in its only use, if anything."""
    found = uses(where)
    return found[0].beside if len(found) == 1 else None


def hides_matrices(where: Where) -> bool:
    """Whether the matrices of all timesteps that a term leads through would make too high a ladder."""
    count = carried(where.network)
    _, m, k = where.address.indices
    return count > MOST_SHOWN or (count > 1 and (m - k) * count > _MOST_ROWS)


def through(where: Where, reader: str, j: int) -> str:
    """The way back through the line of *reader*, as a template: in words, and where it is one product, that."""
    network, lines = where.network, _lines(where)
    own = lines.made(reader).body
    is_gate = isinstance(own, Operation) and own.kind == "sigmoid"
    words = "straight to" if reader in network.states else "through the gate" if is_gate else "through"
    said = rf"\; \text{{{words}}} \; {latex_at(reader, str(j))}: \quad "
    asks = [edge.asks for edge in lines.edges if (edge.reader, edge.operand.offset) == (reader, -1) and edge.asks]
    found = product(asks[0], reader) if len(asks) == 1 else None
    if found is None:
        return said
    factors = [] if _is_itself(where, reader) else [_by_states(where, reader, j)]
    for each in found:
        latex = template(each.by, where, j)
        factors.append(latex if each.kind != "*" else diagonal(each.by, latex, on_diagonal=not where.scalar))
    dot = r" \cdot " if where.scalar else r" \, "
    return f"{said} {dot.join(factors)} = "


def _s(network: Network, j: int | str) -> str:
    """What is carried on, as LaTeX: s_j, or of one state that state."""
    return f"s_{{{j}}}" if len(network.states) > 1 else latex_at(network.state, str(j))


def _by_states(where: Where, name: str, k: int) -> str:
    """The mark of how the states of timestep *k* change with the quantity *name* of it."""
    of = latex_at(name, str(k))
    return f"⟦{JACOBIAN}{name}[{k}]|=\\frac{{\\partial {_s(where.network, k)}}}{{\\partial {of}}}⟧"


def _is_itself(where: Where, name: str) -> bool:
    """Whether *name* is all that is carried on, and nothing in its timestep reads it."""
    return where.network.states == (name,) and len(_lines(where).edges_of(name)) == 1 + sum(
        edge.operand.offset == -1 for edge in _lines(where).edges_of(name)
    )


def _lines(where: Where) -> Description:
    return cell_of(ruled(where.network, where.rule), where.network.states)


def _states(network: Network, j: int) -> str:
    return " and ".join(text(f"{name}[{j}]") for name in network.states)


# Links of a long chain are made once, so that stepping along it does not make them again.
@lru_cache(maxsize=2)
def timesteps_back(network: Network, rule: Rule, m: int, is_hidden: bool) -> tuple[Link, ...]:
    """From the states of timestep m to those of the one before, and so on, as far as to the first."""
    return tuple(_timestep_back(network, rule, j, is_hidden) for j in range(m, 1, -1))


def _timestep_back(network: Network, rule: Rule, j: int, is_hidden: bool) -> Link:
    """From the states of timestep *j* to those of the one before."""
    symbol = f"{JACOBIAN}[{j}]"
    return Link(
        "×",
        f"⟦{symbol}⟧",
        "" if is_hidden else f"⟦{symbol}⟧",
        f"one timestep back, to {_states(network, j - 1)}",
        lambda products, read: asked_before(back(network, rule, j, products[-1], read), network),
        "timestep",
        symbol,
    )


def at_use(where: Where, begun: int) -> Iterator[Link]:
    """From the states of the timestep of the use to what it adds, one use after the other; *begun*: the number of the
    product that stands at these states.
    """
    network, name, k = where.network, where.address.quantity, where.address.indices[-1]
    ended = 0
    if name == "E":
        yield _to(where, "x", begun, f"to the input x{subscript(k)}")
        return
    for place, use in enumerate(uses(where)):
        count, flows = 0, open_at(network, use.reader, k)
        if place or not _is_itself(where, use.reader):
            count += 1
            called = text(f"{use.reader}[{k}]")
            called = f"{use.words}: to {called}" if use.words else f"to {called}, which uses {text(name)}"
            yield _to(where, use.reader, begun, called + (": r" if _ends(use) else ""), apart=place > 0)
        if not _ends(use) or flows is not None:
            count += 1
            factor, numbers = _factor(where, use)
            note = "through its function" + ("" if use.beside is None else ": r")
            note = what_stops(network, use.reader, k) or note
            yield Link("×", factor, numbers, note, asking(use.own, use.reader, k, flows=flows))
        if use.beside is not None:
            count += 1
            yield _link_beside(where, use.beside, k)
        if place:
            yield _together(ended)
        ended = begun + count if not place else ended + count + 1


def _ends(use: Use) -> bool:
    """Whether what is asked of the reader is asked of what the parameter makes too."""
    return use.own == Ref(ADJOINT + use.reader, 0)


def _to(where: Where, name: str, begun: int, note: str, *, apart: bool = False) -> Link:
    """From the states of the timestep of the use, whose product is numbered *begun*, to a quantity of it."""
    network, rule, k = where.network, where.rule, where.address.indices[-1]
    mark = _by_states(where, name, k)
    few = symbols.shape(f"{JACOBIAN}{name}[{k}]", network)
    return Link(
        "→" if apart else "×",
        mark,
        mark if max(few) <= MOST_SHOWN else "",
        note,
        lambda products, read: np.asarray(back(network, rule, k, products[begun], read).asked(name, 1)),
    )


def _factor(where: Where, use: Use) -> tuple[str, str]:
    """What is asked of the reader is multiplied with, in symbols and in numbers; where it is no factor, all of it."""
    found, k = product(use.own, use.reader), where.address.indices[-1]
    if not found or any(each.kind != "*" for each in found):
        return template(use.own, where, k, product=(ADJOINT + use.reader, "r")), ""
    by = reduce(lambda so_far, each: op("*", so_far, each), [each.by for each in found])
    factor = diagonal(by, template(by, where, k), on_diagonal=not where.scalar)
    return factor, factor if where.scalar else ""


def diagonal(vector: Expression, latex: str, *, on_diagonal: bool) -> str:
    """A *vector*, written as *latex*, as a factor; a single number, which is not *on_diagonal*, in brackets where it
    needs them.
    """
    kind = vector.kind if isinstance(vector, Operation) else ""
    if not (kind and TABLE[kind].latex.startswith(r"\left(")) and (kind in ("+", "-", "negated") or on_diagonal):
        latex = rf"\left({latex}\right)"
    return rf"\operatorname{{diag}}{latex}" if on_diagonal else latex


def _link_beside(where: Where, beside: Expression, k: int) -> Link:
    """What the parameter multiplied."""
    mark = template(beside if where.are_numbers(beside) else op("transposed", beside), where, k)
    return Link(
        "×", mark, mark, f"what {text(where.address.quantity)} multiplied",
        lambda products, read: np.asarray(TABLE["outer"].value(products[-1], computed(beside, k, read))),
    )  # fmt: skip


def _together(place: int) -> Link:
    """Another use of the parameter in the same timestep is added to the one whose product is numbered *place*."""
    return Link("+", r"\cdots", "", "with the uses before", lambda products, _read: products[place] + products[-1])


def symbolic(where: Where) -> Iterator[str]:
    """The term from what is asked of each reader, and how that comes from the loss."""
    network, name, (t, m, k) = where.network, where.address.quantity, where.address.indices
    named = [f"⟦{JACOBIAN}[{j}]⟧" for j in range(m, k, -1)]
    if len(named) > 3:
        named[2:-1] = [r"\cdots"]

    def asked(reader: str) -> str:
        fraction = rf"\frac{{\partial L_{{{t}}}}}{{\partial {latex_at(reader, str(k))}}}"
        return rf"\left. {fraction} \right|_{{{latex_at(network.state, str(m))}}}" if network.attention else fraction

    g = f"⟦g[{t},{m}]|^{{\\top}}⟧"
    if network.attention:
        before = rf"\left({g}, 0\right)" if len(network.states) > 1 else g
    else:
        before = rf"\frac{{\partial L_{{{t}}}}}{{\partial {_s(network, m)}}}"
    if name == "E":
        readers, body = ["x"], rf"⟦xo[{row_of_term(where)}]⟧ \, {asked('x')}"
    else:
        readers = [use.reader for use in uses(where)]
        turned = "" if where.scalar else r"^{\top}"
        addends = [template(use.asks, where, k, product=(ADJOINT + use.reader, _in_brackets(asked(use.reader), turned)))
                   for use in uses(where)]  # fmt: skip
        body = " + ".join(addends) or "0"
    yield body
    further = []
    for reader in dict.fromkeys(readers):
        last = [] if _is_itself(where, reader) else [_by_states(where, reader, k)]
        if named or last or network.attention:
            further.append(rf"{asked(reader)} = " + r" \, ".join([before, *named, *last]))
    if named:
        further.append(rf"J_{{j}} = \frac{{\partial {_s(network, 'j')}}}{{\partial {_s(network, 'j-1')}}}")
    if further and len(network.states) > 1:
        further.append(rf"s_{{j}} = ({', '.join(latex_at(state, 'j') for state in network.states)})")
    if further:
        yield r" \qquad ".join(further)
    if network.attention:
        by_paths = " + ".join(path_factor(where, path) for path in attention_paths(where)) or "0"
        yield f"⟦g[{t},{m}]⟧ = {by_paths}"


def _in_brackets(latex: str, suffix: str) -> str:
    return rf"\left({latex}\right){suffix}" if suffix else latex
