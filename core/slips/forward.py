"""The forward pass with a slip in it: stages done wrongly, another letter wanted.

Makers give nothing where their slip cannot be made: a score needs attention.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from core.network.arrays import Array, frozen
from core.network.network import Parameters
from core.network.symbols import subscript, text
from core.program.program import Address, Phase
from core.slips.by_hand import Stages, log_loss, pre_activation
from core.slips.case import Case, Make, Variant
from core.slips.reading import Reading
from core.writing.shown import visible

_MOST_TARGETS = 200  # letters wanted, times letters that there are, that are tried one by one


def staged(stages: Stages, *, attention: bool = False) -> Make:
    """Stages done wrongly; *attention*: those that only a network with attention has."""

    def make(case: Case) -> Iterator[Variant]:
        if case.network.attention or not attention:
            yield Variant(case.by_hand(stages))

    return make


def only_here(case: Case, other: Array, which: str = "") -> Variant:
    """The right arithmetic, with the value *other* at the step itself and nowhere else."""

    def alter(_reading: Reading, address: Address, value: Array) -> Array:
        return other if address == case.address else value

    return Variant(replace(case.right, alter=alter), which)


def from_zero(A: Array, causal: Array) -> Array:
    """Weights whose sum counts h_0 too, with e^0 = 1."""
    e = np.exp(A) * causal
    return np.asarray(e / (1 + np.add.reduce(e, axis=1, keepdims=True)))


def down_columns(A: Array, causal: Array) -> Array:
    """Weights that sum to 1 over the timesteps that look at one i."""
    e = np.exp(A) * causal
    return np.asarray(e / np.add.reduce(e, axis=0, keepdims=True))


def not_divided(scores: Array) -> Array:
    """The exponentials alone."""
    return np.asarray(np.exp(scores))


def over_timesteps(Omega: Array) -> Array:
    """Softmax over the timesteps, for every letter by itself."""
    e = np.exp(Omega)
    return np.asarray(e / np.add.reduce(e, axis=0, keepdims=True))


def log_loss_to(base: float) -> Stages:
    """The loss with a logarithm to another *base*."""
    return Stages(loss=lambda yhat, y: np.asarray(-np.log(np.add.reduce(yhat * y, axis=1)) / np.log(base)))


def transposed_W(parameters: Parameters, x: Array, before: Array) -> Array:
    """a_t with Wᵀ in the place of W."""
    return pre_activation(replace(parameters, W=parameters.W.T), x, before)


def without_memory(parameters: Parameters, x: Array, _before: Array) -> Array:
    """a_t without W h_{t-1}."""
    return np.asarray(parameters.U @ x + parameters.b)


def tanh_forgotten_here(case: Case) -> Iterator[Variant]:
    """Only in this step, the states before it being right; the slip throughout is another."""
    if case.address.phase is Phase.FORWARD and case.address.quantity == "h":
        t = case.address.indices[0]
        yield only_here(case, case.right.tape.a[t - 1], subscript(t))


def wrong_targets(case: Case) -> Iterator[Variant]:
    """Another letter wanted at one timestep; the letter read wanted at every timestep."""
    network = case.network
    reaches = case.address.phase is not Phase.FORWARD or case.address.quantity in ("letter", "L")
    if not reaches or case.T * network.K > _MOST_TARGETS:
        return
    own = case.address.indices[:1] if case.address.quantity in ("letter", "L", "Omega", "V", "c") else ()
    for t in own or range(1, case.T + 1):
        for letter in range(network.K):
            if letter != network.targets[t - 1]:
                targets = (*network.targets[: t - 1], letter, *network.targets[t:])
                words = (
                    f"“{visible(network.alphabet[letter])}” at t = {t} instead of “{visible(network.target_letter(t))}”"
                )
                yield Variant(_wanting(case, targets), words)
    if not own and network.targets != network.inputs:
        words = "the letter that is read, at every timestep,"
        yield Variant(_wanting(case, network.inputs), words)


def _wanting(case: Case, targets: tuple[int, ...]) -> Reading:
    """The right arithmetic where other letters are wanted, which only the losses and errors read."""
    tape, network = case.right.tape, replace(case.network, targets=targets)
    L = frozen(log_loss(tape.yhat, network.one_hot_targets))
    return case.right.on(replace(tape, network=network, L=L, total=float(np.add.reduce(L))))


def step_name(address: Address) -> str:
    """A step in few words: ``h₂``, ``the term (3, 2, 1)``."""
    if address.phase is Phase.UPDATE:
        return text(f"{address.quantity}_new")
    if address.is_term:
        return f"the term ({', '.join(map(str, address.indices))})"
    name = f"dL/d{address.quantity}" if address.phase is Phase.BACKWARD else address.quantity
    name = "y" if name == "letter" else name  # of the two letters the one that a slip can change
    return text(f"{name}[{','.join(map(str, address.indices))}]" if address.indices else name)
