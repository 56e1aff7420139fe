r"""The links of a chained term: from the loss to h_m, back through the timesteps to k, and to each use there.

Where a single way leads back every factor on it is a link, such as tanh′ and W. Else one is a whole timestep, J_j =
∂s_j/∂s_{j-1}: s_j is all that is carried on, and J_j the sum of what comes by each line that reads the timestep before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import NamedTuple

import numpy as np

from core.epoch.timesteps import asked_before, back, carried, cell_of
from core.equations.description import Description
from core.equations.expressions import ADJOINT, Expression, Operation, Ref, op
from core.equations.operations import TABLE
from core.network import symbols
from core.network import words as from_lines
from core.network.described import ruled
from core.network.held import open_at
from core.network.network import Network
from core.network.routes import Factor, back_in_time, open_through, product, route
from core.network.rule import EXACT, Rule
from core.network.symbols import JACOBIAN, latex_at, slope, subscript, text
from core.program.program import Address, Phase
from core.steps.entry import Link, Where
from core.steps.head import head
from core.steps.line import as_made, asking, symbols_of, template, what_stops

MOST_SHOWN = 4  # rows of a matrix that stands in a ladder
_MOST_ROWS = 6  # rows of all matrices of its timesteps; more stand where a row is opened


class Split(NamedTuple):
    """The factors from a state to the one *before*, and from the state to the *use* of the parameter.

    *shared*: how many first ones both have. *unmet*: of the use, as a `Route` has them.
    """

    before: tuple[Factor, ...]
    use: tuple[Factor, ...]
    shared: int
    unmet: tuple[str, ...]


class Use(NamedTuple):
    """The *links* of one use of a parameter; *beside*: the last factor, what it multiplies or of E a matrix, if any."""

    links: tuple[Link, ...]
    beside: Expression | None = None


class Ladder(NamedTuple):
    """The *links* of a term, of which the first *head* lead to h_m, then *each* one timestep back, as far as to k.

    *uses*: those of the parameter there, whose first begins with so many links that the way further back *shares*.
    """

    links: tuple[Link, ...]
    head: int
    each: int
    uses: tuple[Use, ...]
    shares: int = 0

    @property
    def beside(self) -> Expression | None:
        """What stands beside r, where that is one product."""
        return self.uses[0].beside if len(self.uses) == 1 else None


def links_of(where: Where) -> Ladder:
    """The links of a term that its rule reaches."""
    network, name, (t, m, k), found = where.network, where.address.quantity, where.address.indices, split(where)
    kept = _kept(network, where.rule)
    head = kept.head(t, m)
    if found is not None:
        use, each = kept.at_use(name, k), len(found.before)
        links = (*head, *kept.back(m)[: each * (m - k)], *use.links)
        return Ladder(links, len(head), each, (use,), found.shared)
    links = (*head, *_timesteps_back(network, where.rule, m, hides_matrices(where))[: m - k])
    uses = tuple(_uses(where, len(links) - 1))
    for place, use in enumerate(uses):
        links += (*use.links, _together(len(links) - 1)) if place else use.links
    return Ladder(links, len(head), 1, uses)


class _Kept:
    """Links that are made once, so that stepping along a long chain does not make them again."""

    def __init__(self, network: Network, rule: Rule) -> None:
        self.head = lru_cache(maxsize=64)(partial(head, network, rule))
        of_timestep = lru_cache(maxsize=4096)(partial(_factors_back, network))
        self.at_use = lru_cache(maxsize=4096)(lambda name, k: _at_use(network, name, k, of_timestep(k)))
        self.back = lru_cache(maxsize=2)(lambda m: tuple(link for j in range(m, 1, -1) for link in of_timestep(j)))


_kept = lru_cache(maxsize=4)(_Kept)


def split(where: Where) -> Split | None:
    """The factors of a term, where each timestep is left, and the use reached, by a single way; else None."""
    network, k = where.network, where.address.indices[-1]
    found = _split(network.lines, network.state, where.address.quantity) if back_in_time(network) else None
    if found is None or (network.held and any(open_at(network, each, k) is not None for each in found.unmet)):
        return None
    return found


@lru_cache(maxsize=1024)
def _split(lines: Description, state: str, name: str) -> Split | None:
    target = Ref("x", 0) if name == "E" else Ref(name)
    before, use = route(lines, state, Ref(state, -1)), route(lines, state, target)
    if before is None or use is None:
        return None
    pairs = enumerate(zip(before.factors, use.factors, strict=False))
    fewest = min(len(before.factors), len(use.factors))
    shared = next((n for n, (one, other) in pairs if one.asks != other.asks), fewest)
    is_product = name == "E" or all(each.to != target or each.kind == "outer" for each in use.factors[shared:])
    return Split(before.factors, use.factors, shared, use.unmet) if is_product else None


def through_words(network: Network) -> str:
    """What the links of a long ladder lead through."""
    found = [each.name if each.function else text(each.name) for each in reversed(back_in_time(network)) if each.name]
    return f"links through {' and '.join(found)}" if found else "timesteps back"


def hides_matrices(where: Where) -> bool:
    """Whether the matrices of all timesteps that a term leads through would make too high a ladder."""
    count = carried(where.network)
    _, m, k = where.address.indices
    return count > MOST_SHOWN or (count > 1 and (m - k) * count > _MOST_ROWS)


def lines_of(where: Where) -> Description:
    """The lines of the cell alone, with the way back that the rule takes along them."""
    return cell_of(ruled(where.network, where.rule), where.network.states)


# -- where a single way leads back ---------------------------------------------------------------------------


def _factors_back(network: Network, j: int) -> tuple[Link, ...]:
    """From the state of timestep *j* to that of the one before."""
    return tuple(_link(network, factor, j) for factor in back_in_time(network))


def _at_use(network: Network, name: str, k: int, back: tuple[Link, ...]) -> Use:
    """From the state of the timestep of the use to that, and what the parameter multiplied there; *back*: the links
    from there to the timestep before.
    """
    where = Where(network, EXACT, Address(Phase.BACKWARD, name, (k, k, k)))
    found = split(where)
    assert found is not None  # else whole timesteps are the links
    links = [*back[: found.shared], *(_link(network, each, k, name) for each in found.use[found.shared :])]
    return _use(where, links, found.use)


def _use(where: Where, links: list[Link], factors: Sequence[Factor]) -> Use:
    """A use of *links*, the last of which are those of *factors*."""
    last = factors[-1] if factors else None
    if last is None or not (last.kind == "outer" or where.address.quantity == "E"):
        return Use(tuple(links))
    # The entries of a term that is a matrix are those of r times those of the last factor.
    is_matrix = not where.scalar or (last.kind == "outer" and not where.are_numbers(last.by))
    is_held = any(open_through(where.network, each, where.address.indices[-1])[1] for each in factors[-2:-1])
    if is_matrix and len(links) > 1 and not is_held:
        links[-2] = replace(links[-2], note=f"{links[-2].note}: r")
    return Use(tuple(links), last.by)


def _link(network: Network, factor: Factor, j: int, used: str = "") -> Link:
    """A *factor* at timestep *j*; *used*: the parameter, where the way ends there."""
    where = Where(network, EXACT, Address(Phase.FORWARD, network.state, (j,)))
    flows, names = open_through(network, factor, j)
    latex, numbers, slope_at = _latex(where, factor, j), "", ""
    if factor.kind == "outer":
        numbers, words = latex, f"what {text(used)} multiplied"
    else:
        words = _words(network, factor, j)
        slope_at = _slope_at(where, factor, j)
        if slope_at:
            numbers = rf"\operatorname{{diag}} ⟦{slope_at}|^{{\top}}⟧"
        if where.scalar:
            numbers = f"{slope_latex(where, j)} = ⟦{slope_at}⟧" if slope_at else latex
    if flows is not None:
        words = f"{are_held(names, j)}: nothing flows back through {'its line' if len(names) == 1 else 'their lines'}"
        latex, numbers = ("0", "0") if where.scalar else (numbers, numbers) if slope_at else (latex, numbers)
    kind = "slope" if slope_at else "matrix" if factor.kind == "matrix·vector" else ""
    symbol = slope_at or (factor.by.name if isinstance(factor.by, Ref) else "")
    return Link("×", latex, numbers, words, asking(factor.asks, factor.reader, j, flows=flows), kind, symbol)


def are_held(names: tuple[str, ...], t: int) -> str:
    """That *names* are held at timestep *t*."""
    return f"{' and '.join(text(f'{name}[{t}]') for name in names)} {'is' if len(names) == 1 else 'are'} held"


def slope_latex(where: Where, t: int) -> str:
    """The slope of the state of timestep *t*, without brackets around it as the table may have them."""
    latex = template(back_in_time(where.network)[0].by, where, t)
    inside = latex.removeprefix(r"\left(").removesuffix(r"\right)")
    return inside if latex == rf"\left({inside}\right)" and r"\left(" not in inside else latex


def _words(network: Network, factor: Factor, j: int) -> str:
    """What a factor is."""
    if factor.function:
        at = f"at t = {j}" if factor.reader == network.state else f"of {text(f'{factor.reader}[{j}]')}"
        return f"{factor.name} {at}"
    by = f"times {text(symbols_of(factor.by, j)[0])}" if isinstance(factor.by, Ref) else "through its function"
    if factor.to is None:
        return by
    if factor.to.offset == -1:
        return f"back in time, to {text(f'{factor.to.name}[{j - 1}]')}"
    if factor.to == Ref("x", 0):
        inner = network.lines.made(factor.reader).part_of
        return f"from {'the pre-activation' if inner else text(f'{factor.reader}[{j}]')} to the input"
    return f"back to {text(f'{factor.to.name}[{j}]')}"


def _slope_at(where: Where, factor: Factor, j: int) -> str:
    """The symbol of the slope of the state that a factor is, else ""."""
    name = slope(where.network)
    return f"{name}[{j}]" if name and factor.asks == back_in_time(where.network)[0].asks else ""


def _latex(where: Where, factor: Factor, j: int) -> str:
    """A factor in symbols, as it stands in a row."""
    if factor.kind == "outer":
        return template(factor.by if where.are_numbers(factor.by) else op("transposed", factor.by), where, j)
    if factor.kind == "matrix·vector":
        return template(factor.by, where, j)
    named = "" if where.scalar else _slope_at(where, factor, j)
    return f"⟦{named}⟧" if named else _as_factor(where, factor, template(factor.by, where, j))


def _as_factor(where: Where, factor: Factor, latex: str) -> str:
    return diagonal(factor.by, latex, on_diagonal=not where.scalar)


# -- where several lead back ---------------------------------------------------------------------------------


@lru_cache(maxsize=2)  # made once, as those of a single way
def _timesteps_back(network: Network, rule: Rule, m: int, is_hidden: bool) -> tuple[Link, ...]:
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


def _uses(where: Where, begun: int) -> Iterator[Use]:
    """From the states of the timestep of the use, where product *begun* stands, to what each use there adds."""
    network, name, k = where.network, where.address.quantity, where.address.indices[-1]
    if name == "E":
        yield Use((_to(where, "x", begun, f"to the input x{subscript(k)}"),))
        return
    edges = [edge for edge in lines_of(where).edges_of(name) if edge.asks is not None]
    said = from_lines.uses(name, network.lines) or [""] * len(edges)
    for place, (edge, words) in enumerate(zip(edges, said, strict=True)):
        reader, asks = edge.reader, as_made(edge.asks or edge.operand, network, edge.reader, k)
        links, flows = list[Link](), open_at(network, reader, k)
        if place or not is_itself(where, reader):
            called = text(f"{reader}[{k}]")
            called = f"{words}: to {called}" if words else f"to {called}, which uses {text(name)}"
            links.append(_to(where, reader, begun, called, apart=place > 0))
        factors = [replace(each, through=(reader,)) for each in product(asks, reader) or ()]
        links += (_link(network, each, k, name) for each in factors)
        if not factors and (asks != Ref(ADJOINT + reader, 0) or flows is not None):
            latex = template(asks, where, k, product=(ADJOINT + reader, "r"))
            note = what_stops(network, reader, k) or "through its function"
            links.append(Link("×", latex, "", note, asking(asks, reader, k, flows=flows), "asked"))
        yield _use(where, links, factors)


def _to(where: Where, name: str, begun: int, note: str, *, apart: bool = False) -> Link:
    """From the states of the timestep of the use, whose product is numbered *begun*, to a quantity of it."""
    network, rule, k = where.network, where.rule, where.address.indices[-1]
    mark = by_states(where, name, k)
    few = symbols.shape(f"{JACOBIAN}{name}[{k}]", network)
    return Link(
        "→" if apart else "×",
        mark,
        mark if max(few) <= MOST_SHOWN else "",
        note,
        lambda products, read: np.asarray(back(network, rule, k, products[begun], read).asked(name, 1)),
    )


def _together(place: int) -> Link:
    """Another use of the parameter in the same timestep is added to the one whose product is numbered *place*."""
    return Link("+", r"\cdots", "", "with the uses before", lambda products, _read: products[place] + products[-1])


def states_latex(network: Network, j: int | str) -> str:
    """What is carried on, as LaTeX: s_j, or of one state that state."""
    return f"s_{{{j}}}" if len(network.states) > 1 else latex_at(network.state, str(j))


def by_states(where: Where, name: str, k: int) -> str:
    """The mark of how the states of timestep *k* change with the quantity *name* of it."""
    of = latex_at(name, str(k))
    return f"⟦{JACOBIAN}{name}[{k}]|=\\frac{{\\partial {states_latex(where.network, k)}}}{{\\partial {of}}}⟧"


def is_itself(where: Where, name: str) -> bool:
    """Whether *name* is all that is carried on, and nothing in its timestep reads it."""
    lines = lines_of(where)
    return where.network.states == (name,) and len(lines.edges_of(name)) == 1 + sum(
        edge.operand.offset == -1 for edge in lines.edges_of(name)
    )


def _states(network: Network, j: int) -> str:
    return " and ".join(text(f"{name}[{j}]") for name in network.states)


def diagonal(vector: Expression, latex: str, *, on_diagonal: bool) -> str:
    """A *vector*, written as *latex*, as a factor; a single number, which is not *on_diagonal*, in brackets where it
    needs them.
    """
    kind = vector.kind if isinstance(vector, Operation) else ""
    if not (kind and TABLE[kind].latex.startswith(r"\left(")) and (kind in ("+", "-", "negated") or on_diagonal):
        latex = rf"\left({latex}\right)"
    return rf"\operatorname{{diag}}{latex}" if on_diagonal else latex
