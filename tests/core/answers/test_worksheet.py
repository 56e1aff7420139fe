"""A learner's own lines against a worksheet done by plain loops, with wrong numbers put into it."""

from __future__ import annotations

import random
from functools import partial

import numpy as np
import pytest

from core.answers.lines import OwnLine, read_lines
from core.answers.worksheet import first_wrong, judge, summary
from core.network.rule import EXACT, PRINTED, TYPESET
from core.network.symbols import parse, symbol
from core.program.program import Address, Phase, Program
from tests.oracles import dot, times
from tests.strategies import KINDS, Start, of_kind, random_network
from tests.worksheet_oracle import ByTimestep, Learner, Sheet, numbers, printed, verdicts, wrong_number

RULES = (PRINTED, EXACT, TYPESET)


@pytest.fixture(scope="module")
def sheets(sheet_a: Start, sheet_b: Start):
    return {"A": Learner(*sheet_a, PRINTED, 0.01), "B": Learner(*sheet_b, PRINTED, 0.1)}


@pytest.fixture(scope="module")
def learner(sheets):
    return sheets["A"]


RANDOM = [
    Learner(*of_kind(kind, seed), RULES[seed % 3], 0.3, epoch=1 + seed % 2) for seed, kind in enumerate(KINDS * 2)
]

# -- one wrong number ----------------------------------------------------------------------------------------


def assert_only_wrong(learner, name, draw, decimals):
    """The line *name*, made wrong, is the only one that is wrong by itself, and the others follow or are right."""
    number = wrong_number(learner.right[name], draw, decimals, parse(name).name)
    written = learner.lines({name: number})
    expected = learner.expected(written, decimals) | {name: "wrong"}
    judged = learner.judged(printed(written, decimals))
    assert verdicts(judged) == expected
    first = first_wrong(judged)
    assert first is not None
    assert first.line.symbol == name
    for found in judged:
        assert found.follows_from == ((name,) if found.verdict == "follows" else ()), found.line.symbol
        np.testing.assert_allclose(found.right, learner.right[found.line.symbol], rtol=1e-11, atol=1e-14)
        own = learner.right[name] if found is first else written[found.line.symbol]
        if found.verdict in ("wrong", "follows"):
            np.testing.assert_allclose(found.own, own, rtol=1e-11, atol=1e-14)
    if decimals == 4:  # once is enough: to search for what explains it takes as long as all else
        unasked = parse(name).name in ("a", "D", "v", "g", "s") or first.address.quantity == "letter"
        assert (learner.explained(first) is None) == unasked
    assert not any(learner.explained(found) for found in judged if found is not first)
    return [name for name, verdict in expected.items() if verdict == "follows"]


@pytest.mark.parametrize("decimals", [4, 6])
@pytest.mark.parametrize("sheet", ["A", "B"])
def test_a_wrong_number_anywhere_on_a_sheet_is_the_only_one_wrong_by_itself(sheets, sheet, decimals):
    learner, draw, follow = sheets[sheet], random.Random(sheet), {}
    looked_at = [*learner.right] if decimals == 4 else [*learner.right][::3]
    for name in dict.fromkeys([*looked_at, "h[2]", "L[2]", "dL/dW", "W_new", "dL/dOmega[1]"]):
        if name != "alpha[1,1]" and (parse(name).name != "x" or sheet == "B"):
            follow[name] = assert_only_wrong(learner, name, draw, decimals)
    assert {"L", "dL/dW", "dL/dU", "dL/dV", "W_new", "h[3]", "yhat[4]"} <= {*follow["h[2]"]}
    assert not {"h[1]", "yhat[1]", "L[1]"} & {*follow["h[2]"]}
    assert follow["L[2]"] == ["L"]
    assert follow["dL/dW"] == ["W_new"]
    assert follow["W_new"] == []
    assert "L" not in follow["dL/dOmega[1]"]
    assert "dL/dc" in follow["dL/dOmega[1]"]


@pytest.mark.parametrize("number", range(len(KINDS)))
def test_a_wrong_number_of_every_kind_is_found_on_random_networks(number):
    learner, draw = RANDOM[number], random.Random(number)
    embedded, attention = KINDS[number % 4]
    kinds: dict[str, list[str]] = {}
    for name in learner.right:
        kinds.setdefault(parse(name).name, []).append(name)
    assert ("x" in kinds, "A" in kinds, "E_new" in kinds) == (True, attention, embedded)
    for names in kinds.values():
        assert_only_wrong(learner, draw.choice(names[1:] or names), draw, 4)


@pytest.mark.parametrize("decimals", [2, 4, 6])
@pytest.mark.parametrize("number", range(4))
def test_what_is_carried_in_rounded_numbers_is_still_not_wrong_by_itself(number, decimals):
    learner, draw = RANDOM[number], random.Random(number)
    note = partial(np.round, decimals=decimals)
    wrong = symbol("h", draw.choice((1, 2, 3)))
    own = {wrong: np.round(learner.right[wrong] + draw.uniform(0.1, 0.3), decimals)}
    judged = learner.judged(printed(learner.lines(own, note), decimals))
    assert [name for name, verdict in verdicts(judged).items() if verdict == "wrong"] == [wrong]
    assert "follows" in verdicts(judged).values()


def test_a_line_that_follows_from_fewer_digits_than_were_used_follows(learner):
    """h₂ is written to two decimals only, and used with all of them."""
    written = learner.lines({"h[2]": np.array([0.1234567])})
    text = "h2 = 0.12\n" + printed({"L": written["L"], "dL/dW": written["dL/dW"]}, 4)
    assert verdicts(learner.judged(text)) == {"h[2]": "wrong", "L": "follows", "dL/dW": "follows"}
    further = f"h2 = 0.12\ndL/dW = {float(written['dL/dW'][0, 0]) + 0.01:.4f}"
    assert verdicts(learner.judged(further)) == {"h[2]": "wrong", "dL/dW": "wrong"}


@pytest.mark.parametrize("entry", [0, 1, 3])
def test_any_entry_may_have_been_used_with_more_digits_than_are_written(learner, entry):
    exact = np.array([0.41, -0.63, 0.57, 0.12])
    exact[entry] += 0.0049
    written = learner.lines({"Omega[2]": exact})
    assert np.all(np.round(exact, 2) == np.round(np.array([0.41, -0.63, 0.57, 0.12]), 2))
    text = f"Omega2 = {numbers(exact, 2)}\n" + printed({"yhat[2]": written["yhat[2]"]}, 4)
    assert verdicts(learner.judged(text)) == {"Omega[2]": "wrong", "yhat[2]": "follows"}


# -- two wrong numbers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second"),
    [("h[1]", "h[3]"), ("h[1]", "L[2]"), ("yhat[2]", "dL/dW"), ("a[2]", "dL/dOmega[3]"), ("dL/dV", "W_new")],
)
@pytest.mark.parametrize("sheet", ["A", "B"])
def test_two_wrong_numbers_are_both_found(sheets, sheet, first, second):
    learner, draw = sheets[sheet], random.Random(first + second)
    own = {first: wrong_number(learner.right[first], draw, 4, parse(first).name)}
    own[second] = wrong_number(learner.lines(own)[second], draw, 4, parse(second).name)
    written = learner.lines(own)
    judged = learner.judged(printed(written, 4))
    assert verdicts(judged) == learner.expected(written, 4) | dict.fromkeys(own, "wrong")
    wrong = first_wrong(judged)
    assert wrong is not None
    assert wrong.line.symbol == first
    assert learner.explained(next(found for found in judged if found.line.symbol == second)) is not None


def test_a_line_names_only_the_wrong_ones_that_it_follows_from(learner):
    own = {"h[1]": np.array([0.3]), "Z[2]": np.array([0.4]), "L[4]": np.array(1.0)}
    found = {each.line.symbol: each for each in learner.judged(printed(learner.lines(own), 4))}
    assert found["h[2]"].follows_from == ("h[1]",)
    assert found["Omega[2]"].follows_from == ("Z[2]",)
    assert found["dL/dV"].follows_from == ("h[1]", "Z[2]")
    assert found["L"].follows_from == ("h[1]", "Z[2]", "L[4]")


@pytest.mark.parametrize(
    ("name", "symbol"),
    [("z1", "a[1]"), ("z1", "Z[1]"), ("a1", "h[1]"), ("o1", "yhat[1]"), ("o1", "Omega[1]"), ("dz1", "dL/da[1]")],
)
def test_of_two_quantities_that_a_letter_may_mean_the_numbers_tell_which(learner, name, symbol):
    right = {"dL/da[1]": [0.1818]}.get(symbol, np.ravel(learner.right.get(symbol, 0)))
    (found,) = learner.judged(f"{name} = {numbers(np.array(right), 4)}")
    assert (found.line.symbol, found.verdict) == (symbol, "right")


def test_a_letter_that_may_mean_two_is_said_as_what_it_is_taken_for(learner):
    (found,) = learner.judged("z1 = 0.5")
    assert (found.line.symbol, found.verdict, found.line.note) == ("Z[1]", "wrong", "z1 is Z₁ here")


# -- what explains the wrong one -----------------------------------------------------------------------------


def titles(learner, found, stated=None):
    return [match.title for match in learner.explained(found, stated).matches]


def test_a_slip_is_explained(learner):
    right = learner.right
    (h,) = learner.judged(f"h2 = {numbers(right['a[2]'], 4)}")
    assert (h.verdict, learner.explained(h).kind) == ("wrong", "explained")
    assert "tanh left out here" in titles(learner, h)
    raw = sum(right[f"A[3,{i}]"] * right[f"h[{i}]"] for i in (1, 2, 3))
    (Z,) = learner.judged(f"Z3 = {numbers(raw, 4)}")
    assert titles(learner, Z) == ["raw scores for weights"]
    (slope,) = learner.judged("dL/dW = 0.0402")
    assert titles(learner, slope) == ["the exact derivative, which is what autograd gives"]
    (unknown,) = learner.judged("dL/dW = 5.1234")
    assert (unknown.verdict, learner.explained(unknown).kind) == ("wrong", "unknown")


def test_a_slip_after_a_wrong_line_is_explained_by_the_learners_own_numbers(learner):
    own = {"h[1]": np.array([0.3])}
    own["h[3]"] = np.round(learner.lines(own)["a[3]"], 4)
    _, h = learner.judged(printed({name: learner.lines(own)[name] for name in own}, 4))
    assert (h.verdict, titles(learner, h)) == ("wrong", ["tanh left out here"])
    assert learner.right["a[3]"] != pytest.approx(own["h[3]"], abs=1e-3)


def test_a_slip_after_a_wrong_error_of_the_output_is_explained_by_it(learner):
    own = {"dL/dOmega[2]": np.round(learner.right["dL/dOmega[2]"] + np.array([0.3, -0.1, 0.1, -0.3]), 4)}
    own["dL/dc"] = np.round(learner.lines(own)["dL/dc"] / learner.network.T, 4)
    _, slope = learner.judged(printed(own, 4))
    assert (slope.verdict, titles(learner, slope)) == ("wrong", ["the mean for the sum"])


def test_the_stated_learning_rate_is_known(learner):
    (found,) = learner.judged("W_new = -0.5897")
    assert "the stated η" in titles(learner, found, stated=0.1)
    assert "the stated η" not in titles(learner, found)


def test_a_weight_in_the_place_of_another_is_wrong(learner):
    first, second = (f"{learner.right[name]:.4f}" for name in ("alpha[3,1]", "alpha[3,2]"))
    assert first != second
    (found,) = learner.judged(f"alpha31 = {second}")
    assert (found.verdict, learner.explained(found).place) == ("wrong", "entry 2")


@pytest.mark.parametrize("number", range(8))
def test_parts_of_a_step_are_judged_and_not_explained(number):
    learner = RANDOM[number]
    network, lines, t = learner.network, learner.right, learner.network.T
    v = learner.rule.sign * times(learner.P["V"].T, lines[f"dL/dOmega[{t}]"])
    sheet = Sheet(network, learner.P, learner.rule, 0)
    parts = {
        f"y[{t}]": np.eye(network.K)[network.targets[t - 1]],
        f"D[{t}]": 1 - lines[f"h[{t}]"] ** 2,
        f"v[{t}]": v,
        f"g[{t},{t}]": sheet.asked(t, t, v),
    }
    if network.attention:
        parts[f"s[{t},1]"] = dot(lines["h[1]"] - lines[f"Z[{t}]"], v)
    if network.embedding_size is not None:
        parts[f"xo[{t}]"] = np.eye(network.K)[network.inputs[t - 1]]
    for name, value in parts.items():
        (found,) = learner.judged(printed({name: value}, 6))
        assert (found.line.symbol, found.verdict) == (name, "right")
        np.testing.assert_allclose(found.right, value, rtol=1e-11, atol=1e-14)
        wrong = np.roll(value, 1) if parse(name).name == "y" else value + 0.25  # a y that is no letter is asked about
        (found,) = learner.judged(printed({name: wrong}, 6))
        assert (found.verdict, learner.explained(found)) == ("wrong", None)


@pytest.mark.parametrize("number", [*range(len(RANDOM)), "A", "B"])
def test_what_follows_from_a_wrong_part_of_a_step_is_not_wrong_by_itself(sheets, number):
    learner, draw = sheets[number] if isinstance(number, str) else RANDOM[number], random.Random(str(number))
    kinds: dict[str, list[str]] = {}
    for name in learner.parts():
        kinds.setdefault(parse(name).name, []).append(name)
    assert {"D", "v", "g"} <= {*kinds}
    moved = 0
    for names in kinds.values():
        name = draw.choice(names)
        own = {name: np.round(learner.parts()[name] + draw.choice((-1, 1)) * draw.uniform(0.2, 0.4), 4)}
        written = learner.lines(own)
        judged = learner.judged(f"{printed(own, 4)}\n{printed(written, 5)}")
        expected = learner.expected(written, 5) | {name: "wrong"}
        assert verdicts(judged) == expected
        assert {found.follows_from for found in judged if found.verdict == "follows"} <= {(name,)}
        moved += "follows" in expected.values()
    assert moved >= 2


def test_a_wrong_epoch_carries_into_the_next(sheet_a: Start):
    first, second = (Learner(*sheet_a, PRINTED, 0.01, epoch) for epoch in (1, 2))
    own = first.lines({"dL/dW": np.array([[0.9]])})
    slope, after = float(own["dL/dW"][0, 0]), float(own["W_new"][0, 0])
    astray = Sheet(second.network, {**second.P, "W": own["W_new"]}, PRINTED, 0.01, {"h[4]": np.array([0.2])}).lines
    text = f"dL/dW = {slope:.4f}\nepoch 2:\nW = {after:.4f}\nh1 = {float(astray['h[1]'][0]):.4f}\n"
    text += f"h3 = {float(astray['h[3]'][0]):.4f}\nL = {float(astray['L']):.4f}\nh4 = 0.2000"
    found = {(each.line.epoch, each.line.symbol): each for each in first.judged(text)}
    assert {key: each.verdict for key, each in found.items()} == {
        (1, "dL/dW"): "wrong",
        (1, "W_new"): "follows",
        (2, "h[1]"): "right",
        (2, "h[3]"): "follows",
        (2, "L"): "follows",
        (2, "h[4]"): "wrong",
    }
    assert found[2, "h[3]"].earlier
    assert found[1, "W_new"].follows_from == ("dL/dW",)


def test_a_wrong_epoch_carries_over_one_without_a_mistake_of_its_own(sheet_a: Start):
    first, second, third = (Learner(*sheet_a, PRINTED, 0.01, epoch) for epoch in (1, 2, 3))
    slope = np.array([[0.9]])
    lines = Sheet(second.network, {**second.P, "W": first.lines({"dL/dW": slope})["W_new"]}, PRINTED, 0.01).lines
    onward = Sheet(third.network, {name: lines[f"{name}_new"] for name in third.P}, PRINTED, 0.01).lines
    text = f"dL/dW = 0.9000\nepoch 2:\nL = {float(lines['L']):.6f}\nepoch 3:\nL = {float(onward['L']):.6f}"
    judged = first.judged(text)
    assert [(found.verdict, found.earlier) for found in judged] == [
        ("wrong", False),
        ("follows", True),
        ("follows", True),
    ]


# -- all right -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("decimals", [2, 4, 6])
@pytest.mark.parametrize("number", [*range(len(RANDOM)), "A", "B"])
def test_a_worksheet_without_a_mistake_is_right_in_any_number_of_decimals(sheets, number, decimals):
    learner = sheets[number] if isinstance(number, str) else RANDOM[number]
    judged = learner.judged(printed(learner.right, decimals))
    assert verdicts(judged) == learner.expected(learner.right, decimals)
    coarse, lines = [*verdicts(judged).values()].count("too coarse"), len(learner.right)
    assert {*verdicts(judged).values()} <= {"right", "too coarse"}
    few = f"{coarse} of {lines} lines {'are' if coarse > 1 else 'is'} too coarse to tell: give three digits"
    assert summary(judged) == (f"No line is wrong; {few}." if coarse else f"All {lines} lines are right.")
    assert first_wrong(judged) is None


@pytest.mark.parametrize("decimals", [2, 3, 4, 6])
@pytest.mark.parametrize("number", [0, 1, 2, 3, "A", "B"])
def test_numbers_that_are_carried_rounded_are_right(sheets, number, decimals):
    learner = sheets[number] if isinstance(number, str) else RANDOM[number]
    written = learner.lines(note=partial(np.round, decimals=decimals))
    expected = {
        name: "by rounding" if verdict == "follows" else verdict
        for name, verdict in learner.expected(written, decimals).items()
    }
    judged = learner.judged(printed(written, decimals))
    assert verdicts(judged) == expected
    coarse = "too coarse" in expected.values()
    assert summary(judged).startswith("No line is wrong; " if coarse else f"All {len(written)} lines are right, ")


def test_rounding_between_lines_that_are_not_given_is_no_mistake(learner):
    """The sheet's L₃ with four places carried is 1.4899, two units off."""
    (found,) = learner.judged("L3 = 1.4899")
    assert (found.verdict, learner.explained(found)) == ("by rounding", None)
    assert float(found.right) == pytest.approx(1.490085, abs=1e-6)
    (found,) = learner.judged("L3 = 1.4896")
    assert found.verdict == "wrong"


def test_lines_that_are_left_out_may_have_been_rounded_after_a_wrong_one(learner):
    own = {"h[2]": np.array([0.3])}
    for decimals in (2, 3, 4):
        written = learner.lines(own, partial(np.round, decimals=decimals))
        names = [name for name in written if name == "h[2]" or parse(name).name in ("L", "dL/dV", "dL/dc", "dL/dU")]
        found = verdicts(learner.judged(printed({name: written[name] for name in names}, decimals)))
        assert [name for name in names if found[name] == "wrong"] == ["h[2]"]


def test_rounding_more_than_is_written_is_explained(learner):
    carried = learner.lines(note=partial(np.round, decimals=3))["L[3]"]
    (found,) = learner.judged(f"L3 = {carried:.5f}")
    assert (found.verdict, titles(learner, found)) == ("wrong", ["rounding to 3 decimals on the way"])


@pytest.mark.parametrize("coarse", [1, 2, 3])
def test_rounding_to_fewer_places_than_are_written_is_no_mistake(learner, coarse):
    h = {f"h[{t}]": np.round(learner.right[f"h[{t}]"], coarse) for t in (1, 2, 3)}
    text = f"{printed(h, coarse)}\nZ3 = {numbers(learner.lines(h)['Z[3]'], 5)}"
    assert verdicts(learner.judged(text)) == dict.fromkeys(h, "right") | {"Z[3]": "by rounding"}


def test_one_unit_off_is_not_wrong(learner):
    (found,) = learner.judged("dL/dW = 0.0275")
    assert (found.verdict, summary([found])) == ("one unit off", "The line is right, within one unit.")
    judged = learner.judged("dL/dW = 0.0273\nL = 5.8071")
    assert summary(judged) == "All 2 lines are right, 1 of them within one unit."


# -- order, epochs -------------------------------------------------------------------------------------------


def test_the_order_of_the_lines_does_not_matter(learner):
    written = printed(learner.lines({"h[2]": np.array([0.3])}), 4)
    shuffled = written.splitlines()
    random.Random(3).shuffle(shuffled)
    there, back = learner.judged(written), learner.judged("\n".join(shuffled))
    assert verdicts(there) == verdicts(back)
    assert summary(there) == summary(back)
    program = Program(learner.network)
    for judged in (there, back):
        positions = [program.position(found.address) for found in judged]
        assert positions == sorted(positions)
    steps = {found.line.symbol: found.address for found in back}
    assert steps["h[2]"] == steps["a[2]"] == Address(Phase.FORWARD, "h", (2,))
    assert steps["alpha[3,1]"] == Address(Phase.FORWARD, "alpha", (3,))
    assert steps["dL/dW"] == Address(Phase.BACKWARD, "W")
    assert steps["W_new"] == Address(Phase.UPDATE, "W")


def test_the_second_epoch_is_judged_by_its_own_parameters(sheet_a: Start):
    first, second = (Learner(*sheet_a, PRINTED, 0.01, epoch) for epoch in (1, 2))
    assert f"{float(second.right['L']):.4f}" == "5.7791"
    text = printed({name: second.right[name] for name in ("h[2]", "L", "dL/dV")}, 4)
    assert summary(second.judged(text)) == "All 3 lines are right."
    assert "wrong" in verdicts(first.judged(text)).values()
    assert_only_wrong(second, "h[2]", random.Random(1), 4)


def test_a_long_text_is_judged_without_rounding_each_of_its_terms():
    network, parameters = random_network(3, T=60, attention=False)
    learner = Learner(network, parameters, EXACT, 0.1)
    own = {"h[2]": np.round(learner.right["h[2]"] + 0.1, 4)}
    names = ("h[2]", "h[3]", "L", "dL/dW")
    judged = learner.judged(printed({name: learner.lines(own)[name] for name in names}, 4))
    assert verdicts(judged) == dict.fromkeys(names, "follows") | {"h[2]": "wrong"}


# -- the summary ---------------------------------------------------------------------------------------------

WRONG = "h2 = 0.3000"
LATER = ("Z2", "Omega2", "L2")


@pytest.mark.parametrize(
    ("own", "names", "expected"),
    [
        ({}, ["h[2]"], "The line is right."),
        ({}, ["h[1]", "h[2]"], "All 2 lines are right."),
        ({"h[2]": 0.3}, ["h[2]"], "h₂ is the first that is wrong."),
        ({"h[2]": 0.3}, ["h[1]", "h[2]"], "h₂ is the first that is wrong."),
        ({"h[2]": 0.3}, ["h[2]", "Z[2]"], "h₂ is the first that is wrong; the line after it follows from it."),
        (
            {"h[2]": 0.3},
            ["h[1]", "h[2]", "Z[2]", "yhat[2]"],
            "h₂ is the first that is wrong; all later ones follow from it.",
        ),
        ({"L[2]": 1.0}, ["L[2]", "L[3]"], "L₂ is the first that is wrong."),
        ({"L[2]": 1.0}, ["L[2]", "L[3]", "L"], "L₂ is the first that is wrong; 1 later one follows from it."),
        (
            {"alpha[3,1]": 0.2},
            ["alpha[3,1]", "alpha[3,2]", "Z[3]", "yhat[3]"],
            "α₃,₁ is the first that is wrong; 2 later ones follow from it.",
        ),
        (
            {"h[2]": 0.3, "L[4]": 1.0},
            ["h[2]", "Z[2]", "L[4]"],
            "h₂ is the first that is wrong; 1 later one follows from it; L₄ is wrong by itself.",
        ),
        (
            {"h[2]": 0.3, "L[3]": 1.0, "L[4]": 1.0},
            ["h[2]", "L[3]", "L[4]"],
            "h₂ is the first that is wrong; L₃, L₄ are wrong by themselves.",
        ),
    ],
)
def test_the_summary_says_what_is_wrong_and_what_follows(learner, own, names, expected):
    written = learner.lines({name: np.full(np.shape(learner.right[name]), value) for name, value in own.items()})
    assert summary(learner.judged(printed({name: written[name] for name in names}, 4))) == expected


def test_the_summary_counts_what_is_off_by_rounding(learner):
    assert summary(()) == ""
    assert summary(learner.judged("L3 = 1.4899")) == "The line is right, by rounding on the way."
    assert summary(learner.judged("L3 = 1.4899\nh1 = 0.1432")) == (
        "All 2 lines are right, 1 of them by rounding on the way."
    )
    assert summary(learner.judged("L3 = 1.4899\ndL/dW = 0.0275")) == (
        "All 2 lines are right, 1 of them within one unit, 1 by rounding on the way."
    )


def test_a_name_that_is_given_is_refused(learner):
    (line,) = read_lines("h1 = 0.1", learner.network)
    assert isinstance(line, OwnLine)
    given = OwnLine(1, "W", line.given, "W = 0.1")
    with pytest.raises(ValueError, match="W is given, not computed"):
        judge(learner.training, [given])


# -- timestep by timestep ------------------------------------------------------------------------------------

BACK = [
    Learner(*of_kind(kind, seed), (EXACT, TYPESET)[seed % 2], 0.3, epoch=1 + seed // 2 % 2, sheet=ByTimestep)
    for seed, kind in enumerate(KINDS * 2)
]


@pytest.mark.parametrize("learner", BACK, ids=range(len(BACK)))
def test_what_is_asked_of_every_quantity_is_judged_and_carried_on(learner):
    lines = learner.right
    asked = [name for name in lines if parse(name).name in ("dL/dh", "dL/da", "dhnext", "dL/dA", "dL/dalpha", "dL/dx")]
    assert set(verdicts(learner.judged(printed(lines, 8))).values()) <= {"right", "too coarse"}
    draw = random.Random(7)
    followed = set()
    for name in draw.sample(asked, 6):
        followed |= {parse(each).name for each in assert_only_wrong(learner, name, draw, 6)}
    assert {"dL/dW", "W_new"} <= followed


def test_a_calculation_as_in_min_char_rnn_is_judged_line_by_line(sheet_b):
    network, parameters = sheet_b
    learner = Learner(network, parameters, EXACT, 0.1, sheet=ByTimestep)
    right = learner.right
    text = []
    for t in (4, 3, 2, 1):
        text += [f"dh{t} = {right[f'dL/dh[{t}]'].item():.4f}", f"dhraw{t} = {right[f'dL/da[{t}]'].item():.4f}"]
        text.append(f"dhnext{t} = {right[f'dhnext[{t}]'].item():.4f}")
    assert set(verdicts(learner.judged("\n".join(text))).values()) <= {"right", "one unit off", "too coarse"}
    wrong = [line if not line.startswith("dhraw3") else "dhraw3 = 0.5000" for line in text]
    wrong.append(f"dWhh = {right['dL/dW'].item():.4f}")
    judged = learner.judged("\n".join(wrong))
    found = verdicts(judged)
    assert found["dL/da[3]"] == "wrong"
    assert next(name for name, verdict in found.items() if verdict == "wrong") == "dL/da[3]"
    assert found["dL/dh[4]"] in ("right", "one unit off")
