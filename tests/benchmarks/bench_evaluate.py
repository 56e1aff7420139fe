"""How long a step of a long text takes to evaluate, running total included, and the memory beyond the tape.

Run from the project's root: ``OPENBLAS_NUM_THREADS=1 python -m tests.benchmarks.bench_evaluate``.
"""

from __future__ import annotations

import random
import time
import tracemalloc
from collections.abc import Iterable
from statistics import median, quantiles

import numpy as np

from core.epoch.epoch import Epoch, run_epoch
from core.network.network import Network, Parameters
from core.network.rule import EXACT
from core.program.program import Program
from core.steps.evaluate import evaluate

T, H, K, D = 1000, 128, 27, 16
JUMPS = 200
WALKS, STEPS = 10, 40


def long_epoch() -> Epoch:
    """An exact epoch with attention and an embedding."""
    draw = np.random.default_rng(seed=1)
    inputs, targets = draw.integers(0, K, (2, T)).tolist()
    network = Network(tuple(map(chr, range(97, 97 + K))), tuple(inputs), tuple(targets), H, D, True)
    drawn = {name: draw.normal(0, 0.5 / H**0.5, shape) for name, shape in network.parameter_shapes.items()}
    return run_epoch(network, Parameters.checked(network, drawn), EXACT, 0.01)


def milliseconds(epoch: Epoch, program: Program, positions: Iterable[int]) -> list[float]:
    """What each step takes, one after another: of the processor's time, which other processes leave alone."""
    times = []
    for position in positions:
        start = time.process_time()
        evaluate(epoch, program[position])
        times.append(1e3 * (time.process_time() - start))
    return times


def line(name: str, times: list[float]) -> str:
    """The figures of one way to step."""
    return f"{name}: median {median(times):.2f} ms, p95 {quantiles(times, n=20)[-1]:.2f}, largest {max(times):.2f}"


def main() -> None:
    """Jump about, walk from some of those positions, and measure the memory of a few jumps."""
    epoch = long_epoch()
    program, draw = Program(epoch.network), random.Random(1)
    jumps = [draw.randint(1, len(program)) for _ in range(JUMPS)]
    print(f"T = {T}, H = {H}, K = {K}, D = {D}, attention: {len(program):,} steps")
    print(line("random positions", milliseconds(epoch, program, jumps)))
    walked = []
    for start in jumps[:WALKS]:
        walked += milliseconds(epoch, program, range(start, start + STEPS + 1))[1:]
    print(line("the next step", walked))

    tracemalloc.start()
    epoch = long_epoch()
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    milliseconds(epoch, program, jumps[:20])
    _, peak = tracemalloc.get_traced_memory()
    print(f"memory: the epoch with its tape {kept / 1e6:.0f} MB, and at most {(peak - kept) / 1e6:.0f} MB beyond it")


if __name__ == "__main__":
    main()
