"""The answer to a number on the command line: what is said, and what a program reads."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest

from core.commands.explained import explain, write_json, write_text
from core.epoch.training import Training
from core.network.rule import EXACT, PRINTED
from core.program.program import Address, Phase, Program
from core.sources.opening import open_source
from core.sources.source import Source
from core.writing.notation import NotationError
from tests import oracles
from tests.strategies import random_network

SUM_OF_W = 74
SIXTH = "0.0274 by the values + 0.0045 by the keys + 0.0083 by the query = 0.0402."


@pytest.fixture(scope="module")
def sheet():
    return open_source("attention")


def said(found):
    out = io.StringIO()
    write_text(found, out)
    return out.getvalue()


def told(found):
    out = io.StringIO()
    write_json(found, out)
    return json.loads(out.getvalue(), parse_constant=pytest.fail)


def test_the_step_is_answered(sheet):
    found = explain(sheet, "0.0402", step=SUM_OF_W)
    assert (found.position, found.epoch, found.step.address) == (SUM_OF_W, 1, Address(Phase.BACKWARD, "W"))
    assert (len(found.program), float(found.given.values)) == (121, 0.0402)
    assert found.answer.kind == "explained"


def test_the_text_says_step_numbers_answer_and_how_to_step_with_the_rule(sheet):
    text = said(explain(sheet, "  0.0402 ", step=SUM_OF_W))
    assert text.splitlines()[:6] == [
        "Step 74 of 121, epoch 1: ∂L/∂W: the sum",
        "computed     0.027415",
        "your number  0.0402",
        "",
        "This is the exact derivative, which is what autograd gives.",
        "",
    ]
    body = " ".join(text.split())
    assert SIXTH in body
    assert "It first matters at step 57, the term (2, 2, 2): −0.0355 instead of −0.0307." in body
    assert body.endswith("To step with it: --rule exact")
    assert text.endswith("\n")
    assert max(map(len, text.splitlines())) <= 100


def test_a_slip_that_no_rule_makes_names_no_rule(sheet):
    text = said(explain(sheet, "0.2210", step=SUM_OF_W))
    assert "\n1. hₖ for hₖ₋₁\n" in text
    assert "--rule" not in text
    custom = explain(sheet, "-0.0274", step=SUM_OF_W)
    assert [match.rule and match.rule.name for match in custom.answer.matches] == ["custom"]
    assert "--rule" not in said(custom)


def test_several_ways_are_numbered(sheet):
    a = oracles.forward(sheet.network, oracles.values(sheet.parameters)).a[1][0]
    position = Program(sheet.network).position(Address(Phase.FORWARD, "h", (1,)))
    found = explain(sheet, f"{a:.4f}", step=position)
    text = said(found)
    assert len(found.answer.matches) > 1
    for number, match in enumerate(found.answer.matches, 1):
        assert f"\n{number}. {match.title[0].upper()}{match.title[1:]}\n" in text


def test_numbers_that_differ_stand_on_lines_of_their_own(sheet):
    position = Program(sheet.network).position(Address(Phase.FORWARD, "yhat", (2,)))
    network, parameters = sheet.network, sheet.parameters
    yhat = oracles.forward(network, oracles.values(parameters)).yhat[2]
    wrong = [*yhat[:2], yhat[2] + 0.1, yhat[3]]
    found = explain(sheet, " ".join(f"{number:.4f}" for number in wrong), step=position)
    assert f"\n  entry 3: yours {wrong[2]:.4f}, right {yhat[2]:.4f}\n" in said(found)
    contents = told(found)
    assert contents["given"] == [round(number, 4) for number in wrong]
    assert contents["decimals"] == [4, 4, 4, 4]
    assert contents["computed"] == pytest.approx(list(yhat), rel=1e-12)
    assert contents["differing"] == [f"entry 3: yours {wrong[2]:.4f}, right {yhat[2]:.4f}"]


def test_a_single_number_of_a_matrix_says_which(sheet):
    position = Program(sheet.network).position(Address(Phase.BACKWARD, "V"))
    found = explain(sheet, "-0.4165", step=position)
    assert "\nentry (2, 1): Agrees to the 4 decimals given" in said(found)
    assert told(found)["place"] == "entry (2, 1)"


def test_a_large_value_is_not_listed():
    network, parameters = random_network(2, K=5, H=5)
    source = Source("it", "It", network, parameters, EXACT, 0.1)
    position = Program(network, way=source.way).position(Address(Phase.BACKWARD, "W"))
    text = said(explain(source, "0.5", step=position))
    assert "computed" not in text
    assert "your number  0.5\n" in text


def test_the_json_holds_every_number_in_full(sheet):
    contents = told(explain(sheet, "0.0402", step=SUM_OF_W))
    slope = oracles.gradient(sheet.network, sheet.parameters, PRINTED, "W")
    (match,) = contents.pop("matches")
    assert contents == {
        "step": 74,
        "epoch": 1,
        "title": "∂L/∂W: the sum",
        "computed": [[pytest.approx(slope[0, 0], rel=1e-12)]],
        "given": 0.0402,
        "decimals": 4,
        "kind": "explained",
        "place": "",
        "headline": "This is the exact derivative, which is what autograd gives.",
        "differing": [],
        "elsewhere": [],
    }
    exact = oracles.terms(sheet.network, sheet.parameters, EXACT)["W"][2, 2, 2]
    printed = oracles.terms(sheet.network, sheet.parameters, PRINTED)["W"][2, 2, 2]
    assert match.pop("first") == {
        "step": 57,
        "name": "the term (2, 2, 2)",
        "theirs": pytest.approx(exact[0, 0], rel=1e-12),
        "right": pytest.approx(printed[0, 0], rel=1e-12),
    }
    assert match.pop("rule") == {
        "sign": 1,
        "weight": "softmax",
        "paths": ["value", "key", "query"],
        "output_state": "Z",
        "embedding_row": "k",
    }
    assert match.pop("done").startswith("Your number lets the gradient pass attention by the values, the keys")
    assert match.pop("right").startswith("The rule in use, as printed, ")
    title = "the exact derivative, which is what autograd gives"
    assert match == {"title": title, "detail": SIXTH, "equal": True, "sure": True, "paths": True}


def test_what_is_unknown_has_no_matches(sheet):
    contents = told(explain(sheet, "5.1234", step=SUM_OF_W))
    assert (contents["kind"], contents["matches"]) == ("unknown", [])
    assert said(explain(sheet, "5.1234", step=SUM_OF_W)).endswith("\n\nNo known slip gives this.\n")


def test_a_slip_that_is_not_a_rule_has_none_in_json(sheet):
    (match,) = told(explain(sheet, "0.2210", step=SUM_OF_W))["matches"]
    assert (match["title"], match["rule"], match["paths"]) == ("hₖ for hₖ₋₁", None, False)


def test_numbers_that_json_lacks_are_strings(sheet):
    source = Source("it", "It", sheet.network, sheet.parameters, EXACT, 1e308)
    out = io.StringIO()
    write_json(explain(source, "inf", step=SUM_OF_W, epoch=3), out)
    contents = json.loads(out.getvalue(), parse_constant=pytest.fail)
    assert contents["given"] == "Infinity"
    assert contents["computed"] == [["NaN"]]


def test_a_rule_of_ones_own_trains_the_earlier_epochs_too(sheet):
    trained = Training(sheet.network, sheet.parameters, EXACT, sheet.learning_rate)
    later = trained.epoch(2).tape.parameters
    slope = oracles.gradient(sheet.network, later, EXACT, "W")[0, 0]
    found = explain(sheet, f"{slope:.6f}", step=SUM_OF_W, epoch=2, rule=EXACT)
    assert (found.epoch, found.answer.kind) == (2, "agrees")
    np.testing.assert_allclose(found.step.value, slope, rtol=1e-11)
    assert explain(sheet, f"{slope:.6f}", step=SUM_OF_W, epoch=2).answer.kind != "agrees"


def test_the_stated_learning_rate_of_a_sheet_is_known(sheet, tmp_path: Path):
    position = Program(sheet.network).position(Address(Phase.UPDATE, "W"))
    titles = [match.title for match in explain(sheet, "-0.5897", step=position).answer.matches]
    assert "the stated η" in titles
    plain = Source("it", "It", sheet.network, sheet.parameters, sheet.rule, sheet.learning_rate)
    titles = [match.title for match in explain(plain, "-0.5897", step=position, way="terms").answer.matches]
    assert "the stated η" not in titles


def test_what_is_no_number_is_refused(sheet):
    with pytest.raises(NotationError, match="expected one number, found 2"):
        explain(sheet, "0.1 0.2", step=SUM_OF_W)


@pytest.mark.parametrize(("K", "is_written"), [(16, True), (17, False)])
def test_up_to_sixteen_numbers_of_the_step_are_written(K, is_written):
    network, parameters = random_network(1, T=2, K=2, H=K, attention=False)
    source = Source("it", "It", network, parameters, EXACT, 0.1)
    found = explain(source, "0.5", step=Program(network).position(Address(Phase.FORWARD, "h", (1,))))
    assert ("computed     " in said(found)) == is_written


def test_where_a_number_stands_is_said_of_steps_that_the_way_back_has(sheet):
    text = said(explain(sheet, "0.0402", step=78, way="timesteps"))
    assert "It first matters in the term (2, 2, 2) (see step 75): " in text
    assert "It first matters at step " in said(explain(sheet, "0.0402", step=SUM_OF_W))
    assert "the term (2, 2, 2)" not in str(told(explain(sheet, "-0.0307", step=2, way="timesteps"))["elsewhere"])
    assert "the term (2, 2, 2)" in str(told(explain(sheet, "-0.0307", step=2))["elsewhere"])


def test_a_step_of_a_long_way_back_timestep_by_timestep_is_explained():
    network, parameters = random_network(2, T=25, K=2, H=1)  # more steps term by term than are looked at one by one
    source = Source("it", "It", network, parameters, EXACT, 0.1)
    program = Program(network, way="timesteps")
    for address in (Address(Phase.BACKWARD, "h", (3,)), Address(Phase.BACKWARD, "W", (3,))):
        assert "your number  7.77\n" in said(explain(source, "7.77", step=program.position(address)))
