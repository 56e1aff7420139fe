"""Network files: JSON, read strictly and written atomically.

A bad file gets one line that names the file, the place and what was expected. Places count from 1:
``parameters.W[2]`` is the second row of W.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, cast

import msgspec

from core.network import cells
from core.network.network import CELL, Network, NetworkError, Parameters
from core.network.rule import NAMED_RULES, Rule, rule_object
from core.network.rule import Path as RulePath
from core.sources.source import SHEETS, Source
from core.writing.files import FileError, read_whole, write_whole
from core.writing.json_problems import MOST_BYTES, BadContentError, decoded

MOST_ARRAY_BYTES = 2 * 10**9
EXPECTED = f"{', '.join(SHEETS)} or the path of a network file or a lesson"
UNWRITABLE = "not written: expected finite numbers and letters of valid Unicode"

CHOICES = {
    "format": '"chainrule-network"',
    "rule": '"exact", "printed", "typeset" or an object',
    "sign": "1 or -1",
    "weight": '"softmax" or "score"',
    "paths": '"value", "key" or "query"',
    "output_state": '"Z" or "h"',
    "embedding_row": '"k" or "t"',
}

Matrix = list[list[float]]


class RuleObject(msgspec.Struct, forbid_unknown_fields=True):
    """The five switches of a rule, as a file has them."""

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
    rule: Literal["exact", "printed", "typeset"] | RuleObject
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
    """The network in the file at *path*; `FileError` where it is not a good network file."""
    return parsed(path, read_whole(path, MOST_BYTES, EXPECTED))


def parsed(path: Path, data: bytes) -> Source:
    """The network of a file at *path* that holds *data*; `FileError` where that is no good network file."""
    try:
        return content(data, str(path), path.name)
    except BadContentError as error:
        raise FileError(path, str(error)) from None


def content(data: bytes, name: str, title: str) -> Source:
    """The network that *data* is, by that *name* and *title*; `BadContentError` where it is none."""
    try:
        return _source(_decoded(data), name, title)
    except NetworkError as error:
        raise BadContentError(str(error)) from None


def write(path: Path, source: Source) -> None:
    """Write *source* to *path*: the old file or the whole new one is there, whatever happens."""
    try:
        data = text(source).encode()
    except ValueError:
        raise FileError(path, UNWRITABLE) from None
    write_whole(path, data)


def rule_of(value: str | RuleObject) -> Rule:
    """The rule that a file names or spells out."""
    return NAMED_RULES[value] if isinstance(value, str) else Rule(**msgspec.structs.asdict(value))


def rule_value(rule: Rule) -> str | Mapping[str, Any]:
    """The name of *rule*, or its five switches where it has none."""
    return rule.name if rule.name in NAMED_RULES else rule_object(rule)


def _decoded(data: bytes) -> _File:
    try:
        cell = msgspec.json.decode(data, type=_Which).cell
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        cell = CELL  # the file is not good, which is said below
    if cell not in cells.cells():
        raise BadContentError(f"cell: expected one of {', '.join(cells.cells())}, found {cell!r}")
    return decoded(data, _file_of(cell), CHOICES | {"version": "1" if cell == CELL else "2"})


def _source(file: _File, named: str, title: str) -> Source:
    _check_alphabet(file.alphabet)
    values: dict[str, Any] = {
        name: v for name, v in msgspec.structs.asdict(file.parameters).items() if v is not msgspec.UNSET
    }
    shapes = cells.described(file.cell, embedding="E" in values, attention=file.attention).shapes
    recurrent = min((name for name in values if "H" in shapes[name]), key=lambda name: shapes[name] != ("H", "H"))
    for name in (recurrent, "E"):
        if name in values and shapes[name][1:] and not (values[name] and values[name][0]):
            raise BadContentError(f"parameters.{name}: expected at least one row of at least one number")
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
    parameters = Parameters.checked(network, values)
    return Source(named, title, network, parameters, rule_of(file.rule), file.learning_rate)


def _check_alphabet(alphabet: Sequence[str]) -> None:
    if not alphabet:
        raise BadContentError("alphabet: expected at least one letter")
    seen: dict[str, int] = {}
    for number, letter in enumerate(alphabet, 1):
        if not letter:
            raise BadContentError(f"alphabet[{number}]: expected a letter, found an empty string")
        if letter in seen:
            raise BadContentError(
                f"alphabet[{number}]: expected distinct letters, found {letter!r} again, as in alphabet[{seen[letter]}]"
            )
        seen[letter] = number


def _check_memory(T: int, K: int, H: int, attention: bool) -> None:
    sizes = {"alphabet": K * K, "inputs": T * max(T if attention else 0, K, H)}
    for place, numbers in sizes.items():
        if 8 * numbers > MOST_ARRAY_BYTES:
            raise BadContentError(
                f"{place}: too long, expected one array to take at most {MOST_ARRAY_BYTES / 1e9:.0f} GB of memory, "
                f"found {8 * numbers / 1e9:.1f} GB"
            )


def _check_shape(name: str, rows: Sequence[Any], shape: tuple[int, ...]) -> None:
    if len(rows) != shape[0]:
        raise BadContentError(
            f"parameters.{name}: expected {_count(shape[0], 'row' if shape[1:] else 'number')}, found {len(rows)}"
        )
    for number, row in enumerate(rows if shape[1:] else (), 1):
        if len(row) != shape[1]:
            raise BadContentError(
                f"parameters.{name}[{number}]: expected {_count(shape[1], 'number')}, found {len(row)}"
            )


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def text(source: Source) -> str:
    """The file's text: a key a line, a matrix a row a line; numbers as Python prints them, which loses no bit."""
    network = source.network
    head = {
        "format": "chainrule-network",
        "version": 1 if network.cell == CELL else 2,
        **({} if network.cell == CELL else {"cell": network.cell}),
        "alphabet": network.alphabet,
        "inputs": [network.input_letter(t) for t in range(1, network.T + 1)],
        "targets": [network.target_letter(t) for t in range(1, network.T + 1)],
        "attention": network.attention,
        "learning_rate": source.learning_rate,
        "rule": rule_value(source.rule),
    }
    lines = [f'  "{key}": {in_json(value)},' for key, value in head.items()]
    parameters = ",\n".join(f'    "{name}": {_rows(array.tolist())}' for name, array in source.parameters.items())
    return "\n".join(["{", *lines, '  "parameters": {', parameters, "  }", "}", ""])


def _rows(value: Sequence[Any]) -> str:
    if not isinstance(value[0], list):
        return in_json(value)
    return "[\n" + ",\n".join(f"      {in_json(row)}" for row in value) + "\n    ]"


def in_json(value: object) -> str:
    """*value* in one line; `ValueError` where a number is not finite."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
