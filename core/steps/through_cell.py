r"""The entry of a chained term (t, k) along any lines: from the loss back through whole timesteps to one use.

Each link but the first and the last is one timestep back: J_j = ∂s_j/∂s_{j-1}, s_j all that is carried on, a matrix or
of one number a number. It is the sum of what comes by each line that reads the timestep before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from core.epoch.timesteps import AFTER, asked_before, back, carried, cell_of
from core.equations.description import Description, Edge
from core.equations.expressions import ADJOINT, Expression, Operation, Ref, op, references
from core.equations.operations import TABLE
from core.network import symbols
from core.network import words as from_lines
from core.network.arrays import Array
from core.network.described import ruled
from core.network.held import open_at
from core.network.network import Network
from core.network.rule import Rule
from core.network.symbols import JACOBIAN, latex_at, subscript, text
from core.steps.chain import (
    attention_paths,
    chain_products,
    in_row,
    not_reached,
    path_factor,
    path_links,
    path_reads,
    row_of_term,
    title_of,
    words_of,
)  # fmt: skip
from core.steps.entry import Formula, Link, Products, Read, Where
from core.steps.line import as_made, asked_by, asking, computed, reads, symbols_of, template, unique, what_stops
from core.steps.outputs import shared
from core.steps.recursion import lying

MOST_SHOWN = 4  # rows of a matrix that stands in a ladder
_MOST_ROWS = 6  # rows of all matrices of its timesteps; more stand where a row is opened


@dataclass(frozen=True, slots=True)
class Use:
    """One place of a timestep where a parameter is used, by the line of *reader*.

    *words*: which use it is, where there are several. *asks*: what that asks of the parameter. *own*: of a product
    with what stands *beside*, the factor before that.
    """

    reader: str
    words: str
    asks: Expression
    own: Expression | None = None
    beside: Expression | None = None


def cell_term(where: Where) -> Formula:
    """The entry of the term at ``where.address``."""
    name, (t, m, k) = where.address.quantity, where.address.indices
    if not where.rule.reaches(t, k):
        return not_reached(where)
    head = (_first(where), *_by_attention(where))
    back_to_k = _timesteps_back(where.network, where.rule, m, hides_matrices(where))[: m - k]
    links = (*head, *back_to_k, *_at_use(where, len(head)))
    found = uses(where)
    alone = found[0] if len(found) == 1 else None
    beside = symbols_of(alone.beside, k)[0] if alone and isinstance(alone.beside, Ref) else ""
    network, row = where.network, row_of_term(where)
    one_hot = (f"x[{k}]", k) if name != "E" else (f"xo[{row}]", row)
    is_picked = name == "E" or (beside == one_hot[0] and network.is_one_hot("x") and network.embedding_size is None)
    return Formula(
        title=title_of(where),
        symbolic=tuple(_symbolic(where)),
        numbers=(),
        reads=unique(_reads(where)),
        writes=(),
        arithmetic=lambda read: chain_products(links, read)[-1],
        sentence=words_of(where),
        picks=((one_hot[0], network.inputs[one_hot[1] - 1]),) if is_picked else (),
        beside=beside,
        links=links,
        head=len(head),
        reached=len(links) - (2 if alone and alone.beside is not None else 1),
        each=1,
        via=m if network.attention else None,
        placed=(lambda product: in_row(where, product)) if name == "E" else np.asarray,
    )


def uses(where: Where) -> tuple[Use, ...]:
    """Where a timestep uses the parameter of the step; E by the row that it reads, which is x."""
    name = where.address.quantity
    if name == "E":
        return ()
    found, k = [], where.address.indices[-1]
    edges = _lines(where).edges_of(name)
    for edge, words in zip(edges, from_lines.uses(name, where.network.lines) or [""] * len(edges), strict=True):
        match edge.asks and as_made(edge.asks, where.network, edge.reader, k):
            case Operation("outer", (own, beside)) if Ref(ADJOINT + edge.reader, 0) in references(own):
                found.append(Use(edge.reader, words, op("outer", own, beside), own, beside))
            case asks if asks is not None:
                found.append(Use(edge.reader, words, asks))
    return tuple(found)


def timestep_left(where: Where, index: int) -> int:
    """The timestep from which row *index* of the ladder leads one timestep back, 0 where it does not."""
    _, m, k = where.address.indices
    j = m + 1 + len(_by_attention(where)) - index
    return j if k < j <= m else 0


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
    factors = _factors(asks[0], Ref(ADJOINT + reader, 0), where, j) if len(asks) == 1 and asks[0] else None
    if factors is None:
        return said
    first = [] if _is_itself(where, reader) else [_by_states(where, reader, j)]
    product = (r" \cdot " if where.scalar else r" \, ").join([*first, *factors])
    return f"{said} {product} = "


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


def _loss_edge(where: Where) -> Edge:
    """Where the loss reads the hidden state, with attention Z: at the scores, or with no output layer by itself."""
    reader = "Omega" if where.network.head.scores else "L"
    return ruled(where.network, where.rule).edge(reader, Ref(where.state, 0))


def _first(where: Where) -> Link:
    """From the loss to the states, of which it reads the hidden state alone; with attention to Z."""
    network, t, edge = where.network, where.t, _loss_edge(where)
    states = _with_others if not network.attention else lambda asked, _: asked
    asks = shared(edge.asks or edge.operand, where)

    def apply(_products: Products, read: Read) -> Array:
        return states(asked_by(network, asks, edge.reader, t, read), network)

    own = f"v{subscript(t)}, " if network.attention else ""
    note = f"{own}the error at {text(f'{where.state}[{t}]')}" + ("" if network.attention else _and_no_other(network))
    return Link("", template(asks, where, t), lying(asks, where, t), note, apply)


def _with_others(asked: Array, network: Network) -> Array:
    """What is asked of the hidden state, H, and of all else that is carried on: nothing, S."""
    return np.concatenate([asked, np.zeros(carried(network) - network.H)])


def _and_no_other(network: Network) -> str:
    return ": nothing else of s is read" if len(network.states) > 1 else ""


@lru_cache(maxsize=16)  # each row of a ladder asks how many stand before it
def _by_attention(where: Where) -> tuple[Link, ...]:
    """From Z_t to the states of timestep m, a row for every path of attention; without it none."""
    network = where.network

    def row(link: Link, note: str) -> Link:
        def apply(products: Products, read: Read) -> Array:
            return _with_others(link.apply([product[: network.H] for product in products], read), network)

        return replace(link, note=note, apply=apply)

    links = tuple(path_links(where)) if network.attention else ()
    return tuple(row(link, link.note + _and_no_other(network) * (link is links[-1])) for link in links)


# Links of a long chain are made once, so that stepping along it does not make them again.
@lru_cache(maxsize=2)
def _timesteps_back(network: Network, rule: Rule, m: int, is_hidden: bool) -> tuple[Link, ...]:
    """From the states of timestep m to those of the one before, and so on, as far as to the first."""
    return tuple(_timestep_back(network, rule, j, is_hidden) for j in range(m, 1, -1))


def _timestep_back(network: Network, rule: Rule, j: int, is_hidden: bool) -> Link:
    """From the states of timestep *j* to those of the one before."""
    mark = f"⟦{JACOBIAN}[{j}]⟧"
    return Link(
        "×",
        mark,
        "" if is_hidden else mark,
        f"one timestep back, to {_states(network, j - 1)}",
        lambda products, read: asked_before(back(network, rule, j, products[-1], read), network),
    )


def _at_use(where: Where, head: int) -> Iterator[Link]:
    """From the states of the timestep of the use to what it adds, one use after the other; *head*: rows as far as m."""
    network, name, (_, m, k) = where.network, where.address.quantity, where.address.indices
    begun, ended = head - 1 + m - k, 0
    if name == "E":
        yield _to(where, "x", begun, f"to the input x{subscript(k)}")
        return
    # the products that stand at the states of timestep k, and behind the use before
    for place, use in enumerate(uses(where)):
        count, flows = 0, open_at(network, use.reader, k)
        if place or not _is_itself(where, use.reader):
            count += 1
            called = text(f"{use.reader}[{k}]")
            called = f"{use.words}: to {called}" if use.words else f"to {called}, which uses {text(name)}"
            yield _to(where, use.reader, begun, called + (": r" if _ends(use) else ""), apart=place > 0)
        own = use.own or use.asks
        if not _ends(use) or flows is not None:
            count += 1
            factor, numbers = _factor(where, own, use.reader, k)
            note = "through its function" + ("" if use.beside is None else ": r")
            note = what_stops(network, use.reader, k) or note
            yield Link("×", factor, numbers, note, asking(own, use.reader, k, flows=flows))
        if use.beside is not None:
            count += 1
            yield _beside(where, use.beside, k)
        if place:
            yield _together(ended)
        ended = begun + count if not place else ended + count + 1


def _ends(use: Use) -> bool:
    """Whether what is asked of the reader is asked of what the parameter makes too."""
    return (use.own or use.asks) == Ref(ADJOINT + use.reader, 0)


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


def _factor(where: Where, own: Expression, reader: str, k: int) -> tuple[str, str]:
    """What is asked of *reader* is multiplied with, in symbols and in numbers; where it is no factor, all of it."""
    rest = _without(own, Ref(ADJOINT + reader, 0))
    if rest is None:
        return template(own, where, k, product=(ADJOINT + reader, "r")), ""
    factor = _diagonal(rest, where, k)
    return factor, factor if where.scalar else ""


def _without(expression: Expression, factor: Ref) -> Expression | None:
    """What *factor* is multiplied with, entry by entry, in *expression*; None where it is no such product."""
    match expression:
        case Operation("*", (first, second)) if first == factor or second == factor:
            return second if first == factor else first
        case Operation("*", (first, second)):
            here = factor in references(first)
            inside = _without(first if here else second, factor)
            return None if inside is None else op("*", inside, second if here else first)
    return None


def _factors(asks: Expression, asked: Ref, where: Where, j: int) -> list[str] | None:
    """What *asked* is multiplied with in *asks*, from the left to the right as a row; None where that is no product."""
    match asks:
        case Ref() if asks == asked:
            return []
        case Operation("*", (first, second)):
            inside, beside = (first, second) if asked in references(first) else (second, first)
            factor = _diagonal(beside, where, j)
        case Operation("matrix·vector", (Operation("transposed", (Ref() as matrix,)), inside)):
            factor = template(matrix, where, j)
        case _:
            return None
    before = _factors(inside, asked, where, j)
    return None if before is None else [*before, factor]


def _diagonal(vector: Expression, where: Where, j: int) -> str:
    """*vector* as a factor: on a diagonal, and a single number in brackets where it needs them."""
    factor = template(vector, where, j)
    kind = vector.kind if isinstance(vector, Operation) else ""
    if not (kind and TABLE[kind].latex.startswith(r"\left(")) and (kind in ("+", "-", "negated") or not where.scalar):
        factor = rf"\left({factor}\right)"
    return factor if where.scalar else rf"\operatorname{{diag}}{factor}"


def _beside(where: Where, beside: Expression, k: int) -> Link:
    """What the parameter multiplied."""
    mark = template(beside if where.are_numbers(beside) else op("transposed", beside), where, k)
    return Link(
        "×", mark, mark, f"what {text(where.address.quantity)} multiplied",
        lambda products, read: np.asarray(TABLE["outer"].value(products[-1], computed(beside, k, read))),
    )  # fmt: skip


def _together(place: int) -> Link:
    """Another use of the parameter in the same timestep is added to the one whose product is numbered *place*."""
    return Link("+", r"\cdots", "", "with the uses before", lambda products, _read: products[place] + products[-1])


def _symbolic(where: Where) -> Iterator[str]:
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


def _reads(where: Where) -> Iterator[str]:
    network, (t, m, k) = where.network, where.address.indices
    lines, edge = _lines(where), _loss_edge(where)
    yield from reads(shared(edge.asks or edge.operand, where), t)
    if network.attention:
        yield from path_reads(where, attention_paths(where))
    symbols_back, ends = _read_back(lines, m)
    yield from symbols_back[: ends[m - k]]
    yield from _read_at(lines, k, where.address.quantity)
    for held in network.held:  # what softmax makes is then another thing than what is held
        made = network.lines.makers[held.name].softmaxed if k <= held.t <= m or held.t == t else None
        if made is not None:
            yield from reads(made, held.t)
    if where.address.quantity == "E":
        yield f"xo[{row_of_term(where)}]"


@lru_cache(maxsize=2)
def _read_back(lines: Description, m: int) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """What is read on the way back through the timesteps m, m - 1, …, and how much of it after so many of them."""
    found, ends = dict[str, None](), [0]
    for j in range(m, 1, -1):
        found.update(dict.fromkeys(_read_at(lines, j, "")))
        ends.append(len(found))
    return tuple(found), tuple(ends)


@lru_cache(maxsize=4096)
def _read_at(lines: Description, j: int, used: str) -> tuple[str, ...]:
    """What is read of timestep *j* on the way back through it, or as far as to the use of the parameter *used*."""
    made = {each.name for each in lines.equations}
    found = [each.asks for each in lines.edges if each.operand.offset == 0 and each.operand.name in made]
    end = (Ref("x", 0) if used == "E" else Ref(used),) if used else ()
    found += [each.asks for each in lines.edges if (each.operand in end if used else each.operand.offset == -1)]
    found_symbols = (symbol for asks in found if asks is not None for symbol in reads(asks, j))
    return unique(symbol for symbol in found_symbols if not symbol.startswith((ADJOINT, AFTER)))
