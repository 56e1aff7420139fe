"""How long a step takes until it is painted, beside a bare window whose one label changes: prints both and a ratio.

Also how many repeats of a held Space the window takes, and how long another zoom and another theme take.

Run from the project's root: ``xvfb-run -a python -m tests.benchmarks.bench_step``.
"""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from functools import partial
from itertools import product
from operator import itemgetter
from statistics import median, quantiles
from unittest.mock import patch

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QWidget

from core.network.network import Network, Parameters
from core.network.rule import EXACT
from core.program.program import Address, Phase
from core.sources.opening import open_source
from core.sources.source import SHEETS, Source
from gui.debugger.view import View
from gui.debugger.ways import WAYS
from gui.look.theme import LIGHT, Theme
from gui.window.main_window import MainWindow
from gui.workbench.settings import Settings
from gui.workbench.workbench import Workbench

SIZE = (1440, 900)
MOST_TURNS = 50  # of the event loop, for layouts to settle before the clock starts
T, K, SIZES = 1000, 27, (64, 128)  # of the long networks, which have attention
JUMPS, WALKS, STEPS = 60, 6, 10
HELD, RATE = 90, 30  # repeats of a held key, and how many come a second
LOOKS = 6  # of each, another zoom and another theme


class Application(QApplication):
    """Counts whose painting takes how long while *parts* is not None: by panel, in seconds.

    *centre*: when what follows the hand was painted last. *frames*: how often the window was painted.
    """

    parts: defaultdict[str, float] | None = None
    centre = 0.0
    frames = 0

    def notify(self, receiver: QObject, event: QEvent) -> bool:
        """Deliver *event*, with an eye on the clock where it paints."""
        if event.type() == QEvent.Type.UpdateRequest and isinstance(receiver, MainWindow):
            self.frames += 1
        if event.type() != QEvent.Type.Paint:
            return super().notify(receiver, event)
        start = time.perf_counter()
        taken = super().notify(receiver, event)
        place = _place(receiver)
        if place in ("formula", "timeline"):
            self.centre = time.perf_counter()
        if self.parts is not None:
            self.parts[f"paint {place}"] += time.perf_counter() - start
        return taken


def _place(receiver: QObject | None) -> str:
    """The panel that *receiver* is in, or what else of the window."""
    while receiver is not None:
        if receiver.property("panel"):
            return str(receiver.property("panel"))
        receiver = receiver.parent()
    return "window"


def long_source(H: int) -> Source:
    """A network with attention over a long text, with small random parameters."""
    draw = np.random.default_rng(1)
    letters = [int(n) for n in draw.integers(0, K, T + 1)]
    alphabet = tuple("abcdefghijklmnopqrstuvwxyz ")
    network = Network(alphabet, tuple(letters[:-1]), tuple(letters[1:]), H, None, attention=True)
    values = {name: draw.normal(0, 0.5 / H**0.5, shape) for name, shape in network.parameter_shapes.items()}
    return Source("long", "long", network, Parameters.checked(network, values), EXACT, 0.01)


def workbench(source: Source) -> Workbench:
    """*source* in a window as the application makes it."""
    theme = Theme(LIGHT)
    window = MainWindow(theme)
    window.resize(*SIZE)
    window.furnish()
    window.show()
    bench = Workbench(source, window, theme, Settings(None, {}))
    bench.furnish()
    for name, panel in bench.panels.items():
        panel.setProperty("panel", name)
    window.toolbar.setProperty("panel", "toolbar")
    return bench


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
    """Until *change* has been laid out and painted, and what waited for that as well."""
    start = time.perf_counter()
    change()
    for _ in range(2):
        application.sendPostedEvents()
        application.processEvents()
    return 1000 * (time.perf_counter() - start)


def line(name: str, times: list[float]) -> str:
    """The figures of one kind of step."""
    return f"{name}: median {median(times):.1f} ms, p95 {quantiles(times, n=20)[-1]:.1f}, largest {max(times):.1f}"


def walk(
    application: Application, bench: Workbench, starts: Iterable[int], steps: int, centre: list[float] | None = None
) -> list[float]:
    """Steps one after the other, so many from each of *starts*; *centre*: until formula, strip and timeline show."""
    times = []
    for start in starts:
        bench.model.go_to_position(start)
        settle(application)
        into = bench.window.actions_by_id["into"].trigger
        for _ in range(steps):
            begun = time.perf_counter()
            times.append(milliseconds(application, into))
            if centre is not None:
                centre.append(1000 * (application.centre - begun))
    return times


def held_space(application: Application, bench: Workbench) -> str:
    """How many of the repeats of a held Space are steps, and how late the last of them is on the screen.

    A repeat has 1000 / `RATE` ms. What it takes of the processor, and that it leaves nothing behind to be painted,
    does not depend on what else the machine does.
    """
    bench.model.go_to_position(1)
    bench.formula.setFocus()
    settle(application)
    begun, late, taking = time.perf_counter(), [], []
    frames, most_frames = application.frames, 0
    for n in range(HELD):
        due = begun + n / RATE
        while time.perf_counter() < due:
            application.processEvents()
        started = time.thread_time()
        asked = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, " ", n > 0)
        asked.ignore()
        application.sendEvent(bench.formula, asked)
        if not asked.isAccepted():  # else it came too fast, and goes nowhere
            bench.window.actions_by_id["into"].trigger()
        for _ in range(2):
            application.processEvents()
        taking.append(1000 * (time.thread_time() - started))
        late.append(1000 * (time.perf_counter() - due))
        most_frames, frames = max(most_frames, application.frames - frames), application.frames
    taken = bench.model.view.cursor.position - 1
    return (
        f"held Space, {RATE} repeats a second: {taken} of {HELD} taken; {line('painted after', late)}\n"
        f"    {line('processor time a repeat', taking)}; the window painted at most {most_frames} times a repeat"
    )


def looks(application: Application, bench: Workbench, actions: tuple[str, str]) -> list[float]:
    """Another zoom or another theme, there and back."""
    settle(application)
    return [
        milliseconds(application, bench.window.actions_by_id[action].trigger)
        for _ in range(LOOKS // 2)
        for action in actions
    ]


def jump(application: Application, bench: Workbench, positions: Iterable[int]) -> list[float]:
    """From one of *positions* to the next."""
    times = []
    for position in positions:
        times.append(milliseconds(application, partial(bench.model.go_to_position, position)))
        settle(application)
    return times


def parts(application: Application, bench: Workbench, steps: Callable[[], list[float]]) -> str:
    """Where the time of *steps* goes: rendering and painting of every panel, in milliseconds a step."""
    counted = application.parts = defaultdict[str, float](float)
    with ExitStack() as rendering:
        for name, panel in bench.panels.items():
            rendered = _counted(panel.render_view, f"render {name}", counted)
            rendering.enter_context(patch.object(panel, "render_view", rendered))
        count = len(steps())
    application.parts = None
    longest = sorted(counted.items(), key=itemgetter(1), reverse=True)[:12]
    return ", ".join(f"{name} {1000 * spent / count:.1f}" for name, spent in longest)


def _counted(render: Callable[[View], None], name: str, counted: dict[str, float]) -> Callable[[View], None]:
    def rendered(view: View) -> None:
        start = time.perf_counter()
        render(view)
        counted[name] += time.perf_counter() - start

    return rendered


def main() -> None:
    """Both sheets step by step, then long networks by jumps and by walks, with a bare window in turns."""
    application = Application([])
    application.setStyle("Fusion")
    base, label = bare()
    plain: list[float] = []

    def label_changes() -> None:
        # In turns, not step by step: the display server would still be busy with the other window.
        settle(application)
        plain.extend(milliseconds(application, partial(label.setText, str(n))) for n in range(100))

    bench = workbench(open_source(SHEETS[0]))
    for name in SHEETS:
        bench.model.open(open_source(name))
        steps = len(bench.model.view.program) - 1
        for run in ("first time, every formula typeset", "second time", "third time"):
            centre: list[float] = []
            print(line(f"sheet {name}, {steps} steps, {run}", walk(application, bench, [1], steps, centre)))
            print(line("    of these, formula, strip and timeline", centre))
            label_changes()
        print("    " + parts(application, bench, partial(walk, application, bench, [1], steps)))
    bench.model.open(open_source(SHEETS[0]))
    print(held_space(application, bench))
    print(line("another zoom", looks(application, bench, ("zoom_in", "zoom_out"))))
    print(line("another theme", looks(application, bench, ("theme_dark", "theme_light"))))
    for H, way in product(SIZES, WAYS):
        bench.model.open(long_source(H))
        bench.model.set_way(way)
        settle(application)
        draw, program = random.Random(1), bench.model.view.program
        positions = [draw.randint(1, len(program) - STEPS) for _ in range(JUMPS)]
        print(f"T = {T}, H = {H}, attention, back {WAYS[way]}, {len(program):,} steps")
        if way == "timesteps":
            positions = [draw.randint(program.backward.first, program.backward.last - STEPS) for _ in range(JUMPS)]
            first = program.position(Address(Phase.BACKWARD, "h", (1,)))
            print(line("    to ∂L/∂h₁ and away", jump(application, bench, [first, 1] * 10)[::2]))
        print(line("    random jumps", jump(application, bench, positions)))
        print("    " + parts(application, bench, partial(jump, application, bench, positions)))
        starts = positions[:WALKS]
        print(line("    steps in order", walk(application, bench, starts, STEPS)))
        print("    " + parts(application, bench, partial(walk, application, bench, starts, STEPS)))
        label_changes()
    print(line("bare window, a label changes", plain))
    bench.window.deleteLater()
    base.deleteLater()
    settle(application)


if __name__ == "__main__":
    main()
