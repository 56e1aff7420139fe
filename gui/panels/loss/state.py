"""What the Loss panel shows of a view: pure, nothing drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.epoch.training import Training
from core.network.arrays import Array
from core.network.number import Number
from core.program.cursor import Cursor
from core.program.program import Address, Phase
from core.sources.worksheets import VERDICT_MARKS, Worksheet, verdict
from core.writing.form import NumberFormat, exact
from gui.debugger.view import View
from gui.widgets.parts.fact import Fact
from gui.widgets.plots.line_picture import NONE, Line, Ring

_TOTAL = Address(Phase.FORWARD, "L")
_TO_COME = "○"


@dataclass(frozen=True, slots=True, eq=False)
class Losses:
    """The losses known at a cursor.

    *training*: whose they are. *plain*: that without the changes. *line*: them and the sheet's. *summary*: in words.
    *facts*: the list beside, *leads*: the epochs that its lines lead to, by index. *step*: of each epoch, where its
    loss is complete.
    """

    training: Training
    plain: Training
    line: Line
    summary: str
    facts: tuple[Fact, ...]
    leads: dict[int, int]
    form: NumberFormat
    step: int

    def point(self, index: int) -> str:
        """``epoch 57, step 23: 5.1234``."""
        return _point(index, self.step, self.form(float(self.line.y[index])))

    def symbol(self, index: int) -> str:
        """What is lit everywhere for a point: the loss of the current epoch, of no other; -1 is no point."""
        return "L" if 0 <= index == self.line.current else ""


def _point(index: int, step: int, text: str) -> str:
    return f"epoch {index + 1:,}, step {step:,}: {text}"


@dataclass(frozen=True, slots=True)
class PrintedLoss:
    """A loss that the sheet prints.

    *minimum*: the smallest of all epochs up to this one. *determined*: the printed inputs decide it.
    """

    epoch: int
    value: float
    minimum: bool = False
    determined: bool = True

    def computed(self, y: Array) -> float:
        """The same figure from the losses *y* of epochs 1, 2, …"""
        return float(np.min(y[: self.epoch]) if self.minimum else y[self.epoch - 1])

    def words(self, y: Array, form: NumberFormat) -> str:
        """What the sheet prints, and how it compares."""
        what = f"a smallest loss of {self.value:.4f} up to" if self.minimum else f"{self.value:.4f} at"
        judged = verdict(self.value, self.computed(y))
        found = "" if judged == "equal" else f", computed {form(self.computed(y))}"
        unsure = "" if self.determined else "; the printed inputs do not determine it"
        return f"the sheet prints {what} epoch {self.epoch:,}: {judged}{found}{unsure}"


def losses(view: View, before: Losses | None = None) -> Losses:
    """The losses known at the cursor of *view*; *before* lends its arrays where they are the same."""
    training, epoch, form = view.training, view.cursor.epoch, view.form
    known = epoch if _is_predicted(view) else training.reached
    if known == epoch and not view.is_past(_TOTAL):
        known -= 1
    step = view.program.position(_TOTAL)
    if known == 0:
        words = f"The loss of epoch 1 is complete at step {step:,}. Each epoch adds a point: Ctrl+G runs to an epoch."
        return Losses(training, view.plain, Line(NONE, NONE), words, (), {}, form, step)
    x, y = (before.line.x, before.line.y) if before is not None and before.training is training else (NONE, NONE)
    if len(y) != known:
        # While training runs they are many, and most of them were here before.
        x, y = np.arange(1.0, known + 1), np.concatenate([y[:known], training.losses[len(y) : known]])
    prints = printed_losses(view.source.worksheet)
    current = epoch - 1 if epoch <= known else None
    label = f"epoch {epoch:,}: {form(float(y[current]))}" if current is not None else ""
    rings = tuple(
        Ring(p.epoch, p.value, p.words(y, form), 1 if p.minimum else None) for p in prints if p.epoch <= known
    )

    past = _before(view, known, before)

    def tip(index: int) -> str:
        said = f"{_point(index, step, form(float(y[index])))}\nin full {exact(float(y[index]))}"
        return f"{said}\nwithout the change {form(float(past[index]))}" if index < len(past) else said

    facts, leads = _facts(view, y, prints)
    line = Line(x, y, current, label, rings, tip, lambda index: Number("L", (), index + 1), past)
    return Losses(training, view.plain, line, _summary(y, form), facts, leads, form, step)


def _before(view: View, known: int, before: Losses | None) -> Array:
    """The losses without the changes, as far as they are known, of no more epochs than *known*."""
    count = min(view.plain.reached, known) if view.plain is not view.training else 0
    if not count:
        return NONE
    if before is not None and before.plain is view.plain and len(before.line.before) == count:
        return before.line.before
    return np.array(view.plain.losses[:count])


def _is_predicted(view: View) -> bool:
    """Whether losses that come later are not to be told, even of epochs that were trained before."""
    total = Cursor(view.cursor.epoch, view.program.position(_TOTAL))
    return view.state.predicts or (total in view.state.concealed and not view.is_past(_TOTAL))


def printed_losses(worksheet: Worksheet | None) -> list[PrintedLoss]:
    """Every total loss that the sheet prints."""
    if worksheet is None:
        return []
    totals = [PrintedLoss(p.epoch, p.value) for p in worksheet.printed if p.symbol == "L"]
    return totals + [PrintedLoss(p.epoch, p.value, p.minimum, p.determined) for p in worksheet.later]


def _lowest(y: Array) -> int:
    return int(np.argmin(np.where(np.isfinite(y), y, np.inf)))


def _diverged(y: Array) -> int:
    """The first epoch whose loss is not finite, 0 where there is none."""
    finite = np.isfinite(y)
    return 0 if finite.all() else int(np.argmin(finite)) + 1


def _summary(y: Array, form: NumberFormat) -> str:
    lowest = _lowest(y)
    parts = [f"diverged at epoch {_diverged(y):,}"] if _diverged(y) else []
    if np.isfinite(y[lowest]):
        parts.append(f"lowest {form(float(y[lowest]))} at epoch {lowest + 1:,}")
    return " · ".join(parts)


def _facts(view: View, y: Array, prints: list[PrintedLoss]) -> tuple[tuple[Fact, ...], dict[int, int]]:
    form, epoch = view.form, view.cursor.epoch
    facts: list[Fact] = []
    leads: dict[int, int] = {}
    if epoch <= len(y):
        value = float(y[epoch - 1])
        facts.append(Fact(f"▶ epoch {epoch:,}", form(value), exact(value), "accent"))
    else:
        step = view.program.position(_TOTAL)
        facts.append(Fact(f"▶ epoch {epoch:,}", f"at step {step:,}", "Its total loss is not computed yet", "accent"))
    lowest = _lowest(y)
    if np.isfinite(y[lowest]):
        leads[len(facts)] = lowest + 1
        value = float(y[lowest])
        facts.append(Fact(f"lowest, epoch {lowest + 1:,}", form(value), f"{exact(value)}: go there", leads=True))
    if _diverged(y):
        words = f"The loss diverged at epoch {_diverged(y):,}: from there it is not a finite number."
        facts.append(Fact(words, style="note"))
    if prints:
        facts.append(Fact("◇ the sheet prints", style="heading"))
    for p in prints:
        leads[len(facts)] = p.epoch
        if p.epoch <= len(y):
            judged = verdict(p.value, p.computed(y))
            tip, sign = p.words(y, form), VERDICT_MARKS[judged]
            if judged == "differs" and view.was_changed_by(p.epoch):
                tip, sign = "Changed: the sheet no longer applies here", "changed"
        elif p.epoch == epoch:
            tip, sign = f"The loss of this epoch is complete at step {view.program.position(_TOTAL):,}", _TO_COME
        else:
            tip, sign = f"Run to epoch {p.epoch:,}, which has not been reached yet", _TO_COME
        left = f"{'smallest up to' if p.minimum else 'epoch'} {p.epoch:,}"
        printed = "…" if p.epoch > len(y) and _is_predicted(view) else f"{p.value:.4f}"
        facts.append(Fact(left, f"{printed} {sign}", tip, leads=True))
    return tuple(facts), leads
