"""Rules side by side: what a step, a gradient and the training would be under other settings of the switches."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from core.epoch.backward import asked_by, chained_sums, error_at_state, flowing_error, output_state, output_term, term
from core.epoch.chains import sum_of_chain
from core.epoch.engines import gradients_of
from core.epoch.epoch import Epoch, terms_by
from core.epoch.recursion import term_of_use
from core.epoch.training import Training
from core.network.arrays import Array
from core.network.changes import NONE, Changes
from core.network.network import Network, Parameters
from core.network.rule import NAMED_RULES, PATHS, SWITCHED_ON, Rule, clipped, effective, turned
from core.program.program import OUTPUTS, Address, Phase, Program
from core.studies.by_loss import by_loss
from core.studies.contributions import MOST_TIMESTEPS, bars, entry_values

Name = Literal[
    "custom", "exact", "printed", "typeset", "sign", "weight", "value", "key", "query", "output_state", "embedding_row",
    "truncate", "chunks", "clip by norm", "clip by value",
]  # fmt: skip
EPOCHS = 1000


@dataclass(frozen=True, slots=True)
class Alternative:
    """A rule to set beside the one in use: a named one, ``custom`` for one in use without a name, or the one in use
    with one switch turned, which *name* tells.
    """

    name: Name
    rule: Rule


@dataclass(frozen=True, slots=True)
class Comparison:
    """What an alternative gives for the followed entry of one step.

    *term*: of the step's term, None at a sum or an update. *total*: of the whole gradient, as the update takes it:
    clipped, where the rule clips. *term_difference*, *total_difference*: that less what the rule in use gives.
    *has_effect*: whether what distinguishes the two rules can change this gradient of this network; of a clip, whether
    it does. *is_in_use*: whether it is the rule in use.
    """

    alternative: Alternative
    term: float | None
    total: float
    term_difference: float | None
    total_difference: float
    has_effect: bool
    is_in_use: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """A term of a gradient under two rules; of a long text all terms of a loss.

    *indices*: (t, m, k) or (t). *in_use*, *other*: the followed entry under the rule in use and under the other.
    """

    indices: tuple[int, ...]
    in_use: float
    other: float

    @property
    def difference(self) -> float:
        """The other's, less that of the rule in use."""
        return self.other - self.in_use


def alternatives(rule: Rule, T: int) -> tuple[Alternative, ...]:
    """What to set beside *rule* on *T* timesteps: itself where it has no name, the named rules, and it with each switch
    turned.
    """
    named: list[tuple[Name, Rule]] = [("custom", rule)] if rule.name == "custom" else []
    named += [(name, NAMED_RULES[name]) for name in ("exact", "printed", "typeset")]
    paths: list[tuple[Name, Rule]] = [(path, replace(rule, paths=rule.paths ^ {path})) for path in PATHS]
    switched: list[tuple[Name, Rule]] = [
        ("sign", replace(rule, sign=-1 if rule.sign == 1 else 1)),
        ("weight", replace(rule, weight="score" if rule.weight == "softmax" else "softmax")),
        *paths,
        ("output_state", replace(rule, output_state="h" if rule.output_state == "Z" else "Z")),
        ("embedding_row", replace(rule, embedding_row="t" if rule.embedding_row == "k" else "k")),
        *((name, turned(rule, name, T)) for name in SWITCHED_ON),
    ]
    return tuple(Alternative(name, found) for name, found in (*named, *switched))


def have_same_effect(first: Rule, second: Rule, network: Network) -> bool:
    """Whether two rules train *network* alike."""
    names = network.parameter_shapes if first.clip == second.clip else ()
    return bool(names) and all(effective(first, name, network) == effective(second, name, network) for name in names)


@np.errstate(all="ignore")  # where training diverged, infinities are shown, not an error
def compare(epoch: Epoch, address: Address, entry: tuple[int, int]) -> tuple[Comparison, ...]:
    """What each alternative to the epoch's rule gives at *address*, a term, a sum or an update, for the 0-based
    *entry* of the gradient, (i, 0) for a vector.
    """
    name, network = address.quantity, epoch.network

    def evaluated(rule: Rule) -> tuple[float | None, float]:
        now = _picked(_term(epoch, rule, address), entry) if address.is_term_of(network) else None
        return now, _picked(_total(epoch, rule, name), entry)

    def seen(rule: Rule) -> tuple[Rule, ...]:
        others = network.parameter_shapes if rule.clips == "norm" else ()  # one number decides on all gradients
        return (*(effective(rule, each, network) for each in (name, *others)), Rule(clip=rule.clip))

    here = seen(epoch.rule)
    known = {here: evaluated(epoch.rule)}
    term_in_use, total_in_use = known[here]
    found = []
    for alternative in alternatives(epoch.rule, network.T):
        there = seen(alternative.rule)
        if there not in known:
            known[there] = evaluated(alternative.rule)
        now, total = known[there]
        apart = None if now is None or term_in_use is None else now - term_in_use
        acts = there[0] != here[0] or total != total_in_use
        is_in_use = alternative.rule == epoch.rule
        found.append(Comparison(alternative, now, total, apart, total - total_in_use, acts, is_in_use))
    return tuple(found)


@np.errstate(all="ignore")
def differences(
    epoch: Epoch, program: Program, name: str, entry: tuple[int, int], other: Rule
) -> tuple[Difference, ...]:
    """The terms of ∂L/∂name in *program* whose *entry* differs under *other*, the largest difference first.

    Of texts longer than `MOST_TIMESTEPS`, term by term, the sums of the terms of each loss t.
    """
    theirs = terms_by(epoch, other)
    both = (_addends(epoch, program, name, entry), _addends(theirs, program, name, entry))
    pairs = [Difference(indices, a, b) for (indices, a), (_, b) in zip(*both, strict=True) if a != b]
    return tuple(sorted(pairs, key=lambda pair: -abs(pair.difference)))


class LossesOfRules:
    """The losses of the first epochs under several rules, made in slices of time.

    *groups*: the alternatives, those together that train the network alike. *losses*: of each group, as far as they
    are known.
    """

    def __init__(
        self,
        network: Network,
        initial: Parameters,
        rules: Iterable[Alternative],
        learning_rate: float,
        epochs: int = EPOCHS,
        changes: Changes = NONE,
    ) -> None:
        grouped: list[list[Alternative]] = []
        for alternative in rules:
            for group in grouped:
                if have_same_effect(group[0].rule, alternative.rule, network):
                    group.append(alternative)
                    break
            else:
                grouped.append([alternative])
        self.groups = tuple(map(tuple, grouped))
        self.epochs = epochs
        self._trainings = [Training(network, initial, group[0].rule, learning_rate, changes) for group in self.groups]

    @property
    def losses(self) -> tuple[list[float], ...]:
        """The total losses of epochs 1, 2, … of every group."""
        return tuple(training.losses for training in self._trainings)

    @property
    def progress(self) -> float:
        """How much is done, 0 … 1."""
        return sum(training.reached for training in self._trainings) / (self.epochs * len(self._trainings))

    def run(self, seconds: float = float("inf")) -> bool:
        """Train for so many *seconds*, or to the end; whether all is done."""
        end = time.perf_counter() + seconds
        return all(training.run(self.epochs, end - time.perf_counter()) for training in self._trainings)


def _picked(value: Array, entry: tuple[int, int]) -> float:
    return float(value[entry] if value.ndim == 2 else value[entry[0]])


def _term(epoch: Epoch, rule: Rule, address: Address) -> Array:
    name, tape = address.quantity, epoch.tape
    if name in OUTPUTS:
        return output_term(tape, rule, name, address.indices[0])
    if not address.is_chained:
        return term_of_use(terms_by(epoch, rule), name, address.indices[0])
    t, m, k = address.indices
    if not epoch.network.by_arrays:
        return sum_of_chain(replace(epoch, rule=rule), name, t, m, slice(k - 1, k))
    return term(tape, rule, name, t, m, k)


def _total(epoch: Epoch, rule: Rule, name: str) -> Array:
    """The whole gradient of one parameter, by the sums that `core.epoch.backward.gradients` takes, and clipped."""
    if rule.clip is None:
        return _sum(epoch, rule, name)
    names = epoch.network.parameter_shapes if rule.clip.kind == "norm" else (name,)
    return np.asarray(clipped({each: _sum(epoch, rule, each) for each in names}, rule.clip)[name])


def _sum(epoch: Epoch, rule: Rule, name: str) -> Array:
    tape = epoch.tape
    if not epoch.network.by_arrays:
        return gradients_of(tape, rule)[name]
    if name not in OUTPUTS:
        return chained_sums(tape, rule, error_at_state(tape, rule), (name,))[name]
    delta = flowing_error(tape)
    return np.asarray(delta.T.dot(output_state(tape, rule)) if name == "V" else np.add.reduce(delta, axis=0))


def _addends(epoch: Epoch, program: Program, name: str, entry: tuple[int, int]) -> list[tuple[tuple[int, ...], float]]:
    """The *entry* of every term, in the order of the program; of a long text of the terms of every loss."""
    if program.is_chained(name) and epoch.network.T > MOST_TIMESTEPS:
        return _by_loss(epoch, name, entry)
    found = bars(epoch, program, Address(Phase.BACKWARD, name), entry)
    return [(bar.indices, bar.value) for bar in found]


def _by_loss(epoch: Epoch, name: str, entry: tuple[int, int]) -> list[tuple[tuple[int, ...], float]]:
    """What each loss asks of *entry*: of h_m by every path, times how the entry moves h_m by all its uses."""
    tape, network = epoch.tape, epoch.network
    if epoch.rule.cuts(network.T) or not network.by_arrays:
        found = np.add.reduce(by_loss(epoch, name, entry), axis=0)
        return [((t,), float(found[t - 1])) for t in network.judged]
    T, H, letters = network.T, network.H, network.input_indices
    if name == "E" and epoch.rule.embedding_row == "t":  # every use counts for the row of the loss's letter
        direct, counted = np.tile(tape.parameters["U"][:, entry[1]], (T, 1)), letters == entry[0]
    else:
        unit = np.repeat(np.eye(H)[:, None], T, axis=1)
        direct, counted = entry_values(epoch, name, unit, T, entry).T, np.ones(T, dtype=bool)
    moved, before = np.empty((T, H)), np.zeros(H)
    for m in range(1, T + 1):
        before = moved[m - 1] = tape.slopes(m, m)[0] * (tape.parameters["W"].dot(before) + direct[m - 1])
    return [
        ((t,), float(sum(np.vdot(rows, moved[:t]) for rows in asked_by(tape, epoch.rule, t).values())) * counted[t - 1])
        for t in range(1, T + 1)
    ]
