from __future__ import annotations

import json
import math
from collections import Counter
from importlib import resources
from itertools import pairwise

import numpy as np
import pytest

from core.commands.verify import later_losses, printed_numbers
from core.epoch.epoch import run_epoch
from core.epoch.training import Training
from core.network import symbols
from core.network.network import Parameters
from core.network.rule import EXACT, PRINTED, TYPESET, Rule
from core.program.program import Address, Phase, Program
from core.sources.opening import open_source
from core.sources.source import SHEETS
from core.sources.worksheets import Worksheet, load, verdict
from core.studies.perturbation import ROUNDING, run_epochs, smallest_losses
from tests import worked_sheets

A, B, C, D = map(load, SHEETS)
TOTAL = Address(Phase.FORWARD, "L")


def backward(name: str, *indices: int) -> Address:
    return Address(Phase.BACKWARD, name, indices)


def forward(name: str, *indices: int) -> Address:
    return Address(Phase.FORWARD, name, indices)


def test_the_sheets_print_245_numbers_and_7_later_losses():
    assert (len(A.printed), len(B.printed)) == (119, 126)
    assert (len(A.later), len(B.later)) == (3, 4)
    assert [later.epoch for later in (*A.later, *B.later) if not later.determined] == [500, 1000]


def test_220_numbers_are_equal_and_25_one_unit_off():
    found = Counter(comparison.verdict for sheet in (A, B) for comparison in printed_numbers(sheet))
    assert found == {"equal": 220, "one unit off": 25}


@pytest.mark.parametrize("sheet", [C, D], ids=["lstm", "last-step"])
def test_the_numbers_worked_by_a_script_are_those_of_the_file_and_the_computed_ones(sheet: Worksheet):
    file = json.loads(resources.files("resources").joinpath(f"{sheet.id}.json").read_text(encoding="utf-8"))
    inputs, targets, parameters = worked_sheets.GIVEN[sheet.id]
    given = file["network"]
    assert (given["inputs"], given["targets"], given["parameters"]) == (inputs, targets, parameters)
    found = worked_sheets.sheets()[sheet.id]
    assert file["printed"] == found["printed"]
    assert {later["epoch"]: later["value"] for later in file["later"]} == found["later"]
    compared = [*printed_numbers(sheet), *later_losses(sheet)]
    assert {each.verdict for each in compared} == {"equal"}
    assert len(compared) == {"lstm": 84, "last-step": 56}[sheet.id]


@pytest.mark.parametrize("sheet", [C, D], ids=["lstm", "last-step"])
def test_every_note_stands_at_a_step_of_the_first_epoch(sheet: Worksheet):
    steps = list(Program(sheet.network, way=sheet.way))
    said = [sheet.words_at(1, address) for address in steps]
    assert len(list(filter(None, said))) == len(sheet.notes) > 0
    assert not any(sheet.words_at(2, address) for address in steps)


def test_another_rule_does_not_give_the_printed_gradient():
    epoch = run_epoch(A.network, A.parameters, EXACT, A.learning_rate_used)
    (printed,) = A.at(1, backward("W"))
    assert printed.value == 0.0274
    assert verdict(printed.value, printed.computed(epoch)) == "differs"
    assert printed.computed(epoch) == pytest.approx(0.0402, abs=5e-5)


@pytest.mark.parametrize("sheet", [A, B, C, D], ids=SHEETS)
def test_every_printed_number_has_a_step_that_has_it_in_its_value(sheet: Worksheet):
    program = Program(sheet.network, way=sheet.way)
    epoch = run_epoch(sheet.network, sheet.parameters, sheet.rule, sheet.learning_rate_used)
    for printed in sheet.printed:
        assert printed.address in program
        assert printed in sheet.at(printed.epoch, printed.address)
        assert printed.section in sheet.sections
        assert math.isfinite(printed.computed(epoch))


@pytest.mark.parametrize("sheet", [A, B, C, D], ids=SHEETS)
def test_whole_values_are_printed_in_their_declared_shape(sheet: Worksheet):
    found = Counter((printed.epoch, printed.symbol) for printed in sheet.printed)
    assert {key: math.prod(symbols.shape(key[1], sheet.network)) for key in found} == found


@pytest.mark.parametrize(
    ("printed", "computed", "expected"),
    [
        (0.0274, 0.02744, "equal"),
        (0.0274, 0.02746, "one unit off"),
        (0.0274, 0.02754, "one unit off"),
        (0.0274, 0.02734, "one unit off"),
        (0.0274, 0.02756, "differs"),
        (0.0274, -0.0274, "differs"),
        (0.0, -0.00004, "equal"),
        (0.0, math.nan, "differs"),
        (0.0, math.inf, "differs"),
    ],
)
def test_a_verdict_counts_units_of_the_fourth_decimal(printed: float, computed: float, expected: str):
    assert verdict(printed, computed) == expected


@pytest.mark.parametrize(
    ("sheet", "epoch", "address", "expected"),
    [
        (A, 1, forward("h", 3), "section 5.3"),
        (A, 1, forward("A", 3, 2), "output stage at t = 3"),
        (A, 1, TOTAL, "output stage at t = 4"),
        (A, 1, backward("W", 3, 3, 2), "section 6.4"),
        (A, 1, Address(Phase.UPDATE, "W"), "section 6.4"),
        (A, 2, forward("yhat", 1), "section 6.7"),
        (A, 2, forward("h", 1), "section 5.1"),
        (B, 1, forward("x", 2), "section 5.2"),
        (B, 1, backward("E", 4, 4, 1), "section 6.7"),
        (B, 50, TOTAL, "section 6.8"),
        (C, 1, backward("C", 2), "section 6.2"),
        (C, 1, backward("W_q", 3), "section 6.7"),
        (D, 1, backward("a", 1), "section 6.3"),
    ],
)
def test_a_step_is_found_in_its_section(sheet: Worksheet, epoch: int, address: Address, expected: str):
    assert sheet.section_of(epoch, address).text == expected


@pytest.mark.parametrize("sheet", [A, B, C, D], ids=SHEETS)
@pytest.mark.parametrize("epoch", [1, 2, 3])
def test_every_step_has_a_section_and_either_a_printed_number_or_a_note(sheet: Worksheet, epoch: int):
    for address in Program(sheet.network, way=sheet.way):
        assert sheet.section_of(epoch, address) in sheet.sections
        assert bool(sheet.at(epoch, address)) != bool(sheet.note_at(epoch, address))


@pytest.mark.parametrize(
    ("sheet", "epoch", "address", "expected"),
    [
        (A, 1, backward("W", 3, 3, 2), "The sheet prints only the sum, 0.0274."),
        (A, 1, backward("V", 1), "The sheet prints only the sum, −0.2677 −0.4165 0.5373 0.1470."),
        (B, 1, backward("E", 2, 2, 1), "The sheet prints only the sum."),
        (A, 1, forward("A", 3, 1), "The sheet prints no result here."),
        (A, 1, forward("letter", 1), "The sheet gives these vectors in section 1."),
        (A, 1, backward("W"), ""),
        (A, 2, backward("W"), "Of epoch 2 the sheet prints only ŷ and L."),
        (A, 3, TOTAL, "Of epoch 3 the sheet prints nothing."),
        (C, 2, forward("i", 1), "Of epoch 2 the sheet prints only C, h and L."),
        (C, 1, backward("U_i", 2), "The sheet prints only the sum, 0.0990 −0.0337."),
        (C, 1, backward("h", 2), ""),
        (D, 1, backward("h", 2), ""),
        (D, 1, forward("L", 1), "The sheet prints no result here."),
        (A, 1, backward("h", 2), "The sheet goes back term by term: it has no such step."),
        (A, 100, TOTAL, ""),
        (A, 100, forward("h", 1), "Of epoch 100 the sheet prints only L."),
        (B, 50, TOTAL, "The sheet prints 2.9268 as the smallest loss up to epoch 50."),
        (
            B,
            500,
            TOTAL,
            "The sheet prints 1.0000 as the smallest loss up to epoch 500. The printed inputs do not determine it.",
        ),
    ],
)
def test_a_note_says_what_the_sheet_does_instead(sheet: Worksheet, epoch: int, address: Address, expected: str):
    assert sheet.note_at(epoch, address) == expected


def test_the_loss_of_a_later_epoch_is_printed_at_its_total():
    (printed,) = A.at(100, TOTAL)
    training = Training(A.network, A.parameters, A.rule, A.learning_rate_used)
    assert (printed.value, verdict(printed.value, printed.computed(training.epoch(100)))) == (4.6789, "equal")


def test_labels_count_entries_from_1():
    labels = {(printed.epoch, printed.symbol, printed.entry): printed.label for printed in B.printed}
    assert labels[1, "h[2]", (0,)] == "h₂"
    assert labels[1, "yhat[3]", (3,)] == "ŷ₃[4]"
    assert labels[1, "dL/dE", (1, 0)] == "∂L/∂E[2,1]"


@pytest.mark.parametrize(
    ("sheet", "epoch", "address", "numbers"),
    [
        (A, 1, backward("W", 3, 3, 2), [1, 2]),
        (A, 7, backward("b"), [1, 2]),
        (A, 1, backward("V", 2), [3]),
        (A, 1, backward("c"), []),
        (A, 1, backward("Omega", 1), []),
        (A, 1, Address(Phase.UPDATE, "c"), [5]),
        (A, 1, forward("alpha", 2), [6]),
        (A, 1, forward("h", 1), [8]),
        (A, 2, forward("h", 1), []),
        (B, 1, backward("W"), [1]),
        (B, 1, backward("V"), []),
        (B, 1, backward("E", 1, 1, 1), [1, 4, 9]),
        (B, 1, Address(Phase.UPDATE, "E"), [7]),
        (B, 2, Address(Phase.UPDATE, "E"), []),
    ],
)
def test_errata_stand_at_the_steps_they_concern(sheet: Worksheet, epoch: int, address: Address, numbers: list[int]):
    assert [erratum.number for erratum in sheet.errata_at(epoch, address)] == numbers


@pytest.mark.parametrize(
    ("sheet", "number", "rule", "expected"),
    [
        (A, 1, PRINTED, "The rule in use follows the printed numbers and the true derivative."),
        (A, 1, TYPESET, "The rule in use follows the formula."),
        (A, 2, PRINTED, "The rule in use follows the printed numbers."),
        (A, 2, EXACT, "The rule in use follows the true derivative."),
        (A, 2, Rule(weight="score"), "The rule in use follows none of these readings."),
        (A, 3, PRINTED, "The rule in use follows the formula and the printed numbers."),
        (B, 4, TYPESET, "The rule in use follows the formula and the true derivative."),
        (A, 5, PRINTED, ""),
    ],
)
def test_an_erratum_says_which_reading_the_rule_follows(sheet: Worksheet, number: int, rule: Rule, expected: str):
    (erratum,) = (erratum for erratum in sheet.errata if erratum.number == number)
    assert erratum.stand(rule) == expected


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_opens_with_the_rule_and_rate_that_give_its_numbers(name: str):
    source = open_source(name)
    assert source.worksheet is load(name)
    assert source.rule == (PRINTED if name in ("attention", "embedding") else EXACT)
    assert source.learning_rate == (0.01 if name == "attention" else 0.1)


def test_the_batched_epoch_is_that_of_the_debugger_for_every_run():
    draw = np.random.default_rng(3)
    runs = {name: draw.normal(size=(5, *shape)) for name, shape in B.network.parameter_shapes.items()}
    losses, gradients = run_epochs(B.network, runs)
    for run in range(5):
        parameters = Parameters.checked(B.network, {name: values[run] for name, values in runs.items()})
        epoch = run_epoch(B.network, parameters, PRINTED, B.learning_rate_used)
        assert losses[run] == pytest.approx(epoch.tape.total, rel=1e-14)
        for name, gradient in gradients.items():
            np.testing.assert_allclose(gradient[run], epoch.gradients[name], rtol=1e-12, atol=1e-14)


def test_perturbed_runs_stay_close_to_the_determined_losses_and_only_fall():
    smallest = list(smallest_losses(B.network, B.parameters, B.learning_rate_used, epochs=100, runs=200))
    for later in B.later[:2]:
        assert np.abs(smallest[later.epoch - 1] - later.value).max() < 20 * ROUNDING
    assert np.ptp(smallest[0]) > 0
    assert all((after <= before).all() for before, after in pairwise(smallest))
