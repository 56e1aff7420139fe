"""What each slip makes of a step, by plain loops from the mathematics: one small function a slip."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from core.network.rule import EXACT
from core.program.program import Address, Phase
from tests.oracles import times
from tests.slow_epoch import CHAINED, Exercise, Work

# -- slips that replace a line ------------------------------------------------------------------------------


def raw_scores(work):
    work.context = lambda t: sum(work.A[t][i] * work.h[i] for i in range(1, t + 1))


def softmax_from_zero(work):
    work.weight = lambda t, i: np.exp(work.A[t][i]) / (1 + sum(np.exp(work.A[t][j]) for j in range(1, t + 1)))


def softmax_down_columns(work):
    work.weight = lambda t, i: np.exp(work.A[t][i]) / sum(np.exp(work.A[s][i]) for s in range(i, work.network.T + 1))


def h_for_z(work):
    work.read_by_V = lambda t: work.h[t]


def softmax_over_timesteps(work):
    work.predicted = lambda t: np.array(
        [
            np.exp(work.Omega[t][letter]) / sum(np.exp(work.Omega[s][letter]) for s in work.timesteps)
            for letter in range(work.network.K)
        ]
    )


def not_divided(work):
    work.predicted = lambda t: np.array([np.exp(score) for score in work.Omega[t]])


def no_tanh(work):
    work.squash = lambda a: a


def no_memory(work):
    work.pre_activation = lambda x, _before: times(work.P["U"], x) + work.P["b"]


def forward_by_transposed(work):
    work.pre_activation = lambda x, before: times(work.P["U"], x) + times(work.P["W"].T, before) + work.P["b"]


def log_base_10(work):
    work.loss = lambda t: -np.log10(work.yhat[t][work.targets[t - 1]])


def log_base_2(work):
    work.loss = lambda t: -np.log2(work.yhat[t][work.targets[t - 1]])


def no_minus(work):
    work.loss = lambda t: np.log(work.yhat[t][work.targets[t - 1]])


def error_negated(work):
    work.delta_shown = lambda t: -work.delta(t)


def no_slope(work):
    work.slope = lambda _j: np.ones(work.network.H)


def slope_of_a(work):
    work.slope = lambda j: 1 - work.a[j] ** 2


def h_k(work):
    work.state_beside = lambda k: work.h[k]


def x_before(work):
    work.input_beside = lambda k: work.x[k - 1] if k > 1 else np.zeros(work.network.input_size)


def back_by_untransposed(work):
    work.back = lambda r: times(work.P["W"], r)


def no_jacobians(work):
    work.carried = lambda t, m, k: (1 - work.h[k] ** 2) * work.asked(t, m)


def back_without_w(work):
    work.back = lambda r: r


def only_k_is_m(work):
    carried = work.carried
    work.carried = lambda t, m, k: carried(t, m, k) if k == m else np.zeros(work.network.H)


def last_term_missing(work):
    places = work.places
    work.places = lambda name: places(name)[:-1]


def only_last_term(work):
    places = work.places
    work.places = lambda name: places(name)[-1:]


def only_last_loss(work):
    places = work.places
    work.places = lambda name: [
        place for place in places(name) if name not in CHAINED or place[0] == work.network.T
    ]  # in V and c the last loss is the last term, which is a slip of its own


def mean(work):
    term, delta, total, T = work.term, work.delta_shown, work.total_loss, work.network.T
    work.term = lambda name, *place: term(name, *place) / T
    work.total_loss = lambda: total() / T

    def value(address):
        return delta(*address.indices) / T if address.quantity == "Omega" else Work.value(work, address)

    work.value = lambda address: value(address) if address.phase is Phase.BACKWARD else Work.value(work, address)


def uphill(work):
    work.new = lambda name: work.P[name] + work.eta * work.whole(name)


LINES: dict[str, Callable[[Work], None]] = {
    "raw scores for weights": raw_scores,
    "softmax from i = 0": softmax_from_zero,
    "softmax over the wrong axis": softmax_down_columns,
    "h for Z": h_for_z,
    "softmax over the timesteps": softmax_over_timesteps,
    "not divided by the sum": not_divided,
    "no tanh": no_tanh,
    "no memory": no_memory,
    "Wᵀ for W": forward_by_transposed,
    "log base 10": log_base_10,
    "log base 2": log_base_2,
    "the loss without its minus": no_minus,
    "the sign of the error": error_negated,
    "no tanh′": no_slope,
    "tanh′ of a as 1 − a²": slope_of_a,
    "hₖ for hₖ₋₁": h_k,
    "xₖ₋₁ for xₖ": x_before,
    "W for Wᵀ": back_by_untransposed,
    "no Jacobian product": no_jacobians,
    "W left out of the chain": back_without_w,
    "only k = m": only_k_is_m,
    "the last term missing": last_term_missing,
    "overwritten, term by term": only_last_term,
    "overwritten, loss by loss": only_last_loss,
    "the mean for the sum": mean,
}


# -- slips that come in several ways, or that turn the number itself -----------------------------------------


def tanh_left_out_here(exercise, address):
    if address.phase is Phase.FORWARD and address.quantity == "h":
        yield exercise.work().forward().a[address.indices[0]]


def wrong_target(exercise, address):
    network = exercise.network
    others = [network.inputs]
    for t in range(network.T):
        others += [(*network.targets[:t], letter, *network.targets[t + 1 :]) for letter in range(network.K)]
    for targets in others:
        work = exercise.work()
        work.targets = targets
        yield work.forward().value(address)


def running_total(exercise, address):
    if address.is_term:
        work = exercise.work().forward()
        places = work.places(address.quantity)
        yield sum(work.term(address.quantity, *p) for p in places[: places.index(address.indices) + 1])


def new_v(exercise, address):
    work = exercise.work().forward()
    work.chain_V = work.new("V")
    yield work.value(address)


def stated_rate(exercise, address):
    if exercise.stated is not None:
        yield replace(exercise, eta=exercise.stated).right(address)


def plus_eta(exercise, address):
    if exercise.epoch > 1:
        yield replace(exercise, eta=-exercise.eta).right(address)
    else:
        work = exercise.work().forward()
        uphill(work)
        yield work.value(address)


def transposed(exercise, address):
    value = exercise.right(address)
    if value.ndim == 2 and value.shape == value.T.shape and address.quantity != "letter":
        yield value.T


def exact_with_stated_rate(exercise, address):
    if exercise.stated is not None and exercise.rule != EXACT:
        yield replace(exercise, rule=EXACT, eta=exercise.stated).right(address)


def neighbouring_epoch(exercise, address):
    for epoch in (exercise.epoch + 1, exercise.epoch - 1):
        if epoch > 0:
            yield replace(exercise, epoch=epoch).right(address)


WAYS: dict[str, Callable[[Exercise, Address], Iterator[np.ndarray]]] = {
    "tanh left out here": tanh_left_out_here,
    "the wrong target letter": wrong_target,
    "the running total for the term": running_total,
    "the new V in the chain": new_v,
    "the stated η": stated_rate,
    "+ η": plus_eta,
    "transposed": transposed,
    "the exact rule with the stated η": exact_with_stated_rate,
    "the neighbouring epoch": neighbouring_epoch,
}


def numbers(name: str, exercise: Exercise, address: Address) -> Iterator[np.ndarray]:
    """What the step at *address* gives under the slip *name*, in all its ways."""
    if name in WAYS:
        yield from WAYS[name](exercise, address)
        return
    work = exercise.work()
    LINES[name](work)
    yield work.forward().value(address)
