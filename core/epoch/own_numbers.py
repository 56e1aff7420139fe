"""A learner's own numbers in an epoch of any lines: the interpreter puts them down in the place of computed ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from core.epoch.epoch import Epoch, epoch_on
from core.epoch.forward import Tape
from core.epoch.walked import rows_of
from core.equations.operations import Values, dot
from core.equations.outputs import OUTPUTS
from core.equations.running import Run
from core.network import symbols
from core.network.arrays import Array, frozen
from core.network.described import by_place, reader, ruled
from core.network.network import Network, Parameters
from core.network.rule import Rule, left_by_clip


@dataclass(frozen=True)
class ByLines:
    """One epoch on *parameters*, with numbers of one's *own* in it, by symbol, rounded to so many *places* on the way.

    Not slotted, since it keeps what is computed once.
    """

    network: Network
    parameters: Parameters
    rule: Rule
    learning_rate: float
    own: Mapping[str, Array] = field(default_factory=dict)
    places: int | None = None

    @np.errstate(all="ignore")  # a wrong number may lead to infinities, which agree with nothing
    def value(self, symbol: str) -> Array:
        """What *symbol* comes out as from the numbers before it."""
        found = symbols.parse(symbol)
        if not found.indices:
            return self._whole(found.name)
        name, (t, *row) = found.name, found.indices
        meant = symbols.meaning_in(name, self.network)
        if meant.gradient_of and not row:
            return np.asarray(self._back.asked(meant.gradient_of, t))
        if (
            meant.gradient_of
            or name.startswith(symbols.JACOBIAN)
            or symbols.is_of_terms(name, self.network)
            or (name == "s" and row)
        ):  # a term; what is asked of Z, and of the weights beside their mean
            return np.asarray(self._epoch.value(symbol))
        given = (self._back if name.startswith(symbols.ADJOINT) else self._up_to(t)).read(name, t)
        computed = self._computed.get((name, t), given)
        return np.asarray(computed[row[0] - 1] if row else computed)

    def on(self, own: Mapping[str, Array]) -> ByLines:
        """The same arithmetic on other numbers of one's *own*."""
        return replace(self, own=own)

    def after(self) -> Parameters:
        """The parameters of the next epoch."""
        return Parameters({name: frozen(np.array(self._used(f"{name}_new"))) for name in self.parameters})

    # -- inside ---------------------------------------------------------------------------------------------

    def _whole(self, name: str) -> Array:
        meant = symbols.meaning_in(name, self.network)
        if meant.new_of:
            moved = self.learning_rate * self._used(symbols.taken(meant.new_of, self.rule))
            return self._written(self.parameters[meant.new_of] - moved)
        if meant.gradient_of:
            return self._written(np.asarray(self._back.summed(meant.gradient_of)))
        if meant.clipped_of or name == "dnorm":
            of_all = {each: self._used(f"dL/d{each}") for each in self.parameters}
            return self._written(left_by_clip(meant.clipped_of or "norm", of_all, self.rule.clip))
        if name == "L":
            losses = [self._up_to(t).read("L", t) for t in range(1, self.network.T + 1)]
            return self._written(np.asarray(self.network.total(np.array(losses))))
        return np.asarray(self.learning_rate) if name == "eta" else self.parameters[name]

    def _used(self, symbol: str) -> Array:
        return self.own.get(symbol, self.value(symbol))

    def _written(self, value: Array) -> Array:
        return value if self.places is None else np.asarray(np.round(value, self.places))

    @cached_property
    def tape(self) -> Tape:
        """The forward pass that comes of it."""
        rows = {name: np.asarray(array) for name, array in rows_of(self._up_to(self.network.T), self.network).items()}
        if "x" not in rows:
            rows["x"] = self.network.one_hot_inputs
        return Tape(self.network, self.parameters, rows, float(self._used("L")))

    @cached_property
    def _epoch(self) -> Epoch:
        return epoch_on(self.tape, self.rule, self.learning_rate)

    @cached_property
    def _computed(self) -> dict[tuple[str, int], Values]:
        """Every quantity of every timestep as it comes out, before a number of one's own takes its place."""
        return {}

    @cached_property
    @np.errstate(all="ignore")
    def _run(self) -> Run:
        network, read = self.network, reader(self.network, self.parameters)
        held = by_place(network)
        return Run(ruled(network, self.rule), network.T, read, self._noted, held=held, reach=self.rule)

    @np.errstate(all="ignore")
    def _up_to(self, t: int) -> Run:
        """The run, forward as far as timestep *t*: of many lines that are wrong only the first are looked at so."""
        if t > self._made[-1]:
            self._run.forward(range(self._made[-1] + 1, t + 1))
            self._made.append(t)
        return self._run

    @cached_property
    def _made(self) -> list[int]:
        return [0]

    @cached_property
    @np.errstate(all="ignore")
    def _back(self) -> Run:
        """The same, gone back too, which no line of the forward pass needs."""
        run = self._up_to(self.network.T)
        run.adjoints()
        return run

    def _noted(self, name: str, t: int, computed: Values) -> Values:
        if name == "L" and f"yhat[{t}]" in self.own:
            computed = self._lost(self.own[f"yhat[{t}]"], t)
        self._computed[name, t] = computed
        used = np.array(self._written(np.asarray(computed)))
        if name.removeprefix(symbols.ADJOINT) in symbols.OVER_THE_PAST:
            for i in range(1, len(used) + 1):
                used[i - 1] = self.own.get(f"{name}[{t},{i}]", used[i - 1])
            return used
        return self.own.get(f"{name}[{t}]", used)

    def _lost(self, predicted: Array, t: int) -> Values:
        """The loss of timestep *t* from a prediction of one's own."""
        output, wanted = self.network.lines.made("L").output, self.network.one_hot_targets[t - 1]
        if not self.network.has_target(t):
            return np.zeros(())
        if output == "softmax_cross_entropy":
            return -dot(np.log(predicted), wanted)
        scores = np.log(predicted / (1 - predicted)) if output.startswith("sigmoid") else predicted
        return OUTPUTS[output].loss(scores, wanted)
