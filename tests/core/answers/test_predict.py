"""Predictions: a sign or a number, judged, and counted by kind of step."""

from __future__ import annotations

import numpy as np
import pytest

from core.answers.predict import Judgement, Score, judge_prediction, kind_of
from core.answers.said import Answer
from core.epoch.training import Training
from core.network.network import Network, Parameters
from core.network.rule import EXACT, PRINTED
from core.program.program import Address, Phase, Program
from core.slips.case import Case
from core.writing.notation import NotationError
from tests import oracles
from tests.strategies import KINDS, Start, of_kind

H = Address(Phase.FORWARD, "h", (2,))
SLOPE = Address(Phase.BACKWARD, "W")
SIGNS = {"+": 1, "-": -1, "−": -1, "–": -1, "0": 0}


@pytest.fixture(scope="module")
def training(sheet_a: Start):
    return Training(*sheet_a, PRINTED, 0.01)


@pytest.fixture(scope="module")
def case(training):
    return lambda address: Case.of(training, 1, address)


def answered(judgement: Judgement) -> Answer:
    assert judgement.answer is not None
    return judgement.answer


# -- signs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", [*SIGNS, " + ", "\t−\n"])
def test_a_sign_is_right_where_the_number_has_it(case, typed):
    """∂L/∂W of the sheet is 0.0274, h₂ is -0.3070; U's last entry is not moved, since no x has it."""
    addresses = {1: (SLOPE, (0, 0)), -1: (H, (0, 0)), 0: (Address(Phase.BACKWARD, "U"), (0, 3))}
    for sign, (address, entry) in addresses.items():
        found = judge_prediction(case(address), typed, entry)
        word = {1: "positive", -1: "negative", 0: "zero"}[sign]
        right = SIGNS[typed.strip()] == sign
        assert found.right == right
        assert found.words == (f"Right: it is {word}." if right else f"It is {word}.")
        assert found.answer is None


def test_a_sign_is_about_the_entry_that_is_followed():
    network, parameters = of_kind((False, True), seed=4)
    training = Training(network, parameters, EXACT, 0.1)
    P = oracles.values(parameters)
    h = oracles.forward(network, P).h[3]
    W = oracles.gradient(network, parameters, EXACT, "W")
    signs = set()
    for i in range(network.H):
        vector = Case.of(training, 1, Address(Phase.FORWARD, "h", (3,)))
        assert judge_prediction(vector, "+", (i, 0)).right == (h[i] > 0)
        for j in range(network.H):
            assert judge_prediction(Case.of(training, 1, SLOPE), "-", (i, j)).right == (W[i, j] < 0)
            signs.add(W[i, j] < 0)
    assert signs == {True, False}


def test_a_zero_with_decimals_is_a_number_and_no_sign(case):
    found = judge_prediction(case(H), "0.0000")
    assert (found.right, found.words, answered(found).kind) == (False, "", "could be")  # as max(0, a) gives it


def test_a_number_with_a_sign_is_a_number(case):
    found = judge_prediction(case(H), "−0.9999")
    assert (found.right, found.words, answered(found).kind) == (False, "", "unknown")


# -- numbers -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["0.0274", "0,0274", "2.74e-2", "0.0275", "0.03"])
def test_a_number_is_right_where_it_agrees(case, typed):
    found = judge_prediction(case(SLOPE), typed)
    assert (found.kind, found.right, found.words, answered(found).kind) == ("sums", True, "", "agrees")


@pytest.mark.parametrize("typed", ["0.0", "1"])
def test_a_number_that_is_too_coarse_is_neither_right_nor_wrong(case, typed):
    found = judge_prediction(case(SLOPE), typed)
    assert (found.right, answered(found).kind) == (None, "too coarse")
    before = Score({"sums": (1, 2)})
    assert before.after(found) == before


def test_a_number_that_is_wrong_is_explained(case):
    found = judge_prediction(case(SLOPE), "0.0402")
    assert (found.kind, found.right, found.words, answered(found).kind) == ("sums", False, "", "explained")
    assert answered(found).headline == "This is the exact derivative, which is what autograd gives."


def test_a_whole_vector_can_be_predicted(case, sheet_a):
    network, parameters = sheet_a
    yhat = oracles.forward(network, oracles.values(parameters)).yhat[2]
    address = Address(Phase.FORWARD, "yhat", (2,))
    assert judge_prediction(case(address), " ".join(f"{number:.4f}" for number in yhat)).right
    wrong = judge_prediction(case(address), " ".join(f"{number:.4f}" for number in (*yhat[:3], yhat[3] + 0.1)))
    assert not wrong.right
    assert len(answered(wrong).differing) == 1


def test_a_single_number_of_a_matrix_is_for_the_entry_that_is_followed(case, sheet_a):
    network, parameters = sheet_a
    V = oracles.gradient(network, parameters, PRINTED, "V")
    address = Address(Phase.BACKWARD, "V")
    found = judge_prediction(case(address), f"{V[2, 0] + 0.00004:.4f}", (2, 0))
    assert (found.right, answered(found).place) == (True, "entry (3, 1)")
    wrong = judge_prediction(case(address), "0.9", (2, 0))
    assert (wrong.right, answered(wrong).place) == (False, "entry (3, 1)")


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", "expected a number, found nothing"),
        ("  ", "expected a number, found nothing"),
        ("positive", "expected a number, found 'positive'"),
        ("++", "expected a number"),
        ("1 2", "expected one number, found 2"),
    ],
)
def test_what_is_neither_a_sign_nor_a_number_is_refused(case, typed, problem):
    with pytest.raises(NotationError, match=f"^{problem}|{problem}"):
        judge_prediction(case(SLOPE), typed)


# -- kinds ---------------------------------------------------------------------------------------------------

FORWARD = {"h", "A", "α", "Z", "Ω", "ŷ", "L"}
BACKWARD = {"∂L/∂Ω", *(f"terms of ∂L/∂{name}" for name in "VcWUb"), "sums", "updates"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_step_that_is_predicted_has_a_kind(kind):
    embedded, attention = kind
    network, _ = of_kind(kind)
    found: dict[str, set[Address]] = {}
    for address in Program(network):
        if address.quantity != "letter":
            found.setdefault(kind_of(address, network), set()).add(address)
    expected = FORWARD | BACKWARD
    expected |= {"x", "terms of ∂L/∂E"} if embedded else set()
    assert {*found} == expected - (set() if attention else {"A", "α", "Z"})
    assert {address.phase for address in found["updates"]} == {Phase.UPDATE}
    assert all(address.is_sum for address in found["sums"])
    assert {address.indices[:1] for address in found["h"]} == {(1,), (2,), (3,), (4,)}
    assert Address(Phase.FORWARD, "L") in found["L"]


# -- the score -----------------------------------------------------------------------------------------------


def test_a_score_counts_by_kind():
    score = Score()
    for kind, right in (("h", True), ("h", False), ("sums", False), ("h", True), ("sums", False)):
        score = score.after(Judgement(kind, right))
    assert score.counts == {"h": (2, 3), "sums": (0, 2)}
    assert score.of("h") == "h: 2 of 3"
    assert score.of("updates") == ""
    assert score.text == "h: 2 of 3\nsums: 0 of 2"


def test_a_score_is_not_changed_by_the_next_prediction():
    before = Score().after(Judgement("h", right=True))
    before.after(Judgement("h", right=True))
    assert before.counts == {"h": (1, 1)}
    assert Score().counts == {}
    assert Score().text == ""


def test_a_diverged_number_has_no_sign():
    """Where training diverged a step may be NaN, of which no sign is right."""
    network = Network(("a", "b"), (0, 1), (1, 0), 1, None, False)
    drawn = {name: np.full(shape, 1e308) for name, shape in network.parameter_shapes.items()}
    training = Training(network, Parameters.checked(network, drawn), EXACT, 1e308)
    case = Case.of(training, 3, Address(Phase.FORWARD, "Omega", (1,)))
    assert np.isnan(case.right.value(case.address)).any()
    for typed in SIGNS:
        found = judge_prediction(case, typed)
        assert (found.right, found.words) == (False, "It is not a number.")
