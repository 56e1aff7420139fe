"""A learner's numbers while numbers are held: judged by the network as it is held, both ways back."""

from dataclasses import replace

import numpy as np
import pytest

from core.answers.answer import answer
from core.answers.lines import OwnLine, read_lines
from core.answers.worksheet import judge
from core.epoch.own_numbers import ByLines
from core.epoch.training import Training
from core.network.changes import Changes
from core.network.number import Number
from core.network.rule import EXACT, NAMED_RULES
from core.program.program import Program
from core.slips.case import Case
from core.sources.opening import open_source
from core.steps.evaluate import evaluate
from core.writing.notation import Given

HELD = [
    {"a[2]": (0,), "L[3]": ()},
    {"A[3,1]": (), "Z[4]": (0,), "Omega[2]": (1,)},
    {"alpha[3,1]": (), "yhat[2]": (2,), "h[3]": (0,)},
]
LOOKED_AT = ("attention", "embedding", "lstm")
BY_LOSS = replace(EXACT, embedding_row="t")  # a row of E is that of the letter of the loss, which no line says


def training(sheet, held, rule=EXACT):
    source = open_source(sheet)
    is_there = {symbol: entry for symbol, entry in held.items() if source.network.attention or symbol[0] not in "AaZ"}
    changes = Changes({Number(symbol, entry, 1): 0.3 for symbol, entry in is_there.items()})
    return Training(source.network, source.parameters, rule, 0.1, changes)


@pytest.mark.parametrize("rule", ["exact", "printed"])
@pytest.mark.parametrize("held", HELD, ids="+".join)
@pytest.mark.parametrize("sheet", ["attention", "embedding"])
def test_what_a_step_shows_agrees_at_every_step(sheet, held, rule):
    found = training(sheet, held, NAMED_RULES[rule])
    epoch = found.epoch(1)
    for program in (Program(epoch.network), Program(epoch.network, way="timesteps")):
        for position in range(1, len(program) + 1, 3):
            address = program[position]
            value = np.asarray(evaluate(epoch, address, program.way).value)
            if address.quantity != "letter":
                given = Given(np.round(value, 4), np.full(value.shape, 4, dtype=np.intp), "")
                assert answer(Case.of(found, 1, address), given).kind == "agrees", (program.way, address)


@pytest.mark.parametrize("held", HELD, ids="+".join)
@pytest.mark.parametrize(("sheet", "rule"), [*((name, EXACT) for name in LOOKED_AT), ("embedding", BY_LOSS)])
def test_a_wrong_number_is_looked_for_at_every_kind_of_step(sheet, rule, held):
    source = open_source(sheet)
    found = training(sheet, held if sheet != "lstm" else {"yhat[2]": (0,)}, rule)
    program = Program(found.epoch(1).network, way=source.way)
    for position in range(program.backward.first, len(program) + 1, 5):
        value = np.asarray(evaluate(found.epoch(1), program[position], program.way).value)
        given = Given(np.full(value.shape, 0.4321), np.full(value.shape, 4, dtype=np.intp), "")
        assert answer(Case.of(found, 1, program[position]), given).kind != "agrees"


@pytest.mark.parametrize("held", HELD, ids="+".join)
def test_lines_of_ones_own_are_judged_by_what_is_held(held):
    found = training("attention", held)
    epoch = found.epoch(1)
    carried = ByLines(epoch.network, epoch.tape.parameters, EXACT, 0.1)
    names = [f"{name}[{t}]" for name in ("a", "h", "Z", "Omega", "yhat", "L") for t in range(1, 5)]
    names = [name for name in names if name not in held] + ["L", *(f"dL/d{name}" for name in ("W", "U", "b", "V", "c"))]
    for name in names:
        assert np.allclose(carried.value(name), epoch.value(name), rtol=1e-10, atol=1e-13), name
    shown = {name: epoch.value(name) for name in ("h[1]", "h[4]", "L[4]", "dL/dW")}
    text = "\n".join(f"{name} = {float(np.ravel(value)[0]):.6f}" for name, value in shown.items())
    lines = [line for line in read_lines(text, epoch.network) if isinstance(line, OwnLine)]
    assert [each.verdict for each in judge(found, lines)] == ["right"] * len(shown)
