"""What a sentence claims of a step is computed: by the complex step, by moving one use alone, or by plain loops."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from core.epoch.epoch import run_epoch
from core.epoch.training import Training
from core.network.initial import initial
from core.network.network import Network, Parameters
from core.network.rule import EXACT, NAMED_RULES, PATHS, PRINTED, TYPESET, Rule
from core.network.symbols import TABLE, words
from core.program.program import Address, Phase, Program
from core.sources.worksheets import load
from core.steps.evaluate import evaluate
from core.steps.formulas import formula
from tests import oracles
from tests.strategies import KINDS, RULES, of_kind

F, B, U = Phase.FORWARD, Phase.BACKWARD, Phase.UPDATE
TINY = 1e-30
SIDES = [*NAMED_RULES.values(), Rule(sign=-1), Rule(paths=frozenset(PATHS[:2])), Rule(paths=frozenset())]
SMALLEST = [(K, T) for K in (1, 2) for T in (1, 2)]


@lru_cache
def made(kind, H=2, T=4):
    return of_kind(kind, T=T, H=H, seed=7)


@lru_cache
def smallest(kind, K, T, *, same=False):
    """A network at the edge: of few letters or timesteps, or that reads one letter only."""
    embedded, attention = kind
    inputs = (0,) * T if same else tuple(t % K for t in range(T))
    network = Network(
        ("a", "b")[:K], inputs, tuple((t + 1) % K for t in range(T)), 2, 2 if embedded else None, attention
    )
    draw = np.random.default_rng(3)
    return network, Parameters.checked(
        network, {name: draw.normal(size=shape) for name, shape in network.parameter_shapes.items()}
    )


@lru_cache
def steps(network, parameters, rule=EXACT):
    """Every step of an epoch, with what it computes."""
    epoch = run_epoch(network, parameters, rule, 0.1)
    return [evaluate(epoch, address) for address in Program(network)]


def every(name, phase=F):
    """The steps of *name* on networks of every kind, with the numbers of the loops."""
    for kind in KINDS:
        for H in (1, 3):
            network, parameters = made(kind, H)
            done = oracles.forward(network, oracles.values(parameters))
            for step in steps(network, parameters):
                if (step.address.phase, step.address.quantity) == (phase, name):
                    yield network, parameters, done, step


def loss_of(network, P, t, Z, last=None):
    """Loss *t* where V reads *Z*, with V and c of *last* where they are others."""
    Q = P if last is None else last
    return -np.log(oracles.softmax(list(Q["V"] @ Z + Q["c"]))[network.targets[t - 1]])


def read_by(network, t, h, *, value=None, key=None, query=None):
    """What V reads at *t* of the states *h*, of which *value*, *key* and *query* may be seen as others."""
    value, key, query = (h if seen is None else seen for seen in (value, key, query))
    if not network.attention:
        return value[t]
    alpha = oracles.softmax([key[i] @ query[t] for i in range(1, t + 1)])
    return sum(weight * value[i] for i, weight in enumerate(alpha, 1))


def changed(h, m, state):
    """The states *h*, with *state* as h_m."""
    return [*h[:m], state, *h[m + 1 :]]


def slopes(function, at):
    """The derivatives of *function* by every entry of the array *at*."""
    found = np.zeros(np.shape(at))
    for entry in np.ndindex(found.shape):
        moved = np.array(at, dtype=complex)
        moved[entry] += 1j * TINY
        found[entry] = np.imag(function(moved)) / TINY
    return found


def of_one_use(network, parameters, name, indices):
    """How fast loss t changes with the *name* used at timestep k alone, as far as it comes by way of h_m."""
    P = oracles.values(parameters)
    done = oracles.forward(network, P)
    t, m, k = indices if len(indices) == 3 else (indices[0],) * 3

    def loss(matrix):
        Q = P | {name: matrix}
        if name in ("V", "c"):
            return loss_of(network, P, t, done.Z[t], Q)
        state = done.h[k - 1]
        for j in range(k, m + 1):
            R = Q if j == k else P
            x = done.x[j] if network.embedding_size is None else R["E"][network.inputs[j - 1]]
            state = np.tanh(R["U"] @ x + R["W"] @ state + R["b"])
        return loss_of(network, P, t, read_by(network, t, changed(done.h, m, state)))

    return slopes(loss, P[name])


# -- forward ------------------------------------------------------------------------------------------------


def test_a_letter_is_a_one_where_it_stands_in_the_alphabet():
    for network, _, _, step in every("letter"):
        assert "has a 1 at the letter’s place" in step.formula.sentence
        for row, letter in zip(
            step.value,
            (network.input_letter(step.address.indices[0]), network.target_letter(step.address.indices[0])),
            strict=True,
        ):
            assert row.tolist() == [float(other == letter) for other in network.alphabet]


def test_the_row_or_column_that_is_said_is_picked():
    for network, parameters, _, step in every("x"):
        (_, row) = step.formula.picks[1]
        assert np.array_equal(step.value, parameters["E"][row])
        assert network.alphabet[row] == network.input_letter(step.address.indices[0])
    for network, parameters, done, step in every("h"):
        t = step.address.indices[0]
        assert np.all(np.abs(step.value) < 1), "squashed into −1 … 1"
        assert ("h₀ = 0" in step.formula.sentence) == (t == 1)
        if "picks column" in step.formula.sentence:
            assert np.allclose(parameters["U"] @ done.x[t], parameters["U"][:, network.inputs[t - 1]])


def test_a_score_is_positive_where_its_states_are_alike():
    for network, _, done, step in every("A"):
        t, i = step.address.indices
        said = step.formula.sentence
        if i == t:
            assert "its squared length" in said
            assert np.isclose(step.value, np.linalg.norm(done.h[t]) ** 2)
        elif network.H == 1:
            assert said.endswith("have the same sign.")
            assert (step.value > 0) == (np.sign(done.h[i]) == np.sign(done.h[t])).all()
        else:
            cosine = done.h[i] @ done.h[t] / np.linalg.norm(done.h[i]) / np.linalg.norm(done.h[t])
            assert said.endswith("point less than 90° apart.")
            assert (step.value > 0) == (np.degrees(np.arccos(cosine)) < 90)


def test_weights_and_probabilities_are_positive_and_sum_to_1():
    for _, _, _, step in (*every("alpha"), *every("yhat")):
        said = step.formula.sentence
        assert "sum to 1" in said or (step.value.tolist() == [1] and "its weight is 1" in said)
        assert np.all(step.value > 0)
        assert np.isclose(np.sum(step.value), 1)


def test_a_larger_score_is_a_larger_probability():
    for _, _, done, step in every("Omega"):
        assert "the larger it is, the larger the letter’s probability" in step.formula.sentence
        t = step.address.indices[0]
        assert np.argsort(step.value).tolist() == np.argsort(done.yhat[t]).tolist()


def test_a_loss_is_0_where_the_letter_was_certain_and_grows_as_it_gets_less_likely():
    surprises = []
    for network, _, done, step in every("L"):
        if step.address.indices:
            t = step.address.indices[0]
            surprises.append((done.yhat[t][network.targets[t - 1]], float(step.value)))
            assert network.target_letter(t) in step.formula.sentence
        else:
            assert np.isclose(step.value, sum(done.L[1:]))
    falling = [loss for _, loss in sorted(surprises)]
    assert falling == sorted(falling, reverse=True)
    assert np.log(1) == 0


# -- backward -----------------------------------------------------------------------------------------------


def test_an_error_is_negative_only_at_the_wanted_letter_whose_score_should_rise():
    for network, parameters, done, step in every("Omega", B):
        t = step.address.indices[0]
        wanted, P = network.targets[t - 1], oracles.values(parameters)
        assert f"negative only at “{network.alphabet[wanted]}”" in step.formula.sentence
        assert np.flatnonzero(step.value < 0).tolist() == [wanted]
        by_score = slopes(
            lambda c, t=t, P=P, done=done, network=network: loss_of(network, P | {"c": c}, t, done.Z[t]), P["c"]
        )
        assert np.allclose(step.value, by_score)


@pytest.mark.parametrize("kind", KINDS)
def test_a_single_letter_has_no_error_and_moves_nothing(kind):
    for step in steps(*smallest(kind, 1, 2), rule=Rule(sign=-1)):
        said = step.formula.sentence
        if step.address.phase is B:
            assert not np.any(step.value), step.address
            assert "negative" not in said
            assert "not the true" not in said
        elif step.address.phase is U:
            assert said == f"The gradient is 0 whatever the numbers are: {step.address.quantity} stays as it is."


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rule", SIDES)
def test_a_term_that_is_said_to_be_how_fast_the_loss_changes_with_one_use_is_that(kind, rule):
    network, parameters = made(kind)
    for step in steps(network, parameters, rule):
        if step.kind == "term":
            said, name, indices = step.formula.sentence, step.address.quantity, step.address.indices
            true = of_one_use(network, parameters, name, indices)
            if said.startswith(f"How fast the loss of timestep {indices[0]} changes with "):
                assert np.allclose(step.value, true, rtol=1e-9, atol=1e-13), step.address
            else:
                assert said.startswith("What the rule counts for ")
            assert (f"timestep {indices[-1]}" in said) or name in ("V", "c")


@pytest.mark.parametrize("kind", KINDS)
def test_under_the_exact_rule_every_term_is_how_fast_the_loss_changes(kind):
    for step in steps(*made(kind)):
        if step.kind == "term":
            assert step.formula.sentence.startswith("How fast the loss of ")


def claims_of_sums(network, parameters, rules):
    true = oracles.complex_step(network, parameters)
    for rule in rules:
        given = run_epoch(network, parameters, rule, 0.1).gradients
        for name in network.parameter_shapes:
            equal = np.allclose(given[name], true[name], rtol=1e-9, atol=1e-12)
            whole = formula(network, rule, Address(B, name)).sentence
            assert whole.startswith(f"How fast the total loss changes with the one {name}") == equal, (name, rule)
            assert whole.endswith("not the true derivative.") != equal
            update = formula(network, rule, Address(U, name)).sentence
            falls = -float(np.sum(true[name] * given[name]))  # how the loss changes along the update
            assert ("not the true derivative" in update) <= (not equal)
            assert ("lowers the loss" in update) == (equal and falls < 0), (name, rule)
            assert ("goes uphill" in update) <= (falls > 0), (name, rule)
            assert ("stays as it is" in update) <= (not np.any(given[name]))
            symbol = words(f"dL/d{name}", network, rule)
            assert symbol.startswith("what the rule in use takes") != equal


@pytest.mark.parametrize("kind", KINDS)
def test_a_sum_and_an_update_say_whether_they_are_the_derivative_and_where_the_loss_goes(kind):
    network, parameters = made(kind)
    claims_of_sums(network, parameters, RULES)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("K", "T"), SMALLEST)
def test_so_they_do_on_the_smallest_networks(kind, K, T):
    for same in (False, True):
        network, parameters = smallest(kind, K, T, same=same)
        claims_of_sums(network, parameters, RULES[same::9])


@pytest.mark.parametrize("kind", KINDS)
def test_a_term_that_must_be_0_is_0(kind):
    network, parameters = made(kind)
    reasons = set()
    for rule in SIDES:
        for step in steps(network, parameters, rule):
            if step.zero is not None:
                reasons.add(step.zero[:24])
                assert not np.any(step.value), (step.address, rule)
    assert len(reasons) == 1 + network.attention


# -- ladders ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("H", [1, 3])
def test_every_row_of_a_ladder_is_the_derivative_that_its_note_names(kind, H):
    network, parameters = made(kind, H)
    P = oracles.values(parameters)
    done = oracles.forward(network, P)
    name = "E" if network.embedding_size else "W"
    for step in steps(network, parameters):
        if step.address.quantity != name or step.kind != "term":
            continue
        t, m, k = step.address.indices

        def from_state(state, j, t=t, m=m):
            """Loss t from h_j on, by way of h_m."""
            for after in range(j + 1, m + 1):
                state = np.tanh(P["U"] @ done.x[after] + P["W"] @ state + P["b"])
            return loss_of(network, P, t, read_by(network, t, changed(done.h, m, state)))

        links = list(zip(step.formula.links, step.products, strict=True))
        head = step.formula.head
        assert links[0][0].note == f"v{'₀₁₂₃₄'[t]}, the error at {'Z' if network.attention else 'h'}{'₀₁₂₃₄'[t]}"
        assert np.allclose(links[0][1], slopes(lambda Z, t=t: loss_of(network, P, t, Z), done.Z[t]))
        assert np.allclose(links[head - 1][1], slopes(lambda state, m=m: from_state(state, m), done.h[m]))
        at = m
        for link, product in links[head:]:
            if link.note.startswith("back in time"):
                at -= 1
                assert link.note.endswith(f"h{'₀₁₂₃₄'[at]}")
                assert np.allclose(product, slopes(lambda state, at=at: from_state(state, at), done.h[at]))
            elif link.note.startswith("tanh′"):
                assert f"t = {at}" in link.note
                assert (": r" in link.note) <= (at == k)
                assert np.allclose(product, slopes(lambda a, at=at: from_state(np.tanh(a), at), done.a[at]))
            elif link.note == "from the pre-activation to the input":
                before = P["W"] @ done.h[k - 1] + P["b"]
                by_input = slopes(lambda x, k=k, b=before: from_state(np.tanh(P["U"] @ x + b), k), done.x[k])
                assert np.allclose(product, by_input)
            else:
                assert link.note == "what W multiplied"
        assert at == k


@pytest.mark.parametrize("kind", [(False, True), (True, True)])
def test_every_path_of_attention_is_what_its_words_say(kind):
    """The value: h_m in the mix alone; the key: in its own weight alone; the query: in weighing all."""
    network, parameters = made(kind)
    P = oracles.values(parameters)
    done = oracles.forward(network, P)
    seen = set()
    for step in steps(network, parameters):
        if step.address.quantity != "b" or step.kind != "term":
            continue
        t, m, _ = step.address.indices
        before = np.zeros(network.H)
        for link, product in list(zip(step.formula.links, step.products, strict=True))[1 : step.formula.head]:
            path = link.note.split(" path: ")[0]
            role = slopes(
                lambda state, path=path, t=t, m=m: loss_of(
                    network, P, t, read_by(network, t, done.h, **{path: changed(done.h, m, state)})
                ),
                done.h[m],
            )
            assert np.allclose(product - before, role), (step.address, link.note)
            before = product
            seen.add(link.note.split(": ")[1].translate(str.maketrans("₁₂₃₄", "####")))
    assert seen == {
        "h# is part of the mix Z#",
        "h# decides how much of it is taken",
        "h# decides how all are weighed",
    }


# -- symbols ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_said_of_a_symbol_is_so(kind):
    network, parameters = made(kind)
    P = oracles.values(parameters)
    done = oracles.forward(network, P)
    value = run_epoch(network, parameters, EXACT, 0.1).value
    read = "Z" if network.attention else "h"
    for t in range(1, network.T + 1):
        low = "₀₁₂₃₄"[t]
        assert words(f"v[{t}]", network, EXACT).endswith(f"how fast L{low} changes with {read}{low}")
        assert np.allclose(value(f"v[{t}]"), slopes(lambda Z, t=t: loss_of(network, P, t, Z), done.Z[t]))
        assert words(f"dL/dOmega[{t}]", network, EXACT) == f"how fast L{low} changes with Ω{low}"
        by_score = slopes(lambda c, t=t: loss_of(network, P | {"c": c}, t, done.Z[t]), P["c"])
        assert np.allclose(value(f"dL/dOmega[{t}]"), by_score)
        assert words(f"D[{t}]", network, EXACT) == "the slope of tanh, 1 − h²"
        assert np.allclose(value(f"D[{t}]"), np.diag(slopes_of(np.tanh, done.a[t])))
        for m in range(1, t + 1) if network.attention else ():
            assert (
                words(f"g[{t},{m}]", network, EXACT) == f"how fast L{low} changes with h{'₀₁₂₃₄'[m]} by way of Z{low}"
            )
            whole = slopes(
                lambda state, t=t, m=m: loss_of(network, P, t, read_by(network, t, changed(done.h, m, state))),
                done.h[m],
            )
            assert np.allclose(value(f"g[{t},{m}]"), whole)
            assert words(f"s[{t},{m}]", network, EXACT) == f"how fast L{low} rises as attention turns to h{'₀₁₂₃₄'[m]}"

            def turned(share, t=t, m=m):
                """Loss t where *share* of the attention goes from all states to h_m."""
                return loss_of(network, P, t, (1 - share[0]) * done.Z[t] + share[0] * done.h[m])

            assert np.allclose(value(f"s[{t},{m}]"), slopes(turned, np.zeros(1)))


def slopes_of(function, at):
    """The Jacobian of a function of vectors."""
    return np.array([slopes(lambda moved, i=i: function(moved)[i], at) for i in range(len(at))])


@pytest.mark.parametrize("kind", KINDS)
def test_a_symbol_that_a_rule_forms_otherwise_says_so(kind):
    network, parameters = made(kind)
    true = run_epoch(network, parameters, EXACT, 0.1).value
    for rule in RULES:
        given = run_epoch(network, parameters, rule, 0.1).value
        symbols = [f"{name}[3]" for name in ("v", "dL/dOmega")]
        symbols += ["g[3,3]", "s[3,3]"] if network.attention else []
        for symbol in symbols:
            same = np.allclose(given(symbol), true(symbol), rtol=1e-9, atol=1e-13)
            assert words(symbol, network, rule).startswith("what the rule in use takes for this: ") != same


def test_words_of_the_table_that_stand_without_timesteps_name_none():
    for name, meaning in TABLE.items():
        assert ("{" in meaning.words) == (name in ("v", "g", "s", "dhnext") or bool(meaning.adjoint_of))


def test_at_the_first_loss_the_sheets_rule_is_the_derivative():
    network, parameters = made((False, True))
    for name in ("V", "W", "U", "b"):
        indices = (1,) if name == "V" else (1, 1, 1)
        step = evaluate(run_epoch(network, parameters, PRINTED, 0.1), Address(B, name, indices))
        assert step.formula.sentence.startswith("How fast the loss of timestep 1 ")
        assert np.allclose(step.value, of_one_use(network, parameters, name, indices))
    flipped = formula(network, replace(PRINTED, sign=-1), Address(B, "b", (1, 1, 1))).sentence
    assert flipped.startswith("What the rule counts for ")


def test_with_the_sign_as_typeset_the_parameters_of_the_erratum_go_uphill():
    for sheet in map(load, ("attention", "embedding")):
        erratum = sheet.errata[0]
        assert "would move uphill, towards a larger loss" in erratum.words
        true = oracles.complex_step(sheet.network, sheet.parameters)
        for rule in (TYPESET, replace(PRINTED, sign=-1)):
            given = run_epoch(sheet.network, sheet.parameters, rule, 0.1).gradients
            assert all(np.sum(true[name] * given[name]) < 0 for name in erratum.concerns["backward"])


@pytest.mark.parametrize("rule", NAMED_RULES.values())
def test_of_what_starts_at_zero_only_c_learns(rule):
    for kind in KINDS:
        network, _ = made(kind)
        training = Training(network, initial(network, "zeros", 0), rule, 0.1)
        for name, values in training.epoch(4).tape.parameters.items():
            assert np.any(values) == (name == "c"), name
