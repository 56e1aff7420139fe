"""Files read with distrust: ordinary ones or standard input, and no more of them than is wanted."""

from __future__ import annotations

import os
import stat
import sys
from errno import EINVAL
from functools import cache
from pathlib import Path

_STANDARD_INPUT = frozenset({"-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"})


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
