"""How long the window takes to follow a slider: the step first, then all panels and the losses of the next epochs.

In milliseconds of the processor, which no other program's load changes.

Run from the project's root: ``xvfb-run -a python -m tests.benchmarks.bench_what_if``.
"""

from __future__ import annotations

import random
import time

from core.network.number import Number
from core.program.program import Address, Phase
from core.sources.opening import open_source
from core.sources.source import SHEETS, Source
from tests.benchmarks.bench_step import SIZE, Application, line, settle, workbench

MOVES = 60
PLACES = (Address(Phase.FORWARD, "h", (2,)), Address(Phase.BACKWARD, "W"), Address(Phase.UPDATE, "W"))


def slide(application: Application, source: Source, number: Number, *, moves: int = MOVES) -> None:
    """Move the slider of *number* over and over, and print how long it takes until what is painted."""
    bench, draw = workbench(source), random.Random(1)
    bench.model.set_way("terms")
    for address in PLACES:
        bench.model.jump(address)
        settle(application)
        what_if, card = bench.what_if, bench.what_if.card
        what_if.change(number)
        settle(application)
        steps, wholes = [], []
        for _ in range(moves):
            begun, view = time.process_time(), bench.model.view
            card.slider.setValue(draw.randrange(card.slider.maximum()))
            while bench.model.view is view:  # the slider is painted first
                application.processEvents()
            bench.formula.repaint()
            steps.append(1000 * (time.process_time() - begun))
            while bench._at_rest.isActive() or what_if._ahead.isActive():
                application.processEvents()
            application.processEvents()
            wholes.append(1000 * (time.process_time() - begun))
        what_if.put_back()
        name = f"{source.name}, {address.phase.name.lower()} {address.quantity}, {number.symbol}"
        print(line(f"{name}: step", steps))
        print(line(f"{name}: all, with the losses of 1,000 epochs", wholes))
    bench.window.close()


def main() -> None:
    """Both sheets, then a long text, whose later epochs wait for the hand to rest."""
    application = Application([])
    application.setStyle("Fusion")
    print(f"window {SIZE[0]}×{SIZE[1]}, {MOVES} moves of the slider each")
    for name in SHEETS:
        for number in (Number("W", (0, 0)), Number("h[1]", (0,))):
            slide(application, open_source(name), number)


if __name__ == "__main__":
    main()
