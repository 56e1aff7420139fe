"""How long an answer takes to a number that nothing explains, at every step of both sheets: prints median and maximum.

Run from the project's root: ``python -m tests.benchmarks.bench_answer``.
"""

from __future__ import annotations

import time
from statistics import median

import numpy as np

from core.answers.answer import answer
from core.epoch.training import Training
from core.program.program import Program
from core.slips.case import Case
from core.sources.opening import open_source
from core.sources.source import SHEETS
from core.writing.notation import Given

UNKNOWN = Given(np.array(0.1234), np.array(4), "0.1234")


def main() -> None:
    """Ask every step of the first epoch of each sheet, and of the second, where other rules are trained again."""
    for name in SHEETS:
        source = open_source(name)
        training = Training(source.network, source.parameters, source.rule, source.learning_rate)
        for epoch in (1, 2):
            times = []
            for address in Program(source.network):
                case = Case.of(training, epoch, address, None)
                start = time.perf_counter()
                answer(case, UNKNOWN)
                times.append(1000 * (time.perf_counter() - start))
            print(f"{source.title}, epoch {epoch}: median {median(times):.1f} ms, largest {max(times):.1f}")


if __name__ == "__main__":
    main()
