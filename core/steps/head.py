"""The first links of a term, from its loss to the states of the timestep m: the error through V, and attention."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from core.epoch.timesteps import carried
from core.equations.description import Edge
from core.equations.expressions import Expression, Operation, Ref, op
from core.network.arrays import Array
from core.network.described import ruled
from core.network.held import open_at
from core.network.network import Network
from core.network.routes import product
from core.network.rule import Rule
from core.network.symbols import latex_at, subscript, text
from core.program.program import Address, Phase
from core.steps.entry import Link, Products, Read, Where
from core.steps.line import along, asked_by, heard_at, template
from core.steps.outputs import asked_of_scores, shared
from core.steps.recursion import lying


def head(network: Network, rule: Rule, t: int, m: int) -> tuple[Link, ...]:
    """The links from loss *t* to the states of timestep *m*."""
    where = Where(network, rule, Address(Phase.BACKWARD, network.state, (t, m, m)))
    return (_first(where), *_by_attention(where))


def loss_edge(where: Where) -> Edge:
    """Where the loss reads the hidden state, with attention Z: at the scores, or with no output layer by itself."""
    reader = "Omega" if where.network.head.scores else "L"
    return ruled(where.network, where.rule).edge(reader, Ref(where.state, 0))


def _first(where: Where) -> Link:
    """From the loss to the states, of which it reads the hidden state alone; with attention to Z."""
    network, t, edge = where.network, where.t, loss_edge(where)
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
    return r" \, ".join([error, *(template(factor.by, where, t) for factor in found)])


def _with_others(asked: Array, network: Network) -> Array:
    """What is asked of the hidden state, H, and of all else that is carried on: nothing, S."""
    return np.concatenate([asked, np.zeros(carried(network) - network.H)]) if len(network.states) > 1 else asked


def _and_no_other(network: Network) -> str:
    others = [text(state) for state in network.states if state != network.state]
    return f": {' and '.join(others)} {'is' if len(others) == 1 else 'are'} not read" if others else ""


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
