"""One whole epoch: forward, gradients, update, by the one arithmetic that stepping and training share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from core.epoch.backward import Gradients, asked_of, error_at, term
from core.epoch.chains import sum_of_chain
from core.epoch.engines import back_from, work_out
from core.epoch.forward import Tape
from core.epoch.memo import latest
from core.epoch.recursion import adjoint, term_of_use, through_time
from core.epoch.timesteps import jacobian
from core.equations.description import Description
from core.equations.operations import value
from core.equations.running import Noted, as_computed
from core.network import routes, symbols
from core.network.arrays import Array
from core.network.held import open_at
from core.network.network import Network, Parameters
from core.network.rule import Rule, norm
from core.program.program import Address, Phase


@dataclass(frozen=True, slots=True, eq=False)
class Epoch:
    """All that a step of one epoch can read.

    *number*: 1-based; epoch 1 runs on the initial parameters. *updated*: the parameters of the next epoch.
    *kept*: of each function that `core.epoch.memo` remembers, what it was last asked here, and its answer.
    """

    number: int
    tape: Tape
    rule: Rule
    learning_rate: float
    gradients: Gradients
    updated: Parameters
    kept: dict[Callable[..., Any], tuple[tuple[Any, ...], Any]] = field(init=False, repr=False, default_factory=dict)

    @property
    def network(self) -> Network:
        """What is computed."""
        return self.tape.network

    def predicted(self, t: int) -> int:
        """The letter, 0-based, that is the likeliest at timestep *t*."""
        return int(np.argmax(self.tape["yhat"][t - 1]))

    def value(self, symbol_id: str) -> Array:
        """The value of a symbol in this epoch, in its declared shape; `KeyError` where it has none."""
        found = symbols.parse(symbol_id)
        name, indices = found.name, found.indices
        tape, network = self.tape, self.network
        if not indices:
            return self._whole(name)
        if len(indices) == 1 and 1 <= indices[0] <= network.T and name in tape and name not in symbols.OVER_THE_PAST:
            return tape.at(name, indices[0])  # most that is read: of a thousand timesteps, all of them
        meaning = symbols.meaning_in(name, network)
        if meaning.gradient_of:
            return self._term(meaning.gradient_of, indices)
        if not symbols.exists(symbol_id, network):
            raise KeyError(symbol_id)
        t, row = indices[0], indices[0] - 1
        if name.startswith(symbols.JACOBIAN):
            return jacobian(self, t, name.removeprefix(symbols.JACOBIAN))
        if meaning.adjoint_of:
            return adjoint(self, meaning.adjoint_of, *indices)
        if meaning.near_of:
            u, k = indices
            return adjoint(nearer(self, self.rule.last_loss(k, network.T) - u + 1), meaning.near_of, u)
        if name in ("A", "alpha"):
            return np.asarray(tape[name][row, indices[1] - 1])
        if name in tape and len(indices) == 1:
            return tape.at(name, t)
        if name == "Z":
            return np.asarray(tape.read_out[row])
        if name in ("xo", "y"):
            return np.asarray((network.one_hot_inputs if name == "xo" else network.one_hot_targets)[row])
        if name == symbols.slope(network):
            return self._slope(t)
        if name == "dhnext":
            return np.asarray(through_time(self)[1][row] @ tape.parameters["W"])
        if name == "v":
            return error_at(tape, self.rule, t)
        if name == "g":
            return asked_of(tape, self.rule, *indices)
        flows, v = open_at(network, "Z", t), error_at(tape, self.rule, t)
        v, states, m = v if flows is None else v * flows, tape[network.state][1:], indices[1]
        held = tape.holding(slice(row, t), slice(t))
        if held.weights is None or held.softmaxed is None:
            return np.asarray((states[m - 1] - tape.read_out[row]) @ v)
        asked = states[:t] @ v * held.weights[0]
        return np.asarray(asked[m - 1] - held.softmaxed[0] @ asked)

    def _slope(self, t: int) -> Array:
        """The slope of the state of timestep *t*, H: 0 where a number is held, and nothing flows back."""
        factor = routes.slope(self.network)
        assert factor is not None  # else the symbol is not there
        made = value(factor.by, lambda ref: self.value(f"{ref.name}[{t}]"))
        flows, _ = routes.open_through(self.network, factor, t)
        return np.asarray(made if flows is None else made * flows, np.float64)

    def _term(self, name: str, indices: tuple[int, ...]) -> Array:
        """One term of ∂L/∂name; `KeyError` where it has none of these indices."""
        if not symbols.exists(symbols.symbol(f"dL/d{name}", *indices), self.network):
            raise KeyError(f"no term {indices} of the gradient by {name}")
        if len(indices) == 1:
            return term_of_use(self, name, *indices)
        if not self.network.by_arrays:
            t, m, k = indices
            return sum_of_chain(self, name, t, m, slice(k - 1, k))
        return term(self.tape, self.rule, name, *indices)

    def _whole(self, name: str) -> Array:
        """The value of a symbol without indices."""
        if name in self.network.parameter_shapes:
            return self.tape.parameters[name]
        meaning = symbols.meaning_in(name, self.network)
        if meaning.new_of:
            return self.updated[meaning.new_of]
        if meaning.gradient_of:
            return self.gradients[meaning.gradient_of]
        if meaning.clipped_of:
            return self.gradients.clipped[meaning.clipped_of]
        if name == "dnorm" or meaning.norm_of:
            of = meaning.norm_of
            return norm({of: self.gradients[of]} if of else self.gradients)
        if name == "eta":
            return np.array(self.learning_rate)
        if name == "L":
            return np.array(self.tape.total)
        raise KeyError(name)


def terms_by(epoch: Epoch, rule: Rule) -> Epoch:
    """*epoch*, whose terms, and all that is asked on the way to them, are by another *rule*; its gradients stay."""
    return replace(epoch, rule=rule, gradients=Gradients(epoch.gradients, clipped=epoch.gradients.clipped))


@latest
def nearer(epoch: Epoch, timesteps: int) -> Epoch:
    """The terms of *epoch* where a loss reaches uses of so many *timesteps* alone."""
    return terms_by(epoch, replace(epoch.rule, truncate=timesteps))


def run_epoch(network: Network, parameters: Parameters, rule: Rule, learning_rate: float, number: int = 1) -> Epoch:
    """Forward, gradients and update of epoch *number*, which starts on *parameters*, by the engine of *network*."""
    tape, gradient, after = work_out(network, parameters, rule, learning_rate)
    return Epoch(number, tape, rule, learning_rate, gradient, after)


def epoch_on(
    tape: Tape,
    rule: Rule,
    learning_rate: float,
    number: int = 1,
    slipped: Description | None = None,
    noted: Noted = as_computed,
) -> Epoch:
    """Epoch *number*, whose forward pass is *tape*, by whole arrays.

    *slipped*, *noted*: as in `core.epoch.walked.way_back`.
    """
    _, gradient, after = back_from(tape, rule, learning_rate, slipped, noted)
    return Epoch(number, tape, rule, learning_rate, gradient, after)


def made_at(symbol_id: str, network: Network) -> Address | None:
    """The step that makes a symbol; None for what is given: parameters, η and h_0.

    The parameters of a later epoch are made by the update of the epoch before, which the caller knows.
    """
    found = symbols.parse(symbol_id)
    name, indices = found.name, found.indices
    meaning = symbols.meaning_in(name, network)
    if meaning.new_of:
        return Address(Phase.UPDATE, meaning.new_of)
    if meaning.gradient_of or meaning.norm_of:
        return Address(Phase.BACKWARD, meaning.gradient_of or meaning.norm_of, indices)
    if meaning.clipped_of or name == "dnorm":
        return Address(Phase.CLIP, meaning.clipped_of or "norm")
    if meaning.adjoint_of or meaning.near_of:
        return Address(Phase.BACKWARD, meaning.adjoint_of or meaning.near_of, indices[:1])
    if name == "L":
        return Address(Phase.FORWARD, "L", indices)
    if not indices or indices[0] == 0:
        return None
    t = indices[:1]
    if name in ("g", "s") and len(indices) == 2:
        return Address(Phase.BACKWARD, "Omega", t)
    if name in network.lines.makers:
        return Address(Phase.FORWARD, network.lines.made(name).part_of or name, indices if name == "A" else t)
    if name in ("xo", "x", "y"):
        return Address(Phase.FORWARD, "letter", t)
    if name == "D" or name.startswith((symbols.SLOPE, symbols.JACOBIAN)):
        return Address(Phase.FORWARD, network.state, t)
    if name == "dhnext":
        return Address(Phase.BACKWARD, "a", t)
    if name == "v":
        return Address(Phase.BACKWARD, "Omega", t)
    return Address(Phase.FORWARD, name, t)
