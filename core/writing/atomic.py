"""Files written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Iterator
from errno import EINVAL
from pathlib import Path
from typing import BinaryIO

_OPEN = "/proc/self/fd"
# Seconds; an unfinished file that is older was left by a save that was killed. Where files need no name while they are
# written, they have one only for the moment before it becomes the right one.
_LONGEST_SAVE, _LONGEST_MOMENT = 3600, 60


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file to write in place of the one at *path*: the old one or the whole new one is there, whatever happens.

    `OSError` where that is a pipe or a device.
    """
    target = Path(os.path.realpath(path))  # replacing a link would cut it off from its file
    if target.exists() and not (target.is_file() or target.is_dir()):
        raise OSError(EINVAL, "it is a pipe or a device")
    beside = target.with_name(f".chainrule-{os.getpid()}.new")  # short, however long the name of the file
    nameless = _nameless(target.parent)
    _tidy(target.parent, _LONGEST_SAVE if nameless is None else _LONGEST_MOMENT)
    try:
        with beside.open("wb") if nameless is None else os.fdopen(nameless, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            if nameless is not None:
                _unlinked(beside)
                # With a directory, which the path does not need, the link is to the file, not to the entry in /proc.
                os.link(f"{_OPEN}/{nameless}", beside, src_dir_fd=nameless)
        if target.exists():
            shutil.copymode(target, beside)
        os.replace(beside, target)
    except BaseException:
        _unlinked(beside)
        raise


def _nameless(directory: Path) -> int | None:
    """A new file that is gone when the process ends, until it is given a name; None where there is no such thing."""
    try:
        os.stat(_OPEN)
        return os.open(directory, os.O_TMPFILE | os.O_WRONLY, 0o666)
    except (AttributeError, OSError):  # not on Linux, or not in this file system
        return None


def _tidy(directory: Path, longest: int) -> None:
    """Remove what killed saves left in *directory* more than *longest* seconds ago."""
    for left in directory.glob(".chainrule-*.new"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > longest:
                left.unlink()


def _unlinked(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()
