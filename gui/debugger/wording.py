"""What the toolbar and the status bar say of a view: pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.network.symbols import subscript
from core.program.cursor import Command, Cursor, move
from core.program.program import Phase, Program
from core.watching.stop import Stop
from core.watching.stops import text
from gui.debugger.labels import gradient_text
from gui.debugger.view import View

if TYPE_CHECKING:
    from core.watching.searching import Found

_PHASES = {Phase.FORWARD: "forward", Phase.BACKWARD: "backward", Phase.CLIP: "update", Phase.UPDATE: "update"}


def stepping_labels(view: View) -> dict[str, str]:
    """Where the buttons lead, by action id: ``Finish L₃``, ``Finish ∂L/∂W``."""
    program, cursor = view.program, view.cursor
    labels = {"over": "Finish block", "out": "Finish phase"}
    if Command.OVER in view.possible:
        over = move(program, cursor, Command.OVER)
        labels["over"] = f"Finish {_block_name(program, over)}{_of(program, cursor, over)}"
    if Command.OUT in view.possible:
        labels["out"] = f"Finish {_outer_name(program, move(program, cursor, Command.OUT))}"
    return labels


def _of(program: Program, here: Cursor, there: Cursor) -> str:
    """Of another gradient than the present one, its name."""
    name = program[there.position].quantity
    at = program[there.position]
    if at.phase is not Phase.BACKWARD or name == program[here.position].quantity or program.way == "timesteps":
        return ""
    return f" of ∂L/∂{'Ω' if name == 'Omega' else name}"


def place(view: View) -> str:
    """Where the cursor stands: ``Epoch 1 · backward · step 62 of 121``."""
    phase = _PHASES[view.step.address.phase]
    return f"Epoch {view.cursor.epoch:,}  ·  {phase}  ·  step {view.cursor.position:,} of {len(view.program):,}"


def _block_name(program: Program, cursor: Cursor) -> str:
    address = program[cursor.position]
    if address.phase is Phase.FORWARD:
        return f"t = {address.indices[0]}" if address.indices else "total loss"
    if address.phase is Phase.CLIP:
        return "norm" if address.quantity == "norm" else f"clip of {gradient_text(address.quantity)}"
    if address.phase is Phase.UPDATE:
        return f"{address.quantity} new"
    if not address.indices:
        return "sum"
    if program.way == "timesteps":
        name = "" if address.quantity in program.adjoints else f"{address.quantity} at "
        return f"{name}t = {address.indices[0]}"
    return f"L{subscript(address.indices[0])}"


def _outer_name(program: Program, cursor: Cursor) -> str:
    address = program[cursor.position]
    if address.phase is Phase.BACKWARD and program.way == "timesteps" and address.quantity in program.adjoints:
        return "way back"
    if address.phase is Phase.BACKWARD:
        return f"∂L/∂{'Ω' if address.quantity == 'Omega' else address.quantity}"
    return _PHASES[address.phase]


def arrived(found: Found, stops: Sequence[Stop], program: Program, start: Cursor) -> str:
    """Why running from *start* ended where it did."""
    epoch, position = found.cursor.epoch, found.cursor.position
    where = f"step {position:,}" + (f" of epoch {epoch:,}" if epoch != start.epoch else "")
    if found.which:
        return f"Stopped at {where}: {', '.join(text(stops[which]) for which in found.which)}"
    if position == len(program) and found.cursor >= start:
        return f"No stop up to the end of epoch {epoch:,}"
    if position == 1 and found.cursor <= start:
        return f"No stop back to the start of epoch {epoch:,}"
    return f"Run to {where}"


HIDDEN = "The result of this step is hidden: predict it, or reveal it."
