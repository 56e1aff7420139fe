"""What each slip makes of a step, by plain loops from the mathematics: one small function a slip."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from core.network.rule import EXACT
from core.program.program import Address, Phase
from tests import oracles
from tests.oracles import dot, softmax, times
from tests.slow_epoch import CHAINED, Exercise, Note, Work, as_it_is

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
    delta = work.delta
    work.delta = lambda t: delta(t) * (t == work.network.T)


def mean(work):
    term, delta, total, T = work.term, work.delta_shown, work.total_loss, work.network.T
    work.term = lambda name, *place: term(name, *place) / T
    work.total_loss = lambda: total() / T

    def value(address):
        if address.quantity == "Omega":
            return delta(*address.indices) / T
        value = Work.value(work, address)
        return value / T if address.quantity in ("Z", "alpha", "A", "h", "a", "x") else value

    work.value = lambda address: value(address) if address.phase is Phase.BACKWARD else Work.value(work, address)


def uphill(work):
    work.new = lambda name: work.P[name] + work.eta * work.whole(name)


def sorted_letters(work):
    network = work.network
    order = sorted(network.alphabet)

    def renumbered(letters):
        return tuple(order.index(network.alphabet[letter]) for letter in letters)

    work.network = replace(network, inputs=renumbered(network.inputs), targets=renumbered(network.targets))
    work.targets = work.network.targets


def without_b(work):
    work.pre_activation = lambda x, before: times(work.P["U"], x) + times(work.P["W"], before)


def b_twice(work):
    work.pre_activation = lambda x, before: times(work.P["U"], x) + times(work.P["W"], before) + 2 * work.P["b"]


def forward_by(names):
    def slip(work):
        turned = {name: work.P[name].T if name in names else work.P[name] for name in "UWV"}
        work.pre_activation = lambda x, before: times(turned["U"], x) + times(turned["W"], before) + work.P["b"]
        work.scores = lambda t: times(turned["V"], work.read_by_V(t)) + work.P["c"]

    def where_square(exercise):
        shapes = [exercise.network.parameter_shapes[name] for name in names]
        return [slip] if all(rows == columns for rows, columns in shapes) else []

    return where_square


def scaled_scores(work):
    score, asked, root = work.score, work.asked_of_score, work.network.H**0.5
    work.score = lambda t, i: score(t, i) / root
    work.asked_of_score = lambda t, i, v: asked(t, i, v) / root


def no_mask(work):
    work.seen = lambda _t: range(1, work.network.T + 1)


def state_before(work):
    work.read_by_V = lambda t: work.Z[t - 1] if t > 1 else np.zeros(work.network.H)


def without_c(work):
    work.scores = lambda t: times(work.P["V"], work.read_by_V(t))


def c_twice(work):
    work.scores = lambda t: times(work.P["V"], work.read_by_V(t)) + 2 * work.P["c"]


def error(formula):
    """The error by *formula*, of the work, of ŷ and of y, at a timestep."""

    def slip(work):
        work.delta = lambda t: np.array(formula(work, t, work.yhat[t], work.one_hot(work.targets[t - 1])))

    return slip


def by_softmax(asked, yhat):
    """What is asked of every score, through all probabilities: ∂ŷ_j/∂Ω_i = ŷ_j ([i = j] - ŷ_i)."""
    K = len(yhat)
    return [sum(asked[j] * yhat[j] * ((i == j) - yhat[i]) for j in range(K)) for i in range(K)]


def slope_by(formula):
    """The slope at j by *formula*, of all states."""

    def slip(work):
        work.slope = lambda j: np.array(formula(work.h, j))

    return slip


def slope_only_at_k(work):
    def carried(t, m, k):
        r = work.note(work.asked(t, m))
        for _ in range(m - k):
            r = work.note(work.back(r))
        return work.note(r * work.note(work.slope(k)))

    work.carried = carried


def beside_by(formula):
    def slip(work):
        work.state_beside = lambda k: formula(work.h, k)

    return slip


def diagonal_attention(work):
    work.asked_of_score = lambda t, i, v: work.alpha[t][i] * (1 - work.alpha[t][i]) * dot(work.h[i], v)


def counting_only(names, counts):
    """Only the places whose last index *counts*, in the sums of *names*."""

    def slip(work):
        places = work.places
        work.places = lambda name: [place for place in places(name) if name not in names or counts(place[-1])]

    return slip


def mean_over_units(work):
    whole = work.whole
    work.whole = lambda name: np.full(work.network.H, np.mean(whole("b"))) if name == "b" else whole(name)


def two_biases(work):
    new = work.new
    work.new = lambda name: new(name) - (work.eta * work.whole("b") if name == "b" else 0)


def first_step(exercise):
    def divided_by(size):
        def slip(work):
            work.new = lambda name: work.P[name] - work.eta * work.whole(name) / size(work.whole(name))

        return slip

    ways = [divided_by(lambda g: (g**2 + 1e-8) ** 0.5), divided_by(lambda g: abs(g) + 1e-8)]
    return ways if exercise.epoch == 1 else []


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
    "letters in sorted order": sorted_letters,
    "b left out": without_b,
    "b counted twice": b_twice,
    "scaled scores": scaled_scores,
    "no causal mask": no_mask,
    "the state before": state_before,
    "c left out": without_c,
    "c counted twice": c_twice,
    "softmax’s diagonal only": error(
        lambda _work, _t, yhat, y: [-b / a * a * (1 - a) for a, b in zip(yhat, y, strict=True)]
    ),
    "the slope of a sigmoid at the output": error(lambda _work, _t, yhat, y: (yhat - y) * yhat * (1 - yhat)),
    "squared error": error(lambda _work, _t, yhat, y: by_softmax(yhat - y, yhat)),
    "2(ŷ − y)": error(lambda _work, _t, yhat, y: 2 * yhat - 2 * y),
    "−1/ŷ for the error": error(lambda _work, _t, yhat, y: [-b / a for a, b in zip(yhat, y, strict=True)]),
    "Ω − y for the error": error(lambda work, t, _yhat, y: work.Omega[t] - y),
    "attention’s softmax on its diagonal only": diagonal_attention,
    "tanh twice in the slope": slope_by(lambda h, j: [1 - np.tanh(number) ** 2 for number in h[j]]),
    "divided by the slope": slope_by(lambda h, j: [1 / (1 - number**2) for number in h[j]]),
    "the slope one timestep later": slope_by(lambda h, j: 1 - h[min(j + 1, len(h) - 1)] ** 2),
    "the slope one timestep before": slope_by(lambda h, j: 1 - h[j - 1] ** 2),
    "h for the slope": slope_by(lambda h, j: h[j]),
    "1 − h for the slope": slope_by(lambda h, j: 1 - h[j]),
    "the slope of a sigmoid": slope_by(lambda h, j: h[j] * (1 - h[j])),
    "1 + h² for the slope": slope_by(lambda h, j: 1 + h[j] ** 2),
    "−2h for the slope": slope_by(lambda h, j: -2 * h[j]),
    "the slope of ReLU": slope_by(lambda h, j: [float(number > 0) for number in h[j]]),
    "the slope only at k": slope_only_at_k,
    "hₖ₊₁ for hₖ₋₁": beside_by(lambda h, k: h[min(k + 1, len(h) - 1)]),
    "the last state everywhere": beside_by(lambda h, _k: h[-1]),
    "overwritten in a reversed loop": counting_only("WUbVc", lambda k: k == 1),
    "b not counted at t = 1": counting_only("b", lambda k: k > 1),
    "the mean over the units": mean_over_units,
    "b moves twice": two_biases,
}


# -- slips of several variants: every one a change of the work ----------------------------------------------


def squashed(squash, slope):
    def with_tanhs_slope(work):
        work.squash = lambda a: np.array([squash(number) for number in a])

    def with_its_own(work):
        with_tanhs_slope(work)
        work.slope = lambda j: np.array([slope(number) for number in work.h[j]])

    return lambda _exercise: [with_tanhs_slope, with_its_own]


def softmax_twice(_exercise):
    def by_hand(work):
        work.predicted = lambda t: np.array(softmax(softmax(list(work.Omega[t]))))

    def in_the_loss(work):
        work.loss = lambda t: -np.log(softmax(list(work.yhat[t]))[work.targets[t - 1]])
        error(lambda _work, _t, yhat, y: by_softmax(np.array(softmax(list(yhat))) - y, yhat))(work)

    return [by_hand, in_the_loss]


def truncated(exercise):
    def after(lag):
        def slip(work):
            carried = work.carried
            work.carried = lambda t, m, k: carried(t, m, k) if t - k <= lag else np.zeros(work.network.H)

        return slip

    return [after(lag) for lag in range(1, exercise.network.T - 1)]


def one_state_later(exercise):
    def at(k):
        return beside_by(lambda h, j: h[j if j == k else j - 1])

    return [at(k) for k in range(1, exercise.network.T + 1)]


def rows_overwritten(exercise):
    letters = exercise.network.inputs

    def left(is_left):
        def slip(work):
            places, by_loss = work.places, work.rule.embedding_row == "t"
            work.places = lambda name: [
                place for place in places(name) if name != "E" or is_left(place[0 if by_loss else 2])
            ]

        return slip

    return [left(lambda k: letters[k - 1] not in letters[k:]), left(lambda k: letters[k - 1] not in letters[: k - 1])]


def clipped_by_value(_exercise):
    def to(most):
        def slip(work):
            whole = work.whole
            work.whole = lambda name: np.array([max(-most, min(most, g)) for g in whole(name).ravel()]).reshape(
                work.P[name].shape
            )

        return slip

    return [to(most) for most in (0.1, 0.5, 1, 5, 10)]


def clipped_by_norm(_exercise):
    def to(most):
        def slip(work):
            whole = work.whole

            def norm():
                return sum(number**2 for name in work.P for number in whole(name).ravel()) ** 0.5

            work.whole = lambda name: whole(name) / max(1, norm() / most)

        return slip

    return [to(most) for most in (0.1, 0.25, 0.5, 1, 5, 10)]


def gradient_transposed(exercise):
    def of(turned):
        def slip(work):
            whole = work.whole
            work.whole = lambda name: whole(name).T if name == turned else whole(name)

        return slip

    shapes = exercise.network.parameter_shapes
    return [of(name) for name, shape in shapes.items() if len(shape) == 2 and shape[0] == shape[1] > 1]


VARIED: dict[str, Callable[[Exercise], list[Callable[[Work], None]]]] = {
    "sigmoid for tanh": squashed(lambda a: 1 / (1 + np.exp(-a)), lambda h: h * (1 - h)),
    "ReLU for tanh": squashed(lambda a: max(a, 0.0), lambda h: float(h > 0)),
    "Uᵀ for U": forward_by("U"),
    "Vᵀ for V": forward_by("V"),
    "all matrices transposed": forward_by("UWV"),
    "softmax twice": softmax_twice,
    "truncated": truncated,
    "hₖ for hₖ₋₁ at one timestep": one_state_later,
    "rows of ∂L/∂E overwritten": rows_overwritten,
    "clipped by value": clipped_by_value,
    "clipped by norm": clipped_by_norm,
    "Adagrad’s or Adam’s step": first_step,
    "the gradient transposed": gradient_transposed,
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


def _is_term(address):
    return address.phase is Phase.BACKWARD and bool(address.indices) and address.quantity in (*CHAINED, "V", "c")


def running_total(exercise, address):
    if _is_term(address):
        work = exercise.work().forward()
        places = work.places(address.quantity)
        if len(address.indices) == len(places[0]):
            so_far = places[: places.index(address.indices) + 1]
        else:  # timestep by timestep, in the order of the uses
            so_far = [place for place in places if place[-1] <= address.indices[0]]
        yield sum(work.term(address.quantity, *place) for place in so_far)


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


def another_gradient(exercise, address):
    name, P = address.quantity, exercise.work().P
    if name in P and address.phase is not Phase.FORWARD and not _is_term(address):
        for other in P:
            if other != name and P[other].size == P[name].size:
                work = exercise.work().forward()
                gradient = work.whole(other).reshape(P[name].shape)
                yield gradient if address.phase is Phase.BACKWARD else P[name] - work.eta * gradient


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
    "another parameter’s gradient": another_gradient,
}


def numbers(name: str, exercise: Exercise, address: Address, note: Note = as_it_is) -> Iterator[np.ndarray]:
    """What the step at *address* gives under the slip *name*, in all its ways, made in this epoch alone.

    *note*: what becomes of every value as it is written down, in slips that are changes of the work.
    """
    if name in WAYS:
        yield from WAYS[name](exercise, address)
    for slip in slips(name, exercise):
        work = exercise.work(note)
        slip(work)
        with np.errstate(all="ignore"):  # a slip may divide by zero
            yield work.forward().value(address)


def numbers_so_far(name: str, exercise: Exercise, address: Address) -> list[np.ndarray]:
    """The same, made in every epoch so far."""
    with np.errstate(all="ignore"):  # a slip may divide by zero
        return [_so_far(slip, exercise).value(address) for slip in slips(name, exercise)]


def _so_far(slip: Callable[[Work], None], exercise: Exercise) -> Work:
    P = oracles.values(exercise.initial)
    for epoch in range(1, exercise.epoch + 1):
        work = Work(exercise.network, P, exercise.rule, exercise.eta)
        slip(work)
        work.forward()
        if epoch < exercise.epoch:
            P = {name: work.new(name) for name in P}
    return work


def slips(name: str, exercise: Exercise) -> list[Callable[[Work], None]]:
    """The slip *name* as changes of the work, one for each of its variants; none where it is none of these."""
    return [LINES[name]] if name in LINES else VARIED[name](exercise) if name in VARIED else []
