"""How a step is computed under each slip: false tapes, stages done wrongly, values turned into others.

Makers give nothing where their slip cannot be made: a score needs attention, a transposed W a hidden size above 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np

from core.backward import CHAINED, running_total
from core.by_hand import Stages, forward_by_hand, pre_activation
from core.forward import Tape
from core.network import Array, Parameters
from core.program import Address, Phase
from core.reading import MOST_ROUNDED, Alteration, Reading, Rounded
from core.slip import Case, Make, Variant
from core.symbols import subscript, text

PLACES = range(1, 7)  # decimals to which learners round on the way
_NEAR = 3  # how many timesteps away a value is looked for
_MOST_TARGETS = 200  # letters wanted, times letters that there are, that are tried one by one


# -- how a slip is made -------------------------------------------------------------------------------------


def staged(stages: Stages, *, attention: bool = False) -> Make:
    """Stages done wrongly; *attention*: those that only a network with attention has."""

    def make(case: Case) -> Iterator[Variant]:
        if case.network.attention or not attention:
            yield Variant(case.by_hand(stages))

    return make


def chained(change: Callable[[Reading], Reading], *names: str) -> Make:
    """Something in the chains of ∂L/∂W, U, b and E, or only of *names*, done wrongly."""

    def make(case: Case) -> Iterator[Variant]:
        if case.is_chained and (not names or case.address.quantity in names):
            yield Variant(change(case.right))

    return make


def altered(change: Alteration, *phases: Phase) -> Make:
    """The values themselves turned into others, in steps of *phases* (and what follows from them)."""

    def make(case: Case) -> Iterator[Variant]:
        if case.address.phase in phases:
            yield Variant(replace(case.right, alter=change))

    return make


def _only_here(case: Case, other: Array, which: str = "") -> Variant:
    """The right arithmetic, with the value *other* at the step itself and nowhere else."""

    def alter(_reading: Reading, address: Address, value: Array) -> Array:
        return other if address == case.address else value

    return Variant(replace(case.right, alter=alter), which)


def _with(tape: Tape, *, h: Array | None = None, x: Array | None = None, W: Array | None = None) -> Tape:
    """*tape* with other states, inputs or another W."""
    parameters = tape.parameters if W is None else replace(tape.parameters, W=W)
    return replace(tape, h=tape.h if h is None else h, x=tape.x if x is None else x, parameters=parameters)


def in_chain(**changed: Callable[[Tape], Array]) -> Callable[[Reading], Reading]:
    """The slopes of tanh and W of the chains read from a false tape, whose h or W is made from the right one."""
    return lambda right: replace(
        right, chain=_with(right.chain, **{name: make(right.chain) for name, make in changed.items()})
    )


def beside(**changed: Callable[[Tape], Array]) -> Callable[[Reading], Reading]:
    """What stands beside r read from a false tape, whose h or x is made from the right one."""
    return lambda right: replace(
        right, last=_with(right.last, **{name: make(right.last) for name, make in changed.items()})
    )


# -- the forward pass ---------------------------------------------------------------------------------------


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
        yield _only_here(case, case.right.tape.a[t - 1], subscript(t))


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
                words = f"“{network.alphabet[letter]}” at t = {t} instead of “{network.target_letter(t)}”"
                yield Variant(case.by_hand(Stages(), replace(network, targets=targets)), words)
    if not own and network.targets != network.inputs:
        words = "the letter that is read, at every timestep,"
        yield Variant(case.by_hand(Stages(), replace(network, targets=network.inputs)), words)


# -- the backward pass --------------------------------------------------------------------------------------


def shifted(array: Array, by: int) -> Array:
    """The rows of *array* moved: row i becomes row i + *by*, zero where there is none."""
    moved = np.zeros(array.shape)
    if by > 0:
        moved[by:] = array[:-by]
    else:
        moved[:by] = array[-by:]
    return moved


def h_as_a(tape: Tape) -> Array:
    """a_t in the place of h_t; row 0 stays h_0."""
    return np.concatenate([tape.h[:1], tape.a])


def new_V(case: Case) -> Iterator[Variant]:
    """The errors brought back through the V that the update makes."""
    if case.is_chained:
        new = case.right.value(Address(Phase.UPDATE, "V"))
        asks = case.right.asks
        parameters = replace(asks.parameters, V=new)
        yield Variant(replace(case.right, asks=replace(asks, parameters=parameters)))


def _last_indices(reading: Reading, address: Address) -> tuple[int, ...]:
    T = reading.network.T
    return (T, T, T) if address.quantity in CHAINED else (T,)


def without_last(reading: Reading, address: Address, value: Array) -> Array:
    """A sum without its last term."""
    if not address.is_sum:
        return value
    return value - reading.value(replace(address, indices=_last_indices(reading, address)))


def only_last(reading: Reading, address: Address, value: Array) -> Array:
    """The last term in the place of the sum."""
    return reading.value(replace(address, indices=_last_indices(reading, address))) if address.is_sum else value


def only_last_loss(reading: Reading, address: Address, value: Array) -> Array:
    """The sum of the terms of the last loss alone; in ∂L/∂V and c that is the last term."""
    if not address.is_sum or address.quantity not in CHAINED:
        return value
    asks, T = reading.asks, reading.network.T
    yhat = np.array(asks.network.one_hot_targets)
    yhat[T - 1] = asks.yhat[T - 1]  # no other loss has an error
    return replace(reading, asks=replace(asks, yhat=yhat)).gradient(address.quantity)


def mean(reading: Reading, address: Address, value: Array) -> Array:
    """The total loss, and every gradient, divided by T."""
    is_total = address == Address(Phase.FORWARD, "L")
    return value / reading.network.T if is_total or address.phase is Phase.BACKWARD else value


def _negated(_reading: Reading, address: Address, value: Array) -> Array:
    return -value if address.phase is Phase.BACKWARD else value


def output_error_negated(case: Case) -> Iterator[Variant]:
    """In ∂L/∂Ω, V and c, whose sign no rule turns."""
    if case.address.phase is not Phase.FORWARD and not case.is_chained:
        yield Variant(replace(case.right, alter=_negated))


def transposed(case: Case) -> Iterator[Variant]:
    """The value of the step, where it is a square matrix, transposed."""
    value = case.right.value(case.address)
    if case.address.quantity != "letter" and value.ndim == 2 and value.shape == value.T.shape:
        yield _only_here(case, value.T)


def rate(case: Case) -> Iterator[Variant]:
    """The learning rate that the sheet states."""
    reaches = case.address.phase is Phase.UPDATE or case.is_trained
    if reaches and case.stated is not None and case.stated != case.right.learning_rate:
        yield Variant(case.trained(case.right.rule, case.stated), f"{case.stated:g}")


def uphill(case: Case) -> Iterator[Variant]:
    """The gradient added instead of subtracted."""
    if case.address.phase is Phase.UPDATE or case.is_trained:
        yield Variant(case.trained(case.right.rule, -case.right.learning_rate))


# -- values of other steps, and rounding --------------------------------------------------------------------


def elsewhere(case: Case) -> Iterator[Variant]:
    """The same quantity at other timesteps; of a term, its neighbours in t, m and k."""
    address = case.address
    if not address.indices or address.quantity in ("letter", "alpha"):
        return
    if address.quantity in CHAINED and address.phase is Phase.BACKWARD:
        steps = [tuple(int(i == place) * by for i in range(3)) for place in range(3) for by in (-1, 1)]
    else:
        steps = [(by,) + (0,) * (len(address.indices) - 1) for by in range(-_NEAR, _NEAR + 1)]
        steps += [(0, by) for by in range(-_NEAR, _NEAR + 1)] if address.quantity == "A" else []
    for step in steps:
        indices = tuple(i + by for i, by in zip(address.indices, step, strict=True))
        falling = all(a >= b for a, b in pairwise(indices))
        without = len(indices) == 3 and not case.network.attention and indices[0] != indices[1]
        if any(step) and falling and not without and indices[-1] >= 1 and indices[0] <= case.T:
            other = replace(address, indices=indices)
            yield _only_here(case, case.right.value(other), step_name(other))


def summed_up(case: Case) -> Iterator[Variant]:
    """The running total in the place of the term."""
    address, right = case.address, case.right
    if address.is_term:
        with np.errstate(all="ignore"):  # where training diverged
            total = running_total(right.tape, right.rule, address.quantity, *address.indices)
        yield _only_here(case, total)


def rounded(case: Case, rights: Iterable[Reading]) -> Iterator[tuple[Reading, int]]:
    """Each of *rights* with every intermediate value rounded, and to how many decimals; none for long texts."""
    if case.T > MOST_ROUNDED:
        return
    parameters, kept = case.right.tape.parameters, tuple(rights)
    for places in PLACES:
        tape = forward_by_hand(case.network, parameters, rounded=partial(round_to, places))
        for right in kept:
            yield Rounded(tape, tape, tape, tape, right.rule, right.learning_rate, places=places), places


def round_to(places: int, value: Array) -> Array:
    """*value* as it is written down with *places* decimals."""
    return np.round(value, places)


def step_name(address: Address) -> str:
    """A step in few words: ``h₂``, ``the term (3, 2, 1)``."""
    if address.phase is Phase.UPDATE:
        return text(f"{address.quantity}_new")
    if address.is_term:
        return f"the term ({', '.join(map(str, address.indices))})"
    name = f"dL/d{address.quantity}" if address.phase is Phase.BACKWARD else address.quantity
    name = "y" if name == "letter" else name  # of the two letters the one that a slip can change
    return text(f"{name}[{','.join(map(str, address.indices))}]" if address.indices else name)
