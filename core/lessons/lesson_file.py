"""Lesson files: JSON, read strictly and written atomically, part by part.

A bad file gets one line that names the file, the place and what was expected. Places count from 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from textwrap import indent

import msgspec

from core.lessons.lesson import Lesson
from core.lessons.parts import PARTS
from core.sources import network_file
from core.sources.opening import open_source
from core.sources.source import SHEETS, Source
from core.writing.files import FileError, read_whole, write_whole
from core.writing.json_problems import MOST_BYTES, MOST_VALUES, BadContentError, Kind, decoded, type_problem

SUFFIX = ".chainrule"
FORMAT, VERSION = "chainrule-lesson", 1
_NETWORK = ("network", "title", "about")
_KEYS = ("format", "version", *_NETWORK, *(part.key for part in PARTS))
_CHOICES = {
    **network_file.CHOICES,
    "version": "1",
    "order": '"timestep" or "stage"',
    "way": '"terms" or "timesteps"',
    "style": '"decimals" or "significant"',
}


class _Head(msgspec.Struct):
    format: str = ""


def is_lesson(path: Path, data: bytes) -> bool:
    """Whether a file at *path* that holds *data* is to be read as a lesson."""
    try:
        said = msgspec.json.decode(data, type=_Head).format if FORMAT.encode() in data else ""
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        said = ""
    return said == FORMAT or path.suffix == SUFFIX


def open_any(name: str) -> Source | Lesson:
    """The sheet, the network file or the lesson that *name* names; `FileError` where the file is no good."""
    if name in SHEETS:
        return open_source(name)
    path = Path(name)
    data = read_whole(path, MOST_BYTES, network_file.EXPECTED)
    return parsed(path, data) if is_lesson(path, data) else network_file.parsed(path, data)


def parsed(path: Path, data: bytes) -> Lesson:
    """The lesson of a file at *path* that holds *data*; `FileError` where that is no good lesson."""
    try:
        return _lesson(data)
    except BadContentError as error:
        raise FileError(path, str(error)) from None


def text(lesson: Lesson) -> str:
    """The file's text: a key a line; `ValueError` where a number is not finite."""
    values = {"format": FORMAT, "version": VERSION}
    lines = [f'  "{key}": {network_file.in_json(value)}' for key, value in values.items()]
    source = lesson.source
    if source.worksheet is not None:
        lines.append(f'  "network": {network_file.in_json(source.name)}')
    else:
        lines.append(f'  "network": {indent(network_file.text(source), "  ").strip()}')
        lines += [f'  "{key}": {network_file.in_json(getattr(source, key))}' for key in ("title", "about")]
    written = ((part, part.write(lesson)) for part in PARTS)
    lines += [
        f'  "{part.key}": {network_file.in_json(value)}'
        for part, value in written
        if part.says_none or not _is_nothing(value)
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def encoded(path: Path, lesson: Lesson) -> bytes:
    """What a file at *path* holds of *lesson*; `FileError` where it would not be read again."""
    try:
        data = text(lesson).encode()
    except ValueError:
        raise FileError(path, network_file.UNWRITABLE) from None
    if len(data) > MOST_BYTES or data.count(b",") + data.count(b"[") > MOST_VALUES:
        raise FileError(path, f"not written: expected at most {MOST_BYTES // 2**20} MB and {MOST_VALUES:,} values")
    return data


def write(path: Path, lesson: Lesson) -> None:
    """Write *lesson* to *path*: the old file or the whole new one is there, whatever happens."""
    write_whole(path, encoded(path, lesson))


def _is_nothing(value: object) -> bool:
    return value is None or value is False or value in ("", [], {})


def _lesson(data: bytes) -> Lesson:
    found = decoded(data, dict[str, msgspec.Raw], _CHOICES)
    if _value(found, "format", str) != FORMAT:
        raise BadContentError(f'format: expected "{FORMAT}", found {_value(found, "format", str)!r}')
    version = _value(found, "version", int)
    if version != VERSION:
        newer = ", of a newer Chainrule" if version > VERSION else ""
        raise BadContentError(f"version: expected {VERSION}, found {version}{newer}")
    for key in found:
        if key not in _KEYS:
            raise BadContentError(f"{key}: unknown key")
    lesson = Lesson.of(_source(found))
    for part in PARTS:
        if part.key in found:
            value = _value(found, part.key, part.kind)
            try:
                lesson = replace(lesson, **part.read(lesson, value))
            except BadContentError as error:
                raise BadContentError(f"{part.key}{error}") from None
    return lesson


def _source(found: Mapping[str, msgspec.Raw]) -> Source:
    """The network: that of a sheet by its name, or what a network file of it holds."""
    raw = bytes(found.get("network", b""))
    if raw.startswith(b"{"):
        title = _value(found, "title", str) if "title" in found else "A network"
        try:
            source = network_file.content(raw, title, title)
        except BadContentError as error:
            raise BadContentError(f"network.{error}") from None
        return replace(source, about=_value(found, "about", str)) if "about" in found else source
    name = _value(found, "network", str)
    if name not in SHEETS:
        expected = " or ".join(f'"{sheet}"' for sheet in SHEETS)
        raise BadContentError(f"network: expected {expected} or what a network file holds, found {name!r}")
    for key in ("title", "about"):
        if key in found:
            raise BadContentError(f"{key}: only of a network of one's own, and this is a sheet's")
    return open_source(name)


def _value(found: Mapping[str, msgspec.Raw], key: str, kind: type[Kind]) -> Kind:
    """What stands at *key*, as msgspec reads *kind*."""
    if key not in found:
        raise BadContentError(f"{key}: missing")
    try:
        return msgspec.json.decode(found[key], type=kind)
    except msgspec.ValidationError as error:
        # As if it stood in an object, so that the place begins with the key.
        problem, at, place = str(error).partition(" - at `$")
        raise BadContentError(type_problem(f"{problem} - at `$.{key}{place if at else '`'}", _CHOICES)) from None
    except msgspec.DecodeError:
        raise BadContentError(f"{key}: expected letters of valid Unicode") from None
