"""Files read with distrust: ordinary ones or standard input, and no more of them than is wanted; and written whole."""

from __future__ import annotations

import os
import stat
import sys
from errno import EINVAL
from functools import cache
from pathlib import Path

from core.writing.atomic import replacing
from core.writing.shown import one_line

_LONGEST_PROBLEM = 200  # a key or letter that a message quotes may be of any length
_STANDARD_INPUT = frozenset({"-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"})


class FileError(Exception):
    """A file that cannot be read or written; the message is one line."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{one_line(str(path))}: {one_line(problem, _LONGEST_PROBLEM)}")


def read_whole(path: Path, most: int, expected: str) -> bytes:
    """The file at *path*; `FileError` where there is none, or one of more than *most* bytes. *expected*: what it is."""
    try:
        data = read_at_most(path, most)
    except FileNotFoundError:
        raise FileError(path, f"no such file; expected {expected}") from None
    except OSError as error:
        raise FileError(path, f"cannot be read: {error.strerror or error}; expected {expected}") from None
    if len(data) > most:
        raise FileError(path, f"too large, expected at most {most // 2**20} MB")
    return data


def write_whole(path: Path, data: bytes) -> None:
    """Write *data* to *path*: the old file or the whole new one is there, whatever happens; `FileError` where not."""
    try:
        with replacing(path) as file:
            file.write(data)
    except OSError as error:
        raise FileError(path, f"cannot be written: {error.strerror or error}") from None


def read_at_most(path: Path, most: int) -> bytes:
    """The first *most* + 1 bytes of the file at *path*, so that a longer one shows; `OSError` where it is no file.

    A pipe or a device might never end, or never begin: only standard input may be one, as ``-`` or by its name.
    """
    if str(path) in _STANDARD_INPUT:
        return _standard_input(most)
    with open(path, "rb", opener=_without_waiting) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(EINVAL, "it is a pipe or a device; standard input is called -")
        return file.read(most + 1)


@cache
def _standard_input(most: int) -> bytes:
    """Kept, since it is there once, and a window looks at what it opens before it opens it."""
    return sys.stdin.buffer.read(most + 1) if sys.stdin is not None else b""


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
