"""What nobody can come back to is let go: of another network nothing is kept once every panel shows the new one."""

from __future__ import annotations

import gc
import weakref

from core.program.program import Address, Phase
from core.watching.stop import AtKind
from tests.gui.driving import wait_until


def look_around(window):
    """At steps of several kinds, and in every panel."""
    for position in range(2, window.length, 25):
        window.go_to(position)
    for name in window.shell.docks:
        window.front(name)


def test_of_a_network_that_was_left_no_training_is_kept(window):
    window.reset("embedding")
    for way in ("terms", "timesteps"):
        window.bench.model.set_way(way)
        window.bench.model.jump(Address(Phase.BACKWARD, "W"))
        look_around(window)
    window.bench.stopping.toggle(AtKind("softmax"))
    for name in ("start", "run"):
        window.press(name)
    wait_until(lambda: not window.bench.stopping.runner.is_running)
    left = weakref.ref(window.bench.model.view.training)
    window.reset("attention")
    look_around(window)
    gc.collect()
    assert left() is None
