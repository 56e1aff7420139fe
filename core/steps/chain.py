r"""The entry of a chained term, (t, m, k) of ∂L/∂W, U, b or E: a product of links from the loss back to one use.

Sheet A, section 3, item 3; sheet B the same with m = t. The transposed order is the sheets' own: the error of
loss t through V, by attention to h_m, back through tanh and W one timestep at a time to k, times what the
parameter multiplied there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

import numpy as np

from core.equations.description import Description
from core.equations.expressions import Ref
from core.network.arrays import Array
from core.network.described import described, ruled
from core.network.held import open_at
from core.network.network import Network
from core.network.symbols import latex_at, subscript, text
from core.program.program import Address
from core.steps.entry import Formula, Link, Products, Read, Where, plus
from core.steps.line import along, heard_at
from core.steps.outputs import why_cut
from core.writing.shown import visible

_LAST = {"W": "what W multiplied", "U": "what U multiplied"}


def used_words(name: str, network: Network | None = None) -> str:
    """What a timestep does with a parameter: a row of E is read, all others are used; of *network* how many times."""
    count = 1 if network is None else len(network.lines.edges_of(name))
    times = {0: "", 1: "", 2: " twice"}.get(count, f" {count} times")
    return f"{'read' if name == 'E' else 'used'}{times}"


def chained_term(where: Where) -> Formula:
    """The entry of the term at ``where.address``."""
    name, (t, m, k) = where.address.quantity, where.address.indices
    network = where.network
    if not where.rule.reaches(t, k):
        return not_reached(where)
    head = (_first_link(where), *(path_links(where) if network.attention else ()))
    links = (*head, *_links(where))
    paths = attention_paths(where)
    row = row_of_term(where)

    def placed(product: Array) -> Array:
        return in_row(where, product) if name == "E" else product

    picks: tuple[tuple[str, int], ...] = ()
    if name == "U" and network.embedding_size is None:
        picks = ((f"x[{k}]", network.inputs[k - 1]),)
    elif name == "E":
        picks = ((f"xo[{row}]", network.inputs[row - 1]),)
    return Formula(
        title=title_of(where),
        symbolic=tuple(_symbolic(where, paths)),
        numbers=(),
        reads=tuple(_reads(where, paths)),
        writes=(),
        arithmetic=lambda read: placed(chain_products(links, read)[-1]),
        sentence=words_of(where),
        picks=picks,
        beside=_beside(where),
        links=links,
        head=len(head),
        reached=len(head) + 2 * (m - k),
        via=m if network.attention else None,
        placed=placed,
    )


def title_of(where: Where) -> str:
    """Which term it is: of which loss, with attention by way of which state, and of which use."""
    name, (t, m, k) = where.address.quantity, where.address.indices
    via = f", via {_h(where, m)}" if where.network.attention else ""
    return f"∂L/∂{text(name)}: loss {t}{via}, {text(name)} {used_words(name, where.network)} at t = {k}"


def _h(where: Where, m: int) -> str:
    """The hidden state of timestep *m* in words."""
    return text(f"{where.network.state}[{m}]")


def not_reached(where: Where) -> Formula:
    """The entry of a term that the rule does not count, since its loss does not reach so far back."""
    nothing = np.zeros(where.network.parameter_shapes[where.address.quantity])
    return Formula(
        title=title_of(where), symbolic=("0",), numbers=(), reads=(), writes=(), arithmetic=lambda _read: nothing,
        sentence=left_out(where), via=where.address.indices[1] if where.network.attention else None,
    )  # fmt: skip


def words_of(where: Where) -> str:
    """A term in a plain sentence: which use moves which loss; of E, to which row it goes."""
    name, (t, m, k), network = where.address.quantity, where.address.indices, where.network
    called = "the row of E" if name == "E" else f"the {text(name)}"
    done = "added" if name == "b" else used_words(name, network)
    moved = f"{called} {done} at timestep {k}"
    way = f", by way of {_h(where, m)}." if network.attention else "."
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


def chain_products(links: tuple[Link, ...], read: Read, known: Iterable[Array] = ()) -> Products:
    """The product so far after every link; *known*: those of the first links, where they are known."""
    products = [*known]
    for link in links[len(products) :]:
        products.append(link.apply(products, read))
    return products


def in_common(entry: Formula, address: Address, other: Address) -> int:
    """How many first products the chained term of *entry*, at *address*, has in common with that at *other*."""
    (t, m, k), (other_t, other_m, other_k) = address.indices, other.indices
    return entry.head + entry.each * (m - max(k, other_k) + 1) - 1 if (t, m) == (other_t, other_m) else 0


def attention_paths(where: Where) -> tuple[str, ...]:
    """The paths from Z_t to h_m that the rule differentiates and that exist for this t and m."""
    t, m, _ = where.address.indices
    if not where.network.attention:
        return ("value",)
    return tuple(path for path in ("value", "key", "query") if path in where.rule.paths and (path != "query" or m == t))


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
        return f"0, because the rule differentiates no path from Z{subscript(t)} to {_h(where, m)}."
    if where.address.is_chained and network.held:
        if why_cut(where):
            return why_cut(where)
        for j in range(where.address.indices[1], k - 1, -1) if network.by_arrays else ():
            flows, held = through_tanh(network, j)
            if flows is not None and not flows.any():
                stays = "it stays" if len(held) == 1 else "they stay"
                return f"0, because {are_held(held)}: {stays} so, whatever comes before."
    return None


def through_tanh(network: Network, j: int) -> tuple[Array | None, tuple[str, ...]]:
    """What flows back from h_j as far as what goes into a_j, H, and which of both is held; None where all does."""
    flows = {name: open_at(network, name, j) for name in ("h", "a")}
    held = {name: row for name, row in flows.items() if row is not None}
    if not held:
        return None, ()
    return np.asarray(np.prod([*held.values()], axis=0)), tuple(text(f"{name}[{j}]") for name in held)


def are_held(names: tuple[str, ...]) -> str:
    """That *names* are held."""
    return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} held"


def left_out(where: Where) -> str:
    """Why the rule does not count a term."""
    t, k, n = where.t, where.address.indices[-1], where.rule.chunks
    if n is not None and (t - 1) // n != (k - 1) // n:
        return f"0, because loss {t} and the use at t = {k} lie in different chunks of {n} timesteps."
    return f"0, because this rule truncates: t − k = {t - k} is not less than τ = {where.rule.truncate}."


def _weight(where: Where) -> str:
    t, m, _ = where.address.indices
    return f"{'alpha' if where.rule.weight == 'softmax' else 'A'}[{t},{m}]"


def _error(where: Where) -> str:
    t = where.t
    if open_at(where.network, "yhat", t) is not None or heard_at(where.network, t) is not None:
        return rf"⟦dL/dOmega[{t}]|^{{\top}}⟧" if where.rule.sign == 1 else rf"\left(-⟦dL/dOmega[{t}]⟧\right)^{{\top}}"
    first, second = (f"⟦yhat[{t}]⟧", f"⟦y[{t}]⟧")[:: where.rule.sign]
    return rf"\left({first} - {second}\right)^{{\top}}"


def _symbolic(where: Where, paths: tuple[str, ...]) -> list[str]:
    name, (t, m, k) = where.address.quantity, where.address.indices
    inline = not where.network.attention or paths == ("value",)
    start = rf"{_error(where)} \, ⟦V⟧" if inline else f"⟦g[{t},{m}]|^{{\\top}}⟧"
    if inline and where.network.attention:
        start += rf" \cdot ⟦{_weight(where)}⟧"
    if m - k < 4:
        slopes = [_slope_of(where, j) for j in range(m, k - 1, -1)]
    else:
        slopes = [_slope_of(where, m), _slope_of(where, m - 1), r"\cdots", _slope_of(where, k)]
    body = rf"{start} \cdot " + r" \, ⟦W⟧ \, ".join(slopes)
    if name == "E":
        row = t if where.rule.embedding_row == "t" else k
        lines = [rf"⟦xo[{row}]⟧ \, {body} \, ⟦U⟧"]
    elif where.scalar:
        lines = [body + {"W": rf" \, ⟦h[{k - 1}]⟧", "U": rf" \, ⟦x[{k}]|^{{\top}}⟧", "b": ""}[name]]
    else:
        last = {"W": rf" \, ⟦h[{k - 1}]|^{{\top}}⟧", "U": rf" \, ⟦x[{k}]|^{{\top}}⟧", "b": ""}[name]
        lines = [rf"\left[ {body} \right]^{{\top}}{last}"]
    if not inline:
        lines.append(rf"⟦g[{t},{m}]⟧ = " + (" + ".join(path_factor(where, path) for path in paths) or "0"))
    if not where.scalar:
        lines[-1] += r" \qquad D_{j} = \operatorname{diag}\left(1 - h_{j}^{2}\right)"
    return lines


def _slope_of(where: Where, j: int) -> str:
    """The slope of the tanh of timestep j; 0 where its state is held."""
    is_held = where.scalar and through_tanh(where.network, j)[0] is not None
    return "0" if is_held else _slope(where.scalar, j)


def _slope(scalar: bool, j: int) -> str:
    return rf"\left(1 - ⟦h[{j}]|^{{2}}⟧\right)" if scalar else f"⟦D[{j}]⟧"


def _path_words(where: Where, path: str) -> str:
    """What a path of attention is, at its row."""
    t, m, _ = where.address.indices
    if path == "value":
        return f"value path: {_h(where, m)} is part of the mix Z{subscript(t)}"
    if path == "key":
        return f"key path: {_h(where, m)} decides how much of it is taken"
    return f"query path: {_h(where, t)} decides how all are weighed"


def path_factor(where: Where, path: str) -> str:
    """What a path of attention hands on, in symbols."""
    (t, m, _), h = where.address.indices, where.network.state
    if path == "value":
        return rf"⟦{_weight(where)}⟧ \, ⟦v[{t}]⟧"
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
        return f"⟦{_weight(where)}⟧"

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


def _reads(where: Where, paths: tuple[str, ...]) -> Iterator[str]:
    name, (t, m, k) = where.address.quantity, where.address.indices
    yield from (f"dL/dOmega[{t}]", "V")
    if where.network.attention:
        yield from path_reads(where, paths)
    yield from _states(m)[: m - k + 1]
    if m > k:
        yield "W"
    if name != "b":
        yield _beside(where)
    if name == "E":
        yield f"xo[{t if where.rule.embedding_row == 't' else k}]"


def path_reads(where: Where, paths: tuple[str, ...]) -> Iterator[str]:
    """What the paths of attention from Z_t to h_m read."""
    (t, m, _), h = where.address.indices, where.network.state
    if "value" in paths:
        yield _weight(where)
    if "key" in paths or "query" in paths:
        yield f"Z[{t}]"
    if "key" in paths:
        yield from (f"alpha[{t},{m}]", f"{h}[{m}]", f"{h}[{t}]")
    if _has_held_weights(where) and paths != ("value",):
        yield from (f"dL/dA[{t},{i}]" for i in (range(1, t + 1) if "query" in paths else (m,)))
    if "query" in paths:
        for i in range(1, t + 1):
            yield from (f"alpha[{t},{i}]", f"{h}[{i}]")


def _beside(where: Where) -> str:
    """The operand that r is multiplied by."""
    k = where.address.indices[-1]
    return {"W": f"h[{k - 1}]", "U": f"x[{k}]", "b": "", "E": "U"}[where.address.quantity]


def _links(where: Where) -> Iterator[Link]:
    """The links from h_m back to the use at k, and what the parameter multiplied there."""
    name, (_, m, k) = where.address.quantity, where.address.indices
    # The entries of a matrix-valued term are those of r times those of the last factor.
    matrix = name == "U" or (name in ("W", "E") and not where.scalar)
    lines = described(where.network)  # no rule changes what stands on the way back in time
    held = where.network if where.network.held else None
    yield from _chain(lines, m, where.scalar, held)[: 2 * (m - k)]
    yield _link_through(lines, k, where.scalar, reached=matrix, held=held)
    if name == "E":
        yield Link(
            "×",
            "⟦U⟧",
            "⟦U⟧" if where.scalar else "",
            "from the pre-activation to the input",
            along(described(where.network), "a", Ref("x", 0), k),
        )
    elif name != "b":
        last = _beside(where)
        mark = f"⟦{last}⟧" if where.scalar and name == "W" else f"⟦{last}|^{{\\top}}⟧"
        yield Link("×", mark, mark, _LAST[name], along(described(where.network), "a", Ref(name), k))


# Links of a long chain are made once, so that stepping along it does not make them again.
@lru_cache(maxsize=2)
def _chain(lines: Description, m: int, scalar: bool, held: Network | None) -> tuple[Link, ...]:
    """Through the tanh of timestep m, then back through W and through the next tanh, as far as to h_1."""
    links = [_link_through(lines, m, scalar, reached=False, held=held)]
    for j in range(m - 1, 0, -1):
        links += (_link_back(lines, j, scalar), _link_through(lines, j, scalar, reached=False, held=held))
    return tuple(links)


@lru_cache(maxsize=2)
def _states(m: int) -> tuple[str, ...]:
    """The symbols of h_m … h_1."""
    return tuple(f"h[{j}]" for j in range(m, 0, -1))


@lru_cache(maxsize=4096)
def _link_back(lines: Description, j: int, scalar: bool) -> Link:
    """From h_{j+1} through W to h_j."""
    words = f"back in time, to h{subscript(j)}"
    return Link("×", "⟦W⟧", "⟦W⟧" if scalar else "", words, along(lines, "a", Ref("h", -1), j + 1))


@lru_cache(maxsize=4096)
def _link_through(lines: Description, j: int, scalar: bool, reached: bool, held: Network | None) -> Link:
    """Through the tanh of timestep j; *reached*: where the chain ends in r. *held*: a network that holds numbers."""
    flows, names = (None, ()) if held is None else through_tanh(held, j)
    if flows is not None:
        words = f"{are_held(names)}: nothing flows back through {'its line' if len(names) == 1 else 'their lines'}"
        kept = "0" if scalar else rf"\operatorname{{diag}} ⟦D[{j}]|^{{\top}}⟧"
        return Link("×", kept, kept, words, along(lines, "h", Ref("a", 0), j, flows=flows))
    numbers = rf"1 - ⟦h[{j}]|^{{2}}⟧ = ⟦D[{j}]⟧" if scalar else rf"\operatorname{{diag}} ⟦D[{j}]|^{{\top}}⟧"
    words = f"tanh′ at t = {j}{': r' if reached else ''}"
    return Link("×", _slope(scalar, j), numbers, words, along(lines, "h", Ref("a", 0), j))


def _first_link(where: Where) -> Link:
    t, K = where.t, where.network.K
    sign = where.rule.sign
    if where.scalar:
        numbers = plus([rf"⟦dL/dOmega[{t}]#{i}⟧ \cdot ⟦V#{i},1⟧" for i in range(1, K + 1)], most=2)
    else:
        numbers = rf"⟦dL/dOmega[{t}]|^{{\top}}⟧ \, V"
    if sign == -1:
        numbers = rf"-\left[ {numbers} \right]"
    state = where.state
    asked = along(ruled(where.network, where.rule), "Omega", Ref(state, 0), t, flows=open_at(where.network, "Omega", t))
    return Link(
        "",
        rf"{_error(where)} \, ⟦V⟧",
        numbers,
        f"v{subscript(t)}, the error at {state}{subscript(t)}",
        lambda _products, read: asked([read(f"dL/dOmega[{t}]")], read),
    )


def path_links(where: Where) -> Iterator[Link]:
    """From Z_t to h_m, a row for every path of attention."""
    (t, m, _), h = where.address.indices, where.network.state
    paths = attention_paths(where)
    weight, is_held = _weight(where), _has_held_weights(where)
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
        factor = f"⟦{weight}⟧" if path == "value" else path_factor(where, path)
        yield Link(
            "+" if number else "×" if path == "value" else "→",
            factor,
            _path_numbers(where, path),
            "attention" if alone else _path_words(where, path),
            further(path) if number else first(path),
        )
