"""How far what uses a number moves: the derivative, against doing it."""

import numpy as np
import pytest

from core.epoch.epoch import run_epoch
from core.epoch.training import Training
from core.network.changes import Changes
from core.network.network import Parameters
from core.network.number import Number
from core.network.rule import EXACT, PRINTED
from core.program.program import Program
from core.sources.opening import open_source
from core.steps.formulas import formula
from core.why.numbers import Origins
from core.why.users import RISE, uses
from tests import oracles
from tests.oracles import complex_step, values

SMALL = 1e-6


def setting(sheet, rule, way):
    source = open_source(sheet)
    training = Training(source.network, source.parameters, rule, source.learning_rate)
    return source, Origins(training.epoch, way), Program(source.network, way=way)


@pytest.mark.parametrize("way", ["terms", "timesteps"])
@pytest.mark.parametrize("sheet", ["attention", "embedding"])
def test_each_user_moves_as_said_when_the_number_is_moved(sheet, way):
    """Every step is done again with the number a little larger, and a little smaller."""
    source, origins, program = setting(sheet, EXACT, way)
    epoch = origins.epoch_of(1)
    met = 0
    for position in range(1, len(program) + 1, 3):
        for symbol in formula(source.network, EXACT, program[position], way).writes:
            number = Number(symbol, (), 1).within(epoch.value(symbol))
            for use in uses(origins, program, number):
                made = use.part.number
                if made is None or made.symbol == "L" or made.epoch != 1 or use.part.place is None or use.is_exact:
                    continue
                entry = formula(source.network, EXACT, use.part.place[1], way)
                if symbol not in entry.reads:
                    continue

                def made_with(by, symbol=symbol, number=number, entry=entry):
                    def read(name):
                        value = np.array(epoch.value(name), dtype=float)
                        if name == symbol:
                            value[number.entry] += by
                        return value

                    return np.ravel(entry.arithmetic(read))

                slopes = (made_with(SMALL) - made_with(-SMALL)) / (2 * SMALL)
                assert np.isclose(np.abs(slopes).max(), abs(use.slope), rtol=1e-6, atol=1e-8)
                assert np.isclose(slopes, use.slope, rtol=1e-6, atol=1e-8).any()
                met += 1
    assert met > 10


@pytest.mark.parametrize("rule", [EXACT, PRINTED], ids=["exact", "printed"])
def test_the_total_loss_moves_by_the_true_derivative_whatever_the_rule(rule):
    source, origins, program = setting("attention", rule, "terms")
    true = complex_step(source.network, source.parameters)
    for name in ("U", "W", "b", "V", "c"):
        value = values(source.parameters)[name]
        for entry in np.ndindex(value.shape):
            last = uses(origins, program, Number(name, entry, 1))[-1]
            assert last.part.words == "L"
            assert np.isclose(last.slope, true[name][entry], rtol=1e-9, atol=1e-12)


def test_what_is_said_to_be_about_is_about_that():
    source, origins, program = setting("attention", EXACT, "terms")
    before = origins.epoch_of(1).tape.total
    arrays = {name: np.array(value) for name, value in dict(source.parameters).items()}
    arrays["W"][0, 0] += RISE
    after = run_epoch(source.network, Parameters.checked(source.network, arrays), EXACT, 0.01).tape.total
    said = RISE * uses(origins, program, Number("W", (0, 0), 1))[-1].slope
    assert abs(after - before - said) < 0.1 * abs(said)


def test_a_term_moves_its_sum_as_much_as_itself_and_an_update_the_next_epoch():
    _, origins, program = setting("attention", EXACT, "terms")
    (use,) = uses(origins, program, Number("dL/dW[3,3,2]", (0, 0), 1))
    assert (use.part.words, use.slope, use.is_exact) == ("∂L/∂W", 1.0, True)
    moved = [use.part for use in uses(origins, program, Number("W_new", (0, 0), 1))]
    assert [(part.words, part.place and part.place[0]) for part in moved] == [("L", 2)]
    update = uses(origins, program, Number("dL/dW", (0, 0), 1))
    assert [use.part.words for use in update] == ["W new"]
    assert update[0].slope == -origins.epoch_of(1).learning_rate


@pytest.mark.parametrize("way", ["terms", "timesteps"])
def test_while_numbers_are_held_the_loss_moves_as_it_does_when_the_number_is_moved(way):
    source = open_source("attention")
    held = [("a[2]", (0,)), ("alpha[3,1]", ()), ("yhat[2]", (2,)), ("L[1]", ()), ("Z[4]", (0,))]
    changes = Changes({Number(symbol, entry, 1): 0.3 for symbol, entry in held})
    origins = Origins(Training(source.network, source.parameters, EXACT, 0.01, changes).epoch, way)
    epoch = origins.epoch_of(1)
    program, met = Program(epoch.network, way=way), 0
    for position in range(program.forward.first, program.forward.last + 1):
        for symbol in formula(epoch.network, EXACT, program[position], way).writes:
            for entry in np.ndindex(epoch.value(symbol).shape):
                number = Number(symbol, entry, 1)
                found = {use.part.words: use for use in uses(origins, program, number)}
                if "L" not in found or symbol == "L":
                    continue

                def total(by, number=number):
                    value = float(epoch.value(number.symbol)[number.entry]) + by
                    moved = changes.changed(number, value).network(source.network, 1)
                    return oracles.forward(moved, values(source.parameters)).total

                slope = (total(SMALL) - total(-SMALL)) / (2 * SMALL)
                assert np.isclose(found["L"].slope, slope, rtol=1e-5, atol=1e-8), number
                met += 1
    assert met > 20


def test_what_is_held_stays_and_says_so_and_a_loss_follows_from_its_prediction():
    source = open_source("attention")
    changes = Changes({Number("h[2]", (0,), 1): 0.3, Number("yhat[3]", (2,), 1): 0.5})
    origins = Origins(Training(source.network, source.parameters, EXACT, 0.01, changes).epoch, "terms")
    program = Program(origins.epoch_of(1).network)

    def used(symbol, entry=()):
        found = uses(origins, program, Number(symbol, entry, 1))
        return {use.part.words: (round(use.slope, 9), use.is_held) for use in found}

    assert used("a[2]", (0,)) == {"h₂": (0.0, True)}
    assert used("yhat[3]", (2,))["L₃"] == (-2.0, False)  # −ln of 0.5
    assert "L₃" not in used("Omega[3]", (2,))
