"""Network files: JSON, read strictly and written atomically.

A bad file gets one line that names the file, the place and what was expected. Places count from 1:
``parameters.W[2]`` is the second row of W.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, cast

import msgspec

from core.network import cells
from core.network.network import CELL, Network, NetworkError, Parameters
from core.network.rule import NAMED_RULES, Rule, rule_object
from core.network.rule import Path as RulePath
from core.sources.source import SHEETS, Source
from core.writing.atomic import replacing
from core.writing.files import read_at_most
from core.writing.json_problems import line_and_column, syntax_problem, type_problem
from core.writing.shown import one_line

MOST_BYTES = 64 * 2**20
MOST_ARRAY_BYTES = 2 * 10**9
MOST_VALUES = 4 * 10**6  # a file of numbers in full has no more; an empty list is three bytes, and takes sixty to hold
_LONGEST_PROBLEM = 200  # a key or letter that a message quotes may be of any length

_CHOICES = {
    "format": '"chainrule-network"',
    "rule": '"exact", "printed", "typeset" or an object',
    "sign": "1 or -1",
    "weight": '"softmax" or "score"',
    "paths": '"value", "key" or "query"',
    "output_state": '"Z" or "h"',
    "embedding_row": '"k" or "t"',
}

Matrix = list[list[float]]


class NetworkFileError(Exception):
    """A network file that cannot be read or written; the message is one line."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{one_line(str(path))}: {one_line(problem, _LONGEST_PROBLEM)}")


class _Rule(msgspec.Struct, forbid_unknown_fields=True):
    sign: Literal[1, -1]
    weight: Literal["softmax", "score"]
    paths: frozenset[RulePath]
    output_state: Literal["Z", "h"]
    embedding_row: Literal["k", "t"]


class _File(msgspec.Struct, forbid_unknown_fields=True):
    format: Literal["chainrule-network"]
    version: int
    alphabet: list[str]
    inputs: list[str]
    targets: list[str]
    attention: bool
    learning_rate: float
    rule: Literal["exact", "printed", "typeset"] | _Rule
    parameters: msgspec.Struct
    cell: str = CELL


class _Which(msgspec.Struct):
    cell: str = CELL


@lru_cache
def _file_of(cell: str) -> type[_File]:
    """What a file of a network with this *cell* looks like: its parameters follow from the lines."""
    lines = cells.described(cell, embedding=True, attention=False)
    fields: list[tuple[str, Any, Any]] = [
        (name, Matrix if len(lines.shapes[name]) == 2 else list[float], msgspec.NODEFAULT) for name in lines.parameters
    ]
    fields.sort(key=lambda field: field[0] == "E")
    fields[-1] = ("E", Matrix | msgspec.UnsetType, msgspec.UNSET)
    parameters = msgspec.defstruct("_Parameters", fields, forbid_unknown_fields=True)
    own = [("version", Literal[1] if cell == CELL else Literal[2]), ("parameters", parameters)]
    return cast(type[_File], msgspec.defstruct("_FileOfCell", own, bases=(_File,), forbid_unknown_fields=True))


def read(path: Path) -> Source:
    """The network in the file at *path*; `NetworkFileError` where it is not a good network file."""
    try:
        data = read_at_most(path, MOST_BYTES)
    except FileNotFoundError:
        sheets = ", ".join(SHEETS)
        raise NetworkFileError(path, f"no such file; expected {sheets} or the path of a network file") from None
    except OSError as error:
        raise NetworkFileError(path, f"cannot be read: {error.strerror or error}; expected a network file") from None
    if len(data) > MOST_BYTES:
        raise NetworkFileError(path, f"too large, expected at most {MOST_BYTES // 2**20} MB")
    try:
        return _source(path, _decoded(data))
    except _BadContentError as error:
        raise NetworkFileError(path, str(error)) from None
    except NetworkError as error:
        raise NetworkFileError(path, str(error)) from None


def write(path: Path, source: Source) -> None:
    """Write *source* to *path*: the old file or the whole new one is there, whatever happens."""
    try:
        data = _text(source).encode()
    except ValueError:
        raise NetworkFileError(path, "not written: expected finite numbers and letters of valid Unicode") from None
    try:
        with replacing(path) as file:
            file.write(data)
    except OSError as error:
        raise NetworkFileError(path, f"cannot be written: {error.strerror or error}") from None


class _BadContentError(Exception):
    """What is wrong with the content, and where."""


def _decoded(data: bytes) -> _File:
    values = data.count(b",") + data.count(b"[")
    if values > MOST_VALUES:
        raise _BadContentError(f"too long, expected at most {MOST_VALUES:,} commas and brackets, found {values:,}")
    try:
        data.decode()
    except UnicodeDecodeError as error:
        raise _BadContentError(f"{line_and_column(data, error.start)}: expected UTF-8 text") from None
    try:
        cell = msgspec.json.decode(data, type=_Which).cell
    except (msgspec.MsgspecError, RecursionError):
        cell = CELL  # the file is not good, which is said below
    if cell not in cells.cells():
        raise _BadContentError(f"cell: expected one of {', '.join(cells.cells())}, found {cell!r}")
    try:
        return msgspec.json.decode(data, type=_file_of(cell))
    except msgspec.ValidationError as error:
        raise _BadContentError(type_problem(str(error), _CHOICES | {"version": "1" if cell == CELL else "2"})) from None
    except msgspec.DecodeError as error:
        raise _BadContentError(syntax_problem(data, str(error))) from None
    except RecursionError:
        raise _BadContentError("nested too deeply, expected an object as a network file has it") from None


def _source(path: Path, file: _File) -> Source:
    _check_alphabet(file.alphabet)
    values: dict[str, Any] = {
        name: v for name, v in msgspec.structs.asdict(file.parameters).items() if v is not msgspec.UNSET
    }
    shapes = cells.described(file.cell, embedding="E" in values, attention=file.attention).shapes
    recurrent = min((name for name in values if "H" in shapes[name]), key=lambda name: shapes[name] != ("H", "H"))
    for name in (recurrent, "E"):
        if name in values and shapes[name][1:] and not (values[name] and values[name][0]):
            raise _BadContentError(f"parameters.{name}: expected at least one row of at least one number")
    H = len(values[recurrent] if shapes[recurrent][0] == "H" else values[recurrent][0])
    D = len(values["E"][0]) if "E" in values else None
    _check_memory(T=len(file.inputs), K=len(file.alphabet), H=H, attention=file.attention)
    network = Network.from_letters(
        file.alphabet,
        file.inputs,
        file.targets,
        hidden_size=H,
        embedding_size=D,
        attention=file.attention,
        cell=file.cell,
    )
    first = (recurrent, "E")  # the other shapes follow from them
    for name, shape in sorted(network.parameter_shapes.items(), key=lambda item: item[0] not in first):
        _check_shape(name, values[name], shape)
    rule = NAMED_RULES[file.rule] if isinstance(file.rule, str) else Rule(**msgspec.structs.asdict(file.rule))
    return Source(str(path), path.name, network, Parameters.checked(network, values), rule, file.learning_rate)


def _check_alphabet(alphabet: Sequence[str]) -> None:
    if not alphabet:
        raise _BadContentError("alphabet: expected at least one letter")
    seen: dict[str, int] = {}
    for number, letter in enumerate(alphabet, 1):
        if not letter:
            raise _BadContentError(f"alphabet[{number}]: expected a letter, found an empty string")
        if letter in seen:
            raise _BadContentError(
                f"alphabet[{number}]: expected distinct letters, found {letter!r} again, as in alphabet[{seen[letter]}]"
            )
        seen[letter] = number


def _check_memory(T: int, K: int, H: int, attention: bool) -> None:
    sizes = {"alphabet": K * K, "inputs": T * max(T if attention else 0, K, H)}
    for place, numbers in sizes.items():
        if 8 * numbers > MOST_ARRAY_BYTES:
            raise _BadContentError(
                f"{place}: too long, expected one array to take at most {MOST_ARRAY_BYTES / 1e9:.0f} GB of memory, "
                f"found {8 * numbers / 1e9:.1f} GB"
            )


def _check_shape(name: str, rows: Sequence[Any], shape: tuple[int, ...]) -> None:
    if len(rows) != shape[0]:
        raise _BadContentError(
            f"parameters.{name}: expected {_count(shape[0], 'row' if shape[1:] else 'number')}, found {len(rows)}"
        )
    for number, row in enumerate(rows if shape[1:] else (), 1):
        if len(row) != shape[1]:
            raise _BadContentError(
                f"parameters.{name}[{number}]: expected {_count(shape[1], 'number')}, found {len(row)}"
            )


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _text(source: Source) -> str:
    """The file's text: a key a line, a matrix a row a line; numbers as Python prints them, which loses no bit."""
    network, rule = source.network, source.rule
    head = {
        "format": "chainrule-network",
        "version": 1 if network.cell == CELL else 2,
        **({} if network.cell == CELL else {"cell": network.cell}),
        "alphabet": network.alphabet,
        "inputs": [network.input_letter(t) for t in range(1, network.T + 1)],
        "targets": [network.target_letter(t) for t in range(1, network.T + 1)],
        "attention": network.attention,
        "learning_rate": source.learning_rate,
        "rule": rule.name if rule.name in NAMED_RULES else rule_object(rule),
    }
    lines = [f'  "{key}": {_json(value)},' for key, value in head.items()]
    parameters = ",\n".join(f'    "{name}": {_rows(array.tolist())}' for name, array in source.parameters.items())
    return "\n".join(["{", *lines, '  "parameters": {', parameters, "  }", "}", ""])


def _rows(value: Sequence[Any]) -> str:
    if not isinstance(value[0], list):
        return _json(value)
    return "[\n" + ",\n".join(f"      {_json(row)}" for row in value) + "\n    ]"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
