"""Slips at the output of gated cells that predict letters, against plain loops; and none where they do not apply."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

from core.epoch.training import Training
from core.network.network import NONE, Network, Parameters
from core.network.rule import EXACT
from core.program.program import Address, Phase
from core.slips.case import Case
from core.slips.table import SLIPS
from core.slips.ways import Way, ways
from tests.gate_oracles import TABLES

ETA, T, ALPHABET = 0.3, 3, ("b", "c", "a")
INPUTS, TARGETS = (0, 1, 0), (1, 0, 2)


def one_hot(letters):
    return [np.eye(len(ALPHABET))[letter] for letter in letters]


def softmax(scores):
    return np.exp(scores) / sum(np.exp(scores))


def through_softmax(asked, yhat):
    """What is asked of the scores: the whole Jacobian, entry by entry."""
    return np.array(
        [sum(asked[j] * yhat[j] * ((i == j) - yhat[i]) for j in range(len(yhat))) for i in range(len(yhat))]
    )


def right_loss(yhat, y):
    return -np.log(y @ yhat)


def difference(yhat, y):
    return yhat - y


SLIPPED = {  # the prediction, the loss, and what is asked of the scores
    ("not divided by the sum", ""): (np.exp, right_loss, difference),
    ("softmax twice", "softmax(softmax(Ω))"): (lambda scores: softmax(softmax(scores)), right_loss, difference),
    ("softmax twice", "goes into a loss"): (
        softmax,
        lambda yhat, y: -np.log(y @ softmax(yhat)),
        lambda yhat, y: through_softmax(softmax(yhat) - y, yhat),
    ),
    ("log base 10", ""): (softmax, lambda yhat, y: -np.log10(y @ yhat), difference),
    ("log base 2", ""): (softmax, lambda yhat, y: -np.log2(y @ yhat), difference),
    ("the loss without its minus", ""): (softmax, lambda yhat, y: np.log(y @ yhat), difference),
}


@lru_cache
def exercise(cell):
    network = Network(ALPHABET, INPUTS, TARGETS, 2, None, False, cell)
    rng = np.random.default_rng(3)
    drawn = {name: rng.normal(0, 0.8, shape) for name, shape in network.parameter_shapes.items()}
    return network, Parameters.checked(network, drawn)


def loops(cell, predict=softmax, loss=right_loss, error=difference, inputs=INPUTS, targets=TARGETS, P=None):
    """The values of an epoch, with another prediction, loss or error, or other letters."""
    P = dict(exercise(cell)[1]) if P is None else P
    own = {name: array for name, array in P.items() if name not in ("V", "c")}
    made = TABLES[cell][0](own, one_hot(inputs), one_hot(targets))
    made.error = lambda h, y: P["V"].T @ error(predict(P["V"] @ h + P["c"]), y)
    values = made.run()
    yhat = [predict(P["V"] @ values[f"h[{t}]"] + P["c"]) for t in range(1, T + 1)]
    values["L"] = np.sum([loss(p, y) for p, y in zip(yhat, made.ys, strict=True)])
    errors = [error(p, y) for p, y in zip(yhat, made.ys, strict=True)]
    values["dL/dV"] = np.sum([np.outer(e, values[f"h[{t}]"]) for t, e in enumerate(errors, 1)], axis=0)
    values["dL/dc"] = np.sum(errors, axis=0)
    return values | {f"{name}_new": array - ETA * values[f"dL/d{name}"] for name, array in P.items()}


def steps(cell):
    gate = TABLES[cell][0].gates[0]
    yield "L", Address(Phase.FORWARD, "L")
    for name in ("V", "c", f"W_{gate}", f"U_{gate}"):
        yield f"dL/d{name}", Address(Phase.BACKWARD, name)
        yield f"{name}_new", Address(Phase.UPDATE, name)


def found_at(cell, address, epoch=1):
    network, parameters = exercise(cell)
    training = Training(network, parameters, EXACT, ETA)
    with np.errstate(all="ignore"):
        return [each for each in ways(Case.of(training, epoch, address)) if isinstance(each, Way)]


@pytest.mark.parametrize("cell", TABLES)
def test_slips_of_the_output_are_what_the_loops_make_of_them(cell):
    right, seen = loops(cell), 0
    for symbol, address in steps(cell):
        known = found_at(cell, address)
        for (title, words), others in SLIPPED.items():
            wrong = loops(cell, *others)[symbol]
            mine = [way.value for way in known if way.title == title and words in way.done]
            assert any(np.allclose(value, wrong, rtol=1e-9) for value in mine), (title, symbol)
            seen += not np.allclose(wrong, right[symbol])
    assert seen > 25


@pytest.mark.parametrize("cell", TABLES)
def test_other_letters_are_what_the_loops_make_of_them(cell):
    order = [sorted(ALPHABET).index(letter) for letter in ALPHABET]
    sorted_ = loops(cell, inputs=[order[i] for i in INPUTS], targets=[order[i] for i in TARGETS])
    wanted = loops(cell, targets=(2, 0, 2))
    for symbol, address in steps(cell):
        known = found_at(cell, address)
        mine = [way.value for way in known if way.title == "letters in sorted order"]
        assert len(mine) == 1
        np.testing.assert_allclose(mine[0], sorted_[symbol], rtol=1e-9)
        mine = [way.value for way in known if way.done == "The letter wanted is taken as “a” at t = 1 instead of “c”."]
        assert len(mine) == 1
        np.testing.assert_allclose(mine[0], wanted[symbol], rtol=1e-9)


@pytest.mark.parametrize("cell", TABLES)
def test_a_softmax_taken_twice_at_every_epoch_is_found(cell):
    P = dict(exercise(cell)[1])
    for _ in range(3):
        values = loops(cell, *SLIPPED["softmax twice", "goes into a loss"], P=P)
        P = {name.removesuffix("_new"): value for name, value in values.items() if name.endswith("_new")}
    known = [way for way in found_at(cell, Address(Phase.UPDATE, "V"), 3) if way.title == "softmax twice"]
    assert any("every epoch" in way.done and np.allclose(way.value, P["V"], rtol=1e-9) for way in known)


def test_where_a_target_is_missing_there_are_none_of_these():
    names = {title for title, _ in SLIPPED} | {"letters in sorted order", "the wrong target letter"}
    some = Network(ALPHABET, INPUTS, (1, NONE, 2), 2, None, False, "lstm")
    case = Case.of(Training(some, exercise("lstm")[1], EXACT, ETA), 1, Address(Phase.FORWARD, "L"))
    assert not [slip.name for slip in SLIPS if slip.name in names for _ in slip.make(case)]


@pytest.mark.parametrize("cell", TABLES)
def test_with_attention_the_output_may_read_the_state_or_raw_scores(cell):
    network, parameters = exercise(cell)
    attended = Network(ALPHABET, INPUTS, TARGETS, 2, None, True, cell)
    case = Case.of(Training(attended, parameters, EXACT, ETA), 1, Address(Phase.FORWARD, "L"))
    known = {slip.name: slip for slip in SLIPS}
    values, P, total = loops(cell), parameters, 0.0
    h = [values[f"h[{t}]"] for t in range(1, network.T + 1)]
    for t, y in enumerate(one_hot(TARGETS)):
        context = sum((state @ h[t]) * state for state in h[: t + 1])
        total += right_loss(softmax(P["V"] @ context + P["c"]), y)
    for name, slow in (("h for Z", values["L"]), ("raw scores for weights", total)):
        (variant,) = known[name].make(case)
        assert variant.change(case.right).value(case.address) == pytest.approx(slow, rel=1e-9)
