"""How long an answer takes to a number that nothing explains: at every step of both sheets, and in long networks.

Prints median and maximum, of a long network the longest slice too, in milliseconds of the processor. Run from the
project's root: ``python -m tests.benchmarks.bench_answer``.
"""

from __future__ import annotations

import time
from statistics import median

import numpy as np

from core.answers.answer import Search, answer
from core.epoch.training import Training
from core.network.rule import PRINTED
from core.program.program import Address, Phase, Program
from core.slips.case import Case
from core.sources.opening import open_source
from core.sources.source import SHEETS
from core.writing.notation import Given
from tests.strategies import random_network

UNKNOWN = Given(np.array(0.1234), np.array(4), "0.1234")


def main() -> None:
    """Ask every step of some epochs of each sheet, in all but the first of which other rules are trained again."""
    for name in SHEETS:
        source = open_source(name)
        stated = source.worksheet.learning_rate_stated if source.worksheet is not None else None
        for epoch in (1, 2, 10, 20):
            training = Training(source.network, source.parameters, source.rule, source.learning_rate)
            times = []
            for address in Program(source.network):
                case = Case.of(training, epoch, address, stated)
                start = time.process_time()
                answer(case, UNKNOWN)
                times.append(1000 * (time.process_time() - start))
            print(f"{source.title}, epoch {epoch}: median {median(times):.1f} ms, largest {max(times):.1f}")
    for T in (40, 1000):
        for name, D in (("W", None), ("W", 3), ("E", 3)):
            network, parameters = random_network(1, T=T, K=8, H=8, D=D, attention=True)
            case = Case.of(Training(network, parameters, PRINTED, 0.1), 1, Address(Phase.BACKWARD, name), 0.2)
            slices = _slices(Search(case, UNKNOWN))
            what = f"T = {T}, ∂L/∂{name}{', embedding' if D else ''}"
            print(f"{what}: {sum(slices):.0f} ms, in slices of at most {max(slices):.0f}")


def _slices(search: Search) -> list[float]:
    """The milliseconds of every slice that a search can be made in."""
    slices, done = [], False
    while not done:
        start = time.process_time()
        done = search.run(0.0)
        slices.append(1000 * (time.process_time() - start))
    return slices


if __name__ == "__main__":
    main()
