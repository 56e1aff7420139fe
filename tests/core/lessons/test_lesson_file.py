"""Lesson files: what is written is read back, and of a bad one is said in a line what is wrong and where.

`LESSON_MUTATIONS=20000 LESSON_SEED=3` before the command damages as many files, from another seed.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.lessons.lesson import LOOKS, Lesson
from core.lessons.lesson_file import is_lesson, open_any, parsed, text, write
from core.lessons.parts import PARTS
from core.network.changes import Changes
from core.network.network import Parameters
from core.network.number import Number
from core.network.rule import EXACT, TYPESET, Rule
from core.program.cursor import Cursor
from core.program.program import Address, Phase, Program
from core.sources import network_file
from core.sources.opening import open_source
from core.sources.source import Source
from core.watching.stop import AtKind, AtStep, NotFinite, Stop, When
from core.writing.files import FileError
from core.writing.form import NumberFormat
from tests.child import environment
from tests.strategies import of_kind

ROOT = Path(__file__).resolve().parents[3]
MUTATIONS = int(os.environ.get("LESSON_MUTATIONS", "400"))
SEED = int(os.environ.get("LESSON_SEED", "1"))
HERE = Path("here.chainrule")


def own_network() -> Source:
    network, parameters = of_kind((True, True))
    return Source("mine", "mine, two\nlines", network, parameters, Rule(-1, "score"), 0.3, about="drawn")


WATCHES = ("h[2]", 'yhat[1,"é"]', "norm(dW)")
STOPS = (
    Stop(AtStep(Address(Phase.BACKWARD, "W", (3, 3, 2))), "look at the sign\nof h₂ 👩‍🚀", is_on=False),
    Stop(AtStep(Address(Phase.FORWARD, "A", (2, 1)))), Stop(AtStep(Address(Phase.FORWARD, "L"))),
    Stop(AtStep(Address(Phase.UPDATE, "E"))), Stop(AtKind("term U")), Stop(AtKind("t 3")), Stop(AtKind("dL/dh")),
    Stop(When("dW", "crosses", -0.5)), Stop(When("L < 2"), "at last"), Stop(NotFinite()),
)  # fmt: skip


def full(source: Source) -> Lesson:
    """A lesson of *source* in which every part says something else than at first."""
    return Lesson(
        source, TYPESET, 0.25, Cursor(3, 20), frozenset({Cursor(1, 4), Cursor(3, 20)}), frozenset({Cursor(2, 5)}),
        {"W": (0, 0), "b": (0, 0)}, WATCHES, STOPS, NumberFormat("significant", 9), "stage", "terms", True, True,
        "h1 = 0.2\n\u2003dW: \\ \"0.0402\" 👩‍🚀", {name: looks[-1] for name, looks in LOOKS.items()},
        ("loss", "values"), True,
        Changes({Number("W", (0, 0), 2): 0.1 + 0.2, Number("V", (), 3): 0.5, Number("h[2]", (0,), 1): 0.0,
                 Number("y[1]", (), 1): 0.0, Number("h[0]", (0,), 4): -1e-300}),
    )  # fmt: skip


LESSONS = [full(open_source("attention")), full(open_source("embedding")), full(own_network()),
           Lesson.of(open_source("attention")), Lesson.of(own_network()),
           replace(Lesson.of(open_source("embedding")), stops=())]  # fmt: skip


def problem(content: object) -> str:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    with pytest.raises(FileError) as caught:
        parsed(HERE, data)
    said = str(caught.value)
    assert "\n" not in said
    assert len(said) < 300
    assert said.startswith(f"{HERE}: ")
    return said.removeprefix(f"{HERE}: ")


def plain(lesson: Lesson) -> dict[str, Any]:
    return dict(json.loads(text(lesson)))


@pytest.mark.parametrize("lesson", LESSONS)
def test_what_is_written_is_read_back_to_the_last_bit(tmp_path: Path, lesson: Lesson):
    path = tmp_path / "here.chainrule"
    write(path, lesson)
    again = open_any(str(path))
    assert isinstance(again, Lesson)
    assert replace(again, source=lesson.source) == lesson
    before, after = lesson.source, again.source
    assert (after.network, after.title, after.about) == (before.network, before.title, before.about)
    assert (after.rule, after.learning_rate, after.worksheet) == (before.rule, before.learning_rate, before.worksheet)
    assert [a.tolist() for a in after.parameters.values()] == [b.tolist() for b in before.parameters.values()]


def test_a_lesson_holds_whole_the_network_file_of_its_network(tmp_path: Path):
    source = own_network()
    inside = plain(Lesson.of(source))["network"]
    network_file.write(tmp_path / "net.json", source)
    assert inside == json.loads((tmp_path / "net.json").read_text(encoding="utf-8"))


def test_every_part_of_a_full_lesson_is_in_its_file_and_each_is_read():
    whole = plain(full(own_network()))
    assert set(whole) == {"format", "version", "network", "title", "about", *(part.key for part in PARTS)}
    for part in PARTS:
        without = parsed(HERE, json.dumps({key: value for key, value in whole.items() if key != part.key}).encode())
        assert plain(without).get(part.key) != whole[part.key], part.key


def test_a_lesson_may_be_written_by_hand_and_say_little():
    lesson = parsed(HERE, b'{"format": "chainrule-lesson", "version": 1, "network": "attention", "step": 74}')
    assert lesson.program[lesson.cursor.position].quantity == "W"
    assert (lesson.rule.name, lesson.learning_rate, lesson.predicts) == ("printed", 0.01, False)


HEAD = {"format": "chainrule-lesson", "version": 1, "network": "attention"}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ([], "expected an object, found a list"),
        ({}, "format: missing"),
        (HEAD | {"format": "chainrule-network"}, "format: expected \"chainrule-lesson\", found 'chainrule-network'"),
        (HEAD | {"version": "1"}, "version: expected 1, found a string"),
        ({"colour": 1} | HEAD | {"version": 2}, "version: expected 1, found 2, of a newer Chainrule"),
        (HEAD | {"colour": 1}, "colour: unknown key"),
        ({key: HEAD[key] for key in ("format", "version")}, "network: missing"),
        (HEAD | {"network": "sheet A"}, 'network: expected "attention" or "embedding" or '),
        (HEAD | {"network": {"format": "chainrule-network"}}, "network.version: missing"),
        (HEAD | {"title": "mine"}, "title: only of a network of one's own"),
        (HEAD | {"rule": "own"}, 'rule: expected "exact", "printed", "typeset" or an object, found \'own\''),
        (HEAD | {"rule": {"sign": 0}}, "rule.sign: expected 1 or -1, found 0"),
        (HEAD | {"learning_rate": None}, "learning_rate: expected a number, found null"),
        (
            HEAD | {"changes": [{"number": "L", "entry": [], "value": 0}]},
            "changes[1].number: expected what can be changed or held in this network, found 'L'",
        ),
        (
            HEAD | {"changes": [{"number": "yhat[1]", "entry": [1], "value": -0.1}]},
            "changes[1].value: expected 0 to 1, found -0.1",
        ),
        (
            HEAD | {"changes": [{"number": "W", "entry": [1, 2], "value": 0}]},
            "changes[1].entry: expected 2 numbers up to 1, 1",
        ),
        (
            HEAD | {"changes": [{"number": "x[1]", "value": "z"}]},
            "changes[1].value: expected a letter of the alphabet, found 'z'",
        ),
        (HEAD | {"changes": [{"number": "W", "value": "z"}]}, "changes[1].value: expected a finite number, found 'z'"),
        (
            HEAD | {"changes": [{"number": "W", "value": 2, "epoch": 0}]},
            "changes[1].epoch: expected 1 to 10,000,000, found 0",
        ),
        (HEAD | {"changes": [{"number": "W", "value": 2}] * 2}, "changes[2]: W is changed twice in epoch 1"),
        (HEAD | {"order": "letter"}, 'order: expected "timestep" or "stage", found \'letter\''),
        (HEAD | {"way": "back"}, 'way: expected "terms" or "timesteps", found \'back\''),
        (HEAD | {"step": 122}, "step: expected 1 to 121, the steps of an epoch of this network, found 122"),
        (HEAD | {"step": 0}, "step: expected 1 to 121"),
        (HEAD | {"way": "timesteps", "step": 100}, "step: expected 1 to "),
        (HEAD | {"step": 10**30}, "step: expected"),
        (HEAD | {"epoch": 0}, "epoch: expected 1 to 10,000,000, found 0"),
        (HEAD | {"hidden": {"shown": [[1, 2], [1, 122]]}}, "hidden.shown[2]: expected 1 to 121"),
        (HEAD | {"hidden": {"hidden": [[1, "2"]]}}, "hidden.hidden[1][2]: expected a whole number, found a string"),
        (HEAD | {"hidden": {"shown": [[1, 2]], "hidden": [[1, 2]]}}, "hidden: epoch 1, step 2 is shown and hidden"),
        (HEAD | {"entries": {"E": [1, 1]}}, "entries.E: expected one of U, W, b, V, c"),
        (HEAD | {"entries": {"V": [5, 1]}}, "entries.V: expected an entry from 1, 1 to 4, 1"),
        (HEAD | {"entries": {"b": [1, 1]}}, "entries.b: expected an entry from 1 to 1"),
        (HEAD | {"watches": ["h[5]", ""]}, "watches[2]: expected one line"),
        (HEAD | {"stops": [{"at": {"type": "kind", "kind": "t x"}}]}, "stops[1].at.kind: no step is of this kind"),
        (
            HEAD | {"stops": [{"at": {"type": "step", "phase": "forward", "quantity": "A", "indices": [1]}}]},
            "stops[1].at: no network has such a step",
        ),
        (HEAD | {"stops": [{"at": {"type": "when", "when": "L\n< 2"}}]}, "stops[1].at.when: expected one line"),
        (HEAD | {"numbers": {"style": "decimals", "digits": 18}}, "numbers.digits: expected 1 to 17, found 18"),
        (HEAD | {"numbers": {"style": "round", "digits": 3}}, 'numbers.style: expected "decimals" or "significant"'),
        (HEAD | {"lines": 3}, "lines: expected a string, found a whole number"),
        (HEAD | {"panels": {"loss_axis": "square"}}, "panels.loss_axis: expected one of linear, log, found 'square'"),
        (HEAD | {"panels": {"colour": "red"}}, "panels.colour: unknown key"),
        (HEAD | {"front": ["loss", "window"]}, "front[2]: expected one of program"),
        (HEAD | {"copy": "yes"}, "copy: expected true or false, found a string"),
        (b'{"format": "chainrule-lesson",\n "version": }', "line 2, column 13: expected valid JSON"),
        (b'{"format": "chainrule-lesson"', "line 1, column 30: expected more, found the end of the file"),
        (b'{"lines": "\xff"}', "line 1, column 12: expected UTF-8 text"),
        (b'{"network": ' + b"[" * 100_000, "nested too deeply"),
        (b'{"network": ' + b"[" * 5_000_000, "too long, expected at most 4,000,000"),
    ],
)
def test_a_bad_lesson_gets_the_place_and_what_was_expected(content: object, expected: str):
    assert problem(content).startswith(expected)


def test_the_steps_are_counted_as_the_way_and_the_order_of_the_lesson_count_them():
    source = open_source("attention")
    for way in ("terms", "timesteps"):
        length = len(Program(source.network, way="terms" if way == "terms" else "timesteps"))
        last = HEAD | {"way": way, "step": length}
        assert parsed(HERE, json.dumps(last).encode()).cursor == Cursor(1, length)
        assert problem(last | {"step": length + 1}).startswith(f"step: expected 1 to {length}, ")


def test_a_lesson_is_known_by_what_it_says_or_else_by_its_name():
    data = text(LESSONS[0]).encode()
    assert is_lesson(Path("a.json"), data)
    assert is_lesson(Path("a.chainrule"), b"{")
    assert not is_lesson(Path("a.json"), b'{"title": "chainrule-lesson"}')


def test_what_a_file_cannot_hold_is_not_written(tmp_path: Path):
    for spoiled in (
        replace(LESSONS[0], lines="\ud800"),
        replace(LESSONS[0], learning_rate=float("inf")),
        replace(LESSONS[0], lines=",[" * 2_000_001),
    ):
        with pytest.raises(FileError, match="not written: expected"):
            write(tmp_path / "a.chainrule", spoiled)
    assert not list(tmp_path.iterdir())


# -- damage ---------------------------------------------------------------------------------------------

PIECES = [b'"', b"{", b"}", b"[", b"]", b",", b":", b"0", b"-1", b"1e999", b"NaN", b"null", b"true", b'"W"', b"\\",
          b"\n", b"\xff", b"\\ud800", b'"way": "timesteps", ', b'"x": 1, ', b"99999999999999999999", b" "]  # fmt: skip
VALUES: list[Any] = [None, True, 0, 1, -1, 2, 121, 122, 10**20, 0.5, "", "W", "terms", "exact", [], {}, [1, 1],
                     [[1, 2]], {"W": [1, 1]}, "attention", "embedding", {"sign": 1}]  # fmt: skip


def damaged(data: bytes, chance: random.Random) -> bytes:
    """*data* with some bytes overwritten, put in, taken out or said twice, or one of its values another."""
    if chance.random() < 0.5:
        content = json.loads(data)
        places = [(content, key) for key in content]
        while chance.random() < 0.6:
            values = [holder[key] for holder, key in places]
            inside: list[tuple[Any, Any]] = [
                (value, key) for value in values if isinstance(value, dict) for key in value
            ]
            inside += [(value, index) for value in values if isinstance(value, list) for index in range(len(value))]
            places = inside or places
        holder, key = chance.choice(places)
        if chance.random() < 0.3 and isinstance(holder, dict):
            del holder[key]
        else:
            holder[key] = chance.choice(VALUES)
        return json.dumps(content).encode()
    for _ in range(chance.choice([1, 1, 2, 5])):
        start = chance.randrange(len(data) + 1)
        end = min(start + chance.choice([0, 1, 1, 3, 20]), len(data))
        data = data[:start] + chance.choice([b"", chance.choice(PIECES), data[start:end] * 2]) + data[end:]
    return data


def test_a_damaged_file_is_refused_in_a_line_or_is_a_valid_lesson():
    chance = random.Random(SEED)
    originals = [text(lesson).encode() for lesson in LESSONS]
    read = 0
    for _ in range(MUTATIONS):
        data = damaged(chance.choice(originals), chance)
        try:
            lesson = parsed(HERE, data)
        except FileError as error:
            said = str(error)
            assert said.startswith(f"{HERE}: "), data
            assert said.isprintable(), data
            assert len(said) < 300, data
            continue
        read += 1
        length = len(lesson.program)
        cursors = {lesson.cursor, *lesson.revealed, *lesson.concealed}
        assert all(1 <= cursor.position <= length and cursor.epoch >= 1 for cursor in cursors), data
        assert text(parsed(HERE, text(lesson).encode())) == text(lesson), data
    assert MUTATIONS // 20 < read < MUTATIONS * 9 // 10, f"{read} of {MUTATIONS} were still lessons"


SAVING = """
import sys
import time
from dataclasses import replace
from pathlib import Path
from core.lessons.lesson_file import parsed, write
path = Path(sys.argv[1])
lesson = parsed(path, path.read_bytes())
print("ready", flush=True)
while True:
    lesson = replace(lesson, lines=lesson.lines[::-1])
    write(path, lesson)
"""
KILLS = int(os.environ.get("LESSON_KILLS", "4"))


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_save_that_is_killed_leaves_the_old_or_the_new_lesson_whole_and_nothing_beside_it(tmp_path: Path):
    path, chance = tmp_path / "here.chainrule", random.Random(SEED)
    network, parameters = of_kind((True, True))
    source = Source("mine", "mine", network, Parameters.checked(network, dict(parameters)), EXACT, 0.1)
    old = Lesson.of(source)
    both = [replace(old, lines=lines) for lines in ("ab" * 100_000, "ba" * 100_000)]
    for _ in range(KILLS):
        write(path, both[0])
        saving = subprocess.Popen([sys.executable, "-c", SAVING, str(path)], cwd=ROOT, env=environment(),
                                  stdout=subprocess.PIPE)  # fmt: skip
        try:
            assert saving.stdout is not None
            saving.stdout.readline()
            with pytest.raises(subprocess.TimeoutExpired):
                saving.wait(chance.uniform(0, 0.03))
        finally:
            saving.send_signal(signal.SIGKILL)
            saving.communicate()
        for file in tmp_path.iterdir():  # killed in the one moment in which it had a name of its own, it is whole too
            assert file.read_text(encoding="utf-8") in {text(lesson) for lesson in both}
            os.utime(file, (time.time() - 10_000,) * 2)
        write(path, both[1])  # and goes with the next save
        assert [file.name for file in tmp_path.iterdir()] == [path.name]
