"""Rows of a ladder written out: what stands there is computed once more, as it is written."""

import re

import numpy as np
import pytest
from hypothesis import given

from core.epoch.epoch import run_epoch
from core.network.rule import EXACT, PRINTED, TYPESET
from core.program.program import Address, Phase
from core.sources.opening import open_source
from core.steps.entry import Where
from core.steps.evaluate import evaluate
from core.steps.template import plain
from core.steps.written_out import writes_out, written_out
from core.writing.form import NumberFormat
from tests.strategies import networks

IN_FULL = NumberFormat("significant", 17)
UNUSED = np.array(np.nan)  # by the first row, which has no product before it


def opened(epoch, name, indices, row):
    """The equations of a row, without colours."""
    address = Address(Phase.BACKWARD, name, indices)
    step, where = evaluate(epoch, address), Where(epoch.network, epoch.rule, address)
    assert writes_out(where, row)
    lines = written_out(epoch, where, row, step.products[row - 1] if row else UNUSED, IN_FULL)
    return step, [plain(line) for line in lines]


def computed(latex):
    """A sum or a product of numbers as it is written."""
    signs = ((r"\left(", "("), (r"\right)", ")"), (r"\left[", "("), (r"\right]", ")"), (r"\cdot", "*"), ("^{2}", "**2"))
    for sign, code in signs:
        latex = latex.replace(sign, code)
    latex = re.sub(r"\\times 10\^\{(-?\d+)\}", r"*10.0**(\1)", latex)
    assert re.fullmatch(r"[-+*()\d.e\s]+", latex), latex
    return eval(latex)


@pytest.fixture(scope="module")
def sheet():
    source = open_source("attention")
    return run_epoch(source.network, source.parameters, EXACT, 0.01)


def test_the_error_is_the_sum_over_all_letters(sheet):
    step, [line] = opened(sheet, "W", (3, 3, 2), 0)
    _, numbers, result = line.split(" = ")
    assert numbers.count(r"\cdot") == sheet.network.K
    assert computed(numbers) == pytest.approx(computed(result)) == pytest.approx(float(step.products[0][0]))


def test_the_key_path_says_what_the_state_differs_from_the_context(sheet):
    step, (size, added) = opened(sheet, "W", (3, 3, 2), 2)
    h, Z, v = sheet.tape["h"][3][0], sheet.tape.read_out[2][0], float(step.products[0][0])
    assert computed(size.split(" = ")[2]) == pytest.approx((h - Z) * v)
    assert computed(size.split(" = ")[3]) == pytest.approx((h - Z) * v)
    assert computed(added.split(" = ")[1]) == pytest.approx(float((step.products[2] - step.products[1])[0]))


def test_the_query_path_has_an_addend_for_every_state(sheet):
    step, (*sizes, total) = opened(sheet, "W", (4, 4, 2), 3)
    assert len(sizes) == 4
    for line in sizes:
        assert computed(line.split(" = ")[2]) == pytest.approx(computed(line.split(" = ")[3]))
    numbers, result = total.split(" = ")[-2:]
    assert r"\cdots" not in numbers
    assert computed(numbers) == pytest.approx(computed(result))
    assert computed(result) == pytest.approx(float((step.products[3] - step.products[2])[0]))


@given(networks())
@pytest.mark.parametrize("rule", [EXACT, PRINTED, TYPESET], ids=lambda rule: rule.name)
def test_every_equation_holds_as_it_is_written(rule, made):
    network, parameters = made
    epoch = run_epoch(network, parameters, rule, 0.1)
    T = network.T
    name = "E" if network.embedding_size else "W"
    address = Address(Phase.BACKWARD, name, (T, T, 1))
    where, step = Where(network, rule, address), evaluate(epoch, address)
    for row in range(len(step.formula.links)):
        if not writes_out(where, row):
            continue
        for line in written_out(epoch, where, row, step.products[row - 1] if row else UNUSED, IN_FULL):
            numbers, result = plain(line).split(" = ")[-2:]
            if "bmatrix" in numbers or r"\cdots" in numbers:
                continue
            assert np.isclose(computed(numbers), computed(result), rtol=1e-9, atol=1e-12)
