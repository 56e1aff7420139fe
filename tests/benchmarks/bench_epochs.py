"""One exact epoch by length of text and by hidden size, beside PyTorch in turns, and how it grows.

Run from the project's root, where PyTorch is no dependency:
``OPENBLAS_NUM_THREADS=1 python -m tests.benchmarks.bench_epochs``.
"""

from __future__ import annotations

import string
import time
from collections.abc import Callable
from itertools import pairwise
from math import log2
from statistics import median

import numpy as np

from core.epoch.training import Training
from core.network.network import Network, Parameters
from core.network.rule import EXACT
from tests.benchmarks import pytorch

LENGTHS = (4, 32, 128, 512, 1024)
SIZES = (1, 16, 64, 128)
ALPHABET = tuple(string.ascii_lowercase + " ")
RATE = 1e-4
TURNS = 9
TURN = 0.02  # seconds that a turn takes at least, so that short epochs are timed by the hundred


def case(T: int, H: int) -> tuple[Network, Parameters]:
    """A network with attention that reads *T* random letters."""
    random = np.random.default_rng(seed=1)
    inputs, targets = random.integers(0, len(ALPHABET), (2, T)).tolist()
    network = Network(ALPHABET, tuple(inputs), tuple(targets), H, None, True)
    drawn = {name: random.normal(0, 0.5 / H**0.5, shape) for name, shape in network.parameter_shapes.items()}
    return network, Parameters.checked(network, drawn)


def ours(network: Network, parameters: Parameters) -> Callable[[], float]:
    """A function that trains one epoch further, by the code under test."""
    training = Training(network, parameters, EXACT, RATE)

    def epoch() -> float:
        training.run(training.reached + 1)
        return training.losses[-1]

    return epoch


def seconds(epoch: Callable[[], float]) -> float:
    """What an epoch takes of the processor's time, which other processes leave alone: the mean of one turn."""
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
    """The table: milliseconds, and how many times as long PyTorch takes."""
    print("milliseconds an exact epoch; times as long in PyTorch eager, one thread")
    print("   T    H      ours   PyTorch  ratio (smallest … largest)")
    times: dict[tuple[int, int], float] = {}
    for T in LENGTHS:
        for H in SIZES:
            network, parameters = case(T, H)
            own = ours(network, parameters)
            other = pytorch.trainer(network, parameters, RATE) if pytorch.INSTALLED else None
            if other is not None and abs(own() - other()) > 1e-9 * T:
                raise SystemExit(f"T = {T}, H = {H}: the losses differ")
            turns = [(seconds(own), seconds(other) if other else float("nan")) for _ in range(TURNS)]
            times[T, H] = median(mine for mine, _ in turns)
            theirs = median(their for _, their in turns)
            ratios = [their / mine for mine, their in turns]
            spread = f"{median(ratios):6.1f} ({min(ratios):.1f} … {max(ratios):.1f})"
            print(f"{T:4} {H:4} {1e3 * times[T, H]:9.3f} {1e3 * theirs:9.3f} {spread}", flush=True)
    exponents(times)


if __name__ == "__main__":
    main()
