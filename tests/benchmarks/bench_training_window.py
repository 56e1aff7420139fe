"""Training in the window, with its progress and its growing curve in sight, beside the same training by itself.

Prints epochs a second of both, and how long the window is away between two turns of its event loop.
Run from the project's root: ``xvfb-run -a python -m tests.benchmarks.bench_training_window``.
"""

from __future__ import annotations

import time
from itertools import pairwise
from statistics import median, quantiles

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from core.epoch.training import Training
from core.sources.opening import open_source
from core.sources.source import SHEETS
from gui.workbench.workbench import Workbench
from tests.benchmarks.bench_step import settle, workbench

EPOCHS = 100_000


def alone(name: str) -> float:
    """Seconds that training takes where there is no window."""
    source = open_source(name)
    training = Training(source.network, source.parameters, source.rule, source.learning_rate)
    start = time.perf_counter()
    training.run(EPOCHS)
    return time.perf_counter() - start


def in_window(bench: Workbench, name: str) -> tuple[float, list[float]]:
    """Seconds until the window stands at the last epoch, and the milliseconds between turns of its event loop."""
    bench.model.open(open_source(name))
    bench.window.show_dock("loss")
    wait, turns = QEventLoop(), [time.perf_counter()]
    timer = QTimer(interval=0)
    timer.timeout.connect(lambda: turns.append(time.perf_counter()))
    bench.model.training_ended.connect(wait.quit)
    timer.start()
    start = time.perf_counter()
    bench.model.jump_to_epoch(EPOCHS)
    turns[0] = time.perf_counter()
    wait.exec()
    taken = time.perf_counter() - start
    timer.stop()
    return taken, [1000 * (after - before) for before, after in pairwise(turns)]


def main() -> None:
    """Both sheets."""
    application = QApplication([])
    application.setStyle("Fusion")
    bench = workbench(open_source(SHEETS[0]))
    settle(application)
    for name in SHEETS:
        bare = alone(name)
        taken, gaps = in_window(bench, name)
        settle(application)
        print(
            f"sheet {name}, {EPOCHS:,} epochs: {EPOCHS / bare:,.0f} a second alone, {EPOCHS / taken:,.0f} in the window"
        )
        print(f"    {taken / bare:.2f} times as long")
        p95 = quantiles(gaps, n=20)[-1]
        print(f"    between turns: median {median(gaps):.1f} ms, p95 {p95:.1f}, longest {max(gaps):.1f}")
    bench.window.deleteLater()
    settle(application)


if __name__ == "__main__":
    main()
