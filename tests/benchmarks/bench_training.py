"""How fast training is, beside a plain loop in the same process: prints ratios, since seconds depend on the machine.

Run from the project's root: ``python -m tests.benchmarks.bench_training``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import numpy as np

from core.backward import EXACT
from core.network import Network, Parameters
from core.training import Training

EPOCHS = 10_000
RUNS = 5
RATE = 0.01
NETWORK = Network.from_letters("helo", "hell", "ello", hidden_size=1, embedding_size=None, attention=True)
INITIAL = {
    "U": [[0.1442, -0.2315, -0.669, 1.1585]],
    "W": [[-0.587]],
    "b": [0.0],
    "V": [[-0.2246], [-0.3053], [0.4905], [0.2768]],
    "c": [0.0, 0.0, 0.0, 0.0],
}


def ours() -> float:
    """The loss of the last epoch, by the code under test."""
    training = Training(NETWORK, Parameters.checked(NETWORK, INITIAL), EXACT, RATE)
    training.run(EPOCHS)
    return training.losses[-1]


def plain() -> float:
    """The same, by a straightforward Python loop a timestep over small arrays."""
    U, W, b, V, c = (np.array(INITIAL[name]) for name in "UWbVc")
    x, y = np.eye(NETWORK.K)[list(NETWORK.inputs)], np.eye(NETWORK.K)[list(NETWORK.targets)]
    T, total = NETWORK.T, 0.0
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


def seconds(work: Callable[[], float]) -> tuple[float, float]:
    """How long *work* takes, and what it gives."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def main() -> None:
    """Run both side by side and print how they compare."""
    ratios, epochs = [], []
    for _ in range(RUNS):
        (slow, expected), (fast, found) = seconds(plain), seconds(ours)
        if abs(found - expected) > 1e-9:
            raise SystemExit(f"the losses differ: {found} and {expected}")
        ratios.append(slow / fast)
        epochs.append(EPOCHS / fast)
    print(f"sheet A, {EPOCHS:,} epochs, {RUNS} runs of each: median (smallest … largest)")
    print(f"plain loop / Training.run: {median(ratios):.2f} ({min(ratios):.2f} … {max(ratios):.2f})")
    print(f"epochs a second here: {median(epochs):,.0f}")


if __name__ == "__main__":
    main()
