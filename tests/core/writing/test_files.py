"""Files: read with distrust, and written whole or not at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.writing.atomic import replacing
from core.writing.files import read_at_most

posix = pytest.mark.skipif(os.name == "nt", reason="needs pipes and devices of POSIX")


def listed(directory: Path) -> list[str]:
    return sorted(os.listdir(directory))


def test_no_more_is_read_than_shows_that_it_is_too_much(tmp_path: Path):
    path = tmp_path / "a"
    path.write_bytes(b"0123456789")
    assert [read_at_most(path, most) for most in (4, 9, 10, 11)] == [b"01234", *[b"0123456789"] * 3]


@posix
def test_a_pipe_without_a_writer_and_devices_are_refused_at_once(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero"), Path("/dev/null")):
        with pytest.raises(OSError, match="it is a pipe or a device; standard input is called -"):
            read_at_most(path, 10)


@posix
@pytest.mark.parametrize("name", ["-", "/dev/stdin"])
def test_standard_input_is_read_and_can_be_read_again(name):
    code = f"from pathlib import Path; from core.writing.files import read_at_most as r; p = Path({name!r})"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; print(r(p, 9), r(p, 9))"], input=b"abc", capture_output=True, check=True
    )
    assert done.stdout == b"b'abc' b'abc'\n"


@posix
def test_a_device_is_never_replaced():
    with pytest.raises(OSError, match="it is a pipe or a device"), replacing(Path("/dev/null")):
        pytest.fail("a file was opened")
    assert Path("/dev/null").is_char_device()


def test_a_name_as_long_as_can_be_is_written_and_written_again(tmp_path: Path):
    path = tmp_path / ("é" * 125 + ".json")  # 255 bytes
    for text in (b"old", b"new"):
        with replacing(path) as file:
            file.write(text)
        assert path.read_bytes() == text
    assert listed(tmp_path) == [path.name]


KILLED = """
import os, signal, sys
from pathlib import Path
from core.writing.atomic import replacing
with replacing(Path(sys.argv[1])) as file:
    file.write(b"half")
    file.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""


@posix
def test_a_save_that_is_killed_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path):
    (tmp_path / "a.json").write_text("old")
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "a.json")], check=False)
    assert done.returncode == -signal.SIGKILL
    if not hasattr(os, "O_TMPFILE"):
        pytest.skip("such files have names here")
    assert listed(tmp_path) == ["a.json"]
    assert (tmp_path / "a.json").read_text() == "old"


def test_where_unfinished_files_have_names_a_later_save_removes_those_of_killed_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def refuse(*_: object) -> int:
        raise OSError(95, "Operation not supported")

    left, young = tmp_path / ".chainrule-77.new", tmp_path / ".chainrule-78.new"
    for path in (left, young):
        path.write_text("half")
    os.utime(left, (time.time() - 10_000,) * 2)
    monkeypatch.setattr(os, "open", refuse)
    with replacing(tmp_path / "a.json") as file:
        file.write(b"whole")
    monkeypatch.undo()
    assert listed(tmp_path) == [young.name, "a.json"]
    assert (tmp_path / "a.json").read_text() == "whole"
