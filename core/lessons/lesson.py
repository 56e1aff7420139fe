"""What a lesson is: a network, a step of it, and every choice with which it is shown there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from core.network.changes import NONE, Changes
from core.network.rule import Rule
from core.program.cursor import Cursor
from core.program.program import ForwardOrder, Program, Way
from core.sources.source import Source
from core.watching.stop import AT_FIRST, Stop
from core.writing.form import NumberFormat

# The panels by the names of their docks, and the ways to look at them that are remembered.
PANELS = (
    "program",
    "timeline",
    "parameters",
    "values",
    "attention",
    "watch",
    "why",
    "contributions",
    "loss",
    "sheet",
    "rules",
)
LOOKS: Mapping[str, tuple[str, ...]] = {
    "group_by": ("term", "t", "m", "k", "t-k"),
    "terms_as": ("Bars", "Log", "Table", "Sizes"),
    "loss_axis": ("linear", "log"),
    "epoch_axis": ("linear", "log"),
    "attention": ("alpha", "A", "both"),
    "rules": ("side by side", "curves", "check"),
    "sheet": ("numbers", "errata", "mine"),
}


@dataclass(frozen=True, slots=True)
class Lesson:
    """All that a window needs to stand there again.

    Up to *predicts* the fields are those of the window's state, by the same names: what is trained and how, the step
    that is shown, results shown or hidden, the entry followed of each gradient, what is watched, where one stops, how
    numbers are written, and how one steps. So is *changes*: what is given otherwise, or held. *lines*: of one's own
    worksheet. *looks*: of `LOOKS`, how panels are looked at. *front*: the panels that are in sight. *is_copy*: whether
    it opens without its name, so that it is not overwritten.
    """

    source: Source
    rule: Rule
    learning_rate: float
    cursor: Cursor = field(default_factory=Cursor)
    revealed: frozenset[Cursor] = frozenset()
    concealed: frozenset[Cursor] = frozenset()
    entries: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    watches: tuple[str, ...] = ()
    stops: tuple[Stop, ...] = AT_FIRST
    form: NumberFormat = field(default_factory=NumberFormat)
    order: ForwardOrder = "timestep"
    chosen_way: Way | None = None
    skips_zero_terms: bool = False
    predicts: bool = False
    lines: str = ""
    looks: Mapping[str, str] = field(default_factory=dict)
    front: tuple[str, ...] = ()
    is_copy: bool = False
    changes: Changes = NONE

    @classmethod
    def of(cls, source: Source) -> Lesson:
        """Step 1 of *source*, by its own rule and η."""
        return cls(source, source.rule, source.learning_rate)

    @property
    def trained_source(self) -> Source:
        """The network with the rule and the η of the lesson."""
        return replace(self.source, rule=self.rule, learning_rate=self.learning_rate)

    @property
    def program(self) -> Program:
        """The steps of an epoch."""
        return Program(self.source.network, self.order, self.chosen_way or self.source.way, self.rule.clips)
