"""A file of lines dropped among those that ship is a network: computed, stepped, followed back and written out."""

import io
import json

import numpy as np
import pytest

from core.commands.trace import write_trace
from core.epoch import engines
from core.epoch.epoch import run_epoch
from core.epoch.training import Training
from core.epoch.walked import on_lines
from core.network import symbols
from core.network.cells import cells
from core.network.initial import initial
from core.network.network import Network, NetworkError
from core.network.rule import EXACT, PRINTED, TYPESET
from core.program.program import Address, Phase, Program
from core.sources import network_file
from core.sources.source import Source
from core.steps.evaluate import evaluate
from core.studies.checking import checks
from core.why.readers import readers
from core.writing.files import FileError
from tests.cells import LINES, RENAMED, dropped, losses

__all__ = ["dropped"]
pytestmark = pytest.mark.usefixtures("dropped")
CELLS = (*LINES, "relu", "sigmoid", "gru", "lstm")
AROUND = [(False, False), (True, False), (False, True), (True, True)]


def made(cell, embedding=False, attention=False, H=2, T=4):
    letters = [0, 1, 2, 0, 1, 1][:T]
    network = Network(tuple("abc"), tuple(letters), (*letters[1:], 2), H, 2 if embedding else None, attention, cell)
    return network, initial(network, "uniform", 3)


def slopes(network, parameters, name):
    """∂L/∂name by the complex step through plain loops."""
    found = np.zeros(parameters[name].shape)
    for entry in np.ndindex(found.shape):
        P = {each: array.astype(complex) for each, array in parameters.items()}
        P[name][entry] += 1e-30j
        found[entry] = np.imag(sum(losses(network, P)[1])) / 1e-30
    return found


def test_the_files_are_the_cells():
    assert set(cells()) == {"tanh", "relu", "sigmoid", "identity", "gru", "lstm", "other", *LINES}


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(("embedding", "attention"), AROUND)
def test_an_epoch_is_that_of_plain_loops_by_either_engine(cell, embedding, attention):
    network, parameters = made(cell, embedding, attention)
    states, each = losses(network, parameters)
    small, long = run_epoch(network, parameters, EXACT, 0.1), on_lines(network, parameters)
    for tape in (small.tape, long):
        assert np.allclose(tape[network.state][1:], states, rtol=1e-12)
        assert np.allclose(tape["L"], each, rtol=1e-12)
        assert not any(tape[state][0].any() for state in network.states)
    by_lines = engines.gradients_of(long, EXACT)
    for name in parameters:
        expected = slopes(network, parameters, name)
        assert np.allclose(small.gradients[name], expected, rtol=1e-10, atol=1e-13), name
        assert np.allclose(by_lines[name], expected, rtol=1e-10, atol=1e-13), name


@pytest.mark.parametrize("rule", [PRINTED, TYPESET])
@pytest.mark.parametrize("cell", ["lstm", "renamed"])
def test_both_engines_follow_a_rule_alike(cell, rule):
    network, parameters = made(cell, True, True)
    epoch = run_epoch(network, parameters, rule, 0.1)
    other = engines.gradients_of(epoch.tape, rule)
    for name in parameters:
        assert np.allclose(epoch.gradients[name], other[name], rtol=1e-10, atol=1e-13), name


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(
    ("embedding", "attention", "H", "way"),
    [(False, False, 1, "timesteps"), (True, True, 2, "timesteps"), (True, False, 2, "terms")],
)
def test_every_step_makes_what_the_epoch_has_and_terms_add_up(cell, embedding, attention, H, way):
    network, parameters = made(cell, embedding, attention, H)
    epoch, program = run_epoch(network, parameters, PRINTED, 0.1), Program(network, way=way)
    assert program.way == way
    so_far, terms = {}, {name: np.zeros(array.shape) for name, array in parameters.items()}
    for position, address in enumerate(program, 1):
        assert program.position(address) == position
        step = evaluate(epoch, address, way)
        readers(program, epoch, address)
        assert step.formula.title
        assert step.formula.sentence.endswith(".")
        for symbol in () if address.is_sum else step.formula.reads:
            is_given = symbol in {"eta", *parameters} or symbol.endswith("[0]")
            is_inner = symbol.startswith(("s[", "dL/dE["))
            assert is_given or is_inner or symbol in so_far, (address, symbol)
        if step.kind == "term":
            terms[address.quantity] = terms[address.quantity] + step.value
            assert step.running is not None
            assert np.allclose(step.running, terms[address.quantity], rtol=1e-9, atol=1e-13)
            so_far[symbols.symbol(f"dL/d{address.quantity}", *address.indices)] = step.value
        elif step.kind == "sum":
            assert np.allclose(step.value, terms[address.quantity], rtol=1e-9, atol=1e-13)
        for symbol in step.formula.writes:
            so_far[symbol] = epoch.value(symbol)
        if len(step.formula.writes) == 1:
            assert np.allclose(step.value, so_far[step.formula.writes[0]], rtol=1e-9, atol=1e-13), address


@pytest.mark.parametrize("cell", CELLS)
def test_a_check_agrees_with_the_exact_rule(cell):
    network, parameters = made(cell)
    epoch = run_epoch(network, parameters, EXACT, 0.1)
    for name in parameters:
        for address in (Address(Phase.BACKWARD, name), Address(Phase.BACKWARD, name, (2,))):
            rows = checks(epoch, address, (0, 0)).rows
            assert all(row.is_true for row in rows), (name, rows)


def test_renaming_every_quantity_changes_nothing_but_names():
    network, parameters = made("mgu")
    other = Network(network.alphabet, network.inputs, network.targets, 2, None, False, "other")
    renamed = type(parameters)({RENAMED.get(name, name): array for name, array in parameters.items()})
    one, two = run_epoch(network, parameters, EXACT, 0.1), run_epoch(other, renamed, EXACT, 0.1)
    assert list(other.parameter_shapes) == list(renamed)
    for first, second in zip(Program(network), Program(other), strict=True):
        assert second.quantity == RENAMED.get(first.quantity, first.quantity)
        assert evaluate(one, first).value.tobytes() == evaluate(two, second).value.tobytes()


def test_training_is_that_of_the_loops():
    network, parameters = made("lstm")
    training = Training(network, parameters, EXACT, 0.1)
    P = dict(parameters)
    for epoch in range(1, 4):
        assert training.epoch(epoch).tape.total == pytest.approx(sum(losses(network, P)[1]), rel=1e-12)
        P = {name: P[name] - 0.1 * slopes(network, P, name) for name in P}


def test_a_second_state_is_carried_both_ways():
    network, parameters = made("lstm")
    epoch, program = run_epoch(network, parameters, EXACT, 0.1), Program(network, way="timesteps")
    assert network.states == ("h", "C")
    assert program.adjoints == ("Omega", "h", "C", "q", "o", "f", "i")
    step = evaluate(epoch, Address(Phase.BACKWARD, "C", (2,)))
    after = epoch.value("dL/dC[3]") * epoch.value("f[3]")
    here = epoch.value("dL/dh[2]") * epoch.value("o[2]") * (1 - np.tanh(epoch.value("C[2]")) ** 2)
    assert np.allclose(step.value, here + after, rtol=1e-12)
    assert [link.note for link in step.formula.links] == ["from h₂, through o₂, C₂", "from C₃, through f₃"]


def test_what_nobody_has_words_for_is_said_from_its_line():
    network, _ = made("lstm")
    said = {name: symbols.meaning_in(name, network).words for name in ("i", "C", "h", "W_i", "U_q", "b_f")}
    assert said == {
        "i": "the sum of U_i times x, W_i times the h before and b_i, squashed by sigmoid into 0 … 1",
        "C": "what is carried on beside it: the sum of f times the C before and i times q",
        "h": "the hidden state: o times tanh(C), entry by entry",
        "W_i": "the weights from the h before to i",
        "U_q": "the weights from x to q",
        "b_f": "the bias of f",
    }
    assert symbols.latex("U_i") == "U_{i}"
    assert symbols.latex("dL/dC[2]") == r"\frac{\partial L}{\partial C_{2}}"
    assert (symbols.family("W_i"), symbols.family("b_f"), symbols.text("beta")) == ("W", "b", "β")


def test_a_network_file_says_its_cell(dropped):
    path, (network, parameters) = dropped / "own.json", made("gru", True, True)
    network_file.write(path, Source("own", "own", network, parameters, EXACT, 0.1))
    again = network_file.read(path)
    assert (again.network, again.way) == (network, "timesteps")
    assert all(np.array_equal(again.parameters[name], array) for name, array in parameters.items())
    content = json.loads(path.read_text(encoding="utf-8"))
    assert (content["version"], content["cell"]) == (2, "gru")
    for change, said in (
        ({"cell": "lstm"}, "parameters.U_r: unknown key"),
        ({"cell": "output"}, "cell: expected one of gru, identity, lstm"),
        ({"version": 1}, "version: expected 2"),
    ):
        path.write_text(json.dumps(content | change), encoding="utf-8")
        with pytest.raises(FileError, match=said):
            network_file.read(path)


def test_an_unknown_cell_is_refused():
    with pytest.raises(NetworkError, match="cell: expected one of"):
        Network(("a",), (0,), (0,), 1, None, False, "nothing")


def test_a_trace_has_every_quantity_of_the_lines():
    network, parameters = made("lstm", attention=True)
    out = io.StringIO()
    write_trace(Source("own", "own", network, parameters, EXACT, 0.1), out, terms=True)
    written = json.loads(out.getvalue())
    assert list(written["forward"]) == ["x", *"ifoqCh", "A", "alpha", "Z", "Omega", "yhat", "L", "total"]
    assert list(written["adjoints"]) == ["Omega", "Z", "alpha", "A", "h", "C", *"qofi"]
    assert np.allclose(written["gradients"]["W_f"], slopes(network, parameters, "W_f"), rtol=1e-10, atol=1e-13)
    whole = sum(np.array(term["value"]) for term in written["terms"]["W_f"])
    assert np.allclose(whole, written["gradients"]["W_f"], rtol=1e-10, atol=1e-13)
