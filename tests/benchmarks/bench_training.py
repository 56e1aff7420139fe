"""How fast training is, beside PyTorch, a plain loop, and another checkout, in turns: prints seconds and ratios.

Ratios count, since seconds depend on the machine. Run from the project's root, where PyTorch is no dependency:
``OPENBLAS_NUM_THREADS=1 python -m tests.benchmarks.bench_training [CHECKOUT]``.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from statistics import median

import numpy as np

from core.epoch.training import Training
from core.network.network import Network, Parameters
from core.network.rule import EXACT, NAMED_RULES, Rule
from core.sources.opening import open_source
from tests.benchmarks import pytorch
from tests.benchmarks.before import Before

EPOCHS = 10_000
RUNS = 5
RATE = 0.01
# Of the last loss: on sheet B, rounding grows that much in so many epochs even at this small rate.
TOLERANCE = {"attention": 1e-9, "embedding": 1e-2}

Work = Callable[[], float]


def ours(network: Network, initial: Parameters, rule: Rule = EXACT) -> float:
    """The loss of the last epoch, by the code under test."""
    training = Training(network, initial, rule, RATE)
    training.run(EPOCHS)
    return training.losses[-1]


def eager(network: Network, initial: Parameters) -> float:
    """The same, by PyTorch and autograd."""
    epoch = pytorch.trainer(network, initial, RATE)
    return [epoch() for _ in range(EPOCHS)][-1]


def plain(network: Network, initial: Parameters) -> float:
    """The same for sheet A, by a straightforward Python loop a timestep over small arrays."""
    U, W, b, V, c = (np.array(initial[name]) for name in "UWbVc")
    x, y = np.eye(network.K)[list(network.inputs)], np.eye(network.K)[list(network.targets)]
    T, total = network.T, 0.0
    for _ in range(EPOCHS):
        h, Z, alpha, delta, total = [np.zeros(1)], [], [], [], 0.0
        for t in range(T):
            h.append(np.tanh(U @ x[t] + W @ h[-1] + b))
            states = np.array(h[1:])
            e = np.exp(states @ h[-1])
            alpha.append(e / e.sum())
            Z.append(alpha[-1] @ states)
            e = np.exp(V @ Z[-1] + c)
            predicted = e / e.sum()
            total -= float(np.log(y[t] @ predicted))
            delta.append(predicted - y[t])
        dU, dW, db, dV, dc = (np.zeros_like(P) for P in (U, W, b, V, c))
        asked = [np.zeros(1) for _ in range(T)]
        for t in range(T):
            dV += np.outer(delta[t], Z[t])
            dc += delta[t]
            v = V.T @ delta[t]
            for m in range(t + 1):
                slope = alpha[t][m] * ((h[m + 1] - Z[t]) @ v)
                asked[m] = asked[m] + alpha[t][m] * v + slope * h[t + 1]
                asked[t] = asked[t] + slope * h[m + 1]
        after = np.zeros(1)
        for t in reversed(range(T)):
            after = (1 - h[t + 1] ** 2) * (W.T @ after + asked[t])
            dW += np.outer(after, h[t])
            dU += np.outer(after, x[t])
            db += after
        U, W, b, V, c = U - RATE * dU, W - RATE * dW, b - RATE * db, V - RATE * dV, c - RATE * dc
    return total


def seconds(work: Work) -> tuple[float, float]:
    """What *work* takes of the processor's time, which other processes leave alone, and what it gives."""
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def taken(name: str, rule: str) -> float:
    """What the code under test takes for a sheet under a named rule."""
    source = open_source(name)
    return seconds(partial(ours, source.network, source.parameters, NAMED_RULES[rule]))[0]


def compare(title: str, name: str, rule: str, others: dict[str, Work], before: Before | None) -> None:
    """Run all in turns, which spreads the machine's moods evenly, and print how they compare."""
    source, times = open_source(name), dict[str, list[float]]()
    for _ in range(RUNS):
        own, found = seconds(partial(ours, source.network, source.parameters, NAMED_RULES[rule]))
        times.setdefault("ours", []).append(own)
        if before is not None:
            times.setdefault("that checkout", []).append(before.asked("taken", name, rule))
        for other, work in others.items():
            took, expected = seconds(work)
            times.setdefault(other, []).append(took)
            if abs(found - expected) > TOLERANCE[name]:
                raise SystemExit(f"{title}: the losses differ: {found} and {expected}")
    own_times = times.pop("ours")
    print(f"{title}: {median(own_times):.3f} s ({min(own_times):.3f} … {max(own_times):.3f})")
    for other, found_times in times.items():
        ratios = [slow / own for slow, own in zip(found_times, own_times, strict=True)]
        spread = f"({min(ratios):.1f} … {max(ratios):.1f})"
        print(f"    {other}: {median(found_times):.2f} s, {median(ratios):.1f} times as long {spread}", flush=True)


def main() -> None:
    """Sheets A and B under both rules."""
    print(f"{EPOCHS:,} epochs, {RUNS} runs of each in turns: median (smallest … largest)")
    before = Before(sys.argv[1], "bench_training") if sys.argv[1:] else None
    for name in TOLERANCE:
        source = open_source(name)
        case = source.network, source.parameters
        others: dict[str, Work] = {}
        if pytorch.INSTALLED:
            others["PyTorch eager, one thread"] = partial(eager, *case)
        if source.network.attention:
            others["plain NumPy loop"] = partial(plain, *case)
        compare(f"{source.title}, exact", name, "exact", others, before)
        compare(f"{source.title}, as printed", name, "printed", {}, before)


if __name__ == "__main__":
    main()
