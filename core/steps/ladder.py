r"""The entry of a chained term, (t, m, k) of ∂L/∂W, U, b or E: a product of links from the loss back to one use.

Sheet A, section 3, item 3; sheet B the same with m = t. The transposed order is the sheets' own: the error of loss t
through V, by attention to h_m, back one timestep at a time to k, times what the parameter multiplied there. Where a
single way leads back, every factor on it is a link, such as tanh′ and W; of gates a link is a whole timestep.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache, partial

import numpy as np

from core.epoch.timesteps import AFTER, carried, cell_of
from core.equations.description import Description, Edge
from core.equations.expressions import ADJOINT, Expression, Operation, Ref, op
from core.equations.typesetting import written
from core.network.arrays import Array
from core.network.described import ruled
from core.network.network import Network
from core.network.routes import Factor, back_in_time, open_through, product
from core.network.rule import EXACT, Rule
from core.network.symbols import latex_at, slope, subscript, text
from core.program.program import Address, Phase
from core.steps import whole_timesteps as whole
from core.steps.entry import Formula, Link, Products, Read, Where, chain_products
from core.steps.line import asked_by, asking, heard_at, reads, symbols_of, template, unique
from core.steps.outputs import asked_of_scores, shared
from core.steps.recursion import lying
from core.steps.term import (
    Split,
    are_held,
    attention_paths,
    in_row,
    not_reached,
    path_factor,
    path_links,
    path_reads,
    row_of_term,
    split,
    title_of,
    weight,
    words_of,
)  # fmt: skip


def chained_term(where: Where) -> Formula:
    """The entry of the term at ``where.address``."""
    name, (t, m, k), network = where.address.quantity, where.address.indices, where.network
    if not where.rule.reaches(t, k):
        return not_reached(where)
    (links, head), found = links_of(where), split(where)
    last = _beside(found) if found else whole.beside(where)
    beside = symbols_of(last, k)[0] if isinstance(last, Ref) else ""
    x, u = (f"x[{k}]", k) if name != "E" else (f"xo[{row_of_term(where)}]", row_of_term(where))
    is_picked = name == "E" or (beside == x and network.is_one_hot("x") and network.embedding_size is None)
    placed = partial(in_row, where) if name == "E" else np.asarray
    return Formula(
        title=title_of(where),
        symbolic=tuple(_symbolic(where, found, links, head) if found else whole.symbolic(where)),
        numbers=(),
        reads=unique(_reads(where)),
        writes=(),
        arithmetic=lambda read: placed(chain_products(links, read)[-1]),
        sentence=words_of(where),
        picks=((x, network.inputs[u - 1]),) if is_picked else (),
        beside=beside,
        links=links,
        head=head,
        reached=len(links) - (1 if last is None else 2),
        each=len(found.before) if found else 1,
        shares=found.shared if found else 0,
        via=m if network.attention else None,
        placed=placed,
    )


def links_of(where: Where) -> tuple[tuple[Link, ...], int]:
    """The links of a term that its rule reaches, and how many lead from the loss to h_m."""
    network, name, (t, m, k), found = where.network, where.address.quantity, where.address.indices, split(where)
    kept = _kept(network, where.rule)
    head = kept.head(t, m)
    if found is None:
        back = whole.timesteps_back(network, where.rule, m, whole.hides_matrices(where))[: m - k]
        return (*head, *back, *whole.at_use(where, len(head) - 1 + m - k)), len(head)
    return (*head, *kept.back(m)[: len(found.before) * (m - k)], *kept.at_use(name, k)), len(head)


class _Kept:
    """Links that are made once, so that stepping along a long chain does not make them again."""

    def __init__(self, network: Network, rule: Rule) -> None:
        self.head = lru_cache(maxsize=64)(partial(_head, network, rule))
        of_timestep = lru_cache(maxsize=4096)(partial(_timestep_back, network))
        self.at_use = lru_cache(maxsize=4096)(lambda name, k: _at_use(network, name, k, of_timestep(k)))
        self.back = lru_cache(maxsize=2)(lambda m: tuple(link for j in range(m, 1, -1) for link in of_timestep(j)))


_kept = lru_cache(maxsize=4)(_Kept)


def through_words(network: Network) -> str:
    """What the links of a long ladder lead through."""
    found = [each.name if each.function else text(each.name) for each in reversed(back_in_time(network)) if each.name]
    return f"links through {' and '.join(found)}" if found else "timesteps back"


# -- from the loss to the states -----------------------------------------------------------------------------


def _loss_edge(where: Where) -> Edge:
    """Where the loss reads the hidden state, with attention Z: at the scores, or with no output layer by itself."""
    reader = "Omega" if where.network.head.scores else "L"
    return ruled(where.network, where.rule).edge(reader, Ref(where.state, 0))


def _head(network: Network, rule: Rule, t: int, m: int) -> tuple[Link, ...]:
    where = Where(network, rule, Address(Phase.BACKWARD, network.state, (t, m, m)))
    return (_first(where), *_by_attention(where))


def _first(where: Where) -> Link:
    """From the loss to the states, of which it reads the hidden state alone; with attention to Z."""
    network, t, edge = where.network, where.t, _loss_edge(where)
    asks = shared(edge.asks or edge.operand, where)

    def apply(_products: Products, read: Read) -> Array:
        asked = asked_by(network, asks, edge.reader, t, read)
        return asked if network.attention else _with_others(asked, network)

    is_v = network.attention or len(network.states) == 1
    note = f"{f'v{subscript(t)}, ' if is_v else ''}the error at {text(f'{where.state}[{t}]')}"
    note += "" if network.attention else _and_no_other(network)
    kind = "error" if is_v and network.head.scores else ""
    return Link("", _error_brought_back(where, asks), lying(asks, where, t), note, apply, kind)


def _error_brought_back(where: Where, asks: Expression) -> str:
    """What the loss asks of the states, as a row: the error times V, where there are scores."""
    match asks:
        case Operation("negated", (inside,)):
            sign = -1
        case inside:
            sign = 1
    found = product(inside, "Omega")
    if not found:
        return template(asks, where, where.t)
    t = where.t
    if heard_at(where.network, t) is not None or asked_of_scores(where) != op("-", Ref("yhat", 0), Ref("y", 0)):
        error = rf"⟦dL/dOmega[{t}]|^{{\top}}⟧" if sign == 1 else rf"\left(-⟦dL/dOmega[{t}]⟧\right)^{{\top}}"
    else:
        error = r"\left({} - {}\right)^{{\top}}".format(*(f"⟦yhat[{t}]⟧", f"⟦y[{t}]⟧")[::sign])
    return r" \, ".join([error, *(_latex(where, factor, t) for factor in found)])


def _with_others(asked: Array, network: Network) -> Array:
    """What is asked of the hidden state, H, and of all else that is carried on: nothing, S."""
    return np.concatenate([asked, np.zeros(carried(network) - network.H)]) if len(network.states) > 1 else asked


def _and_no_other(network: Network) -> str:
    return ": nothing else of s is read" if len(network.states) > 1 else ""


def _by_attention(where: Where) -> Iterator[Link]:
    """From Z_t to the states of timestep m, a row for every path of attention; without it none."""
    network = where.network

    def row(link: Link, note: str) -> Link:
        def apply(products: Products, read: Read) -> Array:
            return _with_others(link.apply([each[: network.H] for each in products], read), network)

        return replace(link, note=note, apply=apply)

    *links, last = path_links(where) if network.attention else [None]
    yield from (row(link, link.note) for link in links if link)
    if last:
        yield row(last, last.note + _and_no_other(network))


# -- where a single way leads back ---------------------------------------------------------------------------


def _beside(found: Split) -> Expression | None:
    """What stands beside r, after all other factors: what the parameter multiplied, or of E a matrix."""
    last = found.use[-1:]
    return last[0].by if last and (last[0].kind == "outer" or last[0].to == Ref("x", 0)) else None


def _timestep_back(network: Network, j: int) -> tuple[Link, ...]:
    """From the state of timestep *j* to that of the one before."""
    return tuple(_link(network, factor, j) for factor in back_in_time(network))


def _at_use(network: Network, name: str, k: int, back: tuple[Link, ...]) -> tuple[Link, ...]:
    """From the state of the timestep of the use to that, and what the parameter multiplied there; *back*: the links
    from there to the timestep before.
    """
    where = Where(network, EXACT, Address(Phase.BACKWARD, name, (k, k, k)))
    found = split(where)
    assert found is not None  # else whole timesteps are the links
    links = [*back[: found.shared]]
    links += (_link(network, factor, k, name) for factor in found.use[found.shared :])
    last, place = _beside(found), len(links) - 2
    # The entries of a matrix-valued term are those of r times those of the last factor.
    is_matrix = last is not None and (
        not where.scalar or (found.use[-1].kind == "outer" and not where.are_numbers(last))
    )
    if is_matrix and place >= 0 and open_through(network, found.use[place], k)[0] is None:
        links[place] = replace(links[place], note=f"{links[place].note}: r")
    return tuple(links)


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
    return whole.diagonal(factor.by, latex, on_diagonal=not where.scalar)


def _symbolic(where: Where, found: Split, links: tuple[Link, ...], head: int) -> list[str]:
    """The term as a product of its links, and what is short in it."""
    network, name, (t, m, k) = where.network, where.address.quantity, where.address.indices
    paths = attention_paths(where)
    inline = not network.attention or paths == ("value",)
    start = links[0].factor if inline else f"⟦g[{t},{m}]|^{{\\top}}⟧"
    if inline and network.attention:
        start += rf" \cdot ⟦{weight(where)}⟧"
    has_outer = found.use[-1:] != () and found.use[-1].kind == "outer"
    beside = rf" \, {links[-1].factor}" if has_outer else ""
    each, end = len(found.before), len(links) - has_outer
    dots = head + each * (m - k - 1) + found.shared if m - k >= 4 else 0
    kept = [*links[head : head + 2 * each], None, *links[dots:end]] if dots else links[head:end]
    factors = [
        r"\cdots" if link is None else f"⟦{link.symbol}⟧" if link.kind == "slope" and not where.scalar else link.factor
        for link in kept
    ]
    body = rf"{start} \cdot " + r" \, ".join(factors) if factors else start
    if name == "E":
        lines = [rf"⟦xo[{row_of_term(where)}]⟧ \, {body}"]
    else:
        lines = [(body if where.scalar else rf"\left[ {body} \right]^{{\top}}") + beside]
    if not inline:
        lines.append(rf"⟦g[{t},{m}]⟧ = " + (" + ".join(path_factor(where, path) for path in paths) or "0"))
    if not where.scalar and slope(network):
        first = found.before[0]
        shown = written(first.by, lambda ref, suffix: f"{latex_at(ref.name, 'j')}{suffix}")
        lines[-1] += rf" \qquad D_{{j}} = {_as_factor(where, first, shown)}"
    return lines


# -- what is read --------------------------------------------------------------------------------------------


def _reads(where: Where) -> list[str]:
    network, name, (t, m, k) = where.network, where.address.quantity, where.address.indices
    edge, lines = _loss_edge(where), cell_of(ruled(network, where.rule), network.states)
    asked = reads(shared(edge.asks or edge.operand, where), t)
    found = sorted(asked, key=lambda symbol: not symbol.startswith(ADJOINT))
    if network.attention:
        found += path_reads(where, attention_paths(where))
    quantities, ends = _read_back(lines, m)
    here, parameters = _read_at(lines, k, (0,))
    found += quantities[: ends[m - k]] + here + (_read_at(lines, m, (0, -1))[1] if m > k else ()) + parameters
    for also in _read_at(lines, k, (Ref("x", 0) if name == "E" else Ref(name),)):
        found += also
    for held in network.held:  # what softmax makes is then another thing than what is held
        made = lines.makers[held.name].softmaxed if k <= held.t <= m and held.name in lines.makers else None
        found += reads(made, held.t) if made is not None else ()
    return [*found, f"xo[{row_of_term(where)}]"] if name == "E" else found


@lru_cache(maxsize=2)
def _read_back(lines: Description, m: int) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The quantities read on the way back through the timesteps m, m - 1, …, and how many after so many of them."""
    found, ends = dict[str, None](), [0]
    for j in range(m, 1, -1):
        found.update(dict.fromkeys(_read_at(lines, j, (0, -1))[0]))
        ends.append(len(found))
    return tuple(found), tuple(ends)


@lru_cache(maxsize=4096)
def _read_at(lines: Description, j: int, ends: tuple[Ref | int, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The quantities and parameters read of timestep *j* on the way back along edges that end at its own quantities, 0,
    at those of the timestep before, -1, or at an operand.
    """
    made = lines.made_names
    asked = [
        each.asks
        for each in lines.edges
        if each.operand in ends
        or (each.operand.offset in ends and (each.operand.offset == -1 or each.operand.name in made))
    ]
    every = unique(symbol for asks in asked if asks is not None for symbol in reads(asks, j))
    found = [symbol for symbol in every if not symbol.startswith((ADJOINT, AFTER))]
    return tuple(each for each in found if each[-1] == "]"), tuple(each for each in found if each[-1] != "]")
