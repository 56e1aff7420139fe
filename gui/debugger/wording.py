"""What the toolbar and the status bar say of a view: pure functions."""

from __future__ import annotations

from core.network.symbols import subscript
from core.program.cursor import Command, Cursor, move
from core.program.program import Phase, Program
from gui.debugger.view import View

_PHASES = {Phase.FORWARD: "forward", Phase.BACKWARD: "backward", Phase.UPDATE: "update"}


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


HIDDEN = "The result of this step is hidden: predict it, or reveal it."
