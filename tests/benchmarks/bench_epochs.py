"""One exact epoch by length of text and by hidden size, beside PyTorch and another checkout in turns; how it grows.

Run from the project's root, where PyTorch is no dependency:
``OPENBLAS_NUM_THREADS=1 python -m tests.benchmarks.bench_epochs [CHECKOUT]``.
"""

from __future__ import annotations

import string
import sys
import time
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from math import log2
from statistics import median

import numpy as np

from core.epoch.training import Training
from core.network.network import Network, Parameters
from core.network.rule import EXACT
from tests.benchmarks import pytorch
from tests.benchmarks.before import Before

LENGTHS = (4, 32, 128, 512, 1024)
SIZES = (1, 16, 64, 128)
ALPHABET = tuple(string.ascii_lowercase + " ")
RATE = 1e-4
TURNS = 9
TURN = 0.02  # seconds that a turn takes at least, so that short epochs are timed by the hundred
MANY = 10**9


def case(T: int, H: int) -> tuple[Network, Parameters]:
    """A network with attention that reads *T* random letters."""
    random = np.random.default_rng(seed=1)
    inputs, targets = random.integers(0, len(ALPHABET), (2, T)).tolist()
    network = Network(ALPHABET, tuple(inputs), tuple(targets), H, None, True)
    drawn = {name: random.normal(0, 0.5 / H**0.5, shape) for name, shape in network.parameter_shapes.items()}
    return network, Parameters.checked(network, drawn)


@cache
def training(T: str, H: str) -> Training:
    """The training of one case by the code under test; its first epochs, for which much is prepared, are done."""
    begun = Training(*case(int(T), int(H)), EXACT, RATE)
    begun.run(MANY, TURN)
    return begun


def turn(T: str, H: str) -> float:
    """What an epoch of it takes of the processor's time, which other processes leave alone: the mean of one turn."""
    trained = training(T, H)
    start, before = time.process_time(), trained.reached
    trained.run(MANY, TURN)
    return (time.process_time() - start) / (trained.reached - before)


def seconds(epoch: Callable[[], float]) -> float:
    """As `turn`, of an epoch of PyTorch."""
    start, count = time.process_time(), 0
    while time.process_time() - start < TURN:
        epoch()
        count += 1
    return (time.process_time() - start) / count


def exponents(times: dict[tuple[int, int], float]) -> None:
    """Print the powers of T and of H by which the time grows between neighbours of the table."""
    print("\ngrows with T to the power of (from the length before), H = " + ", ".join(map(str, SIZES)))
    for before, T in pairwise(LENGTHS):
        powers = [log2(times[T, H] / times[before, H]) / log2(T / before) for H in SIZES]
        print(f"T {before:4} → {T:4}: " + "  ".join(f"{power:5.2f}" for power in powers))
    print("\ngrows with H to the power of (from the size before), T = " + ", ".join(map(str, LENGTHS)))
    for before, H in pairwise(SIZES):
        powers = [log2(times[T, H] / times[T, before]) / log2(H / before) for T in LENGTHS]
        print(f"H {before:4} → {H:4}: " + "  ".join(f"{power:5.2f}" for power in powers))


def main() -> None:
    """The table: milliseconds, and how many times as long the others take."""
    before = Before(sys.argv[1], "bench_epochs") if sys.argv[1:] else None
    print("milliseconds an exact epoch; times as long in PyTorch eager, one thread, and in that checkout")
    print("   T    H      ours   PyTorch  ratio (smallest … largest)    before  ratio (smallest … largest)")
    times: dict[tuple[int, int], float] = {}
    nothing = float("nan")
    for T in LENGTHS:
        for H in SIZES:
            network, parameters = case(T, H)
            other = pytorch.trainer(network, parameters, RATE) if pytorch.INSTALLED else None
            if other is not None and abs(training(str(T), str(H)).losses[0] - other()) > 1e-9 * T:
                raise SystemExit(f"T = {T}, H = {H}: the losses differ")
            turns = [
                (
                    turn(str(T), str(H)),
                    seconds(other) if other else nothing,
                    before.asked("turn", T, H) if before else nothing,
                )
                for _ in range(TURNS)
            ]
            times[T, H] = median(mine for mine, *_ in turns)
            print(f"{T:4} {H:4} {1e3 * times[T, H]:9.3f} {_beside(turns, 1)} {_beside(turns, 2)}", flush=True)
    exponents(times)


def _beside(turns: list[tuple[float, float, float]], place: int) -> str:
    ratios = [each[place] / each[0] for each in turns]
    theirs = 1e3 * median(each[place] for each in turns)
    return f"{theirs:9.3f} {median(ratios):6.2f} ({min(ratios):.2f} … {max(ratios):.2f})"


if __name__ == "__main__":
    main()
