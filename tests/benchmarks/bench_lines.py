"""How long the lines of a learner's own worksheet take to be read and judged: prints seconds.

Run from the project's root: ``python -m tests.benchmarks.bench_lines``.
"""

from __future__ import annotations

import time

import numpy as np

from core.answers.lines import OwnLine, read_lines
from core.answers.worksheet import judge
from core.epoch.training import Training
from core.network.rule import EXACT
from tests.strategies import random_network
from tests.worksheet_oracle import Learner, printed


def main() -> None:
    """Sheets of several lengths: right, with a slip at h_2 that carries, and with every line wrong."""
    for T, attention in ((40, False), (200, False), (250, False), (25, True)):
        network, parameters = random_network(1, T=T, attention=attention)
        learner = Learner(network, parameters, EXACT, 0.1)
        wrong = {"h[2]": np.round(learner.right["h[2]"] + 0.1, 4)}
        sheets = {
            "right": learner.right,
            "h₂ wrong": learner.lines(wrong),
            "all wrong": {name: value + 0.3 for name, value in learner.right.items() if not name.startswith("y[")},
        }
        for kind, lines in sheets.items():
            training = Training(network, parameters, EXACT, 0.1)
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


if __name__ == "__main__":
    main()
