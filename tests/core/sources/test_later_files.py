"""Files of version 2: what they say is read, kept, traced and explained; what contradicts itself gets one line."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from core.commands.cli import WindowRequest, parse, run, shielded
from core.network.task import FUNCTION
from core.sources.network_file import content, text
from core.sources.opening import open_source
from core.writing.json_problems import BadContentError

GOOD: dict[str, Any] = {
    "format": "chainrule-network",
    "version": 2,
    "inputs": [[1, 2], [0.5, 3], [-1, 0]],
    "targets": [None, None, [0.75]],
    "output": "sigmoid",
    "loss": "half-squared",
    "initial": {"h": [0.1, -0.2]},
    "learning_rate": 0.1,
    "parameters": {
        "U": [[0.1, -0.2], [0.3, 0.2]], "W": [[0.5, 0.1], [-0.3, 0.2]], "b": [0, 0.1], "V": [[0.3, -0.4]], "c": [0.2],
    },
}  # fmt: skip
LETTERS: dict[str, Any] = {
    "format": "chainrule-network",
    "version": 2,
    "alphabet": ["a", "b"],
    "inputs": ["a", "b"],
    "targets": [None, "a"],
    "learning_rate": 0.1,
    "parameters": {"U": [[1, 2]], "W": [[0.5]], "b": [0], "V": [[1], [2]], "c": [0, 0]},
}


def main(arguments):
    request = parse(arguments)
    assert not isinstance(request, WindowRequest)
    return shielded(lambda: run(request))


def opened(value):
    return content(json.dumps(value).encode(), "it", "it")


def with_parameters(value, **changes):
    return value | {"parameters": {k: v for k, v in (value["parameters"] | changes).items() if v is not None}}


def test_what_is_left_out_is_as_in_the_first_version():
    source = opened(LETTERS)
    task = source.network.task
    assert (task.output, task.loss, task.reduction, task.biases) == ("softmax", "cross-entropy", "sum", "one")
    assert source.network.targets == (-1, 0)
    assert source.rule.name == "exact"
    assert not source.network.attention


@pytest.mark.parametrize(
    "value",
    [
        GOOD,
        LETTERS,
        GOOD | {"reduction": "mean", "targets": [[0.1], None, [0.75]]},
        with_parameters(GOOD | {"biases": "none"}, b=None, c=None),
        with_parameters(GOOD | {"biases": "two"}, b=None, b_ih=[1, 2], b_hh=[3, 4]),
        with_parameters(GOOD | {"output": "none", "targets": [None, [1, 2], None]}, V=None, c=None),
        GOOD | {"cell": ["h[t] = relu(U @ x[t] + W @ h[t-1] + b)"]},
        with_parameters(
            GOOD | {"cell": ["h[t] = tanh(x[t] @ U + W * h[t-1])"], "biases": "none"}, W=[1, 2], b=None, c=None
        ),
        LETTERS | {"output": "linear", "loss": "squared", "targets": [[1, 2], [3, 4]]},
        {**GOOD, "alphabet": ["a"], "targets": [None, None, "a"], "output": "softmax", "loss": "cross-entropy"},
    ],
)
def test_a_file_is_written_as_it_was_read(value):
    source = opened(value)
    again = opened(json.loads(text(source)))
    assert again.network == source.network
    assert all(np.array_equal(again.parameters[name], array) for name, array in source.parameters.items())
    assert json.loads(text(source))["version"] == 2


@pytest.mark.parametrize("sheet", ["attention", "embedding"])
def test_what_the_first_version_can_say_is_written_in_it(sheet):
    source = open_source(sheet)
    written = json.loads(text(source))
    assert written["version"] == 1
    later = opened(written | {"version": 2})
    assert later.network == source.network
    assert json.loads(text(later))["version"] == 1


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (GOOD | {"wat": 1}, "wat: unknown key"),
        (GOOD | {"version": 3}, "version: expected 1 or 2"),
        (LETTERS | {"version": 1}, "targets[1]: expected a string"),
        (GOOD | {"cell": "lstmm"}, "cell: expected one of"),
        (GOOD | {"cell": ["h[t] = x[t]"]}, "cell[1]: h[t] has X, but h[t-1] has H, at character 1"),
        (GOOD | {"cell": ["", "h[t] = W @ y[t]"]}, "cell[2]: y is what is wanted, and no input"),
        (GOOD | {"cell": [1]}, "cell: expected one of"),
        (GOOD | {"cell": []}, "cell[1]: expected a line such as"),
        (GOOD | {"cell": ["h[t] = tanh(U @ x[t] + R @ h[t-1])"]}, "parameters.W: unknown key"),
        (GOOD | {"cell": ["h[t] = U @ x[t] + W @ h[t-1] + b"], "biases": "two"}, "lines of one's own say their biases"),
        (GOOD | {"cell": {"a": 1}}, "cell: expected one of"),
        (GOOD | {"output": "soft"}, "output: expected"),
        (GOOD | {"output": ["linear"]}, "output: expected"),
        (GOOD | {"biases": "three"}, 'biases: expected "one", "none" or "two"'),
        (GOOD | {"reduction": "average"}, 'reduction: expected "sum" or "mean"'),
        (GOOD | {"loss": "cross-entropy"}, 'loss: expected "logistic" or "squared" or "half-squared" beside'),
        ({k: v for k, v in GOOD.items() if k != "loss"}, "loss: missing"),
        (GOOD | {"targets": [None, None, [0.75, 1]]}, "parameters.V: expected 2 rows, found 1"),
        (GOOD | {"targets": [[1], None, [0.75, 1]]}, "targets[3]: expected 1 number, found 2"),
        (GOOD | {"targets": [None, None, [1.5]]}, "targets[3][1]: expected a number from 0 to 1"),
        (GOOD | {"targets": [None, None, None]}, "targets: expected at least one"),
        (GOOD | {"targets": [[0.5]]}, "targets: expected 3 targets"),
        (GOOD | {"targets": [None, None, []]}, "targets[3]: expected"),
        (GOOD | {"targets": ["a", None, "b"]}, "targets"),
        (GOOD | {"targets": [None, "a", [1]]}, "targets[2]: expected"),
        (GOOD | {"inputs": [[1, 2], [1], [0, 0]]}, "inputs[2]: expected 2 numbers, found 1"),
        (GOOD | {"inputs": [[1, 2], "a", [0, 0]]}, "inputs[2]: expected a list"),
        (GOOD | {"inputs": [[], [], []]}, "inputs[1]: expected"),
        (GOOD | {"inputs": []}, "inputs"),
        (GOOD | {"initial": {"h": [1]}}, "initial.h: expected 2 numbers, found 1"),
        (GOOD | {"initial": {"C": [1, 2]}}, "initial.C: expected one of h"),
        (GOOD | {"alphabet": ["a"]}, "alphabet: not expected"),
        (with_parameters(GOOD, E=[[1, 2]]), "parameters.E: an embedding reads letters"),
        (with_parameters(GOOD | {"biases": "none"}), "parameters.b: unknown key"),
        (with_parameters(GOOD | {"output": "none", "loss": "squared"}), "parameters.V: unknown key"),
        (with_parameters(GOOD, U=[[1], [2]]), "parameters.U[1]: expected 2 numbers, found 1"),
        (LETTERS | {"targets": ["a", "z"]}, "targets[2]: the letter 'z' is not in the alphabet"),
        (LETTERS | {"targets": [None, [1]]}, "targets: expected letters of the alphabet"),
        (LETTERS | {"alphabet": []}, "alphabet: expected at least one letter"),
        ({k: v for k, v in LETTERS.items() if k != "alphabet"}, "alphabet: expected at least one letter"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_refused_in_one_line(value, said, tmp_path, capsys):
    with pytest.raises(BadContentError) as caught:
        opened(value)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(value))
    assert main(["trace", str(path)]) == 2
    assert said in capsys.readouterr().err


def test_infinite_numbers_are_refused():
    for bad in ("1e999", "NaN"):
        data = json.dumps(GOOD).replace("0.75", bad).encode()
        with pytest.raises(BadContentError, match="finite"):
            content(data, "it", "it")


def test_trace_has_every_quantity_by_name_and_null_where_there_is_no_loss(tmp_path, capsys):
    path = tmp_path / "last.json"
    path.write_text(json.dumps(GOOD))
    assert main(["trace", str(path)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["network"]["inputs"] == GOOD["inputs"]
    assert found["network"]["targets"] == GOOD["targets"]
    assert set(found["forward"]) == {"x", "a", "h", "Omega", "yhat", "L", "total"}
    assert found["forward"]["L"][:2] == [None, None]
    assert found["forward"]["L"][2] == found["forward"]["total"]
    assert set(found["adjoints"]) == {"Omega", "h", "a"}
    assert found["adjoints"]["Omega"][:2] == [[0.0], [0.0]]
    assert set(found["updated"]) == set(GOOD["parameters"])


@pytest.mark.parametrize("output", FUNCTION)
def test_every_step_of_every_output_is_explained(output, tmp_path, capsys):
    loss = next(iter(FUNCTION[output]))
    value = GOOD | {"output": output, "loss": loss}
    if output == "none":
        value = with_parameters(value | {"targets": [None, None, [1, 2]]}, V=None, c=None)
    if output == "softmax":
        value |= {"alphabet": ["a"], "targets": [None, None, "a"]}
    path = tmp_path / "it.json"
    path.write_text(json.dumps(value))
    for step in (1, 2, 3, 4, 5, 20, 21):
        assert main(["explain", str(path), "--step", str(step), "--number", "0.1234"]) in (0, 1)
        assert capsys.readouterr().out.strip()
