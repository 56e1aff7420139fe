"""Why a command can not be given now, in words: of each a pure function of the moment; "" where it can."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.program.cursor import Command

if TYPE_CHECKING:
    from gui.debugger.view import View


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """What decides which commands can be given.

    *view*: what is shown. *goal*: the epoch that training leads to, None where none is under way. *undone*, *redone*:
    what Undo and Redo would change, "" where there is nothing. *is_largest*, *is_smallest*: whether everything is as
    large, or as small, as it can be.
    """

    view: View
    goal: int | None = None
    undone: str = ""
    redone: str = ""
    is_largest: bool = False
    is_smallest: bool = False


Reason = Callable[[Moment], str]


def never(_moment: Moment) -> str:
    """It can always be given."""
    return ""


def while_training(moment: Moment) -> str:
    """Nothing moves the cursor while an epoch is trained."""
    if moment.goal is None:
        return ""
    return f"Epoch {moment.goal:,} is being trained: wait, or press Cancel in the toolbar"


def leads_nowhere(command: Command, moment: Moment) -> str:
    """*command* would lead to where one is."""
    if moment.goal is not None or command in moment.view.possible:
        return while_training(moment)
    return _NOWHERE[command]


_AT_FIRST = "This is the first step of the epoch"
_AT_LAST = "This is the last step of the epoch: Step leads into the next one"
_NOWHERE: Mapping[Command, str] = {
    Command.BACK: "This is the first step of the first epoch",
    Command.OVER: _AT_LAST,
    Command.OUT: _AT_LAST,
    Command.NEXT_GROUP: _AT_LAST,
    Command.END: _AT_LAST,
    Command.OVER_BACK: _AT_FIRST,
    Command.OUT_BACK: _AT_FIRST,
    Command.PREVIOUS_GROUP: _AT_FIRST,
    Command.START: _AT_FIRST,
    Command.PREVIOUS_EPOCH: "This is the first epoch",
}


def nowhere_back(moment: Moment) -> str:
    """There is no place to return to."""
    return while_training(moment) or ("" if moment.view.can_go_back else "No move of more than one step led here")


def nowhere_forth(moment: Moment) -> str:
    """There is no place that going back has left."""
    return while_training(moment) or ("" if moment.view.can_go_forth else "Previous place was not used just before")


def nowhere_to_run_back(moment: Moment) -> str:
    """There is nothing before the first step."""
    is_first = moment.view.cursor.epoch == moment.view.cursor.position == 1
    return while_training(moment) or (_NOWHERE[Command.BACK] if is_first else "")


def no_result(moment: Moment) -> str:
    """The step of a letter computes nothing."""
    is_given = moment.view.step.address.quantity == "letter"
    return "The letters are given: this step computes no number" if is_given else ""


def nothing_changed(moment: Moment) -> str:
    """Every number is as it was given or computed."""
    return while_training(moment) or ("" if moment.view.state.changes else "No number is changed, and none held")


def nothing_to_undo(moment: Moment) -> str:
    """There is no edit."""
    return "" if moment.undone else "Nothing was opened or set that could be taken back; Back goes back a step"


def nothing_to_redo(moment: Moment) -> str:
    """There is no edit that was taken back."""
    return "" if moment.redone else "Nothing was taken back"


def largest(moment: Moment) -> str:
    """There is no larger size."""
    return "Everything is as large as it can be" if moment.is_largest else ""


def smallest(moment: Moment) -> str:
    """There is no smaller size."""
    return "Everything is as small as it can be" if moment.is_smallest else ""
