"""The forward pass with a slip in it: lines done wrongly, values that no line makes, other letters.

Makers give nothing where their slip cannot be made: a score needs attention.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache, partial
from itertools import chain

import numpy as np

from core.equations import edges, edits
from core.equations.expressions import Operation, Ref, op
from core.network.arrays import frozen
from core.network.described import described
from core.network.network import Network, Parameters
from core.network.symbols import PARAMETERS, symbol, text
from core.program.program import Address, Phase
from core.slips.by_hand import OUTPUT
from core.slips.case import Case, Make, Variant, lined, only_here
from core.slips.reading import Reading
from core.writing.shown import visible

_BACK_TWICE = edges.output_asking(
    ("softmax_cross_entropy",), lambda yhat, y: op("softmax back", op("-", op("softmax", yhat), y), yhat)
)
_BIAS, _STATE = re.compile(r" \+ c$"), re.compile(r"\bh(?=\[)")
_MOST_TARGETS = 200  # letters wanted, times letters that there are, that are tried one by one


def written(*lines: str, attention: bool = False, which: str = "") -> Make:
    """Other *lines* of a network with a softmax at its output; ``STATE`` in them is what V reads, ``h`` the state of
    the cell. *attention*: those that only a network with attention has.
    """

    def make(case: Case) -> Iterator[Variant]:
        network = case.network
        if network.attention >= attention and judges_letters(network):
            state = "Z" if network.attention else network.state
            own = [_BIAS.sub("", line) if "c" not in network.parameter_shapes else line for line in lines]
            own = [_STATE.sub(network.state, line).replace("STATE", state) for line in own]
            paper = described(network, OUTPUT, *own)
            yield Variant(partial(Reading.rewritten, paper=paper), which.replace("STATE", state))

    return make


def judges_letters(network: Network) -> bool:
    """Whether it predicts a letter at every timestep, by a softmax of its scores."""
    return network.is_whole and network.lines.makers["L"].output == "softmax_cross_entropy"


def squashed(function: str, other: str, its: str) -> Make:
    """The function *other* where *function* belongs, with the slope of the right one on the way back, or *its* own."""
    line, back = edits.function_for(function, other), "{0}, on the way back with "
    here, right = lined(line, "{0}"), lined(line, f"{back}the slope of {function}")
    own = lined(edits.function_for(function, other, consistently=True), back + its)

    def make(case: Case) -> Iterator[Variant]:
        return chain(right(case), own(case)) if case.is_trained or case.is_of() else here(case)

    return make


def wide(make: Make) -> Make:
    """What is nothing to a network of one hidden unit."""
    return lambda case: make(case) if case.network.H > 1 else iter(())


def transposed(*axes: tuple[str, str]) -> Make:
    """The parameters of these *axes* transposed: of one kind each by itself, of several all of them, where all are
    square and one is larger than a number.
    """

    def make(case: Case) -> Iterator[Variant]:
        sizes, shapes = case.network.parameter_shapes, case.network.lines.shapes
        found = [name for name in sizes if shapes[name] in axes and name != "E"]
        for names in [[name] for name in found] if len(axes) == 1 else [found]:
            square = all(sizes[name] == sizes[name][::-1] for name in names)
            if square and any(sizes[name] != (1, 1) for name in names):
                yield Variant(partial(_turned, names), ", ".join(f"{text(name)}ᵀ" for name in names))

    return make


def _turned(names: list[str], right: Reading) -> Reading:
    turned = {name: right.parameters[name].T for name in names}
    return right.rewritten(parameters=Parameters({**right.parameters, **turned}))


def over_timesteps(case: Case) -> Iterator[Variant]:
    """The softmax of the output over the timesteps, for every letter by itself."""
    if judges_letters(case.network):
        for lines, named in edits.softmax_over_timesteps(described(case.network, OUTPUT)):
            if named == (Ref("yhat", 0),):
                yield Variant(partial(Reading.rewritten, paper=lines))


def scaled(case: Case) -> Iterator[Variant]:
    """Scores divided by the root of H, forwards and on the way back."""
    if case.network.H > 1:
        yield from _scaled(case.network.H)(case)


@lru_cache
def _scaled(H: int) -> Make:
    return lined(edits.scores_divided(float(np.sqrt(H))))


def softmax_twice(case: Case) -> Iterator[Variant]:
    """By hand, or by a loss that takes the softmax itself, through which the way back leads twice."""
    if not judges_letters(case.network):
        return
    twice = described(case.network, OUTPUT, "yhat[t] = softmax(softmax(Omega[t]))")
    yield Variant(partial(Reading.rewritten, paper=twice), "ŷ is softmax(softmax(Ω)).")
    in_loss = described(case.network, OUTPUT, "L[t] = -log(y[t] @ softmax(yhat[t]))")

    def in_the_loss(right: Reading) -> Reading:
        (found,) = _BACK_TWICE(right.network.lines)
        return right.rewritten(in_loss).edited(found.lines)

    if case.address.phase is not Phase.FORWARD or case.address.quantity == "L" or case.is_trained:
        yield Variant(in_the_loss, "ŷ goes into a loss that takes the softmax itself.")


def sorted_letters(case: Case) -> Iterator[Variant]:
    """Letters numbered in sorted order, with parameters that have them in the order of the alphabet."""
    network = case.network
    if not judges_letters(network) or network.reads_numbers:
        return
    places = [sorted(network.alphabet).index(letter) for letter in network.alphabet]
    if places != sorted(places):
        read, wanted = (tuple(places[i] for i in letters) for letters in (network.inputs, network.targets))
        numbered = replace(network, inputs=read, targets=wanted)
        yield Variant(lambda right: right.rewritten(network=numbered))


def left_out_here(function: str, called: str) -> Make:
    """A *function* left out in this step alone, where what it takes has a name; throughout is another slip."""

    def make(case: Case) -> Iterator[Variant]:
        name, network = case.address.quantity, case.network
        if case.address.phase is Phase.FORWARD and name in network.cell_lines:
            match network.lines.made(name).body:
                case Operation(kind, (Ref(inner, 0),)) if kind == function:
                    t = case.address.indices[0]
                    before, after = text(symbol(inner, t)), text(symbol(name, t))
                    here = only_here(case, case.right.tape[inner][t - 1], before)
                    yield replace(here, should=f"{after} = {called}({before}).")

    return make


def wrong_targets(case: Case) -> Iterator[Variant]:
    """Another letter wanted at one timestep; the letter read wanted at every timestep."""
    network = case.network
    reaches = case.address.phase is not Phase.FORWARD or case.address.quantity in ("letter", "L")
    most = _MOST_TARGETS if network.by_sheets else _MOST_TARGETS // 5  # each goes back by the lines
    if not reaches or not judges_letters(network) or most < case.T * network.K:
        return
    own = case.address.indices[:1] if case.address.quantity in ("letter", "L", "Omega", "V", "c") else ()
    for t in own or range(1, case.T + 1):
        for letter in range(network.K):
            if letter != network.targets[t - 1]:
                targets = (*network.targets[: t - 1], letter, *network.targets[t:])
                words = (
                    f"“{visible(network.alphabet[letter])}” at t = {t} instead of “{visible(network.target_letter(t))}”"
                )
                yield _wanting(network, targets, words)
    if not own and network.targets != network.inputs:
        yield _wanting(network, network.inputs, "the letter that is read, at every timestep,")


def _wanting(network: Network, targets: tuple[int, ...], which: str) -> Variant:
    """The right arithmetic where other letters are wanted, which only the losses and errors read."""
    other = replace(network, targets=targets)

    def change(right: Reading) -> Reading:
        tape, wanted = right.tape, other.one_hot_targets
        L = frozen(right.written(-np.log(np.add.reduce(tape["yhat"] * wanted, axis=1))))
        wrong = replace(tape.with_rows(L=L), network=other)
        return replace(right, tape=wrong, asks=replace(right.asks, errors=tape["yhat"] - wanted))

    return Variant(change, which, lasts=False)


def step_name(address: Address) -> str:
    """A step in few words: ``h₂``, ``the term (3, 2, 1)``."""
    if address.phase is Phase.UPDATE:
        return text(f"{address.quantity}_new")
    if address.phase is Phase.BACKWARD and address.quantity in PARAMETERS and not address.is_sum:
        return f"the term ({', '.join(map(str, address.indices))})"
    name = f"dL/d{address.quantity}" if address.phase is Phase.BACKWARD else address.quantity
    name = "y" if name == "letter" else name  # of the two letters the one that a slip can change
    return text(f"{name}[{','.join(map(str, address.indices))}]" if address.indices else name)
