"""What an epoch keeps of what was last asked about it, so that the next step need not work it out again."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, TypeVar, TypeVarTuple

if TYPE_CHECKING:
    from core.epoch.epoch import Epoch

_Asked = TypeVarTuple("_Asked")
_Answer = TypeVar("_Answer")


def latest(function: Callable[[Epoch, *_Asked], _Answer]) -> Callable[[Epoch, *_Asked], _Answer]:
    """*function*, whose latest answer each epoch keeps, and which dies with the epoch.

    It saves time and changes no bit: what is asked is compared as a whole, and an answer is never changed. Question
    and answer are put down together, since a window and a thread may both ask: at worst both work it out.
    """

    @wraps(function)
    def answer(epoch: Epoch, *asked: *_Asked) -> _Answer:
        known = epoch.kept.get(function)
        if known is None or known[0] != asked:
            known = asked, function(epoch, *asked)
            epoch.kept[function] = known
        found: _Answer = known[1]
        return found

    return answer
