"""The table of slips: what learners do wrongly on the way to a number, what should be done, and how that computes.

Beside these stand the five switches of the rule (`core.slips.rules`) and rounding on the way. A slip that changes
no digit of a step is not claimed there. How common a slip is decides how much must speak for it.
"""

from __future__ import annotations

from core.slips.case import Slip
from core.slips.states_and_scores import ATTENTION, OUTPUT, STATES
from core.slips.sums_and_updates import SUMS, UPDATES
from core.slips.way_back import BACK, BESIDE, ERRORS, SLOPES

SLIPS: tuple[Slip, ...] = (*STATES, *ATTENTION, *OUTPUT, *ERRORS, *SLOPES, *BACK, *BESIDE, *SUMS, *UPDATES)
