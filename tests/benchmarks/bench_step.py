"""How long a step takes until it is painted, beside a bare window whose one label changes: prints both and a ratio.

Run from the project's root: ``xvfb-run -a python -m tests.benchmarks.bench_step``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median, quantiles

from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QWidget

from core.sources import open_source
from gui.main_window import MainWindow
from gui.settings import Settings
from gui.theme import LIGHT, Theme
from gui.workbench import Workbench

SIZE = (1440, 900)
MOST_TURNS = 50  # of the event loop, for layouts to settle before the clock starts


def workbench() -> Workbench:
    """Sheet A in a window as the application makes it."""
    theme = Theme(LIGHT)
    window = MainWindow(theme)
    window.resize(*SIZE)
    window.furnish()
    window.show()
    return Workbench(open_source("attention"), window, theme, Settings(None, {}))


def bare() -> tuple[QWidget, QLabel]:
    """A window of the same size with one label."""
    window, label = QMainWindow(), QLabel("0")
    window.setCentralWidget(label)
    window.resize(*SIZE)
    window.show()
    return window, label


def settle(application: QApplication) -> None:
    """Process events until nothing is left over from opening a window."""
    for _ in range(MOST_TURNS):
        application.processEvents()


def milliseconds(application: QApplication, change: Callable[[], object]) -> float:
    """Until *change* has been laid out and painted."""
    start = time.perf_counter()
    change()
    application.sendPostedEvents()
    application.processEvents()
    return 1000 * (time.perf_counter() - start)


def line(name: str, times: list[float]) -> str:
    """The figures of one kind of step."""
    return f"{name}: median {median(times):.1f} ms, p95 {quantiles(times, n=20)[-1]:.1f}, largest {max(times):.1f}"


def main() -> None:
    """Step through epoch 1 three times, and change the bare window's label as often after each."""
    application = QApplication([])
    application.setStyle("Fusion")
    base, label = bare()
    bench = workbench()
    settle(application)
    actions, length = bench.window.actions_by_id, len(bench.model.view.program)
    plain: list[float] = []
    for name in ("first time, every formula typeset", "second time", "third time"):
        actions["start"].trigger()
        settle(application)
        ours = [milliseconds(application, actions["into"].trigger) for _ in range(1, length)]
        settle(application)
        # In turns, not step by step: the display server would still be busy with the other window.
        plain += [milliseconds(application, lambda text=str(n): label.setText(text)) for n in range(1, length)]
        print(line(f"sheet A, {length - 1} steps, {name}", ours))
    print(line("bare window, a label changes", plain))
    print(f"a step / a label: {median(ours) / median(plain):.0f}")
    bench.window.deleteLater()
    base.deleteLater()
    settle(application)


if __name__ == "__main__":
    main()
