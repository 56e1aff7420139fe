r"""The entry of a chained term, (t, m, k) of ∂L/∂W, U, b or E: a product of links from the loss back to one use.

Sheet A, section 3, item 3; sheet B the same with m = t. The transposed order is the sheets' own: the error of loss t
through V, by attention to h_m, back one timestep at a time to k, times what the parameter multiplied there.
"""

from __future__ import annotations

from functools import lru_cache, partial

import numpy as np

from core.epoch.timesteps import AFTER
from core.equations.description import Description
from core.equations.expressions import ADJOINT, Ref
from core.equations.typesetting import written
from core.network import routes
from core.network.arrays import Array
from core.network.routes import open_through
from core.network.symbols import latex_at, subscript, text
from core.network.words import used_words
from core.steps.entry import Formula, Link, Where, chain_products
from core.steps.head import attention_paths, loss_edge, path_factor, path_reads, weight
from core.steps.line import reads, symbols_of, unique
from core.steps.links import Ladder, Use, are_held, diagonal, lines_of, links_of, split, states_latex
from core.steps.outputs import loss_in_total, shared, why_cut
from core.writing.shown import visible


def chained_term(where: Where) -> Formula:
    """The entry of the term at ``where.address``."""
    name, (_, m, k), network = where.address.quantity, where.address.indices, where.network
    if not where.rule.reaches(where.t, k):
        return not_reached(where)
    ladder = links_of(where)
    beside = symbols_of(ladder.beside, k)[0] if isinstance(ladder.beside, Ref) else ""
    x, u = (f"x[{k}]", k) if name != "E" else (f"xo[{row_of_term(where)}]", row_of_term(where))
    is_picked = name == "E" or (beside == x and network.is_one_hot("x") and network.embedding_size is None)
    placed = partial(in_row, where) if name == "E" else np.asarray
    return Formula(
        title=title_of(where),
        symbolic=tuple(_symbolic(where, ladder)),
        numbers=(),
        reads=unique(_reads(where)),
        writes=(),
        arithmetic=lambda read: placed(chain_products(ladder.links, read)[-1]),
        sentence=words_of(where),
        picks=((x, network.inputs[u - 1]),) if is_picked else (),
        beside=beside,
        links=ladder.links,
        head=ladder.head,
        reached=len(ladder.links) - (1 if ladder.beside is None else 2),
        each=ladder.each,
        shares=ladder.shares,
        via=m if network.attention else None,
        placed=placed,
    )


# -- what is said ---------------------------------------------------------------------------------------------


def title_of(where: Where) -> str:
    """Which term it is: of which loss, with attention by way of which state, and of which use."""
    name, (t, m, k) = where.address.quantity, where.address.indices
    via = f", via {where.hidden(m)}" if where.network.attention else ""
    return f"∂L/∂{text(name)}: loss {t}{via}, {text(name)} {used_words(name, where.network.lines)} at t = {k}"


def words_of(where: Where) -> str:
    """A term in a plain sentence: which use moves which loss; of E, to which row it goes."""
    name, (t, m, k), network = where.address.quantity, where.address.indices, where.network
    called = "the row of E" if name == "E" else f"the {text(name)}"
    done = "added" if name == "b" else used_words(name, network.lines)
    moved = f"{called} {done} at timestep {k}"
    way = f", by way of {where.hidden(m)}." if network.attention else "."
    if where.is_derivative:
        sentence = f"How fast {loss_in_total(network, t)} changes with {moved}{way}"
    else:
        sentence = f"What the rule counts for {moved} in the loss of timestep {t}{way}"
    if name != "E":
        return sentence
    row = row_of_term(where)
    goes_to = visible(network.input_letter(row))
    if network.inputs[row - 1] == network.inputs[k - 1]:
        return f"{sentence} It goes to row “{goes_to}”."
    return (
        f"{sentence} Timestep {k} read row “{visible(network.input_letter(k))}”, "
        f"but the rule adds the term to row “{goes_to}”, the letter at t = {t}."
    )


def row_of_term(where: Where) -> int:
    """The timestep whose letter's row of E a term goes to."""
    t, _, k = where.address.indices
    return t if where.rule.embedding_row == "t" else k


def in_row(where: Where, product: Array) -> Array:
    """A term of E: *product* in the row that it goes to."""
    value = np.zeros(where.network.parameter_shapes["E"])
    value[where.network.inputs[row_of_term(where) - 1]] = product
    return value


def not_reached(where: Where) -> Formula:
    """The entry of a term that the rule does not count, since its loss does not reach so far back."""
    nothing = np.zeros(where.network.parameter_shapes[where.address.quantity])
    return Formula(
        title=title_of(where), symbolic=("0",), numbers=(), reads=(), writes=(), arithmetic=lambda _read: nothing,
        sentence=left_out(where), via=where.address.indices[1] if where.network.attention else None,
    )  # fmt: skip


def zero_reason(where: Where) -> str | None:
    """Why the term must be zero whatever the numbers are, or None."""
    k = where.address.indices[-1]
    name, network = where.address.quantity, where.network
    if k == 1:
        readers = dict.fromkeys(edge.reader for edge in network.lines.edges_of(name))
        idle = [name] if name in network.idle_at_start else [f"{reader}[1]" for reader in readers]
        if idle == [name] or (idle and network.idle_gates.issuperset(readers)):
            beside = network.zero_beside({name} if idle == [name] else set(readers))
            none = " and ".join(f"{text(f'{state}[0]')} = 0" for state in beside)
            first = "input" if network.reads_numbers else "letter"
            nothing = f"before the first {first} there is nothing for {' and '.join(map(text, idle))} to multiply."
            return f"0, because {none}: {nothing}"
    if k > network.judged[-1]:
        return f"0, because no timestep from t = {k} on has a target."
    if where.address.is_chained and not where.rule.reaches(where.t, k):
        return left_out(where)
    if where.address.is_chained and not attention_paths(where):
        t, m, _ = where.address.indices
        return f"0, because the rule differentiates no path from Z{subscript(t)} to {where.hidden(m)}."
    if where.address.is_chained and network.held:
        return why_cut(where) or _held_on_the_way(where)
    return None


def _held_on_the_way(where: Where) -> str | None:
    """Why nothing flows back to the use of a term where all of a quantity is held on the only way, else None."""
    found, (_, m, k) = split(where), where.address.indices
    if found is None:
        return None
    for j in range(m, k - 1, -1):
        for factor in found.use if j == k else found.before:
            flows, held = open_through(where.network, factor, j)
            if flows is not None and not flows.any():
                stays = "it stays" if len(held) == 1 else "they stay"
                return f"0, because {are_held(held, j)}: {stays} so, whatever comes before."
    return None


def left_out(where: Where) -> str:
    """Why the rule does not count a term."""
    t, k, n = where.t, where.address.indices[-1], where.rule.chunks
    if n is not None and (t - 1) // n != (k - 1) // n:
        return f"0, because loss {t} and the use at t = {k} lie in different chunks of {n} timesteps."
    return f"0, because this rule truncates: t − k = {t - k} is not less than τ = {where.rule.truncate}."


# -- how it is written ----------------------------------------------------------------------------------------


def _symbolic(where: Where, ladder: Ladder) -> list[str]:
    """The term as a product of its links, and what is short in it."""
    network, (t, m, k), head, each = where.network, where.address.indices, ladder.head, ladder.each
    paths = attention_paths(where)
    inline = not network.attention or paths == ("value",)
    start = ladder.links[0].factor if inline else f"⟦g[{t},{m}]|^{{\\top}}⟧"
    if inline and network.attention:
        start += rf" \cdot ⟦{weight(where)}⟧"
    is_stacked = len(network.states) > 1
    if inline and not network.head.scores and not (is_stacked and where.scalar):  # a sum, and of vectors standing
        start = rf"\left({start}\right)" + ("" if where.scalar else r"^{\top}")
    if is_stacked:
        start = rf"\left({start}, 0\right)"
    end = head + each * (m - k)
    back = [_short(where, link) for link in ladder.links[head : head + 2 * each if m - k >= 4 else end]]
    if m - k >= 4:
        back += [r"\cdots", *(_short(where, link) for link in ladder.links[end - each + ladder.shares : end])]
    lines = [" + ".join(_used(where, use, start, back) for use in ladder.uses) or "0"]
    if not inline:
        lines.append(rf"⟦g[{t},{m}]⟧ = " + (" + ".join(path_factor(where, path) for path in paths) or "0"))
    slopes, states = _meant(where, ladder)
    lines[-1] += slopes
    return [*lines, states] if states else lines


def _short(where: Where, link: Link) -> str:
    """A factor as it stands in a line: a slope by its name."""
    return f"⟦{link.symbol}⟧" if link.kind == "slope" and not where.scalar else link.factor


def _used(where: Where, use: Use, start: str, back: list[str]) -> str:
    """What one *use* adds, after all factors from *start* and *back* to it."""
    has_outer = use.beside is not None and where.address.quantity != "E"
    own = use.links[: len(use.links) - has_outer]
    factors = back + [_short(where, link) for link in own if link.kind != "asked"]
    body = rf"{start} \cdot " + r" \, ".join(factors) if factors else start
    if own and own[-1].kind == "asked":
        r = "r" if where.scalar else r"r^{\top}"
        return rf"\left. {own[-1].factor} \right|_{{{r} = {body}}}"
    if where.address.quantity == "E":
        return rf"⟦xo[{row_of_term(where)}]⟧ \, {body}"
    beside = rf" \, {use.links[-1].factor}" if has_outer else ""
    return (body if where.scalar else rf"\left[ {body} \right]^{{\top}}") + beside


def _meant(where: Where, ladder: Ladder) -> tuple[str, str]:
    """What D_j stands for, and what J_j and s_j do, where they are written."""
    network, states = where.network, where.network.states
    written_out = (
        *ladder.links[ladder.head : ladder.head + ladder.each],
        *(link for use in ladder.uses for link in use.links),
    )
    kinds, factor, lines = {link.kind for link in written_out}, routes.slope(network), list[str]()
    if "timestep" in kinds:
        lines.append(
            rf"J_{{j}} = \frac{{\partial {states_latex(network, 'j')}}}{{\partial {states_latex(network, 'j-1')}}}"
        )
    if len(states) > 1:
        lines.append(rf"s_{{j}} = ({', '.join(latex_at(state, 'j') for state in states)})")
    slopes = ""
    if "slope" in kinds and factor is not None and not where.scalar:
        latex = written(factor.by, lambda ref, suffix: f"{latex_at(ref.name, 'j')}{suffix}")
        slopes = rf" \qquad D_{{j}} = {diagonal(factor.by, latex, on_diagonal=True)}"
    return slopes, r" \qquad ".join(lines)


# -- what is read --------------------------------------------------------------------------------------------


def _reads(where: Where) -> list[str]:
    network, name, (t, m, k) = where.network, where.address.quantity, where.address.indices
    edge, lines = loss_edge(where), lines_of(where)
    asked = reads(shared(edge.asks or edge.operand, where), t)
    found = sorted(asked, key=lambda symbol: not symbol.startswith(ADJOINT))
    if network.attention:
        found += path_reads(where, attention_paths(where))
    here, parameters = _read_at(lines, k, (0,))
    found += _read_back(lines, network.T, m, k) + here + (_read_at(lines, m, (0, -1))[1] if m > k else ()) + parameters
    for also in _read_at(lines, k, (Ref("x", 0) if name == "E" else Ref(name),)):
        found += also
    for held in network.held:  # what softmax makes is then another thing than what is held
        made = lines.makers[held.name].softmaxed if k <= held.t <= m and held.name in lines.makers else None
        found += reads(made, held.t) if made is not None else ()
    return [*found, f"xo[{row_of_term(where)}]"] if name == "E" else found


def _read_back(lines: Description, T: int, m: int, k: int) -> tuple[str, ...]:
    """The quantities read on the way back through the timesteps m, m - 1, …, k + 1, each once."""
    if m == k:
        return ()
    new, each = _new_back(lines, T)
    start = (T - m) * each
    return _read_at(lines, m, (0, -1))[0] + new[start : start + (m - 1 - k) * each]


@lru_cache(maxsize=4)
def _new_back(lines: Description, T: int) -> tuple[tuple[str, ...], int]:
    """What the timesteps T - 1, T - 2, … 2 read and the one after each does not, and how many that is each time."""
    found = list[str]()
    for j in range(T - 1, 1, -1):
        after = _read_at(lines, j + 1, (0, -1))[0]
        found += (symbol for symbol in _read_at(lines, j, (0, -1))[0] if symbol not in after)
    return tuple(found), len(found) // max(T - 2, 1)


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
