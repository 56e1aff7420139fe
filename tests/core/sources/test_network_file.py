from __future__ import annotations

import dataclasses
import json
import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.network.network import Network, Parameters
from core.network.rule import EXACT, NAMED_RULES, Clip, Rule, rule_object
from core.sources.network_file import _decoded, read, write
from core.sources.opening import open_source
from core.sources.source import Source
from core.writing.files import FileError
from core.writing.json_problems import BadContentError

GOOD: dict[str, Any] = {
    "format": "chainrule-network",
    "version": 1,
    "alphabet": ["a", "b", "ç"],
    "inputs": ["a", "b"],
    "targets": ["b", "ç"],
    "attention": True,
    "learning_rate": 0.1,
    "rule": "exact",
    "parameters": {
        "U": [[1, 2, 3], [4, 5, 6]],
        "W": [[0.1, 0.2], [0.3, 0.4]],
        "b": [0, 0],
        "V": [[1, 2], [3, 4], [5, 6]],
        "c": [0, 0, 0],
    },
}
RULE = {"sign": -1, "weight": "score", "paths": ["key", "value"], "output_state": "h", "embedding_row": "t"}


def parameters(**changes: object) -> dict[str, Any]:
    return {"parameters": GOOD["parameters"] | changes}


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in GOOD.items() if name != key}


def problem(path: Path, data: bytes) -> str:
    """What is said of *data*, after the name of its file; always one line."""
    path.write_bytes(data)
    with pytest.raises(FileError) as caught:
        read(path)
    said = str(caught.value)
    assert "\n" not in said
    assert said.startswith(f"{path}: ")
    return said.removeprefix(f"{path}: ")


def test_a_good_file_is_read(tmp_path: Path):
    path = tmp_path / "good.json"
    path.write_text(json.dumps(GOOD | {"rule": RULE}), encoding="utf-8")
    source = read(path)
    assert source.network == Network(("a", "b", "ç"), (0, 1), (1, 2), 2, None, attention=True)
    assert source.rule == Rule(-1, "score", frozenset({"key", "value"}), "h", "t")
    assert (source.learning_rate, source.title, source.worksheet) == (0.1, "good.json", None)
    np.testing.assert_array_equal(source.parameters["V"], [[1, 2], [3, 4], [5, 6]])


@pytest.mark.parametrize("attention", [False, True])
@pytest.mark.parametrize("embedding", [None, 3])
def test_what_is_written_is_read_back_to_the_last_bit(tmp_path: Path, attention: bool, embedding: int | None):
    draw = np.random.default_rng(5)
    network = Network(("x", "\n", "👩‍🚀"), (0, 1, 2, 1), (1, 2, 1, 0), 2, embedding, attention)
    values = {name: draw.normal(size=shape) for name, shape in network.parameter_shapes.items()}
    rule = Rule(paths=frozenset({"key"}), embedding_row="t") if attention else EXACT
    source = Source("net", "net", network, Parameters.checked(network, values), rule, 1 / 3)
    path = tmp_path / "net.json"
    write(path, source)
    again = read(path)
    assert (again.network, again.rule, again.learning_rate) == (network, rule, 1 / 3)
    assert {name: array.tolist() for name, array in again.parameters.items()} == {
        name: array.tolist() for name, array in source.parameters.items()
    }


def test_a_written_file_has_a_key_a_line_and_a_matrix_row_a_line(tmp_path: Path):
    write(tmp_path / "sheet.json", open_source("embedding"))
    lines = (tmp_path / "sheet.json").read_text(encoding="utf-8").splitlines()
    assert '  "inputs": ["h", "e", "l", "l"],' in lines
    assert "      [-0.3599, -0.4824]," in lines


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (without("alphabet"), "alphabet: missing"),
        (GOOD | parameters(W=None), "parameters.W: expected a list, found null"),
        (GOOD | {"parameters": {}}, "parameters.U: missing"),
        (GOOD | {"colour": 1}, "colour: unknown key"),
        (GOOD | {"new\nline": 1}, r"new\nline: unknown key"),
        (GOOD | parameters(B=[0, 0]), "parameters.B: unknown key"),
        (GOOD | {"format": "other"}, "format: expected \"chainrule-network\", found 'other'"),
        (GOOD | {"version": 3}, "version: expected 1 or 2, found 3"),
        (GOOD | {"attention": 1}, "attention: expected true or false, found a whole number"),
        (GOOD | {"learning_rate": "0.1"}, "learning_rate: expected a number, found a string"),
        (GOOD | {"inputs": "ab"}, "inputs: expected a list, found a string"),
        (GOOD | {"rule": "own"}, 'rule: expected "exact", "printed", "typeset" or an object, found \'own\''),
        (GOOD | {"rule": RULE | {"sign": 0}}, "rule.sign: expected 1 or -1, found 0"),
        (GOOD | {"rule": RULE | {"paths": ["key", "lock"]}}, 'rule.paths[2]: expected "value", "key" or "query"'),
        (GOOD | {"rule": {"sign": 1}}, "rule.weight: missing"),
        *(
            (GOOD | {"rule": RULE | {name: value}}, f"rule.{name}: expected a whole number, at least 1, found {found}")
            for name in ("truncate", "chunks")
            for value, found in ((0, "0"), (-1, "-1"), (1.5, "a number"), ("2", "a string"), (None, "null"))
        ),
        *(
            (
                GOOD | {"rule": RULE | {"clip": {kind: value}}},
                f"rule.clip.{kind}: expected a finite number above 0, found {found}",
            )
            for kind in ("value", "norm")
            for value, found in ((0, "0"), (-2, "-2"), ("2", "a string"), (True, "true or false"))
        ),
        (
            GOOD | {"rule": RULE | {"clip": {}}},
            'rule.clip: expected an object, {"value": a number} or {"norm": a number}',
        ),
        (GOOD | {"rule": RULE | {"clip": {"value": 1, "norm": 1}}}, "rule.clip: expected an object"),
        (GOOD | {"rule": RULE | {"clip": 1}}, "rule.clip: expected an object"),
        (GOOD | {"rule": RULE | {"clip": {"length": 1}}}, "rule.clip.length: unknown key"),
        ([], "expected an object, found a list"),
        (None, "expected an object, found null"),
        (GOOD | parameters(W=[[0.1, 0.2], [0.3, "x"]]), "parameters.W[2][2]: expected a number, found a string"),
        (GOOD | parameters(W=[[0.1, 0.2], [0.3]]), "parameters.W[2]: expected 2 numbers, found 1"),
        (GOOD | parameters(W=[[0.1, 0.2]]), "parameters.W[1]: expected 1 number, found 2"),
        (GOOD | parameters(V=[[1, 2], [3, 4]]), "parameters.V: expected 3 rows, found 2"),
        (GOOD | parameters(b=[0]), "parameters.b: expected 2 numbers, found 1"),
        (GOOD | parameters(b=[[0], [0]]), "parameters.b[1]: expected a number, found a list"),
        (GOOD | parameters(E=[[1, 2], [3], [4, 5]]), "parameters.E[2]: expected 2 numbers, found 1"),
        (GOOD | parameters(E=[[1, 2]] * 3), "parameters.U[1]: expected 2 numbers, found 3"),
        (GOOD | parameters(W=[]), "parameters.W: expected at least one row"),
        (GOOD | parameters(E=[[]]), "parameters.E: expected at least one row"),
        (GOOD | {"alphabet": []}, "alphabet: expected at least one letter"),
        (GOOD | {"alphabet": ["a", "b", ""]}, "alphabet[3]: expected a letter, found an empty string"),
        (GOOD | {"alphabet": ["a", "b", "a"]}, "alphabet[3]: expected distinct letters"),
        (GOOD | {"inputs": []}, "inputs: expected at least one letter"),
        (GOOD | {"inputs": ["a", "z"]}, "inputs[2]: the letter 'z' is not in the alphabet"),
        (GOOD | {"targets": ["z", "a"]}, "targets[1]: the letter 'z' is not in the alphabet"),
        (GOOD | {"targets": ["a"]}, "targets: expected 2 letters, as many as inputs, found 1"),
        (GOOD | {"inputs": ["a"] * 16000}, "inputs: too long"),
    ],
)
def test_a_bad_file_gets_the_place_and_what_was_expected(tmp_path: Path, content: object, expected: str):
    assert problem(tmp_path / "bad.json", json.dumps(content).encode()).startswith(expected)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("0.3,", "NaN,", "line 3, column 6: expected a finite number, found NaN"),
        ("0.3,", "-Infinity,", "line 3, column 6: expected a finite number, found -Infinity"),
        ("0.3,", "1e999,", "parameters.W[2][1]: expected a finite number"),
        ("0.3,", "9" * 400 + ",", "parameters.W[2][1]: expected a finite number"),
        ("0.3,", "0.3;", "line 3, column"),
        ('"a", "b", "ç"', '"a", "b", "ç" "d"', "line 1, column"),
        ("}}", "}", "line 3, column"),
        ("}}", "}}}", "line 3, column"),
    ],
)
def test_what_is_not_json_is_shown_by_line_and_column(tmp_path: Path, old: str, new: str, expected: str):
    text = json.dumps(GOOD, ensure_ascii=False).replace("[[0.1, 0.2], [0.3, 0.4]]", "\n[[0.1, 0.2],\n    [0.3, 0.4]]")
    assert text.count(old) == 1
    assert problem(tmp_path / "bad.json", text.replace(old, new).encode()).startswith(expected)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "line 1, column 1: expected more"),
        (b'{"format":\n"\xff"}', "line 2, column 2: expected UTF-8 text"),
        (b"[" * 3_000_000, "expected an object, found a list"),
        (b'{"alphabet": ' + b"[" * 1_000_000, "alphabet[1]: expected a string, found a list"),
        (b'{"' + b"x" * 1_000_000 + b'": 1}', "xxxx"),
        (b" " * (64 * 2**20 + 1), "too large, expected at most 64 MB"),
        (b"[" * 50_000_000, "too long, expected at most 4,000,000 commas and brackets, found 50,000,000"),
    ],
    ids=["empty", "not UTF-8", "brackets", "brackets inside", "a long key", "a large file", "many brackets"],
)
def test_hostile_bytes_get_one_short_line(tmp_path: Path, data: bytes, expected: str):
    said = problem(tmp_path / "bad.json", data)
    assert said.startswith(expected)
    assert len(said) < 250


def test_a_missing_file_and_a_directory_say_so(tmp_path: Path):
    with pytest.raises(
        FileError, match=r"none\.json: no such file; expected attention, embedding, lstm, last-step or the path"
    ):
        read(tmp_path / "none.json")
    with pytest.raises(
        FileError, match=r"cannot be read: .*; expected attention, embedding, lstm, last-step or the path"
    ):
        read(tmp_path)


def test_a_file_without_permission_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(FileError, match="cannot be read: Permission denied"):
        read(tmp_path / "secret.json")


@pytest.mark.parametrize("name", NAMED_RULES)
def test_a_rule_is_read_and_written_by_its_name(tmp_path: Path, name: str):
    path = tmp_path / "net.json"
    path.write_text(json.dumps(GOOD | {"rule": name}), encoding="utf-8")
    assert read(path).rule == NAMED_RULES[name]
    write(path, read(path))
    assert json.loads(path.read_text(encoding="utf-8"))["rule"] == name


@pytest.mark.parametrize("bound", ["NaN", "1e400", "-1e400"])
def test_a_bound_that_is_no_number_gets_one_line(tmp_path: Path, bound: str):
    text = json.dumps(GOOD | {"rule": RULE | {"clip": {"norm": "bound"}}}).replace('"bound"', bound)
    assert "expected a finite number" in problem(tmp_path / "bad.json", text.encode())


@pytest.mark.parametrize("rule", [Rule(truncate=2, clip=Clip("norm", 0.25)), Rule(chunks=3, clip=Clip("value", 1e-3))])
def test_a_rule_that_cuts_and_clips_is_read_and_written(tmp_path: Path, rule: Rule):
    path = tmp_path / "net.json"
    path.write_text(json.dumps(GOOD | {"rule": dict(rule_object(rule))}), encoding="utf-8")
    assert read(path).rule == rule
    write(path, read(path))
    assert read(path).rule == rule


def _held(data: bytes) -> int:
    """The bytes that reading *data* holds at its most, beside those of the file."""
    tracemalloc.start()
    try:
        with pytest.raises(BadContentError):
            _decoded(data)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("piece", [b"[],", b"0,", b'"ab",', b"[0],", b"{},", b"["])
def test_many_small_things_are_refused_before_they_are_made(piece: bytes):
    head = json.dumps({key: value for key, value in GOOD.items() if key != "parameters"}).encode()[:-1]
    for place in (b', "parameters": {"U": [', b', "parameters": {"b": [', b', "more": ['):
        data = head + place + piece * 4_000_000
        assert _held(data) < 2**20


def test_a_name_with_a_line_break_stays_on_one_line(tmp_path: Path):
    with pytest.raises(FileError) as caught:
        read(tmp_path / "two\nlines.json")
    assert r"two\nlines.json" in str(caught.value)


@pytest.mark.parametrize("fails", ["fsync", "replace"])
def test_a_failed_write_leaves_the_old_file_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str
):
    path = tmp_path / "net.json"
    path.write_text("old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, fails, fail)
    with pytest.raises(FileError, match="cannot be written: No space left on device"):
        write(path, open_source("attention"))
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("net.json", "old")]


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX links and modes")
def test_writing_keeps_a_link_and_the_files_mode(tmp_path: Path):
    target, link = tmp_path / "net.json", tmp_path / "link.json"
    target.write_text("old")
    target.chmod(0o640)
    link.symlink_to(target)
    write(link, open_source("attention"))
    assert link.is_symlink()
    assert read(target).network == open_source("attention").network
    assert target.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    "spoil",
    [
        lambda source: dataclasses.replace(source, learning_rate=float("nan")),
        lambda source: dataclasses.replace(
            source, network=dataclasses.replace(source.network, alphabet=("h", "e", "l", "\ud800"))
        ),
    ],
    ids=["not finite", "half a surrogate pair"],
)
def test_what_a_file_cannot_hold_is_not_written(tmp_path: Path, spoil: Callable[[Source], Source]):
    with pytest.raises(FileError, match="not written: expected finite numbers and letters of valid Unicode"):
        write(tmp_path / "net.json", spoil(open_source("attention")))
    assert not list(tmp_path.iterdir())
