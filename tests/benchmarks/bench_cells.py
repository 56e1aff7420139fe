"""Any cell beside the sheets' tanh: a long text opened and stepped; and a small LSTM beside PyTorch, trained.

Run from the project's root, where PyTorch is no dependency:
``OPENBLAS_NUM_THREADS=1 python -m tests.benchmarks.bench_cells``.
"""

from __future__ import annotations

import random
import string
import time
from collections.abc import Callable
from statistics import median

import numpy as np

from core.epoch.epoch import Epoch, run_epoch
from core.epoch.training import Training
from core.network.network import Network, Parameters
from core.network.rule import EXACT
from core.program.program import Address, Phase, Program
from core.steps.evaluate import evaluate
from tests.benchmarks import pytorch

T, H, TURNS, STEPS = 1000, 64, 7, 20
ALPHABET = tuple(string.ascii_lowercase + " ")
CELLS = ("tanh", "identity", "relu", "sigmoid", "gru", "lstm")
SMALL_T, SMALL_H, EPOCHS, RATE = 4, 2, 1000, 0.1


def case(cell: str, T: int, H: int, K: int, *, attention: bool) -> tuple[Network, Parameters]:
    """A network of *cell* that reads *T* random letters of *K*."""
    draw = np.random.default_rng(seed=1)
    inputs, targets = draw.integers(0, K, (2, T)).tolist()
    network = Network(ALPHABET[:K], tuple(inputs), tuple(targets), H, None, attention, cell)
    values = {name: draw.normal(0, 0.5 / H**0.5, shape) for name, shape in network.parameter_shapes.items()}
    return network, Parameters.checked(network, values)


def seconds(work: Callable[[], object]) -> float:
    """What it takes of the processor's time, which other processes leave alone."""
    start = time.process_time()
    work()
    return time.process_time() - start


def stepped(epoch: Epoch) -> None:
    """Some steps forwards and back, in random places."""
    program, draw = Program(epoch.network, way="timesteps"), random.Random(2)
    for span in (program.forward, program.backward):
        for _ in range(STEPS):
            evaluate(epoch, program[draw.randint(span.first, span.last)])


def far(epoch: Epoch) -> None:
    """The first far term of a new one, and the next."""
    for k in (2, 3):
        evaluate(epoch, Address(Phase.BACKWARD, epoch.network.chained[0], (T, T, k)))


def long_texts(*, attention: bool) -> None:
    """Print for every cell what an epoch takes, and steps of a new one; and how many times that of tanh."""
    print(f"\nT = {T:,}, H = {H}, {'with' if attention else 'without'} attention: milliseconds, times that of tanh")
    print("cell        an epoch           opened, 40 steps   its first far terms")
    cases = {cell: case(cell, T, H, len(ALPHABET), attention=attention) for cell in CELLS}
    times: dict[str, list[tuple[float, float, float]]] = {cell: [] for cell in CELLS}
    for _ in range(TURNS):
        for cell, (network, parameters) in cases.items():
            found: list[Epoch] = []
            epoch = seconds(lambda: found.append(run_epoch(network, parameters, EXACT, RATE)))  # noqa: B023 - called at once
            opened = epoch + seconds(lambda: stepped(found[0]))  # noqa: B023 - called at once
            times[cell].append((epoch, opened, seconds(lambda: far(found[0]))))  # noqa: B023 - called at once
    for cell in CELLS:
        said = ""
        for place in range(3):
            ratios = [mine[place] / plain[place] for mine, plain in zip(times[cell], times["tanh"], strict=True)]
            said += f"{1e3 * median(each[place] for each in times[cell]):9.1f}   × {median(ratios):5.2f}   "
        print(f"{cell:10}{said}", flush=True)


def small_lstm() -> None:
    """Print what a thousand epochs of a small LSTM take, and how many times as long in PyTorch."""
    network, parameters = case("lstm", SMALL_T, SMALL_H, SMALL_T, attention=False)
    training = Training(network, parameters, EXACT, RATE)
    training.run(EPOCHS)  # what is prepared once is
    mine = median(seconds(lambda: Training(network, parameters, EXACT, RATE).run(EPOCHS)) for _ in range(TURNS))
    print(f"\nLSTM, T = {SMALL_T}, H = {SMALL_H}: {EPOCHS:,} epochs in {1e3 * mine:.1f} ms", end="; ")
    if not pytorch.INSTALLED:
        print("PyTorch is not installed: not measured")
        return
    epoch = pytorch.trainer(network, parameters, RATE)
    losses = [epoch() for _ in range(EPOCHS)]
    if abs(losses[-1] - training.losses[EPOCHS - 1]) > 1e-9:
        raise SystemExit("the losses differ")
    theirs = median(seconds(lambda: [epoch() for _ in range(EPOCHS)]) for _ in range(3))
    print(f"in PyTorch, a plain loop over tensors on one thread, × {theirs / mine:.1f}")


def main() -> None:
    """Both."""
    for attention in (False, True):
        long_texts(attention=attention)
    small_lstm()


if __name__ == "__main__":
    main()
