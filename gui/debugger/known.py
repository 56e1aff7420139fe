"""How far the forward pass is computed: what panels that show all timesteps ask of a view."""

from __future__ import annotations

from core.program.program import Address, Phase
from gui.debugger.view import View


def timesteps_known(view: View, stage: str) -> int:
    """For how many timesteps, counted from the first, the steps up to the cursor have made *stage* or begun it."""
    T, address = view.network.T, view.step.address
    if address.phase is not Phase.FORWARD or not address.indices or _is_past(view, stage, T):
        return T
    if not _is_past(view, stage, 1):
        return 0
    # Some are known and some are not, so the cursor stands in the timestep that makes the difference.
    t = address.indices[0]
    return t if _is_past(view, stage, t) else t - 1


def scores_known(view: View) -> tuple[int, int]:
    """The attention scores so far: the timesteps begun, and how many scores the last of them has."""
    t, address = timesteps_known(view, "A"), view.step.address
    is_score = address.phase is Phase.FORWARD and address.quantity == "A"
    return t, address.indices[1] if is_score else t


def _is_past(view: View, stage: str, t: int) -> bool:
    return view.is_past(view.program.nearest(Address(Phase.FORWARD, stage, (t, 1) if stage == "A" else (t,))))
