"""The same benchmark on the core of another checkout, in a process of its own, in turns with this one.

``git worktree add ../before HEAD~`` makes a checkout of the commit before.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_CHILD = """
import sys
from importlib import import_module
sys.path[0] = sys.argv[1]
import core, resources  # of that checkout; the benchmark itself is the one that asks
sys.path[0] = sys.argv[2]
bench = import_module("tests.benchmarks." + sys.argv[3])
for line in sys.stdin:
    name, *arguments = line.split()
    print(getattr(bench, name)(*arguments), flush=True)
"""
_HERE = Path(__file__).parents[2]


class Before:
    """A process that has *benchmark* run on the core of *checkout*; it ends when it can be asked no more."""

    def __init__(self, checkout: str, benchmark: str) -> None:
        command = [sys.executable, "-c", _CHILD, str(Path(checkout).resolve()), str(_HERE), benchmark]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def asked(self, function: str, *arguments: object) -> float:
        """What *function* of the benchmark gives there for *arguments* without spaces, which it takes as text."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the other process has no pipes")
        print(function, *arguments, file=self._process.stdin, flush=True)
        return float(self._process.stdout.readline())
