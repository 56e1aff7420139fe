"""A chained term (t, m, k): how a use moves a loss, by which factors, why it must be zero; its links by attention."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from core.equations.description import Description
from core.equations.expressions import Ref
from core.network.arrays import Array
from core.network.described import ruled
from core.network.held import open_at
from core.network.network import Network
from core.network.routes import Factor, back_in_time, open_through, route
from core.network.symbols import latex_at, subscript, text
from core.steps.entry import Formula, Link, Products, Read, Where
from core.steps.line import along
from core.steps.outputs import why_cut
from core.writing.shown import visible


class Split(NamedTuple):
    """The factors from a state to the one *before*, and from the state to the *use* of the parameter.

    *shared*: how many first ones both have. *unmet*: of the use, as a `Route` has them.
    """

    before: tuple[Factor, ...]
    use: tuple[Factor, ...]
    shared: int
    unmet: tuple[str, ...]


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


def used_words(name: str, network: Network | None = None) -> str:
    """What a timestep does with a parameter: a row of E is read, all others are used; of *network* how many times."""
    count = 1 if network is None else len(network.lines.edges_of(name))
    times = {0: "", 1: "", 2: " twice"}.get(count, f" {count} times")
    return f"{'read' if name == 'E' else 'used'}{times}"


def title_of(where: Where) -> str:
    """Which term it is: of which loss, with attention by way of which state, and of which use."""
    name, (t, m, k) = where.address.quantity, where.address.indices
    via = f", via {where.hidden(m)}" if where.network.attention else ""
    return f"∂L/∂{text(name)}: loss {t}{via}, {text(name)} {used_words(name, where.network)} at t = {k}"


def words_of(where: Where) -> str:
    """A term in a plain sentence: which use moves which loss; of E, to which row it goes."""
    name, (t, m, k), network = where.address.quantity, where.address.indices, where.network
    called = "the row of E" if name == "E" else f"the {text(name)}"
    done = "added" if name == "b" else used_words(name, network)
    moved = f"{called} {done} at timestep {k}"
    way = f", by way of {where.hidden(m)}." if network.attention else "."
    if where.is_derivative:
        sentence = f"How fast the loss of timestep {t} changes with {moved}{way}"
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
            none = ", ".join(f"{text(f'{state}[0]')} = 0" for state in network.states if state in network.lines.states)
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


def are_held(names: tuple[str, ...], t: int) -> str:
    """That *names* are held at timestep *t*."""
    return f"{' and '.join(text(f'{name}[{t}]') for name in names)} {'is' if len(names) == 1 else 'are'} held"


# -- from Z_t to h_m: by value, by key and by query -----------------------------------------------------------


def attention_paths(where: Where) -> tuple[str, ...]:
    """The paths from Z_t to h_m that the rule differentiates and that exist for this t and m."""
    t, m, _ = where.address.indices
    if not where.network.attention:
        return ("value",)
    return tuple(path for path in ("value", "key", "query") if path in where.rule.paths and (path != "query" or m == t))


def weight(where: Where) -> str:
    """The symbol of how much of h_m the rule counts in Z_t: its weight, or its score."""
    t, m, _ = where.address.indices
    return f"{'alpha' if where.rule.weight == 'softmax' else 'A'}[{t},{m}]"


def _path_words(where: Where, path: str) -> str:
    """What a path of attention is, at its row."""
    t, m, _ = where.address.indices
    if path == "value":
        return f"value path: {where.hidden(m)} is part of the mix Z{subscript(t)}"
    if path == "key":
        return f"key path: {where.hidden(m)} decides how much of it is taken"
    return f"query path: {where.hidden(t)} decides how all are weighed"


def path_factor(where: Where, path: str) -> str:
    """What a path of attention hands on, in symbols."""
    (t, m, _), h = where.address.indices, where.network.state
    if path == "value":
        return rf"⟦{weight(where)}⟧ \, ⟦v[{t}]⟧"
    if _has_held_weights(where):
        if path == "key":
            return rf"⟦dL/dA[{t},{m}]⟧ \, ⟦{h}[{t}]⟧"
        slope = f"⟦dL/dA[{t},1]|={latex_at('dL/dA', str(t), 'i')}⟧"
        return rf"\sum_{{i=1}}^{{{t}}} {slope} \, {latex_at(h, 'i')}"
    if path == "key":
        return rf"⟦alpha[{t},{m}]⟧ \left((⟦{h}[{m}]⟧ - ⟦Z[{t}]⟧) \cdot ⟦v[{t}]⟧\right) ⟦{h}[{t}]⟧"
    return (
        rf"\sum_{{i=1}}^{{{t}}} ⟦alpha[{t},1]|=\alpha_{{{t},i}}⟧ "
        rf"\left(({latex_at(h, 'i')} - ⟦Z[{t}]⟧) \cdot ⟦v[{t}]⟧\right) {latex_at(h, 'i')}"
    )


def _path_numbers(where: Where, path: str) -> str:
    (t, m, _), h = where.address.indices, where.network.state
    if path == "value":
        return f"⟦{weight(where)}⟧"

    def addend(weight: str, i: int, state: int) -> str:
        last = rf"⟦{h}[{state}]⟧" if where.scalar else latex_at(h, str(state))
        if _has_held_weights(where):
            return rf"⟦dL/dA[{t},{i}]⟧ \cdot {last}"
        return rf"⟦{weight}⟧ \cdot ⟦s[{t},{i}]⟧ \cdot {last}"

    if path == "key":
        return addend(f"alpha[{t},{m}]", m, t)
    return addend(f"alpha[{t},1]", 1, 1) + (r" + \cdots" if t > 1 else "")


def _has_held_weights(where: Where) -> bool:
    """Whether a weight of attention is held at the timestep of the loss: what softmax makes then is another thing."""
    return open_at(where.network, "alpha", where.t) is not None


def path_reads(where: Where, paths: tuple[str, ...]) -> Iterator[str]:
    """What the paths of attention from Z_t to h_m read."""
    (t, m, _), h = where.address.indices, where.network.state
    if "value" in paths:
        yield weight(where)
    if "key" in paths or "query" in paths:
        yield f"Z[{t}]"
    if "key" in paths:
        yield from (f"alpha[{t},{m}]", f"{h}[{m}]", f"{h}[{t}]")
    if _has_held_weights(where) and paths != ("value",):
        yield from (f"dL/dA[{t},{i}]" for i in (range(1, t + 1) if "query" in paths else (m,)))
    if "query" in paths:
        for i in range(1, t + 1):
            yield from (f"alpha[{t},{i}]", f"{h}[{i}]")


def path_links(where: Where) -> Iterator[Link]:
    """From Z_t to h_m, a row for every path of attention."""
    (t, m, _), h = where.address.indices, where.network.state
    paths = attention_paths(where)
    is_held = _has_held_weights(where)
    flows, scores = open_at(where.network, "Z", t), open_at(where.network, "A", t)

    by_value = along(ruled(where.network, where.rule), "Z", Ref(h, "past"), t, m, flows)

    def s(read: Read, v: Array, i: int) -> Array:
        return (read(f"{h}[{i}]") - read(f"Z[{t}]")) @ v

    def asked(path: str, v: Array, read: Read) -> Array:
        if path == "value":
            return by_value([v], read)
        if flows is not None:
            v = v * flows

        def through_score(i: int, state: int) -> Array:
            slope = read(f"dL/dA[{t},{i}]") if is_held else read(f"alpha[{t},{i}]") * s(read, v, i)
            asked = slope * read(f"{h}[{state}]")
            return asked if scores is None else asked * scores[i - 1]

        return np.asarray(through_score(m, t) if path == "key" else sum(through_score(i, i) for i in range(1, t + 1)))

    def first(path: str) -> Callable[[Products, Read], Array]:
        return lambda products, read: asked(path, products[0], read)

    def further(path: str) -> Callable[[Products, Read], Array]:
        return lambda products, read: products[-1] + asked(path, products[0], read)

    if not paths:
        yield Link("×", "0", "0", "no path is differentiated", lambda products, _read: 0 * products[0])
    alone = paths == ("value",)
    for number, path in enumerate(paths):
        factor = f"⟦{weight(where)}⟧" if path == "value" else path_factor(where, path)
        yield Link(
            "+" if number else "×" if path == "value" else "→",
            factor,
            _path_numbers(where, path),
            "attention" if alone else _path_words(where, path),
            further(path) if number else first(path),
            kind=path,
        )
