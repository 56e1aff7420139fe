"""A cell of one's own: computed as plain Python computes its lines, and refused in words where it cannot be one."""

import io
import json
import random
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.commands.trace import write_trace
from core.epoch.epoch import run_epoch
from core.lessons import lesson_file
from core.lessons.lesson import Lesson
from core.network import cells, symbols
from core.network.initial import initial
from core.network.network import Network, NetworkError
from core.network.own_cell import LONGEST_TEXT, MOST_LINES, CellError, typed
from core.network.rule import EXACT
from core.network.task import Task
from core.program.program import Program
from core.sources import network_file
from core.sources.source import Source
from core.steps.evaluate import evaluate
from core.watching.stop import AtStep, Stop
from core.watching.stops import kinds_of, problem
from core.why.readers import readers
from core.writing.json_problems import BadContentError

CELLS = {
    "minimal gated unit": """
        f[t] = sigmoid(U_f @ x[t] + W_f @ h[t-1] + b_f)
        g[t] = tanh(U_g @ x[t] + W_g @ (f[t]*h[t-1]) + b_g)  # the candidate
        h[t] = (1 - f[t]) * h[t-1] + f[t] * g[t]""",
    "names of the way back": """
        g[t] = tanh(U @ x[t] + W @ h[t-1])
        s[t] = sigmoid(P @ x[t] + Q @ h[t-1])
        v[t] = relu(M @ x[t])
        e[t] = v[t] * s[t]
        h[t] = tanh(a := e[t] + g[t])""",
    "two layers": """
        h1[t] = tanh(U1 @ x[t] + W1 @ h1[t-1] + b1)
        h2[t] = tanh(U2 @ h1[t] + W2 @ h2[t-1] + b2)""",
    "sizes of its own": """
        s[t] = Q @ h[t-1]
        m[t] = relu(D1 @ s[t] + U1 @ x[t] + b1)
        h[t] = tanh(U @ x[t] + P @ s[t] + D2 @ m[t] + b)""",
    "a number as gate": """
        q[t] = tanh(x[t] @ U)
        k[t] = tanh(W @ h[t-1])
        s[t] = sigmoid(q[t] @ k[t])
        h[t] = s[t] * q[t] + (1 - s[t]) * h[t-1]""",
    "every function": """
        m[t] = exp(-p * x[t])
        e[t] = softmax(0.1 * (U @ m[t]) + W.T @ h[t-1])
        h[t] = log(1 + e[t]) / (2 + e[t]) - 0.3 * h[t-1]""",
}
PAPERS = {  # cells as their papers have them
    "peephole LSTM": """
        i[t] = sigmoid(U_i @ x[t] + W_i @ h[t-1] + p_i * C[t-1] + b_i)
        f[t] = sigmoid(U_f @ x[t] + W_f @ h[t-1] + p_f * C[t-1] + b_f)
        C[t] = f[t] * C[t-1] + i[t] * tanh(U_q @ x[t] + W_q @ h[t-1] + b_q)
        o[t] = sigmoid(U_o @ x[t] + W_o @ h[t-1] + p_o * C[t] + b_o)
        h[t] = o[t] * tanh(C[t])""",
    "SRU": """
        f[t] = sigmoid(W_f @ x[t] + v_f * C[t-1] + b_f)
        r[t] = sigmoid(W_r @ x[t] + v_r * C[t-1] + b_r)
        C[t] = f[t] * C[t-1] + (1 - f[t]) * (W @ x[t])
        h[t] = r[t] * C[t] + (1 - r[t]) * (W_x @ x[t])""",
    "IndRNN": """
        h[t] = relu(W @ x[t] + u * h[t-1] + b)""",
    "JANET": """
        s[t] = U_f @ x[t] + W_f @ h[t-1] + b_f
        q[t] = tanh(U_q @ x[t] + W_q @ h[t-1] + b_q)
        h[t] = sigmoid(s[t]) * h[t-1] + (1 - sigmoid(s[t] - 1)) * q[t]""",
    "minLSTM": """
        f[t] = sigmoid(W_f @ x[t])
        i[t] = sigmoid(W_i @ x[t])
        h[t] = f[t] / (f[t] + i[t]) * h[t-1] + i[t] / (f[t] + i[t]) * (W_h @ x[t])""",
    "FastGRNN": """
        p[t] = W @ x[t] + U @ h[t-1]
        z[t] = sigmoid(p[t] + b_z)
        h[t] = (zeta * (1 - z[t]) + nu) * tanh(p[t] + b_h) + z[t] * h[t-1]""",
    "RHN depth 2": """
        t1[t] = sigmoid(W_t @ x[t] + R_t1 @ h[t-1] + b_t1)
        s1[t] = tanh(W_h @ x[t] + R_h1 @ h[t-1] + b_h1) * t1[t] + h[t-1] * (1 - t1[t])
        t2[t] = sigmoid(R_t2 @ s1[t] + b_t2)
        h[t] = tanh(R_h2 @ s1[t] + b_h2) * t2[t] + s1[t] * (1 - t2[t])""",
    "SCRN": """
        s[t] = 0.95 * s[t-1] + 0.05 * (B @ x[t])
        h[t] = sigmoid(P @ s[t] + A1 @ x[t] + R @ h[t-1])""",
    "multiplicative RNN": """
        m[t] = (W_mx @ x[t]) * (W_mh @ h[t-1])
        h[t] = tanh(W_hx @ x[t] + W_hm @ m[t] + b)""",
    "antisymmetric RNN": """
        h[t] = h[t-1] + 0.1 * tanh((W - W.T - 0.01) @ h[t-1] + U @ x[t] + b)""",
    "CFN": """
        s[t] = sigmoid(U_s @ h[t-1] + V_s @ x[t] + b_s)
        e[t] = sigmoid(U_e @ h[t-1] + V_e @ x[t] + b_e)
        h[t] = s[t] * tanh(h[t-1]) + e[t] * tanh(W @ x[t])""",
    "LMU-like": """
        u[t] = e_x @ x[t] + e_h @ h[t-1] + e_m @ m[t-1]
        m[t] = A1 @ m[t-1] + B1 * u[t]
        h[t] = tanh(W_x @ x[t] + W_h @ h[t-1] + W_m @ m[t])""",
    "delta RNN": """
        s1[t] = U @ h[t-1]
        s2[t] = W @ x[t]
        q[t] = tanh(a1 * s1[t] * s2[t] + b1 * s1[t] + b2 * s2[t] + b)
        r[t] = sigmoid(s2[t] + b_r)
        h[t] = (1 - r[t]) * q[t] + r[t] * h[t-1]""",
}
WORDS = {"tanh": np.tanh, "sigmoid": lambda a: 1 / (1 + np.exp(-a)), "exp": np.exp, "log": np.log,
         "relu": lambda a: np.where(np.real(a) > 0, a, 0), "softmax": lambda a: np.exp(a) / sum(np.exp(a))}  # fmt: skip
READ, WANTED = ((1.0, 2.0, -1.0), (0.5, 3.0, 0.0), (0.0, 1.0, 1.0)), (None, (0.5, 0.1), (1.25, 0.0))


def states(text, P, H):
    """The hidden states of the lines of *text*, run as Python on plain arrays."""
    rows: defaultdict[str, dict[int, np.ndarray]] = defaultdict(lambda: {0: np.zeros(H)})
    found = []
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for t, x in enumerate(READ, 1):
        rows["x"][t] = np.array(x)
        for line in lines:
            names = {name: rows[name] for each in (*lines, "x[") for name in [each.partition("[")[0]]}
            exec(line, {**WORDS, **names, **P, "t": t})
        found.append(rows[lines[-1].partition("[")[0]][t])
    return found


def loss(text, P, H=2):
    return sum(
        np.sum((state - wanted) ** 2) / 4 for state, wanted in zip(states(text, P, H), WANTED, strict=True) if wanted
    )


def made(text, attention=False):
    task = Task("none", "half-squared", "mean", read=READ, wanted=WANTED)
    lines = typed(text).lines
    sizes = tuple(zip(cells.open_sizes(lines), (1, 3), strict=False))
    network = Network((), (), (), 2, None, attention, lines, task, own_sizes=sizes)
    return network, initial(network, "uniform", 3)


@pytest.mark.parametrize("name", [*CELLS, *PAPERS])
def test_it_is_what_its_lines_are_as_plain_python_and_its_gradients_the_complex_step(name):
    lines = (CELLS | PAPERS)[name]
    network, P = made(lines)
    epoch = run_epoch(network, P, EXACT, 0.1)
    assert np.allclose(epoch.tape[network.state][1:], states(lines, P, 2), rtol=1e-12)
    assert epoch.tape.total == pytest.approx(loss(lines, P), rel=1e-12)
    for parameter, array in P.items():
        for entry in np.ndindex(array.shape):
            moved = {each: np.array(value, complex) for each, value in P.items()}
            moved[parameter][entry] += 1e-30j
            slope = np.imag(loss(lines, moved)) / 1e-30
            assert epoch.gradients[parameter][entry] == pytest.approx(slope, rel=1e-10, abs=1e-14)


@pytest.mark.parametrize("name", [*CELLS, "peephole LSTM", "delta RNN"])
@pytest.mark.parametrize("attention", [False, True])
def test_every_step_of_it_is_shown_traced_and_written_again(name, attention):
    network, P = made((CELLS | PAPERS)[name], attention)
    source = Source("own", "own", network, P, EXACT, 0.1)
    again = network_file.content(network_file.text(source).encode(), "own", "own")
    assert again.network == network
    epoch, program = run_epoch(network, P, EXACT, 0.1), Program(network)
    for address in program:
        step = evaluate(epoch, address)
        readers(program, epoch, address)
        for symbol in (*step.formula.reads, *step.formula.writes):
            if symbol != "eta" and symbol not in P and not symbol.endswith("[0]"):
                assert symbols.exists(symbol, network), (address, symbol)
                assert np.shape(epoch.value(symbol)) == symbols.shape(symbol, network), (address, symbol)
    out = io.StringIO()
    write_trace(source, out, terms=True)
    assert set(network.cell_lines) < set(json.loads(out.getvalue())["forward"])


def test_a_lesson_of_it_keeps_its_lines_and_its_stops(tmp_path):
    network, P = made(CELLS["two layers"])
    source = Source("own", "own", network, P, EXACT, 0.1)
    program = Program(network)
    stops = [Stop(AtStep(address)) for address in program]
    stops += [Stop(kind) for address in program for kind in kinds_of(address, program)]
    lesson = replace(Lesson.of(source), stops=tuple(dict.fromkeys(stops)), watches=("norm(h1[2])",))
    lesson_file.write(tmp_path / "own.chainrule", lesson)
    again = lesson_file.open_any(str(tmp_path / "own.chainrule"))
    assert isinstance(again, Lesson)
    assert again.source.network == network
    assert again.stops == lesson.stops
    assert all(problem(stop, program) == "" for stop in again.stops)


def test_lines_typed_as_those_of_a_cell_that_ships_give_its_numbers():
    for cell in cells.cells():
        network = Network(tuple("abc"), (0, 1, 2, 0), (1, 2, 0, 1), 2, None, False, cell)
        text = "\n\n".join(line.replace(" + ", "+") for line in cells.text(cell).splitlines())
        other = Network(network.alphabet, network.inputs, network.targets, 2, None, False, typed(text).lines)
        P = initial(network, "uniform", 1)
        one, two = (run_epoch(each, P, EXACT, 0.1) for each in (network, other))
        assert all(one.updated[name].tobytes() == two.updated[name].tobytes() for name in P)


def test_a_size_that_the_lines_leave_open_is_as_its_parameters_have_it_else_that_of_the_state():
    lines = typed(CELLS["sizes of its own"]).lines
    assert cells.open_sizes(lines) == {"R": "s", "M": "m"}
    assert typed(CELLS["sizes of its own"]).parameters["D1"] == ("M", "R")
    network, P = made(CELLS["sizes of its own"])
    assert P["Q"].shape == (1, 2)
    assert P["D2"].shape == (2, 3)
    assert set(replace(network, own_sizes=()).parameter_shapes.values()) == {(2, 2), (2, 3), (2,)}
    with pytest.raises(NetworkError, match="size G: expected at least 1, of a size that the lines leave open"):
        replace(network, own_sizes=(("G", 2),))
    text = json.loads(network_file.text(Source("own", "own", network, P, EXACT, 0.1)))
    text["parameters"]["D1"] = [[1, 2]] * 3
    with pytest.raises(BadContentError, match=r"parameters.D1\[1\]: expected 1 number, as many as s\[t\] has, found 2"):
        network_file.content(json.dumps(text).encode(), "own", "own")
    text["parameters"]["D1"] = [[1]] * 2
    with pytest.raises(BadContentError, match=r"parameters.U1: expected 2 rows, as many as m\[t\] has, found 3"):
        network_file.content(json.dumps(text).encode(), "own", "own")


def test_what_is_described_is_told():
    cell = typed(CELLS["minimal gated unit"])
    assert (cell.state, cell.states, list(cell.made)) == ("h", ("h",), ["f", "g", "h"])
    assert cell.parameters == {
        "U_f": ("H", "X"), "W_f": ("H", "H"), "b_f": ("H",), "U_g": ("H", "X"), "W_g": ("H", "H"), "b_g": ("H",),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "marked", "words"),
    [
        ("h[t] = tanh(U @ x[t] + r[t] * h[t-1])\nr[t] = U @ x[t]", 1, "r[t]", "r[t] is used before it is made"),
        ("\n  h[t] = tanh(U @ x[t] + U @ h[t-1])", 2, "U @ h[t-1]", "U is 3×4, but h[t-1] has 3"),
        ("h[t] = U @ x[t] + h[t-1] * x[t]", 1, "h[t-1] * x[t]", "h[t-1] has 3, but x[t] has 4"),
        ("h[t] = U @ x[t-1]", 1, "x[t-1]", "of the inputs, a timestep reads its own: write x[t]"),
        ("h[t] = U @ x", 1, "x", "of the inputs, a timestep reads its own: write x[t]"),
        ("h[t] = (x[t] @ x[t]) * h[t-1]", 1, "h[t]", "no parameter is used, and so nothing of the cell can be trained"),
        ("h[t] = W @ h[t-1]", 1, "h[t]", "x[t] is never used: the cell does not read its input"),
        ("f[t] = U @ x[t]\nh[t] = P @ x[t]", 1, "f[t]", "f[t] is made, but never used"),
        ("h[t] = U @ x[t]\nh[t] = W @ h[t-1]", 1, "h[t]", "two lines make h"),
        ("h[t] = U @ x[t] * 1e999", 1, "1e999", "expected a smaller number"),
        ("h[t] = σ(U @ x[t])", 1, "σ(U @ x[t])", "expected one of tanh, sigmoid, relu, exp, log, softmax"),
        ("h[t] = U @ x[t] + β", 1, "β", "a name is a Latin letter, and then letters, digits and _"),
        ("h[t] = tanh(U @ x[t]", 1, "(U @ x[t]", "this bracket is never closed"),
        ("h[t] = tanh(U @ x[t]))", 1, ")", "this bracket was never opened"),
        ("h[t] = h[1:t+1] @ h[t]", 1, "h[1:t+1]", "a cell reads h[t] and h[t-1]; attention comes after it"),
        ("h[t] = tanh(W @ tanh(P @ h[t-1]) + U @ x[t])", 1, "W",
         "W: its size does not follow from the lines: give what it is multiplied with a line of its own"),
        ("h[t] = tanh(U @ x[t] + W @ yhat[t-1])", 1, "yhat[t-1]",
         "yhat is made after the cell, of its state: a cell reads its own states, x[t] and parameters"),
        ("h[t] = tanh(U @ W)\nz[t] = 1", 1, "h[t]", "h[t] is made, but never used"),
        ("", 1, "", "expected a line such as h[t] = tanh(U @ x[t] + W @ h[t-1] + b)"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_words_at_its_place(text, line, marked, words):
    with pytest.raises(CellError) as refused:
        typed(text, {"H": 3, "X": 4})
    (found,) = refused.value.problems
    assert found.words == words
    assert (found.line, text.split("\n")[line - 1][found.first : found.last]) == (line, marked)


def test_every_line_that_is_not_understood_is_told_at_once():
    with pytest.raises(CellError) as refused:
        typed("f[t] = sigmoid(U_f x[t])\nok[t] = x[t]\nh[t] = tanh(2 ** x[t]")
    assert [each.line for each in refused.value.problems] == [1, 3]


def test_sizes_that_are_the_same_number_are_told_apart_by_letters():
    with pytest.raises(CellError, match=r"U is H×X, but h\[t-1\] has H"):
        typed("h[t] = tanh(U @ x[t] + U @ h[t-1])", {"H": 3, "X": 3})


RESERVED = ["x", "y", "h0", "L", "A", "alpha", "Z", "Omega", "yhat", "E", "V", "c", "t", "eta", "dh", "W_new", "d"]


@pytest.mark.parametrize("name", RESERVED)
def test_names_that_mean_something_else_are_refused(name):
    for text in (
        f"{name}[t] = U @ x[t]\nh[t] = {name}[t]",
        f"h[t] = {name} @ x[t]",
        f"h[t] = tanh({name} := U @ x[t])",
    ):
        with pytest.raises(CellError):
            typed(text)


def damaged(draw):
    """A line of a good cell with something in it that cannot be."""
    good = "h[t] = tanh(U @ x[t] + W @ (r[t] * h[t-1]) + b)"
    places = [place for place, sign in enumerate(good) if sign in "=@+*()[],t"]
    bad = [
        "**", "//", "%", "<", "==", " and ", "lambda:", "§", "::", "f'{", '"', "\\", "#", "[t+1]", "[t-2]", "[0]", ";",
        ".real", "()", "1e999", "True", "None", "await ", "*h", ":=", "import os", "__import__('os')", "\0", "\u2028",
        "if 1 else", "½", "@@", "x[t-1]", "E[t]", " -" * 300, "(" * 250, "{}", "[1:t]", "...", "~", "not ", "1j", "$",
    ]  # fmt: skip
    place = draw.choice(places)
    return good[:place] + draw.choice(bad) + good[place + 1 :]


def test_a_thousand_lines_that_cannot_be_are_refused_in_a_line_of_words_at_once():
    draw, before = random.Random(1), time.process_time()
    for _ in range(1000):
        text = f"r[t] = sigmoid(U_r @ x[t] + W_r @ h[t-1])\n{damaged(draw)}"
        with pytest.raises(CellError) as refused:
            typed(text)
        for found in refused.value.problems:
            line = text.split("\n")[found.line - 1]
            assert 0 <= found.first <= found.last <= len(line)
            assert found.words.isprintable()
            assert 8 < len(found.words) < 120
    assert time.process_time() - before < 3


HOSTILE = [
    "__import__('pathlib').Path('{0}').touch()",
    "h[t] = __import__('pathlib').Path('{0}').touch()",
    "h[t] = tanh(open('{0}', 'w') @ x[t])",
    "h[t] = [open('{0}', 'w') for _ in x[t]]",
    "h[open('{0}', 'w')] = x[t]",
    "h[t] = (lambda: open('{0}', 'w'))()",
    "import pathlib; pathlib.Path('{0}').touch()",
    "h[t]: open('{0}', 'w') = x[t]",
    "h[t] = U @ x[t] # \nopen('{0}', 'w')",
    "h[t] = f\"{{open('{0}', 'w')}}\"",
    "@open('{0}', 'w')\ndef f(): pass",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_lines_have_no_effect(text, tmp_path: Path):
    trap = tmp_path / "trap"
    lines = text.format(trap)
    with pytest.raises(CellError):
        typed(lines)
    with pytest.raises(NetworkError):
        Network(("a",), (0,), (0,), 1, None, False, tuple(lines.split("\n")))
    assert not trap.exists()


@pytest.mark.parametrize(
    "text",
    [
        "h[t] = " + "-" * 5000 + "x[t]",
        "h[t] = " + "-" * 900 + "x[t]",
        "h[t] = " + "(" * 480 + "x[t]" + ")" * 480,
        "h[t] = " + "tanh(" * 60 + "x[t]" + ")" * 60,
        "h[t] = x[t]" + " + x[t]" * 100,
        "h[t] = " + "9" * 900,
        "(" * LONGEST_TEXT,
        "a" * 10**7,
        "\n" * 19_000 + "h[t] =",
        "h[t] = U @ x[t]\n" * 900,
        "\n".join(f"q{n}[t] = U{n} @ x[t]" for n in range(MOST_LINES + 1)),
        f"{'q' * 60}[t] = U @ x[t]",
    ],
)
def test_huge_and_deep_texts_are_refused_at_once(text):
    before = time.process_time()
    with pytest.raises(CellError) as refused:
        typed(text)
    assert time.process_time() - before < 0.5
    assert len(str(refused.value)) < 150
