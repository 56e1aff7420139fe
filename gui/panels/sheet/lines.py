"""What the Sheet panel shows: every printed number beside the computed one, as far as the cursor has come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

import numpy as np

from core.epoch.epoch import Epoch, run_epoch
from core.epoch.training import Training
from core.network.network import Network
from core.network.symbols import meaning_in, parse, text
from core.program.cursor import Cursor
from core.program.program import Address, Phase, Program
from core.sources.worksheets import VERDICT_MARKS, LaterLoss, Printed, Section, Verdict, Worksheet, verdict
from core.steps.formulas import formula
from core.writing.form import NumberFormat, exact
from gui.debugger.view import View

PRINTED_FORM = NumberFormat()  # the sheets print four decimals
Judgement = Verdict | Literal["not determined"]
_MARKS: dict[str, str] = {**VERDICT_MARKS, "not determined": "?"}
_SHORT: dict[Judgement, str] = {"one unit off": "1 off", "not determined": "unsure"}
_TO_PREDICT = "…"
CHANGED = "changed"  # where a number is changed or held, the sheet no longer applies
LATER = "later"  # where the label names the epoch
JUDGEMENTS: tuple[Judgement, ...] = ("equal", "one unit off", "differs", "not determined")


def placed(place: str, *, short: bool = False) -> str:
    """Where a number will appear: ``at step 12``, in short ``step 12``."""
    return place.split(" ", 1)[-1] if short else place


def judged(judgement: Judgement | None, *, short: bool = False) -> str:
    """A verdict with its mark: ``≈ one unit off``, in short ``≈ 1 off``; empty where there is none yet."""
    if judgement is None:
        return ""
    return f"{_MARKS[judgement]} {_SHORT.get(judgement, judgement) if short else judgement}"


@dataclass(frozen=True, slots=True)
class Line:
    """One printed number and its place.

    *label*: its symbol; *entry*: the letter or number of its entry, empty where there is one. *address*: the step
    that makes it, at *cursor*. *source*: what the sheet prints. *value*, *judgement*: the number as computed, and how
    it compares; None for the losses of later epochs, which only training finds.
    """

    label: str
    entry: str
    address: Address
    cursor: Cursor
    source: Printed | LaterLoss
    value: float | None = None
    judgement: Verdict | None = None

    @property
    def symbol(self) -> str:
        """The symbol whose value it is."""
        return self.source.symbol if isinstance(self.source, Printed) else "L"

    @property
    def printed(self) -> str:
        """The number as the sheet prints it."""
        return PRINTED_FORM(self.source.value)

    @property
    def places(self) -> tuple[str, str]:
        """Where it will be computed, seen from its own epoch and from an earlier one."""
        return f"at step {self.cursor.position:,}", f"in epoch {self.cursor.epoch:,}"

    @property
    def name(self) -> str:
        """The number for a sentence: ``ŷ₃[4]``, ``loss at epoch 100``."""
        return self.source.label


@dataclass(frozen=True, slots=True)
class Group:
    """A section of the sheet with the numbers that it prints of one epoch."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """How a line stands at the cursor.

    *computed*: None while its step is to come, and *place* then says where that is. *judgement*: empty until then.
    *current*: whether the step at the cursor makes it. *printed*: what the sheet prints, unless it is to be predicted.
    """

    computed: float | None
    place: str
    judgement: Judgement | None
    current: bool
    printed: str


@dataclass(frozen=True, slots=True, eq=False)
class Checker:
    """The numbers of one worksheet under one training, to be shown at any position of the cursor."""

    training: Training
    program: Program
    groups: tuple[Group, ...]

    @classmethod
    def made(cls, worksheet: Worksheet, training: Training, program: Program) -> Checker:
        """The numbers of *worksheet* under *training*."""
        epochs = _epochs(training, max(printed.epoch for printed in worksheet.printed))
        return cls(training, program, tuple(_groups(worksheet, program, epochs)))

    def fits(self, view: View) -> bool:
        """Whether it still holds for *view*."""
        return self.training is view.training and self.program is view.program

    def shown(self, view: View) -> tuple[tuple[Shown, ...], ...]:
        """How all lines stand at the cursor of *view*, by group."""
        return tuple(tuple(self._line(line, view) for line in group.lines) for group in self.groups)

    def section(self, view: View) -> int | None:
        """The group of the section of the sheet that the step at the cursor of *view* belongs to."""
        if view.source.worksheet is None:
            return None
        epoch, address = view.cursor.epoch, view.step.address
        title = _title(view.source.worksheet.section_of(epoch, address), epoch)
        return next((index for index, group in enumerate(self.groups) if group.title == title), None)

    def _line(self, line: Line, view: View) -> Shown:
        cursor, source = view.cursor, line.source
        current = cursor == line.cursor
        reached = line.cursor <= cursor
        predicted = not reached and (view.state.predicts or line.cursor in view.state.concealed)
        printed = _TO_PREDICT if predicted else line.printed
        if isinstance(source, LaterLoss):
            # What training has run past stays known, also after going back.
            if not reached and view.training.reached <= source.epoch:
                return Shown(None, LATER, None, current, printed)
            value = source.computed(view.training.losses)
            judgement: Judgement = verdict(source.value, value) if source.determined else "not determined"
            if judgement != "equal" and view.was_changed_by(source.epoch):
                return Shown(None, CHANGED, None, current, line.printed)
            return Shown(value, "", judgement, current, line.printed)
        if not reached:
            return Shown(None, line.places[line.cursor.epoch > cursor.epoch], None, current, printed)
        if line.judgement == "differs" and view.was_changed_by(line.cursor.epoch):
            return Shown(None, CHANGED, None, current, printed)
        return Shown(line.value, "", line.judgement, current, printed)


def counted(shown: tuple[tuple[Shown, ...], ...], checker: Checker) -> str:
    """``118 of 119 checked so far: 105 equal, 13 one unit off, 0 differ.`` The losses of later epochs do not count."""
    found = [
        state
        for group, states in zip(checker.groups, shown, strict=True)
        for line, state in zip(group.lines, states, strict=True)
        if isinstance(line.source, Printed)
    ]
    verdicts = Counter(state.judgement for state in found if state.judgement is not None)
    checked = f"{verdicts.total()} of {len(found)} checked so far"
    if not verdicts:
        return f"{checked}."
    return (
        f"{checked}: {verdicts['equal']} equal, {verdicts['one unit off']} one unit off, "
        f"{verdicts['differs']} differ{'s' if verdicts['differs'] == 1 else ''}."
    )


def explained(line: Line, shown: Shown, view: View) -> str:
    """All there is to say about a line: both numbers, the computed one in full, and where it is made."""
    title = formula(view.network, view.epoch.rule, line.address).title
    place = f"Epoch {line.cursor.epoch:,}, step {line.cursor.position:,}: {title}. Click to go there."
    if shown.computed is None:
        return f"{line.name}: the sheet prints {shown.printed}; computed {shown.place}.\n{place}"
    unsure = "\nThe printed inputs do not determine this figure: by then the training is chaotic."
    return (
        f"{line.name} = {exact(shown.computed)}; the sheet prints {line.printed}: {shown.judgement}."
        f"{unsure if shown.judgement == 'not determined' else ''}\n{place}"
    )


def _epochs(training: Training, last: int) -> list[Epoch]:
    """Epochs 1 … *last*, by the arithmetic of stepping, without moving the training's own."""
    found: list[Epoch] = []
    parameters = training.changes.parameters(training.initial, 1)
    with np.errstate(all="ignore"):  # a learning rate that diverges is shown, not an error
        for number in range(1, last + 1):
            network = training.network_of(number)
            found.append(run_epoch(network, parameters, training.rule, training.learning_rate, number))
            parameters = training.changes.parameters(found[-1].updated, number + 1)
    return found


def _groups(worksheet: Worksheet, program: Program, epochs: list[Epoch]) -> Iterator[Group]:
    def place(printed: Printed) -> tuple[int, int]:
        return printed.epoch, worksheet.sections.index(printed.section)

    for (epoch, index), numbers in groupby(sorted(worksheet.printed, key=place), key=place):
        lines = tuple(_line(printed, epochs[epoch - 1], program) for printed in numbers)
        yield Group(_title(worksheet.sections[index], epoch), lines)
    total = Address(Phase.FORWARD, "L")
    for minimum, losses in groupby(worksheet.later, key=lambda later: later.minimum):
        lines = tuple(
            Line(f"{later.epoch:,}", "", total, Cursor(later.epoch, program.position(total)), later) for later in losses
        )
        yield Group("Smallest loss up to epoch" if minimum else "Loss at epoch", lines)


def _title(section: Section, epoch: int) -> str:
    title = f"{section.number}  {section.title}".strip()
    return title if epoch == 1 else f"Epoch {epoch} · {title}"


def _line(printed: Printed, epoch: Epoch, program: Program) -> Line:
    cursor = Cursor(printed.epoch, program.place(printed.address))
    value, entry = printed.computed(epoch), _entry(printed, epoch.network)
    return Line(text(printed.symbol), entry, printed.address, cursor, printed, value, verdict(printed.value, value))


def _entry(printed: Printed, network: Network) -> str:
    """The letters of the entry where an axis counts letters, else its number; nothing on axes of length one."""
    axes = meaning_in(parse(printed.symbol).name, network).axes
    sizes = {**network.sizes, "D": network.embedding_size or 0}
    parts = (
        network.alphabet[index] if network.is_of_letters(axis) else str(index + 1)
        for axis, index in zip(axes, printed.entry, strict=True)
        if sizes[axis] > 1
    )
    return ", ".join(parts)
