"""How long the lines of a learner's own worksheet take to be read, judged and shown: prints seconds of the processor.

Run from the project's root: ``xvfb-run -a python -m tests.benchmarks.bench_lines``.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping

import numpy as np
from PySide6.QtCore import QEventLoop

from core.answers.lines import OwnLine, read_lines
from core.answers.worksheet import judge
from core.epoch.training import Training
from core.network.arrays import Array
from core.network.network import Network, Parameters
from core.network.rule import EXACT
from core.sources.source import Source
from tests.benchmarks.bench_step import Application, settle, workbench
from tests.strategies import random_network
from tests.worksheet_oracle import Learner, printed

RATE = 0.1
PASTED = 286  # timesteps without attention, which have 2,000 lines


def main() -> None:
    """Sheets of several lengths: right, with a slip at h_2 that carries, and with every line wrong; and in a window."""
    for T, attention in ((40, False), (200, False), (PASTED, False), (25, True)):
        network, parameters = random_network(1, T=T, attention=attention)
        for kind, lines in _sheets(network, parameters):
            training = Training(network, parameters, EXACT, RATE)
            start = time.process_time()
            found = read_lines(printed(lines, 4), network)
            read = time.process_time()
            judged = judge(training, [line for line in found if isinstance(line, OwnLine)])
            end = time.process_time()
            print(f"T = {T}, {len(judged)} lines, {kind}: read {read - start:.3f} s, judged {end - read:.3f} s")
    text = "h1 = 0.1432\n" * 100_000
    start = time.process_time()
    read_lines(text, network)
    print(f"100,000 lines: read {time.process_time() - start:.3f} s")
    _in_a_window()


def _sheets(network: Network, parameters: Parameters) -> Iterator[tuple[str, Mapping[str, Array]]]:
    learner = Learner(network, parameters, EXACT, RATE)
    yield "right", learner.right
    yield "h₂ wrong", learner.lines({"h[2]": np.round(learner.right["h[2]"] + 0.1, 4)})
    yield "all wrong", {name: value + 0.3 for name, value in learner.right.items() if not name.startswith("y[")}


def _in_a_window() -> None:
    """From the paste to the painted verdicts, a first time and once more, without the pause before."""
    application = Application(sys.argv)
    network, parameters = random_network(1, T=PASTED, attention=False)
    for kind, lines in _sheets(network, parameters):
        bench = workbench(Source("pasted", "pasted", network, parameters, EXACT, RATE))
        bench.window.show_dock("sheet")
        sheet = bench.furnish().sheet
        sheet.focus_own_lines()
        settle(application)
        seconds, text, done = [], printed(lines, 4), list[object]()
        sheet.own.judged.connect(done.append)
        for pasted in (text, f"{text}\n"):
            start = time.process_time()
            done.clear()
            sheet.own.editor.setPlainText(pasted)
            while not done:
                application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            settle(application)
            seconds.append(f"{time.process_time() - start:.3f} s")
        print(f"{len(text.splitlines())} lines pasted in the window, {kind}: {seconds[0]}, once more {seconds[1]}")
        bench.window.close()


if __name__ == "__main__":
    main()
