"""Predictions of a result before it is shown: a number or only its sign, judged, and a score by kind of step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from core.answers.answer import answer
from core.answers.closeness import shapes
from core.answers.said import Answer
from core.network.arrays import Array
from core.network.network import Network
from core.network.symbols import meaning
from core.program.program import Address, Phase
from core.slips.case import RETRAINED_AT_ONCE, Case
from core.writing.notation import read

_SIGNS = {"+": 1, "-": -1, "−": -1, "–": -1, "0": 0}
_SIGN_WORDS = {1: "positive", -1: "negative", 0: "zero"}


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a prediction went.

    *kind*: of step, for the score. *right*: whether the number agrees, or the sign; None where it is too coarse to
    tell, or rounding on the way may be all that differs. *words*: of a sign. *answer*: of a number, what there is to
    say of it, else None.
    """

    kind: str
    right: bool | None
    words: str = ""
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """How many predictions were right, of how many, by kind of step."""

    counts: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def after(self, judgement: Judgement) -> Score:
        """The score with one more prediction; one that is neither right nor wrong does not count."""
        if judgement.right is None:
            return self
        right, all_ = self.counts.get(judgement.kind, (0, 0))
        return Score({**self.counts, judgement.kind: (right + judgement.right, all_ + 1)})

    def of(self, kind: str) -> str:
        """``h: 3 of 4``, empty where none was made."""
        right, all_ = self.counts.get(kind, (0, 0))
        return f"{kind}: {right} of {all_}" if all_ else ""

    @property
    def text(self) -> str:
        """All kinds, a line each."""
        return "\n".join(self.of(kind) for kind in self.counts)


def judge_prediction(case: Case, text: str, entry: tuple[int, int] = (0, 0)) -> Judgement:
    """How *text* does as a prediction of the step of *case*; `core.writing.numerals.NotationError` if it is neither.

    A sign alone is about the number that is followed: the *entry* (0-based) of a vector or matrix.
    """
    value, kind = case.right.value(case.address), kind_of(case.address, case.network)
    sign = _SIGNS.get(text.strip())
    if sign is not None:
        true = np.sign(_followed(value, entry))
        if np.isnan(true):  # training diverged
            return Judgement(kind, right=False, words="It is not a number.")
        words = f"It is {_SIGN_WORDS[true]}." if sign != true else f"Right: it is {_SIGN_WORDS[true]}."
        return Judgement(kind, bool(sign == true), words)
    at_once = replace(case, retrains=case.epoch <= RETRAINED_AT_ONCE)
    found = answer(at_once, read(text, *shapes(value)), entry)
    undecided = found.kind == "too coarse" or found.by_rounding
    return Judgement(kind, None if undecided else found.kind == "agrees", answer=found)


def kind_of(address: Address, network: Network) -> str:
    """The kind of a step, for the score: ``h``, ``terms of ∂L/∂W``, ``sums``, ``updates``."""
    if address.phase in (Phase.CLIP, Phase.UPDATE):
        return "updates" if address.phase is Phase.UPDATE else "clips"
    if address.is_sum:
        return "sums"
    if address.is_term_of(network):
        return f"terms of ∂L/∂{address.quantity}"
    if address.phase is Phase.BACKWARD:
        return "∂L/∂Ω"
    return meaning(address.quantity).text


def _followed(value: Array, entry: tuple[int, int]) -> float:
    return float(value[entry[: value.ndim]])
