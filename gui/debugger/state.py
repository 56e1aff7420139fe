"""All that a user can change of what is debugged, as one frozen value: undo and history keep it and put it back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace

from core.lessons.lesson import Lesson
from core.network.changes import NONE, Changes
from core.network.network import Network
from core.network.rule import Rule
from core.network.symbols import exists
from core.program.cursor import Cursor
from core.program.program import OUTPUTS, Address, ForwardOrder, Program, Way
from core.sources.source import Source
from core.steps.entry import Where
from core.steps.ladder import zero_reason
from core.watching.stop import AT_FIRST, Stop
from core.writing.form import NumberFormat

_MOST_REMEMBERED = 1000  # places to go back to


@dataclass(frozen=True, slots=True)
class State:
    """Where the debugger stands, and by which choices.

    *source*, *rule*, *learning_rate*, *changes*: what is trained.
    *cursor*: the step that is shown. *past*, *future*: where one
    was before moves of more than one step, the latest last, and what going back has left, the next one last.
    *revealed*, *concealed*: steps whose result is shown or hidden whatever *predicts* says, which hides them all.
    *entries*: the 0-based entry that is followed of a gradient, by its name. *watches*: what is kept in sight, as it
    is written; *stops*: where running ends. *form*: how numbers are written. *order*: of the forward pass.
    *chosen_way*: back term by term or timestep by timestep, None for what the source asks for. *skips_zero_terms*:
    whether stepping passes by terms that must be zero.
    """

    source: Source
    rule: Rule
    learning_rate: float
    changes: Changes = NONE
    cursor: Cursor = field(default_factory=Cursor)
    past: tuple[Cursor, ...] = ()
    future: tuple[Cursor, ...] = ()
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

    @classmethod
    def of(cls, source: Source) -> State:
        """Step 1 of *source*, by its own rule and η."""
        return cls(source, source.rule, source.learning_rate)

    @classmethod
    def of_lesson(cls, lesson: Lesson) -> State:
        """Where *lesson* stands, by its choices; one has come from nowhere."""
        return cls(**{name: getattr(lesson, name) for name in _kept()})

    @property
    def lesson(self) -> Lesson:
        """What a lesson keeps of it."""
        return Lesson(**{name: getattr(self, name) for name in _kept()})

    @property
    def way(self) -> Way:
        """How one goes back: by choice, else as the source has it."""
        return self.chosen_way or self.source.way

    @property
    def network(self) -> Network:
        """What is computed in the epoch that is looked at."""
        return self.changes.network(self.source.network, self.cursor.epoch)

    @property
    def program(self) -> Program:
        """The steps of an epoch."""
        return Program(self.source.network, self.order, self.way, self.rule.clips)

    def hides(self, address: Address) -> bool:
        """Whether the result at the cursor, which is the step *address*, is hidden; the letters are given."""
        if address.quantity == "letter":
            return False
        return self.cursor in self.concealed or (self.predicts and self.cursor not in self.revealed)

    @property
    def watched(self) -> str:
        """The symbol that stays lit: that of the latest watch that has one here; "" for none."""
        return next(filter(None, map(self._symbol, reversed(self.watches))), "")

    def _symbol(self, watch: str) -> str:
        from core.watching.language import read
        from core.watching.watched import WatchError

        try:
            return read(watch, self.source.network).symbol
        except WatchError:
            return ""

    def watching(self, symbol: str) -> int | None:
        """Which of the watches is of *symbol*, the latest of several."""
        places = reversed(range(len(self.watches)))
        return next((place for place in places if self._symbol(self.watches[place]) == symbol), None)

    def toggling(self, symbol: str, entry: tuple[int, ...] = ()) -> State:
        """With *symbol*, or an *entry* of it, watched; where it is watched already, no more. One that is not here is
        ignored.
        """
        from core.watching.names import written

        network = self.source.network
        if not exists(symbol, network):
            return self
        watch, place = written(symbol, entry, network), self.watching(symbol)
        if watch in self.watches:
            place = self.watches.index(watch)
        if place is None or (entry and watch not in self.watches):
            return replace(self, watches=(*self.watches, watch))
        return replace(self, watches=(*self.watches[:place], *self.watches[place + 1 :]))

    @property
    def skip(self) -> Callable[[Address], bool] | None:
        """The steps that stepping passes by."""
        return self._must_be_zero if self.skips_zero_terms else None

    def _must_be_zero(self, address: Address) -> bool:
        return (
            address.is_term_of(self.source.network)
            and address.quantity not in OUTPUTS
            and zero_reason(Where(self.network, self.rule, address)) is not None
        )

    # -- another state --------------------------------------------------------------------------------------

    def moved(self, cursor: Cursor, origin: Cursor | None = None) -> State:
        """At *cursor*; a move of more than one step remembers *origin*, where it began: here, if nothing is said."""
        origin = origin or self.cursor
        if cursor.epoch == origin.epoch and abs(cursor.position - origin.position) <= 1:
            return replace(self, cursor=cursor)
        past = self.past if self.past[-1:] == (origin,) else (*self.past, origin)[-_MOST_REMEMBERED:]
        return replace(self, cursor=cursor, past=past, future=())

    def back(self) -> State:
        """Where one was before the last move of more than one step; this state where there was none."""
        past = _ended_elsewhere(self.past, self.cursor)
        if not past:
            return self
        return replace(self, cursor=past[-1], past=past[:-1], future=(*self.future, self.cursor))

    def forth(self) -> State:
        """Where one was before going back; this state where one did not."""
        future = _ended_elsewhere(self.future, self.cursor)
        if not future:
            return self
        return replace(self, cursor=future[-1], past=(*self.past, self.cursor), future=future[:-1])

    def at(self, other: State) -> State:
        """Where *other* stands, with its history."""
        return replace(self, cursor=other.cursor, past=other.past, future=other.future)

    def shown(self, *, shows: bool) -> State:
        """With the result at the cursor shown, or hidden."""
        here = frozenset({self.cursor})
        return replace(
            self,
            revealed=self.revealed | here if shows else self.revealed - here,
            concealed=self.concealed - here if shows else self.concealed | here,
        )

    def arranged(self, order: ForwardOrder, way: Way | None) -> State:
        """The same steps in another order of the forward pass, or back by another *way*."""
        if (order, way) == (self.order, self.chosen_way):
            return self
        return self._renumbered(replace(self, order=order, chosen_way=way))

    def ruled(self, rule: Rule) -> State:
        """The same step by another *rule*."""
        there = replace(self, rule=rule)
        return there if rule.clips == self.rule.clips else self._renumbered(there)

    def _renumbered(self, there: State) -> State:
        """*there*, whose steps are others: all that is remembered of them has their numbers, and of one that there is
        not that of the one that stands for it.
        """
        before, after = self.program, there.program

        def renumbered(cursor: Cursor) -> Cursor:
            return replace(cursor, position=after.position(after.nearest(before[cursor.position])))

        return replace(
            there,
            cursor=renumbered(self.cursor),
            past=tuple(map(renumbered, self.past)),
            future=tuple(map(renumbered, self.future)),
            revealed=frozenset(map(renumbered, self.revealed)),
            concealed=frozenset(map(renumbered, self.concealed)),
        )

    def choosing_as(self, other: State) -> State:
        """The same place, with the choices of *other* that are of no network in particular."""
        return replace(
            self.arranged(other.order, other.chosen_way),
            form=other.form,
            skips_zero_terms=other.skips_zero_terms,
            predicts=other.predicts,
            watches=other.watches,
            stops=other.stops,
        )


def _kept() -> set[str]:
    """The fields that a lesson has too."""
    return {each.name for each in fields(State)} & {each.name for each in fields(Lesson)}


def _ended_elsewhere(places: tuple[Cursor, ...], here: Cursor) -> tuple[Cursor, ...]:
    """*places* up to the last that is not *here*, where one may have come on foot."""
    while places and places[-1] == here:
        places = places[:-1]
    return places
