from __future__ import annotations

import ctypes
import dataclasses
import json
import math
import os
import random
import socket
import subprocess
import sys
import types
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import core
import core.commands.verify
from core.commands.cli import WindowRequest
from core.epoch.training import Training
from core.exports.plain import plain
from core.network.rule import PATHS, PRINTED, TYPESET, Clip, Rule, rule_object
from core.network.rule import options as rule_options
from core.program.program import Address, Phase, Program
from core.sources.network_file import write
from core.sources.opening import open_source
from core.sources.worksheets import load
from gui.launch import main
from tests.child import DISPLAYS, environment

ROOT = Path(core.__file__).parent.parent
RULES: dict[str, dict[str, Any]] = {
    "exact": {
        "sign": 1,
        "weight": "softmax",
        "paths": ["value", "key", "query"],
        "output_state": "Z",
        "embedding_row": "k",
    },
    "printed": {"sign": 1, "weight": "softmax", "paths": ["value"], "output_state": "h", "embedding_row": "t"},
    "typeset": {"sign": -1, "weight": "score", "paths": ["value"], "output_state": "h", "embedding_row": "k"},
}
CUSTOM = {"sign": -1, "weight": "score", "paths": ["key", "query"], "output_state": "Z", "embedding_row": "t"}
EXPLAIN = ["explain", "attention", "--step", "74"]
KINDS = [(attention, embedded) for attention in (False, True) for embedded in (False, True)]

# -- an oracle in plain lists, written from the formulas of the worksheets --------------------------------------

Vector = list[float]
Matrix = list[Vector]


def dot(u: Vector, v: Vector) -> float:
    return sum(a * b for a, b in zip(u, v, strict=True))


def times(M: Matrix, v: Vector) -> Vector:
    return [dot(row, v) for row in M]


def transposed(M: Matrix) -> Matrix:
    return [list(column) for column in zip(*M, strict=True)]


def add(*vectors: Vector) -> Vector:
    return [sum(numbers) for numbers in zip(*vectors, strict=True)]


def scaled(a: float, v: Vector) -> Vector:
    return [a * x for x in v]


def outer(u: Vector, v: Vector) -> Matrix:
    return [[a * b for b in v] for a in u]


def softmax(scores: Vector) -> Vector:
    total = sum(math.exp(score) for score in scores)
    return [math.exp(score) / total for score in scores]


def slope(h: Vector) -> Vector:
    return [1 - x * x for x in h]


def by_entry(u: Vector, v: Vector) -> Vector:
    return [a * b for a, b in zip(u, v, strict=True)]


def oracle(net: dict[str, Any], rule: dict[str, Any]) -> dict[str, Any]:
    """Forward pass, terms, gradients and update of the first epoch of a network file's content."""
    P, alphabet, attention = net["parameters"], net["alphabet"], net["attention"]
    T, H, K = len(net["inputs"]), len(P["W"]), len(alphabet)
    letters = [alphabet.index(letter) for letter in net["inputs"]]
    wanted = [alphabet.index(letter) for letter in net["targets"]]
    eye = [[float(i == j) for j in range(K)] for i in range(K)]
    x = [P["E"][letter] if "E" in P else eye[letter] for letter in letters]
    h = [[0.0] * H]
    for t in range(T):
        h.append([math.tanh(a) for a in add(times(P["U"], x[t]), times(P["W"], h[-1]), P["b"])])
    A = [[dot(h[i], h[t]) for i in range(1, t + 1)] for t in range(1, T + 1)]
    alpha = [softmax(row) for row in A]
    Z = [add(*(scaled(w, h[i]) for i, w in enumerate(row, 1))) for row in alpha] if attention else h[1:]
    Omega = [add(times(P["V"], z), P["c"]) for z in Z]
    yhat = [softmax(scores) for scores in Omega]
    L = [-math.log(yhat[t][wanted[t]]) for t in range(T)]
    delta = [[p - y for p, y in zip(yhat[t], eye[wanted[t]], strict=True)] for t in range(T)]

    def asked(t: int, m: int) -> Vector:
        v = scaled(rule["sign"], times(transposed(P["V"]), delta[t - 1]))
        if not attention:
            return v
        a, z = alpha[t - 1], Z[t - 1]
        lean = [dot(add(h[i], scaled(-1, z)), v) for i in range(1, t + 1)]
        g = [0.0] * H
        if "value" in rule["paths"]:
            g = add(g, scaled((a if rule["weight"] == "softmax" else A[t - 1])[m - 1], v))
        if "key" in rule["paths"]:
            g = add(g, scaled(a[m - 1] * lean[m - 1], h[t]))
        if "query" in rule["paths"] and m == t:
            g = add(g, *(scaled(a[i] * lean[i], h[i + 1]) for i in range(t)))
        return g

    def chained(name: str, t: int, m: int, k: int) -> Any:
        r = asked(t, m)
        for j in range(m, k - 1, -1):
            r = by_entry(slope(h[j]), r)
            if j > k:
                r = times(transposed(P["W"]), r)
        if name == "b":
            return r
        if name == "E":
            row = letters[(t if rule["embedding_row"] == "t" else k) - 1]
            return [times(transposed(P["U"]), r) if i == row else [0.0] * len(x[0]) for i in range(K)]
        return outer(r, h[k - 1] if name == "W" else x[k - 1])

    state = Z if rule["output_state"] == "Z" else h[1:]
    terms: dict[str, list[dict[str, Any]]] = {
        "V": [{"t": t, "value": outer(delta[t - 1], state[t - 1])} for t in range(1, T + 1)],
        "c": [{"t": t, "value": delta[t - 1]} for t in range(1, T + 1)],
    }
    for name in ("W", "U", "b", "E")[: 4 if "E" in P else 3]:
        terms[name] = [
            {"t": t, "m": m, "k": k, "value": chained(name, t, m, k)}
            for t in range(1, T + 1)
            for m in (range(1, t + 1) if attention else (t,))
            for k in range(1, m + 1)
        ]
    gradients = {name: summed([term["value"] for term in found]) for name, found in terms.items()}
    forward = {"x": x, "h": h[1:], "Omega": Omega, "yhat": yhat, "L": L, "total": sum(L)}
    if attention:
        forward |= {"A": A, "alpha": alpha, "Z": Z}
    return {
        "parameters": P,
        "forward": forward,
        "gradients": gradients | {"Omega": delta},
        "updated": {name: stepped(P[name], gradients[name], net["learning_rate"]) for name in P},
        "terms": terms,
    }


def summed(values: list[Any]) -> Any:
    if isinstance(values[0], list):
        return [summed(list(entries)) for entries in zip(*values, strict=True)]
    return sum(values)


def stepped(old: Any, gradient: Any, rate: float) -> Any:
    if isinstance(old, list):
        return [stepped(a, g, rate) for a, g in zip(old, gradient, strict=True)]
    return old - rate * gradient


def close(found: Any, expected: Any) -> bool:
    """Whether two nests of lists, records and numbers have the same shape, and numbers that differ by rounding."""
    if isinstance(expected, dict):
        return found.keys() == expected.keys() and all(close(found[key], expected[key]) for key in expected)
    if isinstance(expected, list):
        return len(found) == len(expected) and all(map(close, found, expected))
    return math.isclose(found, expected, rel_tol=1e-11, abs_tol=1e-13)


def random_file(attention: bool, embedded: bool, rule: Any = "exact", H: int = 2) -> dict[str, Any]:
    draw = random.Random(f"{attention} {embedded}")
    K, D, T = 3, 2, 5

    def matrix(rows: int, columns: int) -> Matrix:
        return [[draw.gauss(0, 1) for _ in range(columns)] for _ in range(rows)]

    values: dict[str, Any] = {
        "U": matrix(H, D if embedded else K),
        "W": matrix(H, H),
        "b": matrix(1, H)[0],
        "V": matrix(K, H),
        "c": matrix(1, K)[0],
    }
    if embedded:
        values["E"] = matrix(K, D)
    return {
        "format": "chainrule-network",
        "version": 1,
        "alphabet": ["a", "é", "日"],
        "inputs": draw.choices(["a", "é", "日"], k=T),
        "targets": draw.choices(["a", "é", "日"], k=T),
        "attention": attention,
        "learning_rate": 0.3,
        "rule": rule,
        "parameters": values,
    }


@pytest.fixture
def trace(capfd: pytest.CaptureFixture[str]) -> Callable[..., dict[str, Any]]:
    """Runs the trace command and gives what it wrote."""

    def run(*arguments: object) -> dict[str, Any]:
        assert main(["trace", *map(str, arguments)]) == 0
        out, err = capfd.readouterr()
        assert err == ""
        found: dict[str, Any] = json.loads(out, parse_constant=pytest.fail)
        return found

    return run


# -- trace ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", [*RULES, "custom"])
@pytest.mark.parametrize(("attention", "embedded"), KINDS)
def test_trace_gives_what_the_oracle_computes(tmp_path: Path, trace, attention: bool, embedded: bool, rule: str):
    net = random_file(attention, embedded, CUSTOM if rule == "custom" else "exact")
    path = tmp_path / "net.json"
    path.write_text(json.dumps(net), encoding="utf-8")
    found = trace(path, "--terms", *(() if rule == "custom" else ("--rule", rule)))
    switches = CUSTOM if rule == "custom" else RULES[rule]
    for key, expected in oracle(net, switches).items():
        assert close(found[key], expected), key
    assert found["rule"] == switches
    assert (found["epoch"], found["learning_rate"]) == (1, 0.3)
    assert found["network"] == {
        **{key: net[key] for key in ("alphabet", "inputs", "targets")},
        "hidden_size": 2,
        "embedding_size": 2 if embedded else None,
        "attention": attention,
    }


def test_trace_trains_the_earlier_epochs_under_the_rule(tmp_path: Path, trace):
    net = random_file(True, True)
    path = tmp_path / "net.json"
    path.write_text(json.dumps(net), encoding="utf-8")
    net["parameters"] = oracle(net, RULES["typeset"])["updated"]
    found = trace(path, "--epoch", 2, "--rule", "typeset")
    for key, expected in oracle(net, RULES["typeset"]).items():
        assert key == "terms" or close(found[key], expected), key


def test_a_sheet_is_traced_with_the_rule_that_gives_its_numbers(trace):
    found = trace("attention")
    assert found["rule"] == RULES["printed"]
    assert found["gradients"]["W"] == [[pytest.approx(0.0274, abs=5e-5)]]
    assert [len(row) for row in found["forward"]["alpha"]] == [1, 2, 3, 4]
    assert "E" not in found["parameters"]
    assert "terms" not in found


def test_keys_that_a_network_does_not_have_are_absent(trace):
    found = trace("embedding")
    assert set(found["forward"]) == {"x", "h", "Omega", "yhat", "L", "total"}
    assert list(found["gradients"]) == ["Omega", "U", "W", "b", "V", "c", "E"]


def test_numbers_that_are_not_finite_are_strings(tmp_path: Path, trace):
    path = tmp_path / "net.json"
    path.write_text(json.dumps(random_file(True, False) | {"learning_rate": 1e308}), encoding="utf-8")
    assert '"NaN"' in json.dumps(trace(path, "--terms", "--epoch", 3)["terms"])
    assert plain(np.array([[math.inf, -math.inf], [math.nan, 1.5]])) == [["Infinity", "-Infinity"], ["NaN", 1.5]]


def test_the_paths_of_a_rule_are_listed_in_one_order(tmp_path: Path, trace):
    path = tmp_path / "net.json"
    path.write_text(json.dumps(random_file(True, False, CUSTOM | {"paths": ["query", "value", "key"]})), "utf-8")
    assert trace(path)["rule"]["paths"] == list(PATHS)


# -- explain ----------------------------------------------------------------------------------------------------


@pytest.fixture
def explain(capfd: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Runs the explain command on the sum of ∂L/∂W of sheet A, and gives what it wrote."""

    def run(*arguments: str) -> str:
        assert main([*EXPLAIN, *arguments]) == 0
        out, err = capfd.readouterr()
        assert err == ""
        return out

    return run


def test_a_number_is_explained_in_text(explain):
    out = explain("--number", "0.0402")
    assert out.startswith("Step 74 of 121, epoch 1: ∂L/∂W: the sum\ncomputed     0.027415\nyour number  0.0402\n\n")
    assert "\nThis is the exact derivative, which is what autograd gives.\n" in out
    assert out.endswith("   To step with it: --rule exact\n")


def test_steps_of_the_way_back_timestep_by_timestep_are_counted_so(capfd: pytest.CaptureFixture[str], tmp_path: Path):
    def said(*arguments: str) -> str:
        assert main(["explain", *arguments]) == 0
        return capfd.readouterr().out

    assert said("attention", "--step", "78", "--way", "timesteps", "--number", "0.0274").startswith(
        "Step 78 of 93, epoch 1: ∂L/∂W: the sum\n"
    )
    own = tmp_path / "own.json"
    write(own, open_source("embedding"))
    assert said(str(own), "--step", "5", "--number", "1").startswith("Step 5 of 77, ")
    assert said(str(own), "--step", "5", "--number", "1", "--way", "terms").startswith("Step 5 of 89, ")
    assert main(["explain", str(own), "--step", "78", "--number", "1"]) == 2
    assert "expected 1 to 77" in capfd.readouterr().err


def test_lines_of_a_program_that_goes_back_timestep_by_timestep_are_marked(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
):
    sheet = open_source("attention")
    epoch = Training(sheet.network, sheet.parameters, sheet.rule, sheet.learning_rate).epoch(1)
    lines = tmp_path / "lines.txt"
    names = {"dh3": "dL/dh[3]", "dhraw3": "dL/da[3]", "dhnext3": "dhnext[3]"}
    lines.write_text("".join(f"{name} = {float(epoch.value(symbol)[0]):.6f}\n" for name, symbol in names.items()))
    assert main(["mark", "attention", str(lines), "--json"]) == 0
    (found,) = json.loads(capfd.readouterr().out)
    program = Program(sheet.network)
    assert [(line["verdict"], program[line["step"]]) for line in found["lines"]] == [
        ("right", Address(Phase.BACKWARD, "b", (3, 3, 3)))  # the step that stands for it in a sheet
    ] * 3


def test_a_negative_number_is_joined_to_its_option(explain):
    assert "\nOne known slip gives this: the sign of the error.\n" in explain("--number=-0.0274")


def test_a_number_is_explained_in_json(explain, trace):
    found = json.loads(explain("--number", "0.0402", "--json"), parse_constant=pytest.fail)
    assert close(found["computed"], trace("attention")["gradients"]["W"])
    assert (found["step"], found["epoch"], found["given"], found["kind"]) == (74, 1, 0.0402, "explained")
    assert [match["rule"] for match in found["matches"]] == [RULES["exact"]]
    assert close(
        found["matches"][0]["first"]["theirs"],
        trace("attention", "--rule", "exact", "--terms")["terms"]["W"][3]["value"][0][0],
    )


def test_a_vector_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    net = random_file(True, False)
    path = tmp_path / "net.json"
    path.write_text(json.dumps(net), encoding="utf-8")
    yhat = oracle(net, RULES["exact"])["forward"]["yhat"][0]
    wrong = [yhat[0] + 0.1, *yhat[1:]]
    for numbers, kind, place in ((yhat, "agrees", ""), (wrong, "unknown", ""), (yhat[2:], "agrees", "entry 3")):
        written = " ".join(f"{number:.5f}" for number in numbers)
        assert main(["explain", str(path), "--step", "7", f"--number={written}", "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert (found["title"], found["kind"], found["place"]) == ("Prediction ŷ₁", kind, place)
        assert close(found["computed"], yhat)
    written = ", ".join(f"{number:.5f}" for number in wrong)
    assert main(["explain", str(path), "--step", "7", "--number", written]) == 0
    computed = "  ".join(f"{number:.6f}" for number in yhat)
    assert f"\ncomputed     {computed}\nyour number  {written}\n" in capsys.readouterr().out


def test_another_rule_is_explained_against(explain):
    out = explain("--number", "0.0274", "--rule", "exact")
    assert "\ncomputed     0.040194\nyour number  0.0274\n" in out
    assert out.endswith("   To step with it: --rule printed\n")
    assert "Agrees to the 4 decimals given" in explain("--number", "0.0402", "--rule", "exact")


def test_a_later_epoch_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    net = random_file(True, False)
    path = tmp_path / "net.json"
    path.write_text(json.dumps(net), encoding="utf-8")
    net["parameters"] = oracle(net, RULES["exact"])["updated"]
    total = oracle(net, RULES["exact"])["forward"]["total"]
    steps = 7 * 5 + 15 + 1  # five timesteps of seven steps, fifteen scores, the total
    assert main(["explain", str(path), "--step", str(steps), "--number", f"{total:.4f}", "--epoch", "2", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["title"], found["epoch"], found["kind"]) == ("Total loss L", 2, "agrees")
    assert found["computed"] == pytest.approx(total, rel=1e-11)


# -- verify -----------------------------------------------------------------------------------------------------

BLOCK_QT = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("PySide6", "shiboken6", "pyqtgraph", "mathra"):
            raise ImportError(name)

sys.meta_path.insert(0, Blocked())
from gui.launch import main
from tests.child import DISPLAYS, environment
sys.exit(main(sys.argv[1:]))
"""


def without_qt(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", BLOCK_QT, *arguments],
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        env=environment(*DISPLAYS, LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0"),
        check=False,
    )


# -- mark ----------------------------------------------------------------------------------------------------


def test_files_of_lines_are_marked_one_after_the_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    good, bad, wide = (tmp_path / name for name in ("good.txt", "bad.txt", "wide.txt"))
    good.write_text("h1 = 0.1432\ndWhh = 0.0274\nepoch 2:\nL = 5.7791\n")
    bad.write_text("h2 = 0.3055\nnonsense = 3\n")
    wide.write_text("L = 5.8071", encoding="utf-16")
    assert main(["mark", "attention", str(good), str(wide)]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out == [
        f"{good}: All 3 lines are right.",
        "  ✓  epoch 1, line 1: h₁ = 0.1432: right",
        "  ✓  epoch 1, line 2: ∂L/∂W = 0.0274 (dWhh is ∂L/∂W here): right",
        "  ✓  epoch 2, line 4: L = 5.7791: right",
        f"{wide}: The line is right.",
        "  ✓  line 1: L = 5.8071: right",
    ]
    assert main(["mark", "attention", str(bad), str(good)]) == 1
    assert capsys.readouterr().out.splitlines()[:3] == [
        f"{bad}: h₂ is the first that is wrong. 1 line is not understood.",
        "  ≠  line 1: h₂ = 0.3055: first wrong; right −0.305490",
        "  ?  line 2: unknown name 'nonsense', expected one such as h1, yhat1 or dL/dW",
    ]


def test_a_file_that_cannot_be_read_is_named_and_the_others_are_marked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    good, raw, pipe = (tmp_path / name for name in ("good.txt", "raw.txt", "pipe"))
    good.write_text("h1 = 0.1432")
    raw.write_bytes(b"h1 = 0.1432 \xff\x00\xfe")
    os.mkfifo(pipe)
    missing = tmp_path / "missing.txt"
    assert main(["mark", "attention", str(missing), str(raw), str(pipe), str(tmp_path), str(good)]) == 2
    out, errors = capsys.readouterr()
    assert out.startswith(f"{good}: The line is right.")
    assert [line.partition(": ")[2].partition(": ")[0] for line in errors.splitlines()] == [
        str(path) for path in (missing, raw, pipe, tmp_path)
    ]


def test_marks_are_written_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    lines = tmp_path / "lines.txt"
    lines.write_text("L2 = 9.1234\nL = 13.5020\nfoo = 1\n")
    assert main(["mark", "attention", str(lines), "--json"]) == 1
    ((found),) = json.loads(capsys.readouterr().out)
    assert found["file"] == str(lines)
    assert [(each["symbol"], each["verdict"], each["follows_from"], each["line"]) for each in found["lines"]] == [
        ("L[2]", "wrong", [], 1),
        ("L", "follows", ["L[2]"], 2),
    ]
    assert found["not_understood"][0]["line"] == 3
    assert found["lines"][1]["right"] == pytest.approx(5.807064, abs=1e-6)


def test_verify_reproduces_the_sheets_without_qt_in_any_locale():
    done = without_qt("verify")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert sum(line.startswith(("A  ", "B  ")) and line.endswith(("equal", "one unit off")) for line in lines) == 250
    assert lines[-5:] == [
        "136 printed numbers of sheets C and D, worked by a script: 136 equal, 0 one unit off, 0 differ.",
        "4 losses of later epochs: 4 equal, 0 one unit off, 0 differ.",
        "",
        "245 printed numbers: 220 equal, 25 one unit off, 0 differ.",
        "5 losses of later epochs: 4 equal, 1 one unit off, 0 differ.",
    ]
    assert done.stdout.count("not determined by the printed inputs. 2,000") == 2
    for title in ("ŷ₃[4]", "The sign of the error", "The learning rate", "Shapes that do not fit"):
        assert title in done.stdout


def test_verify_fails_when_a_number_differs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    def misprinted(name: str) -> Any:
        sheet = load(name)
        first = dataclasses.replace(sheet.printed[0], value=sheet.printed[0].value + 0.0002)
        return dataclasses.replace(sheet, printed=(first, *sheet.printed[1:]), later=())

    monkeypatch.setattr(core.commands.verify, "load", misprinted)
    assert main(["verify"]) == 1
    assert "245 printed numbers: 218 equal, 25 one unit off, 2 differ." in capsys.readouterr().out


# -- the command line -------------------------------------------------------------------------------------------


def test_trace_needs_no_qt():
    done = without_qt("trace", "embedding")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["forward"]["total"] == pytest.approx(5.5528, abs=1e-4)


def test_explain_needs_no_qt_and_writes_any_locale():
    done = without_qt(*EXPLAIN, "--number", "0.0402")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Step 74 of 121, epoch 1: ∂L/∂W: the sum\n")


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX pipes")
def test_a_reader_that_goes_away_leaves_no_traceback():
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-c", BLOCK_QT, "trace", "attention"],
        stdout=writing,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=environment(),
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (
            ["nothing.json"],
            "chainrule: nothing.json: no such file; expected attention, embedding, lstm, last-step or the path",
        ),
        (["trace", "nothing.json"], "chainrule: nothing.json: no such file"),
        (["trace"], "chainrule trace: the following arguments are required: SOURCE"),
        (["trace", "attention", "--epoch", "0"], "chainrule trace: argument --epoch: expected a whole number from 1"),
        (["trace", "attention", "--epoch", "1_0"], "chainrule trace: argument --epoch: expected a whole number"),
        (["trace", "attention", "--rule", "best"], "chainrule trace: argument --rule: invalid choice: 'best'"),
        (["trace", "attention", "--term"], "chainrule trace: unrecognized arguments: --term"),
        (["explain"], "chainrule explain: the following arguments are required: SOURCE, --step, --number"),
        ([*EXPLAIN, "--number"], "chainrule explain: argument --number: expected one argument; see chainrule explain"),
        ([*EXPLAIN, "--number", "lots"], "chainrule: --number: expected a number, found 'lots'"),
        ([*EXPLAIN, "--number", "1 2"], "chainrule: --number: expected one number, found 2"),
        ([*EXPLAIN, "--number", ""], "chainrule: --number: expected a number, found nothing"),
        ([*EXPLAIN, "--number", "a\nb"], "chainrule: --number: expected a number, found 'a'"),
        ([*EXPLAIN, "--number", "1", "--step", "122"], "chainrule: --step: expected 1 to 121, the steps of an epoch"),
        ([*EXPLAIN, "--number", "1", "--step", "0"], "chainrule explain: argument --step: expected a whole number"),
        ([*EXPLAIN, "--number", "1", "--epoch", "0"], "chainrule explain: argument --epoch: expected a whole number"),
        ([*EXPLAIN, "--number", "1", "--rule", "best"], "chainrule explain: argument --rule: invalid choice: 'best'"),
        (["explain", "no.json", "--step", "1", "--number", "1"], "chainrule: no.json: no such file"),
        (["verify", "attention"], "chainrule verify: unrecognized arguments: attention"),
        (["--two\nlines"], r"chainrule: unrecognized arguments: --two\nlines"),
        (["--step", "122"], "chainrule: --step: expected 1 to 121, the steps of an epoch of attention, found 122"),
        (["embedding", "--step", "90"], "chainrule: --step: expected 1 to 89"),
        (["--size", "1280"], "chainrule: argument --size: expected WxH such as 1280x720"),
        (["--size", "0x720"], "chainrule: argument --size: expected WxH such as 1280x720"),
        (["--theme", "blue"], "chainrule: argument --theme: invalid choice: 'blue'"),
        (["--zoom", "0"], "chainrule: argument --zoom: expected a number above 0, found '0'"),
        (["--zoom", "nan"], "chainrule: argument --zoom: expected a number above 0, found 'nan'"),
        (["--screenshot", "a.jpg"], "chainrule: argument --screenshot: expected a file name that ends in .png"),
        (["--screenshot", "nowhere/a.png"], "chainrule: --screenshot: expected a directory that is there"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    expected: str,
):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(expected)
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [["--help"], *([command, "--help"] for command in ("trace", "explain", "mark", "verify"))]
)
def test_every_command_has_a_help(capsys: pytest.CaptureFixture[str], arguments: list[str]):
    assert main(arguments) == 0
    assert capsys.readouterr().out.startswith(f"usage: {' '.join(['chainrule', *arguments[:-1]])} ")


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]):
    assert main(["--version"]) == 0
    assert f'version = "{capsys.readouterr().out.split()[1]}"' in (ROOT / "pyproject.toml").read_text("utf-8")


# -- the window -------------------------------------------------------------------------------------------------


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[WindowRequest]:
    """What the window is asked to show, without a window."""
    requests: list[WindowRequest] = []
    app = types.ModuleType("gui.app")

    def run(request: WindowRequest) -> int:
        requests.append(request)
        return 0

    app.__dict__["run"] = run
    monkeypatch.setitem(sys.modules, "gui.app", app)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setattr(ctypes, "CDLL", lambda name: name)
    return requests


def test_a_window_opens_on_sheet_a_by_default(opened: list[WindowRequest]):
    assert main([]) == 0
    assert opened == [WindowRequest("attention", None, None, None, None, None, None, None, None)]


def test_a_picture_is_rendered_offscreen_whatever_the_display(
    opened: list[WindowRequest], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    picture = tmp_path / "a.png"
    cursor = ["--step", "62", "--epoch", "3", "--rule", "exact"]
    look = ["--size", "1280x720", "--theme", "dark", "--zoom", "1.5"]
    assert main(["embedding", "--screenshot", str(picture), *cursor, *look]) == 0
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"
    assert opened == [WindowRequest("embedding", picture, (1280, 720), 62, 3, {"rule": "exact"}, None, "dark", 1.5)]


def test_a_rule_is_said_as_a_file_says_it(capsys: pytest.CaptureFixture[str]):
    for options, expected in (
        (["--truncate", "2"], replace(PRINTED, truncate=2)),
        (["--rule", "exact", "--chunks", "3", "--clip-norm", "0.5"], Rule(chunks=3, clip=Clip("norm", 0.5))),
        (["--clip-value", "1", "--rule", "typeset"], replace(TYPESET, clip=Clip("value", 1))),
    ):
        assert main(["trace", "attention", *options]) == 0
        found = json.loads(capsys.readouterr().out)
        assert found["rule"] == json.loads(json.dumps(rule_object(expected)))
        sheet = load("attention")
        epoch = Training(sheet.network, sheet.parameters, expected, sheet.learning_rate_used).epoch(1)
        assert found["gradients"]["W"] == epoch.gradients["W"].tolist()
        assert found["updated"]["W"] == epoch.updated["W"].tolist()
        assert main(["trace", "attention", *rule_options(expected).split()]) == 0
        assert json.loads(capsys.readouterr().out) == found
    assert rule_options(Rule(sign=-1)) == ""


def test_with_a_clip_there_are_steps_more(capsys: pytest.CaptureFixture[str], opened: list[WindowRequest]):
    assert main(["attention", "--step", "122"]) == 2
    assert "expected 1 to 121" in capsys.readouterr().err
    assert main(["attention", "--step", "122", "--clip-norm", "1"]) == 0


def test_a_bad_network_file_is_refused_before_the_window(
    opened: list[WindowRequest], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "net.json"
    path.write_text("{}")
    assert main([str(path)]) == 2
    assert capsys.readouterr().err == f"chainrule: {path}: format: missing\n"
    assert opened == []


def test_missing_libraries_are_named_with_the_line_that_installs_them(
    opened: list[WindowRequest], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def load_library(name: str) -> None:
        if name in ("libEGL.so.1", "libxkbcommon.so.0", "libxcb-cursor.so.0"):
            raise OSError(f"{name}: cannot open shared object file")

    monkeypatch.setattr(ctypes, "CDLL", load_library)
    assert main([]) == 2
    assert capsys.readouterr().err == (
        "chainrule: Qt needs system libraries that are missing: libEGL.so.1, libxkbcommon.so.0; "
        "on Debian or Ubuntu: sudo apt-get install libegl1 libxkbcommon0\n"
    )
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    monkeypatch.setenv("DISPLAY", ":1")
    assert main([]) == 2
    assert "install libegl1 libxkbcommon0 libxcb-cursor0\n" in capsys.readouterr().err
    assert opened == []


def test_without_a_display_the_line_says_what_needs_none(
    opened: list[WindowRequest], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert main([]) == 2
    assert capsys.readouterr().err.startswith("chainrule: no display: neither DISPLAY nor WAYLAND_DISPLAY is set; ")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "wayland-0"))
        server.listen()
        assert main([]) == 0
    assert len(opened) == 1


@pytest.mark.parametrize(("answer", "code"), [(1, 0), (None, 2)])
def test_a_display_that_does_not_answer_is_no_display(
    opened: list[WindowRequest],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answer: int | None,
    code: int,
):
    library = types.SimpleNamespace()
    library.XOpenDisplay = type("Open", (), {"__call__": lambda _self, _name: answer})()
    library.XCloseDisplay = type("Close", (), {"__call__": lambda _self, _display: 0})()
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: library)
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    monkeypatch.setenv("DISPLAY", ":77")
    assert main([]) == code
    assert len(opened) == (code == 0)
    assert ("nothing answers at DISPLAY=:77" in capsys.readouterr().err) == (code == 2)


def test_the_window_of_a_sheet_is_reached_without_loading_numpy():
    code = """
import sys, types
import gui.launch
app = sys.modules["gui.app"] = types.ModuleType("gui.app")
app.run = lambda request: print(sorted({"numpy", "msgspec", "PySide6"} & set(sys.modules))) or 0
gui.launch._check_system = lambda environment: None
sys.exit(gui.launch.main([]))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, env=environment(), check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")
