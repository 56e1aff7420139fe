r"""The entries of the way back timestep by timestep: ∂L/∂ of every quantity, and the term of every use of a parameter.

They are what the lines of the network ask of what they read, edge by edge (`core.equations.description`). A rule that
cuts an edge, or reads something else on it, is seen in the row of that edge.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, reduce

import numpy as np

from core.equations.description import Edge
from core.equations.expressions import ADJOINT, NEAR, Expression, Number, Operation, Ref, op, references, replaced
from core.network import symbols
from core.network import words as from_lines
from core.network.arrays import Array
from core.network.described import described, ruled
from core.network.held import open_at
from core.network.network import Network
from core.network.symbols import latex_at, shape, subscript
from core.steps.entry import FEW, Formula, Link, Products, Read, Where, chain_products, plus, summed_over
from core.steps.line import (
    as_made,
    asked_by,
    computed,
    flowing,
    reads,
    reads_over,
    symbols_of,
    template,
    unique,
    what_stops,
)
from core.steps.outputs import loss_in_total, shared
from core.steps.template import operands
from core.writing.shown import visible

LEFT_OUT = "left out by this rule"
_PATHS = {("Z", "past"): "value", ("A", "past"): "key", ("A", 0): "query"}  # by reader and which rows it reads


@dataclass(frozen=True, slots=True, eq=False)
class Addend:
    """What the line of one edge asks of the quantity of a step.

    *true*: what it would ask by the exact rule. *readers*: the timesteps of that line, several where it looks back; of
    the output those that have a target.
    """

    edge: Edge
    true: Expression
    readers: Sequence[int]

    @property
    def path(self) -> str:
        """The path of attention that it comes by, "" where it comes by none."""
        return _PATHS.get((self.edge.reader, self.edge.operand.offset), "")

    @property
    def shown(self) -> Expression:
        """What is asked, and of what the rule leaves out, what it would be."""
        return self.edge.asks or self.true


@lru_cache(maxsize=16)  # what is made here goes to steps nearby, which are asked whether they read it
def adjoint_step(where: Where) -> Formula:
    """∂L/∂quantity of one timestep: what every line that reads it asks of it, added up."""
    name, t = where.address.quantity, where.t
    made, words = f"{ADJOINT}{name}[{t}]", _words(where)
    if not where.is_derivative:
        words = f"What the rule in use takes for this. {words}"
    found = addends(where)
    if any(_is_near(each.edge.asks) for each in found):
        last = where.rule.last_loss(t, where.network.T)
        words += f" L near is of the losses up to t = {last} alone: later ones are {LEFT_OUT}."
    asks = found[0].shown if found else Number(0.0)
    if not found:
        nothing = np.zeros(shape(made, where.network))
        return Formula(
            title=symbols.text(made), symbolic=(f"⟦{made}⟧ = 0",), numbers=(), reads=(), writes=(made,),
            arithmetic=lambda _read: nothing,
            sentence=f"0: no line reads {symbols.text(f'{name}[{t}]')}, as there is no timestep after the last."
            if where.network.has_target(t)
            else f"0: timestep {t} has no target, and nothing after it asks for {symbols.text(f'{name}[{t}]')}.",
        )  # fmt: skip
    source = found[0].edge.reader, found[0].readers[0]
    if len(found) == 1 and (stops := what_stops(where.network, *source)):
        words += f" {stops}."
    entry = Formula(
        title=symbols.text(made),
        symbolic=(f"⟦{made}⟧ = {template(asks, where, t)}",) if name not in symbols.OVER_THE_PAST else (),
        numbers=(f"= {lying(asks, where, t)}",),
        reads=reads(asks, t),
        writes=(made,),
        arithmetic=lambda read: asked_by(where.network, asks, *source, read),
        sentence=words,
    )
    if name in symbols.OVER_THE_PAST:
        own = _by_weight(where) if name == "alpha" else _by_score(where)
        # Beside what it reads, what the numbers show on the way: the slopes of the weights, less their mean.
        shown = [symbol for line in own.numbers for symbol in operands(line)]
        together = unique((*entry.reads, *sorted(shown)))
        return replace(own, title=entry.title, sentence=words, reads=together, arithmetic=entry.arithmetic)
    return entry if len(found) == 1 and found[0].readers[0] == t else _added_up(where, found, entry)


def term_of_use(where: Where) -> Formula:
    """What the use of W, U, b or E at one timestep adds to its gradient, over all losses."""
    name, k, network = where.address.quantity, where.t, where.network
    uses = addends(where)
    asks = reduce(lambda so_far, each: op("+", so_far, each), [each.shown for each in uses])
    called = symbols.text(name)
    used = {"b": "the b added", "E": "the row of E read"}.get(name, f"the {called} used")
    lead = "How fast the total loss changes with" if where.is_derivative else "What the rule counts for"
    one_hot = f"{'x' if network.embedding_size is None else 'xo'}[{k}]"
    picks = ((one_hot, network.inputs[k - 1]),) if network.inputs and one_hot in reads(asks, k) else ()
    row = f" It goes to row “{visible(network.input_letter(k))}”." if name == "E" else ""
    stops = filter(None, (what_stops(network, each.edge.reader, k) for each in uses))
    held = "".join(f" {each}." for each in dict.fromkeys(stops))
    factors = asks.operands if isinstance(asks, Operation) and asks.kind == "outer" else ()
    are_named = all(isinstance(factor, Ref) for factor in factors)
    beside = [symbols_of(factor, k)[0] for factor in factors if isinstance(factor, Ref) and are_named]
    entry = Formula(
        title=f"{symbols.text(f'dL/d{name}')}: {called} {from_lines.used_words(name, network.lines)} at t = {k}",
        symbolic=(template(asks, where, k),),
        numbers=(f"= {template(asks, where, k)}",),
        reads=reads(asks, k),
        writes=(),
        arithmetic=lambda read: computed(
            asks, k, reduce(lambda so_far, use: flowing(network, use.edge.reader, k, so_far), uses, read)
        ),
        sentence=f"{lead} {used} at timestep {k}.{row}{held}",
        picks=picks,
        beside="".join(beside[1:]),
        before="".join(beside[:1]),
    )
    if len(uses) > 1:
        entry = _use_by_use(where, uses, entry)
    return _by_loss_letter(where, entry) if name == "E" and where.rule.embedding_row == "t" else entry


def _use_by_use(where: Where, uses: tuple[Addend, ...], entry: Formula) -> Formula:
    """*entry* with a row for every use of the parameter in its timestep, added to those before it."""
    network, k = where.network, where.t

    def row(place: int, use: Addend, words: str) -> Link:
        def apply(sums_so_far: Products, read: Read) -> Array:
            asked = asked_by(network, use.shown, use.edge.reader, k, read)
            return np.asarray(sums_so_far[-1] + asked if sums_so_far else asked)

        factor = template(use.shown, where, k)
        return Link("+" if place else "", factor, factor if where.are_numbers(use.shown) else "", words, apply)

    words = from_lines.uses(where.address.quantity, network.lines)
    links = tuple(row(place, use, said) for place, (use, said) in enumerate(zip(uses, words, strict=True)))
    return replace(entry, numbers=(), links=links, reached=len(links) - 1, placed=np.asarray)


def _by_loss_letter(where: Where, entry: Formula) -> Formula:
    """A term of E where the rule tells the losses apart, which go back together: no product of two quantities."""
    k, own = where.t, f"dL/dE[{where.t}]"
    asked = rf"\left( U^{{\top}} r_{{t,{k}}} \right)^{{\top}}"
    return replace(
        entry,
        symbolic=(rf"\sum_{{t={k}}}^{{{where.network.T}}} {latex_at('xo', 't')} \, {asked}",),
        numbers=(),
        reads=(own,),
        arithmetic=lambda read: read(own),
        sentence="This rule adds what each loss asks to the row of that loss’s own letter. Timestep by timestep the "
        f"losses go back as one sum, so a column for every letter goes beside it. Here is their share of timestep {k}.",
        picks=(),
        beside="",
    )


def addends(where: Where) -> tuple[Addend, ...]:
    """Where the quantity of *where* is read: by the paths of attention in order, last in the next timestep."""
    t, T, network = where.t, where.network.T, where.network
    last = where.rule.last_loss(t, T)
    by_rule = ruled(where.network, where.rule).edges_of(where.address.quantity)
    by_lines = described(where.network).edges_of(where.address.quantity)
    readers = {"past": range(t, last + 1), -1: range(t + 1, min(t + 1, T) + 1)}

    def made(asks: Expression, edge: Edge) -> Expression:
        is_now = edge.operand.offset in (0, None)
        return shared(as_made(asks, network, edge.reader, t) if is_now else asks, where)

    found = [
        Addend(
            replace(edge, asks=None)
            if edge.asks is None or (edge.operand.offset == -1 and last == t)
            else replace(edge, asks=_of_nearer(made(edge.asks, edge), where, edge)),
            made(true.asks or true.operand, true),
            _judged(network, edge.reader, readers.get(edge.operand.offset or 0, range(t, t + 1))),
        )
        for edge, true in zip(by_rule, by_lines, strict=True)
    ]
    order = [*_PATHS.values(), ""]
    found.sort(key=lambda each: (each.edge.operand.offset == -1, order.index(each.path)))
    return tuple(each for each in found if each.readers)


def _judged(network: Network, reader: str, timesteps: range) -> Sequence[int]:
    """At which of *timesteps* something is asked of *reader*: of the output only where there is a target."""
    if network.is_whole or reader not in ("L", *network.asked_by_loss):
        return timesteps
    return tuple(filter(network.has_target, timesteps))


def _of_nearer(asks: Expression, where: Where, edge: Edge) -> Expression:
    """*asks* of an edge from a later timestep, without those losses that reach it, but not the timestep of *where*."""
    t, T, lines = where.t, where.network.T, described(where.network)
    goes_on = {each.name for each in lines.equations[: lines.recurrent]}
    if edge.operand.offset in (0, None) or edge.reader not in goes_on:
        return asks
    if where.rule.last_loss(t, T) == where.rule.last_loss(min(t + 1, T), T):
        return asks
    return replaced(asks, {Ref(ADJOINT + edge.reader, 0): Ref(NEAR + edge.reader, 0)})


def _added_up(where: Where, found: tuple[Addend, ...], entry: Formula) -> Formula:
    """*entry* with a row for every addend, added to those before it."""
    links = tuple(_row(where, each, "+" if place else "") for place, each in enumerate(found))
    kept = [each for each in found if each.edge.asks is not None]
    return replace(
        entry,
        symbolic=(f"⟦{entry.writes[0]}⟧ = " + (" + ".join(_symbolic(where, each) for each in kept) or "0"),),
        numbers=(),
        reads=unique(symbol for each in kept for symbol in reads_over(each.shown, each.readers, where.t)),
        arithmetic=lambda read: chain_products(links, read)[-1],
        links=links,
        reached=len(links) - 1,
        placed=np.asarray,
    )


def _row(where: Where, addend: Addend, sign: str) -> Link:
    asks, factor, note = addend.edge.asks, _symbolic(where, addend), _note(where, addend)
    if asks is None:
        zero = np.zeros(shape(f"{where.address.quantity}[{where.t}]", where.network))
        nothing = rf"0 \quad \text{{{LEFT_OUT}}}"
        return Link(sign, factor, nothing, f"{note}: {LEFT_OUT}", lambda sums, _read: sums[-1] if sums else zero)
    ends = [part(where, addend, place) for place in (0, -1)[: count_parts(where, addend)]]
    apart = r" + \cdots + " if count_parts(where, addend) > len(ends) else " + "
    numbers = apart.join(ends) or lying(asks, where, addend.readers[0], where.t)
    near = _is_near(asks)
    if near:
        note += f": of losses up to t = {where.rule.last_loss(where.t, where.network.T)}, later ones are {LEFT_OUT}"
    note = note if near or asks == addend.true else f"{note}, as the rule has it"
    stops = [each for u in addend.readers if (each := what_stops(where.network, addend.edge.reader, u))]
    if stops:
        note += f"; {stops[0]}"
        numbers = "0" if len(addend.readers) == 1 and "in part" not in stops[0] else numbers
    return Link(sign, factor, numbers, note, _adding(where, addend, asks))


def _is_near(asks: Expression | None) -> bool:
    return asks is not None and any(ref.name.startswith(NEAR) for ref in references(asks))


def _adding(where: Where, addend: Addend, asks: Expression) -> Callable[[Products, Read], Array]:
    network, reader, row = where.network, addend.edge.reader, where.t

    def apply(sums_so_far: Products, read: Read) -> Array:
        asked = sum(asked_by(network, asks, reader, u, read, row) for u in addend.readers)
        return np.asarray(sums_so_far[-1] + asked if sums_so_far else asked)

    return apply


def _note(where: Where, addend: Addend) -> str:
    """Where an addend comes from, in words."""
    t, T, edge = where.t, addend.readers[-1], addend.edge
    own, low = symbols.text(f"{where.network.state}[{t}]"), subscript(t)
    if not addend.path:
        read = [ref for ref in references(addend.true) if not ref.name.startswith(ADJOINT)]
        through = [symbols.text(ref.name) for ref in read if ref.offset is None]
        through = through or [symbols.text(symbols_of(ref, addend.readers[0])[0]) for ref in read]
        came_from = f"from {symbols.text(f'{edge.reader}[{addend.readers[0]}]')}"
        return f"{came_from}, through {', '.join(dict.fromkeys(through))}" if through else came_from
    if addend.path == "value":
        return f"value path: {own} is part of the mix Z{low}" + (f" … Z{subscript(T)}" if t < T else "")
    if addend.path == "key":
        return f"key path: {own} decides how much of it is taken" + (f", at t = {t} … {T}" if t < T else "")
    return f"query path: {own} decides how all are weighed"


def count_parts(where: Where, addend: Addend) -> int:
    """How many parts a path of attention adds up: over the timesteps that look back, or that are looked at; else 0."""
    return 0 if not addend.path else where.t if addend.path == "query" else len(addend.readers)


def part(where: Where, addend: Addend, place: int) -> str:
    """The template of one of these parts, of which there may be a thousand; *place* as of a list."""
    if addend.path == "query":
        i = range(1, where.t + 1)[place]
        return rf"⟦dL/dA[{where.t},{i}]⟧ {where.times}⟦{where.network.state}[{i}]⟧"
    return template(addend.shown, where, addend.readers[place], where.t)


def _symbolic(where: Where, addend: Addend) -> str:
    """An addend in symbols: a sum where several timesteps look back, or are looked at."""
    if addend.path == "query":
        h, slope = where.network.state, f"⟦dL/dA[{where.t},1]|={latex_at('dL/dA', str(where.t), 'i')}⟧"
        state = f"⟦{h}[1]|={latex_at(h, 'i')}⟧"
        whole = rf"\sum_{{i=1}}^{{{where.t}}} {slope} {where.times}{state}"
        return whole if where.t > 1 else part(where, addend, 0)
    first, last = addend.readers[0], addend.readers[-1]
    if first == last:
        return template(addend.shown, where, first, where.t)
    return f"{summed_over('t', addend.readers)} {template(addend.shown, where, first, where.t, index='t')}"


def lying(asks: Expression, where: Where, t: int, row: int = 0) -> str:
    """*asks* with its numbers: a matrix by its name, and beside it the vector lying, to save height."""
    match asks:
        case Operation("negated", (inside,)):
            return rf"-\left[ {lying(inside, where, t, row)} \right]"
        case Operation("matrix·vector", (Operation("transposed", (Ref(name, None) as matrix,)), Ref() as beside)):
            vector = template(beside, where, t, row)
            symbol = vector.strip("⟦⟧")
            if where.are_numbers(matrix):
                return rf"⟦{name}⟧ \cdot {vector}"
            if where.scalar and name == "V":
                return plus([rf"⟦{symbol}#{i}⟧ \cdot ⟦V#{i},1⟧" for i in range(1, where.network.K + 1)], most=2)
            return rf"⟦{symbol}|^{{\top}}⟧ \, {latex_at(name)}"
    return template(asks, where, t, row)


def _by_weight(where: Where) -> Formula:
    """∂L/∂α_t: an entry for every state that t looks at."""
    t, h = where.t, where.network.state
    lying = "" if where.scalar else r"|^{\top}"
    name = f"⟦dL/dalpha[{t},1]|={latex_at('dL/dalpha', str(t), 'i')}⟧"
    return _over_the_past(
        where,
        rf"{name} = ⟦{h}[1]|={latex_at(h, 'i')}⟧ \cdot ⟦dL/dZ[{t}]⟧ \qquad i = 1, \dots, {t}",
        _side_by_side(t, lambda i: rf"⟦{h}[{i}]{lying}⟧ {where.times}⟦dL/dZ[{t}]⟧"),
    )


def _by_score(where: Where) -> Formula:
    """∂L/∂A_t: back through the softmax."""
    t, flows = where.t, open_at(where.network, "alpha", where.t)

    def of(name: str, letter: str) -> str:
        return f"⟦{name}[{t},1]|={latex_at(name, str(t), letter)}⟧"

    def made(letter: str) -> str:  # what softmax makes, of which a number may be held
        return of("alpha", letter) if flows is None else rf"\operatorname{{softmax}}(A_{{{t}}})_{{{letter}}}"

    def own(i: int) -> str:
        weight = f"⟦alpha[{t},{i}]⟧" if flows is None or flows[i - 1] else made(str(i))
        return rf"{weight} \cdot ⟦s[{t},{i}]|={latex_at('dL/dalpha', str(t), str(i))} - \sum⟧"

    mean = rf"\sum_{{j=1}}^{{{t}}} {made('j')} \, {of('dL/dalpha', 'j')}"
    return _over_the_past(
        where,
        rf"{of('dL/dA', 'i')} = {made('i')} \left( {of('dL/dalpha', 'i')} - {mean} \right)",
        _side_by_side(t, own),
    )


def _side_by_side(count: int, entry: Callable[[int], str]) -> str:
    """The entries 1 … *count* of a vector, of a long one its first and its last."""
    kept = range(1, count + 1) if count <= FEW else (*range(1, FEW), count)
    shown = [entry(i) for i in kept]
    return r" \qquad ".join(shown if count <= FEW else [*shown[:-1], r"\cdots", shown[-1]])


def _over_the_past(where: Where, symbolic: str, numbers: str) -> Formula:
    """An entry that writes one number for every state that the timestep looks at."""
    writes = tuple(f"{ADJOINT}{where.address.quantity}[{where.t},{i}]" for i in range(1, where.t + 1))
    return Formula("", (symbolic,), (numbers,), (), writes, lambda _read: np.zeros(0), "")


def _words(where: Where) -> str:
    name, t, network = where.address.quantity, where.t, where.network
    low, is_last, own = subscript(t), t == network.T, symbols.text(f"{where.address.quantity}[{where.t}]")
    if not network.by_arrays and name not in ("Z", "alpha", "A", "x"):
        words = f"How fast the total loss changes with {own}: what every line that reads {own} asks of it, added up."
        return words + (" It is the last: no later timestep asks for it." if is_last and name in network.states else "")
    return {
        "Z": f"How fast {loss_in_total(network, t)} changes with the context Z{low}: "
        "the error of every letter, brought back through V.",
        "alpha": f"How fast {loss_in_total(network, t)} changes with the weight of every state: "
        f"how far that state points along ∂L/∂Z{low}.",
        "A": "Back through the softmax: a weight that grows takes from all others, so the weighted mean is taken off.",
        "h": f"How fast the total loss changes with h{low}: what every line that reads h{low} asks of it, added up."
        + (" It is the last: nothing comes back through W." if is_last else ""),
        "a": f"Back through tanh: times its slope 1 − h{low}², which is small where h{low} is near −1 or 1.",
        "x": f"How fast the total loss changes with x{low}, the row of E read at timestep {t}: "
        + (f"what is asked of a{low}, brought back through U." if network.by_arrays else "what the cell asks of it."),
    }[name]
