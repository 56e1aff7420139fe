"""How long a trail takes to open in a long text: a frame is 33 ms.

Run from the project's root: ``OPENBLAS_NUM_THREADS=1 python -m tests.benchmarks.bench_why``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import TypeVar

import numpy as np

from core.epoch.epoch import Epoch, run_epoch
from core.network.network import Network, Parameters
from core.network.number import Number
from core.network.rule import EXACT
from core.program.program import Program, Way
from core.why.numbers import Origins
from core.why.trail import Trail
from core.why.users import uses

T, H, K = 1000, 64, 27
RUNS = 5
NUMBERS: dict[Way, str] = {
    "terms": "dL/dW dL/dU dL/dW[1000,500,3] Z[1000] alpha[1000,17] h[500] W L v[900] g[900,900] dL/dV",
    "timesteps": "dL/dW dL/dW[500] dL/dh[500] dL/dh[1] dL/dA[1000,3] dL/da[500]",
}
Answer = TypeVar("Answer")


def long_epoch(attention: bool) -> Epoch:
    """An exact epoch of a long text."""
    draw = np.random.default_rng(seed=1)
    inputs, targets = draw.integers(0, K, (2, T)).tolist()
    network = Network(tuple(map(chr, range(97, 97 + K))), tuple(inputs), tuple(targets), H, None, attention)
    drawn = {name: draw.normal(0, 0.5 / H**0.5, shape) for name, shape in network.parameter_shapes.items()}
    return run_epoch(network, Parameters.checked(network, drawn), EXACT, 0.01)


def timed(do: Callable[[], Answer]) -> tuple[Answer, float]:
    """An answer, and the milliseconds of the processor's time that it took."""
    start = time.process_time()
    answer = do()
    return answer, 1e3 * (time.process_time() - start)


def opened(trail: Trail) -> float:
    """The longest that one of its parts takes to open."""
    return max((timed(part.opens)[1] for part in trail.parts if part.opens is not None), default=0.0)


def main() -> None:
    """Open each number anew, then its parts, then ask who uses it."""
    for attention in (True, False):
        epoch = long_epoch(attention)
        for way, numbers in NUMBERS.items():
            origins, program = Origins({1: epoch}.__getitem__, way), Program(epoch.network, way=way)
            for symbol in numbers.split():
                if not attention and (symbol[0] in "Zag" or symbol.startswith(("dL/dW[", "dL/dA"))):
                    continue  # there is none
                number, times = Number(symbol, (), 1).within(epoch.value(symbol)), []
                for _ in range(RUNS):
                    epoch.kept.clear()
                    trail, spent = timed(partial(origins.trail, number))
                    times.append(spent)
                _, used = timed(partial(uses, origins, program, number))
                words = "attention" if attention else "none"
                print(f"{words:9} {way:9} {symbol:18} trail {median(times):6.1f} ms, a part {opened(trail):6.1f}, "
                      f"uses {used:6.1f}")  # fmt: skip


if __name__ == "__main__":
    main()
