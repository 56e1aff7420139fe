"""What a window keeps of itself while it is open: the lesson as it stands, below a line on where that was.

The line can be read alone, so that the rest is not looked at before somebody wants it back.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec

from core.lessons.lesson import Lesson
from core.lessons.lesson_file import encoded, parsed
from core.writing.files import read_at_most, read_whole, write_whole
from core.writing.json_problems import MOST_BYTES
from core.writing.shown import one_line

_LONGEST = 10_000  # bytes of the line


class Where(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was open. *name*: of a lesson, "" for a network. *path*: its file, "" for none. *words*: where it stood."""

    name: str = ""
    path: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Unsaved:
    """What was kept: *where* that was, and the lesson."""

    where: Where
    lesson: Lesson


def keep(path: Path, unsaved: Unsaved) -> None:
    """Write *unsaved* to *path*, whole or not at all; `FileError` where it cannot be."""
    write_whole(path, msgspec.json.encode(unsaved.where) + b"\n" + encoded(path, unsaved.lesson))


def where_kept(path: Path) -> Where:
    """What the line says, in words that fit into one; nothing where there is no such line."""
    try:
        found = msgspec.json.decode(read_at_most(path, _LONGEST).partition(b"\n")[0], type=Where)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return Where()
    return Where(one_line(found.name, 100), found.path, one_line(found.words, 200))


def kept(path: Path) -> Lesson:
    """The lesson that is kept at *path*; `FileError` where there is no good one."""
    return parsed(path, read_whole(path, MOST_BYTES, "what a window keeps").partition(b"\n")[2])
