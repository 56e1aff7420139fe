"""Networks of any size: large ones, single letters and single timesteps, odd letters; terms against a slow sum."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from core.network.network import Network, Parameters
from core.network.rule import EXACT
from core.program.program import Address, Phase
from core.sources.source import Source
from gui.panels.formula.picture import HEAD
from tests.gui.driving import click, number, opened, texts_of, values_of

Key = Qt.Key
ODD = ("😀", " ", "\\", "é", "{", "$", "%", "&", "_", "^", "#", "~", "}", "⟦", "日", "ש", "a", "b", "c", "d", "e",
       "f", "g", "h", "i", "j", "👩‍👩‍👧")  # fmt: skip


def made(T=12, H=8, K=27, D=5, attention=True, seed=4):
    rng = np.random.default_rng(seed)
    inputs, targets = rng.integers(0, K, (2, T)).tolist()
    network = Network(ODD[:K], tuple(inputs), tuple(targets), H, D, attention)
    values = {name: rng.normal(0, 0.5, shape) for name, shape in network.parameter_shapes.items()}
    return Source("made", "Made", network, Parameters.checked(network, values), EXACT, 0.1)


def slow_pass(source):
    """Hidden states, attention, contexts and output errors, one timestep after the other."""
    network, P = source.network, source.parameters
    h, alpha, Z, delta = [np.zeros(network.H)], [], [], []
    for t in range(1, network.T + 1):
        x = P["E"][network.inputs[t - 1]] if "E" in P else np.eye(network.K)[network.inputs[t - 1]]
        h.append(np.tanh(P["U"] @ x + P["W"] @ h[-1] + P["b"]))
        if network.attention:
            powers = np.exp([h[i] @ h[t] for i in range(1, t + 1)])
            alpha.append(powers / powers.sum())
            Z.append(sum(a * h[i] for i, a in enumerate(alpha[-1], 1)))
        else:
            Z.append(h[t])
        scores = np.exp(P["V"] @ Z[-1] + P["c"])
        delta.append(scores / scores.sum() - np.eye(network.K)[network.targets[t - 1]])
    return h, alpha, Z, delta


def slow_r(source, t, m, k):
    """What loss t asks of the pre-activation at k by way of h_m, under the exact rule, with attention."""
    h, alpha, Z, delta = slow_pass(source)
    v = source.parameters["V"].T @ delta[t - 1]
    weight = alpha[t - 1]
    r = weight[m - 1] * v + weight[m - 1] * ((h[m] - Z[t - 1]) @ v) * h[t]
    if m == t:
        r = r + sum(weight[i - 1] * ((h[i] - Z[t - 1]) @ v) * h[i] for i in range(1, t + 1))
    for j in range(m, k, -1):
        r = source.parameters["W"].T @ ((1 - h[j] ** 2) * r)
    return (1 - h[k] ** 2) * r, h


@pytest.fixture(scope="module")
def source():
    return made()


@pytest.fixture(scope="module")
def window(qapp, source):
    with opened(source) as opened_window:
        yield opened_window


def stand_at(window, quantity, *indices, phase=Phase.BACKWARD):
    window.bench.model.jump(Address(phase, quantity, indices))
    window.key(Key.Key_F6)
    window.focus_formula()


def kinds(window):
    """A position of every kind of step: of each quantity a middle one and its last."""
    program = window.bench.model.view.program
    places: dict[tuple[object, ...], list[int]] = {}
    for position in range(1, len(program) + 1):
        address = program[position]
        places.setdefault((address.phase, address.quantity, len(address.indices)), []).append(position)
    return sorted({found[i] for found in places.values() for i in (len(found) // 2, -1)})


@pytest.mark.parametrize(("attention", "embedded"), [(True, True), (False, False)])
def test_every_kind_of_step_of_a_large_network_is_shown(window, embedded, attention):
    window.reset(made(D=5 if embedded else None, attention=attention), way="terms")
    for position in kinds(window):
        window.go_to(position)
        assert window.bench.formula.head.title.text()
        assert window.result() or window.bench.formula.numbers.isVisible(), position
        values_of(window)
    for dock in window.shell.docks:
        window.front(dock)
    window.go_to(kinds(window)[len(kinds(window)) // 2])
    window.key(Key.Key_Space)
    window.key(Key.Key_Left)


@pytest.mark.parametrize(
    "sizes",
    [{"T": 1, "attention": False, "D": None}, {"K": 1, "T": 1, "H": 1, "D": 1}, {"T": 3, "K": 2, "H": 20, "D": 30}],
)  # fmt: skip
def test_every_step_of_a_tiny_network_is_shown(window, sizes):
    window.reset(made(**sizes))
    for _ in range(min(window.length + 2, 40)):
        window.key(Key.Key_Space)
    for dock in ("attention", "loss", "sheet", "values", "contributions"):
        window.front(dock)
        window.key(Key.Key_End)
        window.key(Key.Key_Home)
    window.key(Key.Key_Left)
    window.key(Key.Key_O)
    window.key(Key.Key_U)


def test_term_9_7_3_of_w_is_the_product_that_a_slow_sum_gives(window, source):
    window.reset(source, way="terms")
    stand_at(window, "W", 9, 7, 3)
    formula = window.bench.formula
    assert formula.head.title.text() == "∂L/∂W: loss 9, via h₇, W used at t = 3"
    r, h = slow_r(source, 9, 7, 3)
    expected = np.outer(r, h[2])
    shown = np.array([[number(text) for text in row] for row in texts_of(formula.result.matrix)])
    assert shown.shape == (8, 8)
    assert np.allclose(shown, expected, rtol=2e-3, atol=6e-5)


def test_the_ladder_of_a_long_term_folds_its_head_and_never_the_repeated_links(window, source):
    window.reset(source, way="terms")
    stand_at(window, "W", 9, 7, 3)
    ladder = window.bench.formula.ladder
    folded = ladder.texts()
    assert any("rows: click" in note for _, note in folded)
    assert sum("back in time" in note for _, note in folded) == 4
    assert sum("tanh′" in note for _, note in folded) == 5
    columns = ladder.heads
    click(ladder, ladder.opener_rect(HEAD).center())
    unfolded = ladder.texts()
    assert not any("rows: click" in note for _, note in unfolded)
    assert unfolded[-10:] == folded[-10:]
    assert ladder.heads == columns
    window.key(Key.Key_Space)
    window.key(Key.Key_Left)
    assert ladder.texts() == unfolded  # what is opened stays open from step to step
    click(ladder, ladder.opener_rect(HEAD).center())
    assert ladder.texts() == folded


def test_an_entry_of_u_is_followed_by_a_click(window, source):
    window.reset(source, way="terms")
    stand_at(window, "U", 9, 7, 3)
    formula, panel = window.bench.formula, window.front("contributions")
    matrix = formula.result.matrix
    row, column = 2, 4
    before = panel.title
    lies = "ᵀ" in formula.result.name.text()  # to save height
    place = (column, row) if lies else (row, column)
    click(matrix, matrix.cell_rect(*place).center())
    assert panel.title == "∂L/∂U entry (3, 5)"
    assert panel.title != before
    r, _ = slow_r(source, 9, 7, 3)
    x = source.parameters["E"][source.network.inputs[2]]
    value = r[row] * x[column]
    shown = number(next(fact.right for fact in panel.facts.facts if fact.left == "▶ this term"))
    assert shown == pytest.approx(value, rel=2e-3, abs=6e-5)
    assert formula.result.entry.text().startswith("Entry (3, 5)")
    assert formula.result.arithmetic.isVisible()
    assert number(texts_of(matrix)[place[0]][place[1]]) == shown
    window.key(Key.Key_Space)
    assert panel.title == "∂L/∂U entry (3, 5)"


def test_the_terms_of_an_entry_add_up_to_its_gradient(window, source):
    window.reset(source, way="terms")
    window.go_to(window.bench.model.view.program.gradient_span("U").last)
    panel, parameters = window.front("contributions"), window.bench.panels["parameters"]
    matrix = parameters.rows["U"].matrices[1]
    window.front("parameters")
    click(matrix, matrix.cell_rect(2, 4).center())
    assert panel.title == "∂L/∂U entry (3, 5)"
    total = sum(
        slow_r(source, t, m, k)[0][2] * source.parameters["E"][source.network.inputs[k - 1]][4]
        for t in range(1, 13)
        for m in range(1, t + 1)
        for k in range(1, m + 1)
    )
    shown = number(texts_of(window.bench.formula.result.matrix)[2][4])
    assert shown == pytest.approx(total, rel=1e-3, abs=6e-5)


def test_odd_letters_are_shown_as_they_are(window, source):
    window.reset(source, way="terms")
    network = source.network
    for t in (1, 2, 3):
        stand_at(window, "letter", t, phase=Phase.FORWARD)
        letter = network.input_letter(t)
        shown = letter if letter.strip() else "␣"
        assert values_of(window)["letter"][t - 1].startswith(shown)
    assert window.bench.formula.strip.accessibleDescription()
