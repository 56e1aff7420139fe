"""Slips of gated cells against plain loops: every way of the table computes what they do, and none is missing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.answers.answer import answer
from core.epoch.small import is_small
from core.epoch.training import Training
from core.network.network import Network, Parameters
from core.network.rule import EXACT, PRINTED
from core.network.task import Task
from core.program.program import Address, Phase, Program
from core.slips.case import Case
from core.slips.ways import Way, two_at_once, ways
from core.writing.notation import read
from tests.cells import sigma
from tests.gate_oracles import TABLES, Told, put

ETA = 0.3


def exercise(cell, T=3, H=2):
    """A network that reads three numbers at a timestep, and whose state is judged."""
    rng = np.random.default_rng(5)
    xs, ys = rng.normal(0, 1, (T, 3)), rng.normal(0, 0.5, (T, H))
    rows = [tuple(tuple(row) for row in array.tolist()) for array in (xs, ys)]
    task = Task(read=rows[0], wanted=rows[1], output="none", loss="half-squared")
    network = Network((), (), (), H, None, False, cell, task)
    drawn = {name: rng.normal(0, 0.8, shape) for name, shape in network.parameter_shapes.items()}
    return network, Parameters.checked(network, drawn), xs, ys


def training(cell):
    network, parameters, _, _ = exercise(cell)
    return Training(network, parameters, EXACT, ETA)


def loops(cell, told=None, P=None):
    """The values of an epoch by the loops, with a slip in it."""
    kind, _ = TABLES[cell]
    _, parameters, xs, ys = exercise(cell)
    made = kind(parameters if P is None else P, xs, ys)
    if told is not None:
        told.make(made)
    with np.errstate(all="ignore"):
        values = made.run()
    return values | {f"{name}_new": made.P[name] - ETA * values[f"dL/d{name}"] for name in made.P}


def symbol(address):
    name = {Phase.FORWARD: "", Phase.BACKWARD: "dL/d"}.get(address.phase, "") + address.quantity
    ending = "_new" if address.phase is Phase.UPDATE else ""
    return name + ending + (f"[{address.indices[0]}]" if address.indices else "")


def steps(network, values):
    """The steps that the loops know."""
    return [address for address in Program(network, way="timesteps") if symbol(address) in values]


@pytest.mark.parametrize("cell", TABLES)
def test_without_a_slip_the_loops_are_the_network(cell):
    network, values = exercise(cell)[0], loops(cell)
    case = Case.of(training(cell), 1, Address(Phase.FORWARD, "h", (1,)))
    found = steps(network, values)
    assert len(found) > 40
    for address in found:
        np.testing.assert_allclose(case.right.value(address), values[symbol(address)], rtol=1e-12, err_msg=str(address))


def as_rows(values, addresses, of):
    return np.concatenate([np.ravel(of(values, address)) for address in addresses])


@pytest.mark.parametrize("cell", TABLES)
def test_every_way_of_the_table_is_one_of_the_loops_and_none_is_missing(cell):
    network, values = exercise(cell)[0], loops(cell)
    addresses = steps(network, values)
    case = Case.of(training(cell), 1, Address(Phase.UPDATE, "U_" + TABLES[cell][0].gates[0]))
    slow = [(told, as_rows(loops(cell, told), addresses, lambda v, a: v[symbol(a)])) for told in TABLES[cell][1]]
    left = [told for told, _ in slow]
    for way in ways(case):
        if not isinstance(way, Way) or way.reading.lines is None:
            continue
        fast = as_rows(way.reading, addresses, lambda reading, address: reading.value(address))
        same = [told for told, rows in slow if told.name == way.title and told.words in way.done]
        same = [told for told in same if np.allclose(dict(slow)[told], fast, rtol=1e-9, atol=1e-12, equal_nan=True)]
        assert same, (way.title, way.done)
        left = [told for told in left if told not in same]
    assert left == []


DECIMALS = 6
CLEAR = 1000  # units off the true value, from which on a slip is named whatever lies near


def clear_step(told, cell, steps_, right, wrong):
    """A step, its first number by the slip, where that is far from the right one; None where there is none."""
    for address in steps_:
        true, own = np.ravel(right[symbol(address)]), np.ravel(wrong[symbol(address)])
        off = np.abs(own[0] - true) * 10**DECIMALS
        if np.isfinite(own[0]) and np.min(off) > CLEAR and abs(own[0]) > 0.1**DECIMALS:
            return address, own[0]
    return None


@pytest.mark.parametrize("epoch", [1, 3])
@pytest.mark.parametrize("cell", TABLES)
def test_a_number_with_a_slip_of_a_gate_is_found_in_words(cell, epoch):
    network, P = exercise(cell)[0], None
    for _ in range(epoch - 1):
        P = {name.removesuffix("_new"): value for name, value in loops(cell, P=P).items() if name.endswith("_new")}
    right, trained, found = loops(cell, P=P), training(cell), 0
    for number, told in enumerate(TABLES[cell][1][:: 4 if epoch == 1 else 12]):
        some = steps(network, right)
        at = clear_step(told, cell, [*some[number % 9 :: 4], *some], right, loops(cell, told, P))
        if at is None:
            continue
        case = Case.of(trained, epoch, at[0])
        said = answer(case, read(f"{at[1]:.{DECIMALS}f}", ()))
        assert said.kind in ("explained", "could be"), (told.name, told.words, at)
        words = told.words.partition(", on the way back")[0]  # of which a forward step says nothing
        assert any(told.name == match.title and words in match.done for match in said.matches), (told, at)
        known = [way for way in ways(case) if isinstance(way, Way)] if number % 3 == 0 else []
        for match in said.matches if known else ():
            made = [way for way in known if (way.title, way.done) == (match.title, match.done)]
            assert any(abs(np.ravel(way.value)[0] - at[1]) < 2 * 0.1**DECIMALS for way in made), (told, match)
        found += 1
    assert found > (12 if epoch == 1 else 4)


@pytest.mark.parametrize("cell", TABLES)
def test_a_slip_of_a_gate_made_at_every_epoch_is_found(cell):
    network = exercise(cell)[0]
    for told in TABLES[cell][1][5::29]:
        P = None
        for _ in range(2):
            values = loops(cell, told, P)
            P = {name.removesuffix("_new"): value for name, value in values.items() if name.endswith("_new")}
        case = Case.of(training(cell), 3, Address(Phase.UPDATE, "W_" + TABLES[cell][0].gates[0]))
        wrong = loops(cell, told, P)[symbol(case.address)][0, 0]
        matches = answer(case, read(f"{wrong:.9f}", ())).matches
        assert any(told.name == each.title and "every epoch" in each.done for each in matches), (told, network)


def truncated(cell):
    """The gradients where a loss reaches uses of its own timestep and of the one before alone."""

    def near(t):
        return put(of_loss=lambda u: u == t, counts=lambda _name, k: t - k <= 1)

    found = [loops(cell, Told("", "", near(t))) for t in (1, 2, 3)]
    return {name: sum(values[f"dL/d{name}"] for values in found) for name in exercise(cell)[1]}


@pytest.mark.parametrize("cell", TABLES)
def test_a_truncated_way_back_is_what_losses_reach_that_lie_near_enough(cell):
    address = Address(Phase.BACKWARD, "W_" + TABLES[cell][0].gates[0])
    slow = truncated(cell)[address.quantity]
    found = [way for way in ways(Case.of(training(cell), 1, address)) if isinstance(way, Way)]
    near = [way for way in found if np.allclose(way.value, slow, rtol=1e-10)]
    assert ["1 timestep at most" in way.done for way in near if way.title == "truncated"] == [True]


def moved(cell, change, epochs):
    """The parameters after so many updates by what *change* makes of all gradients."""
    P = dict(exercise(cell)[1])
    for _ in range(epochs):
        slopes = {name.removeprefix("dL/d"): g for name, g in loops(cell, P=P).items() if name.startswith("dL/d")}
        P = {name: P[name] - ETA * change({each: slopes[each] for each in P})[name] for name in P}
    return P


def by_norm(slopes):
    norm = sum(float(np.sum(each**2)) for each in slopes.values()) ** 0.5
    return {name: g * min(1, 0.1 / norm) for name, g in slopes.items()}


GRADIENTS = {
    "the mean for the sum": lambda slopes: {name: g / 3 for name, g in slopes.items()},
    "the mean over the units": lambda slopes: {
        name: np.full(g.shape, sum(g) / len(g)) if g.ndim == 1 else g for name, g in slopes.items()
    },
    "b moves twice": lambda slopes: {name: 2 * g if g.ndim == 1 else g for name, g in slopes.items()},
    "clipped by norm": by_norm,
}


@pytest.mark.parametrize("cell", TABLES)
def test_other_gradients_at_every_epoch_are_found(cell):
    address = Address(Phase.UPDATE, "W_" + TABLES[cell][0].gates[0])
    known = [way for way in ways(Case.of(training(cell), 3, address)) if isinstance(way, Way)]
    for title, change in GRADIENTS.items():
        wrong = moved(cell, change, 3)[address.quantity]
        near = [way for way in known if way.title == title and np.allclose(way.value, wrong, rtol=1e-9)]
        assert near, title
        assert all("every epoch" in way.done for way in near), title


@pytest.mark.parametrize("cell", TABLES)
def test_where_a_rule_cuts_a_slip_made_at_every_epoch_is_found_too(cell):
    network, parameters, xs, ys = exercise(cell)
    case = Case.of(Training(network, parameters, replace(EXACT, truncate=2), ETA), 2, Address(Phase.FORWARD, "h", (3,)))
    P = {name: parameters[name] - ETA * slope / 3 for name, slope in truncated(cell).items()}
    wrong = TABLES[cell][0](P, xs, ys).run()["h[3]"]
    found = [way for way in ways(case) if isinstance(way, Way) and way.title == "the mean for the sum"]
    assert any(np.allclose(way.value, wrong, rtol=1e-9) for way in found if "every epoch" in way.done)


@pytest.mark.parametrize("cell", TABLES)
def test_in_a_long_text_the_ways_are_the_same_and_come_one_by_one(cell):
    network, parameters, xs, ys = exercise(cell, T=70, H=4)
    assert not is_small(network)
    case = Case.of(
        Training(network, parameters, EXACT, ETA), 1, Address(Phase.BACKWARD, "U_" + TABLES[cell][0].gates[0])
    )
    with np.errstate(all="ignore"):
        found = [each for each in ways(case) if isinstance(each, Way) and each.reading.lines is not None]
    for told in TABLES[cell][1][3::9]:
        if told.name == "hₖ for hₖ₋₁ at one timestep":
            continue  # so many are not tried one by one
        made = TABLES[cell][0](parameters, xs, ys)
        told.make(made)
        with np.errstate(all="ignore"):
            slow = made.run()[symbol(case.address)]
        mine = [way.value for way in found if way.title == told.name and told.words in way.done]
        assert any(np.allclose(value, slow, rtol=1e-8, atol=1e-10, equal_nan=True) for value in mine), told


WHOLE = (
    "the last term missing",
    "overwritten, term by term",
    "overwritten in a reversed loop",
)  # of E in its sum alone: which row a term goes to is no matter of the lines


@pytest.mark.parametrize(("cell", "attention"), [*((cell, False) for cell in TABLES), ("gru", True)])
def test_with_a_slip_too_the_terms_of_both_ways_back_add_up_to_the_gradient(cell, attention):
    network = Network(("a", "b", "c"), (0, 1, 0), (1, 0, 2), 2, 2, attention, cell)
    rng = np.random.default_rng(7)
    drawn = {name: rng.normal(0, 0.8, shape) for name, shape in network.parameter_shapes.items()}
    names = f"W_{TABLES[cell][0].gates[0]}", "E", "V"
    case = Case.of(
        Training(network, Parameters.checked(network, drawn), EXACT, ETA), 1, Address(Phase.UPDATE, names[0])
    )
    terms = [
        (way, name, [each for each in Program(network, way=way) if each.is_term_of(network) and each.quantity == name])
        for way in ("terms", "timesteps")
        for name in names
    ]
    with np.errstate(all="ignore"):
        found = [each for each in ways(case) if isinstance(each, Way) and each.reading.lines is not None]
        for way in found:
            for steps_by, name, addresses in terms:
                if (name == "E" and way.title in WHOLE) or (steps_by, way.title) == ("terms", "no causal mask"):
                    continue  # a loss that asks of later states has terms that are no steps
                total, value = Address(Phase.BACKWARD, name), way.reading.value
                summed = sum(value(each) for each in addresses)
                assert np.allclose(summed, value(total), rtol=1e-9, atol=1e-12, equal_nan=True), (way.done, name)
    assert len(found) > 60


ROUNDED = ", with rounding on the way"


def no_slip(_gate):
    return 1.0


def rounded_lstm(places, kept=no_slip):
    """The LSTM of the exercise with every value written down to so many places, in a plain loop.

    *kept*: what a gate's share of ∂L/∂h of the timestep before is multiplied by.
    """
    _, P, xs, ys = exercise("lstm")

    def note(value):
        return np.round(value, places)

    h, C, v = {0: np.zeros(2)}, {0: np.zeros(2)}, {}
    found: dict[str, np.ndarray] = {}
    for t, x in enumerate(xs, 1):
        v[t] = {g: P[f"U_{g}"] @ x + P[f"W_{g}"] @ h[t - 1] + P[f"b_{g}"] for g in "ifoq"}
        v[t] = {g: note(np.tanh(a) if g == "q" else sigma(a)) for g, a in v[t].items()}
        C[t] = note(v[t]["f"] * C[t - 1] + v[t]["i"] * v[t]["q"])
        h[t] = note(v[t]["o"] * np.tanh(C[t]))
        found |= {f"C[{t}]": C[t], f"h[{t}]": h[t]}
    dh, dC, dW = np.zeros(2), np.zeros(2), np.zeros((2, 2))
    for t in range(len(xs), 0, -1):
        gate, tanh = v[t], np.tanh(C[t])
        dh = note(dh + h[t] - ys[t - 1])
        dC = note(dC + dh * gate["o"] * (1 - tanh**2))
        asked = {"i": dC * gate["q"], "f": dC * C[t - 1], "o": dh * tanh, "q": dC * gate["i"]}
        slope = {g: 1 - gate[g] ** 2 if g == "q" else gate[g] * (1 - gate[g]) for g in "ifoq"}
        da = {g: note(asked[g]) * slope[g] for g in "ifoq"}
        dW = dW + np.outer(da["i"], h[t - 1])
        found[f"dL/dh[{t}]"] = dh
        dh, dC = sum(kept(g) * P[f"W_{g}"].T @ da[g] for g in "ifoq"), dC * gate["f"]
    return found | {"dL/dW_i": note(dW), "W_i_new": note(P["W_i"] - ETA * note(dW))}


@pytest.mark.parametrize("places", [2, 3, 4])
def test_a_slip_of_a_gate_with_rounding_on_the_way_is_what_a_loop_gives_that_rounds(places):
    for address in (Address(Phase.BACKWARD, "W_i"), Address(Phase.UPDATE, "W_i"), Address(Phase.BACKWARD, "h", (1,))):
        known = [*two_at_once(Case.of(training("lstm"), 1, address), places)]
        for left_out in "ifoq":
            wrong = rounded_lstm(places, lambda g, left_out=left_out: g != left_out)[symbol(address)]
            words = (
                f"What the line of {left_out} at the next timestep asks of h is left out. With every value on the way"
            )
            mine = [way for way in known if way.title == f"a way back left out{ROUNDED}" and words in way.done]
            assert [np.allclose(way.value, wrong, rtol=0, atol=1e-12) for way in mine] == [True], left_out


def test_a_number_by_a_slip_of_a_gate_with_rounding_on_the_way_is_told_so():
    case, entry, said = Case.of(training("lstm"), 1, Address(Phase.BACKWARD, "U_q")), (1, 1), 0
    plain = [case.right.value(case.address), *(way.value for way in ways(case) if isinstance(way, Way))]
    for way in [each for each in two_at_once(case, 4) if each.title.endswith(ROUNDED)][::5]:
        number = np.round(way.value[entry], 4)
        if all(abs(value[entry] - number) > 0.00005 for value in plain) and abs(number - plain[0][entry]) > 0.02:
            found = answer(case, read(f"{number:.4f}", ()), entry)
            assert (way.title, way.done) in [(match.title, match.done) for match in found.matches]
            said += 1
    assert said > 1


def test_another_rule_of_a_gated_cell_with_rounding_on_the_way_is_tried():
    network = Network(("a", "b", "c"), (0, 1, 0), (1, 0, 2), 2, None, True, "gru")
    drawn = {name: np.full(shape, 0.4) for name, shape in network.parameter_shapes.items()}
    training = Training(network, Parameters.checked(network, drawn), EXACT, ETA)
    epoch, found = training.epoch(1), two_at_once(Case.of(training, 1, Address(Phase.BACKWARD, "V")), 2)
    printed = {way.places: way for way in found if way.rule == PRINTED}
    error = {t: np.round(epoch.value(f"yhat[{t}]"), 5) - np.eye(3)[network.targets[t - 1]] for t in (1, 2, 3)}
    slow = sum(np.outer(error[t], np.round(epoch.value(f"h[{t}]"), 5)) for t in (1, 2, 3))  # as printed, h beside it
    assert set(printed) == {2, 3, 4, 5, 6}
    for places, way in printed.items():
        assert "rounded to" in way.done
        assert ROUNDED in way.title
        np.testing.assert_allclose(way.value, slow, atol=4 * 0.1 ** min(places or 0, 4))
        assert not np.allclose(way.value, slow, atol=1e-9)


def test_rounding_on_the_way_of_a_gated_cell_is_found():
    network, differ, found = exercise("lstm")[0], 0, 0
    for places in (2, 3, 4):
        slow, title = rounded_lstm(places), f"rounding to {places} decimals on the way"
        for address in steps(network, slow):
            case = Case.of(training("lstm"), 1, address)
            mine = {way.title: way.value for way in ways(case) if isinstance(way, Way) and way.places is not None}
            np.testing.assert_allclose(mine[title], slow[symbol(address)], rtol=0, atol=1e-12, err_msg=str(address))
            first, right = np.ravel(slow[symbol(address)])[0], np.ravel(case.right.value(address))[0]
            if first and abs(first - np.round(right, places)) > 0.5 * 0.1**places:
                said = answer(case, read(f"{first:.{places}f}", ()))
                words = (said.headline, *(match.done for match in said.matches))
                found += any("With every value on the way rounded" in each for each in words)
                differ += 1
    assert found > 3, differ
