"""How long the window takes to appear, beside a bare one: prints both, from the start of the process, and a ratio.

Run from the project's root: ``xvfb-run -a python -m tests.benchmarks.bench_start``.
"""

from __future__ import annotations

import subprocess
import sys
import time
from statistics import median

RUNS = 15

BARE = """
import sys, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow

class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        QTimer.singleShot(0, painted)

def painted():
    print("painted", time.time(), flush=True)
    application.exit()

application = QApplication(sys.argv)
window = Window()
window.setCentralWidget(QLabel("bare"))
window.resize(1440, 900)
window.show()
application.exec()
"""

OURS = """
import time
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from core.commands.cli import parse
from gui import app
from gui.window.main_window import MainWindow

class Watch(QObject):  # of the formula alone: one of the application is asked about all else, which counts as the start
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            print("formula", time.time(), flush=True)  # as its painting begins, which takes few milliseconds
            QTimer.singleShot(0, QCoreApplication.exit)
        return False

def show(window):
    window.painted.connect(lambda: print("painted", time.time(), flush=True))
    shown(window)

def fill(*arguments):
    workbench = filled(*arguments)
    workbench.formula.symbols.installEventFilter(watch)
    return workbench

watch, shown, filled = Watch(), MainWindow.show, app.fill
MainWindow.show, app.fill = show, fill
app.run(parse(["attention", "--size", "1440x900"]))
"""


def seconds(program: str) -> dict[str, float]:
    """What *program* says was painted, in seconds since its process was started."""
    start = time.time()
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    return {name: float(at) - start for name, at in map(str.split, said.splitlines())}


def main() -> None:
    """Start both in turns and compare the medians."""
    seconds(BARE), seconds(OURS)  # files that were never read would count against whichever comes first
    runs = [(seconds(BARE), seconds(OURS)) for _ in range(RUNS)]
    bare = median(plain["painted"] for plain, _ in runs)
    shell, formula = (median(ours[name] for _, ours in runs) for name in ("painted", "formula"))
    print(f"median of {RUNS} starts of each, from the start of the process")
    print(f"bare window painted: {bare:.2f} s")
    print(f"shell painted: {shell:.2f} s, {shell / bare:.2f} times that")
    print(f"first formula painted: {formula:.2f} s, {formula / bare:.2f} times that")


if __name__ == "__main__":
    main()
