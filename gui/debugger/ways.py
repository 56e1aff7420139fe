"""The two ways back from one step to the other: where its counterpart is, and what is said where that is another."""

from __future__ import annotations

from core.network.symbols import text
from core.program.program import Address, Phase, Program, Way
from gui.debugger.labels import gradient_text, term_label
from gui.debugger.view import View

WAYS: dict[Way, str] = {"terms": "term by term", "timesteps": "timestep by timestep"}


def other(way: Way) -> Way:
    """The way that *way* is not."""
    return "terms" if way == "timesteps" else "timesteps"


def counterpart(view: View) -> Address | None:
    """The step of the other way that stands for the backward step at the cursor; None at other steps."""
    address, program = view.step.address, view.program
    if address.phase is not Phase.BACKWARD:
        return None
    return program.otherwise(other(program.way)).nearest(address)


def link_text(view: View) -> str:
    """What the link to the counterpart says: where it leads, and which way that is; "" where there is none."""
    there = counterpart(view)
    if there is None:
        return ""
    way = WAYS[other(view.program.way)]
    return f"{way} →" if there == view.step.address else f"{way}: {_name(view.program, there)} →"


def moved(program: Program, before: Address, after: Address) -> str:
    """What is to be said where going back by another way has led from *before* to *after*; "" where they are one."""
    if before == after:
        return ""
    here, there = _name(program, before), _name(program, after)
    if before.is_asked(program.network):
        what = "where it begins" if after.quantity == "Omega" else "a term that goes through it"
        return f"Term by term there is no step {here}. Here is {there}, {what}."
    if len(before.indices) == 1:
        use = f"what the {before.quantity} of t = {before.indices[0]} adds"
        return f"Term by term, {use} is a sum over the losses. Here is its first term: {there}."
    return f"Timestep by timestep there is no step {here}. Here is {there}, a sum that contains it."


def _name(program: Program, address: Address) -> str:
    if address.is_asked(program.network):
        return text(f"dL/d{address.quantity}[{address.indices[0]}]")
    apart = " " if len(address.indices) == 3 else ", "
    return f"{gradient_text(address.quantity)}{apart}{term_label(program.network, address.quantity, address.indices)}"
