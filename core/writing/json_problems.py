"""JSON read strictly; what the decoder says of a bad file, in our words: where, and what was expected.

Places count from 1: ``parameters.W[2]`` is the second row of W.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar

import msgspec

MOST_BYTES = 64 * 2**20
MOST_VALUES = 4 * 10**6  # a file of numbers in full has no more; an empty list is three bytes, and takes sixty to hold
Kind = TypeVar("Kind")

_TYPES = {
    "float": "a number",
    "int": "a whole number",
    "str": "a string",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}


class BadContentError(Exception):
    """What is wrong with the content of a file, and where."""


def decoded(data: bytes, kind: type[Kind], choices: Mapping[str, str]) -> Kind:
    """*data* as msgspec reads *kind*; `BadContentError` where it is none. *choices*: the values that a key may have."""
    values = data.count(b",") + data.count(b"[")
    if values > MOST_VALUES:
        raise BadContentError(f"too long, expected at most {MOST_VALUES:,} commas and brackets, found {values:,}")
    try:
        data.decode()
    except UnicodeDecodeError as error:
        raise BadContentError(f"{line_and_column(data, error.start)}: expected UTF-8 text") from None
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.ValidationError as error:
        raise BadContentError(type_problem(str(error), choices)) from None
    except msgspec.DecodeError as error:
        raise BadContentError(syntax_problem(data, str(error))) from None
    except RecursionError:
        raise BadContentError("nested too deeply, expected an object as such a file has it") from None


def line_and_column(data: bytes, offset: int) -> str:
    """Where the byte at *offset* stands in *data*."""
    line = data.count(b"\n", 0, offset) + 1
    start = data.rfind(b"\n", 0, offset) + 1
    return f"line {line}, column {len(data[start:offset].decode(errors='replace')) + 1}"


def syntax_problem(data: bytes, message: str) -> str:
    """Why *data* is not JSON, from msgspec's *message*."""
    found = re.fullmatch(r"JSON is malformed: (.*) \(byte (\d+)\)", message)
    if found is None:
        return f"{line_and_column(data, len(data))}: expected more, found the end of the file"
    problem, offset = found[1], int(found[2])
    before = max(offset - 2, 0)  # the decoder may have taken the sign and the first letter of the word
    word = re.match(rb".{0,2}?(-?(?:NaN|Infinity))", data[before : before + 12], re.DOTALL)
    if word is not None:
        return f"{line_and_column(data, before + word.start(1))}: expected a finite number, found {word[1].decode()}"
    wanted = problem if "expected" in problem else f"expected valid JSON ({problem})"
    return f"{line_and_column(data, offset)}: {wanted}"


def type_problem(message: str, choices: Mapping[str, str]) -> str:
    """What does not fit the schema, from msgspec's *message*; *choices* are the values that a key may have."""
    problem, _, path = message.rpartition(" - at `$")
    if not problem:
        problem, path = message, ""
    place = re.sub(r"\[(\d+)\]", lambda found: f"[{int(found[1]) + 1}]", path.rstrip("`").removeprefix("."))
    if found := re.fullmatch(r"Object (missing required|contains unknown) field `(.*)`", problem, re.DOTALL):
        return f"{place}{'.' if place else ''}{found[2]}: {'missing' if 'missing' in found[1] else 'unknown key'}"
    start = f"{place}: " if place else ""
    choice = choices.get(re.sub(r"\[\d+\]", "", place.rpartition(".")[2]))
    if found := re.fullmatch(r"Invalid enum value (.*)", problem, re.DOTALL):
        return f"{start}expected {choice}, found {found[1]}"
    if found := re.fullmatch(r"Expected `(.*)`, got `(.*)`", problem):
        kinds = " or ".join(_TYPES[kind] for kind in found[1].split(" | "))
        wanted = choice if choice is not None and found[1] != "array" else kinds
        return f"{start}expected {wanted}, found {_TYPES[found[2]]}"
    return f"{start}{'expected a finite number' if problem == 'Number out of range' else problem}"
