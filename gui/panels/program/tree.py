"""The program as an item model: rows are counted and made only where the tree is open and looked at."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple, overload

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from core.program.outline import Label, Outline
from core.program.program import Address, Phase, Program, Span, Way
from core.steps.formulas import formulas
from core.watching.quantities import Places
from core.watching.stop import AtKind, AtStep
from core.watching.stops import kinds_of, places
from gui.debugger.view import View
from gui.panels.base.marks import State
from gui.panels.program.lines import Line, Lines

_SHORT: dict[Way, str] = {"terms": "by term", "timesteps": "by time"}
WAY_WORDS = (
    "Term by term: a product for each path from a loss to a use, as the sheets do\n"
    "Timestep by timestep: ∂L/∂h from the last t to the first, as code does. Both give the same gradient."
)
Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_STOP_WORDS = {"": "", "on": "a stop", "off": "a stop that is off", "inside": "a stop is in here"}


class Row(NamedTuple):
    """What one line shows. *total*: its loss or gradient once it is known, else empty. *stop*: whether running stops
    there: ``on``, ``off``, ``inside`` for one among its steps, else empty.
    """

    label: Label
    state: State
    total: str
    is_step: bool
    is_heading: bool
    stop: str


@dataclass(slots=True, eq=False)
class _Branch:
    """A line that has been looked below; an index points to the branch of its parent.

    *count*: how many lines stand below it. *is_open*: whether the tree shows them.
    """

    line: Line
    count: int
    row: int
    parent: _Branch | None
    is_open: bool = False
    below: dict[int, _Branch] = field(default_factory=dict)


class ProgramModel(QAbstractItemModel):
    """The lines of one program, with what is done, current and to come at the cursor."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view: View | None = None
        self._lines: Lines | None = None
        self._top: _Branch | None = None
        self._rows: dict[tuple[_Branch | None, int], Row] = {}  # those made since the view was set
        self._stops: list[tuple[bool, tuple[Places, ...]]] = []

    @property
    def program(self) -> Program | None:
        """The program whose lines these are."""
        return None if self._view is None else self._view.program

    def set_view(self, view: View) -> None:
        """Show *view*: another program is another tree, else only the rows that changed say so."""
        before, self._view = self._view, view
        self._rows.clear()
        if before is None or (before.state.stops, before.program) != (view.state.stops, view.program):
            self._stops = [
                (stop.is_on, places(stop.at, view.program))
                for stop in view.state.stops
                if isinstance(stop.at, AtStep | AtKind)
            ]
        if before is None or before.program is not view.program:
            self.beginResetModel()
            self._lines = Lines(Outline(view.program))
            self._top = _Branch(self._lines.root, self._lines.count(self._lines.root), 0, None)
            self.endResetModel()
        elif (before.epoch, before.form, before.state.stops) != (view.epoch, view.form, view.state.stops):
            top = self.index(0, 0)
            self.dataChanged.emit(top, top)
            self._tell(1, len(view.program))
        elif before.cursor != view.cursor:
            self._tell(*sorted((before.cursor.position, view.cursor.position)))

    def path_to(self, position: int) -> list[QModelIndex]:
        """The indexes from the epoch down to the step at *position*."""
        path = [self.index(0, 0)]
        while self.hasChildren(path[-1]):
            row = self._made().row_of(self._line(path[-1]), position)
            path.append(self.index(row, 0, path[-1]))
        return path

    def steps(self, index: Index) -> Span:
        """The steps of a row."""
        return self._made().span(self._line(index))

    def row(self, index: Index) -> Row:
        """What a row shows."""
        key = index.internalPointer(), index.row()
        if key not in self._rows:
            self._rows[key] = self._row(self._line(index))
        return self._rows[key]

    def is_way_back(self, line: Line) -> bool:
        """Whether *line* is that of the backward phase, on which the way back is chosen."""
        return line.node.level == "phase" and line.node.key[0] == Phase.BACKWARD and not line.is_range

    def offers_ways(self, index: Index) -> bool:
        """Whether the way back is chosen on the line at *index*."""
        return index.isValid() and self.is_way_back(self._line(index))

    def stop_at(self, index: Index) -> AtStep | AtKind:
        """Where running stops after a click beside the line at *index*: at its step; at a timestep; at every term."""
        view, line = self._seen(), self._line(index)
        first = view.program[line.node.span.first if not line.is_range else self._made().span(line).first]
        if line.node.level == "group" and not line.is_range and (kinds := kinds_of(first, view.program)):
            return kinds[-1]
        return AtStep(first)

    def kinds_at(self, index: Index) -> tuple[AtStep | AtKind, ...]:
        """Where running may stop at the line at *index*."""
        view, steps = self._seen(), self.steps(index)
        first = view.program[steps.first]
        return (*((AtStep(first),) if len(steps) == 1 else ()), *kinds_of(first, view.program))

    def has_stop(self, at: AtStep | AtKind) -> bool:
        """Whether running stops at just that."""
        return any(stop.at == at for stop in self._seen().state.stops)

    def set_open(self, index: Index, is_open: bool) -> None:
        """Whether the tree shows what stands below a row; what it does not show needs no telling."""
        self._branch(index).is_open = is_open

    def target(self, index: Index) -> Address:
        """Where running to a row leads: a step itself; of a branch its last step, or its first if that is past."""
        view, span = self._seen(), self.steps(index)
        return view.program[span.last if span.last > view.cursor.position else span.first]

    # -- what Qt asks ---------------------------------------------------------------------------------------

    def columnCount(self, _parent: Index = _ROOT) -> int:
        """One."""
        return 1

    def rowCount(self, parent: Index = _ROOT) -> int:
        """How many rows stand below *parent*."""
        if self._lines is None:
            return 0
        return self._branch(parent).count if parent.isValid() else 1

    def hasChildren(self, parent: Index = _ROOT) -> bool:
        """Whether there is anything below *parent*."""
        if self._lines is None:
            return False
        branch = parent.internalPointer() if parent.isValid() else None
        return branch is None or not self._made().is_step(branch.line, parent.row())

    def index(self, row: int, column: int, parent: Index = _ROOT) -> QModelIndex:
        """The index of a row below *parent*."""
        branch = self._branch(parent) if parent.isValid() else None
        if column != 0 or not 0 <= row < (1 if branch is None else branch.count):
            return QModelIndex()
        return self.createIndex(row, 0, branch)

    @overload
    def parent(self) -> QObject | None: ...
    @overload
    def parent(self, child: Index) -> QModelIndex: ...
    def parent(self, child: Index | None = None) -> QObject | QModelIndex | None:
        """The index above *child*; without one, the owner of the model."""
        if child is None:
            return super().parent()
        branch = child.internalPointer()
        return self.createIndex(branch.row, 0, branch.parent) if branch is not None else QModelIndex()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        """Texts; how a row is drawn is the delegate's."""
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            row = self.row(index)
            return f"{row.label.text}   {row.total}".rstrip()
        if role == Qt.ItemDataRole.AccessibleTextRole:
            row = self.row(index)
            words = ("done", "current step" if row.is_step else "the current step is in here", "to come")
            return ", ".join(filter(None, (row.label.spoken, row.total, words[row.state], _STOP_WORDS[row.stop])))
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tooltip(index)
        return None

    # -- inside ---------------------------------------------------------------------------------------------

    def _seen(self) -> View:
        if self._view is None:
            raise LookupError("no view has been set")
        return self._view

    def _made(self) -> Lines:
        if self._lines is None:
            raise LookupError("no view has been set")
        return self._lines

    def _line(self, index: Index) -> Line:
        branch = index.internalPointer()
        return self._made().root if branch is None else self._made().child(branch.line, index.row())

    def _branch(self, index: Index) -> _Branch:
        above = index.internalPointer()
        if above is None:
            assert self._top is not None
            return self._top
        row = index.row()
        if row not in above.below:
            line = self._made().child(above.line, row)
            above.below[row] = _Branch(line, self._made().count(line), row, above)
        found: _Branch = above.below[row]
        return found

    def _row(self, line: Line) -> Row:
        view, level, lines = self._seen(), line.node.level, self._made()
        total = _total(view, line)
        label = Label("Epoch ", str(view.cursor.epoch)) if level == "epoch" else lines.label(line)
        if self.is_way_back(line):
            label = replace(label, note=_SHORT[view.program.way] + " ▾")
        return Row(
            label,
            _state(lines.span(line), view.cursor.position),
            "" if total is None else view.form(total),
            is_step=level == "step",
            is_heading=level in ("epoch", "phase") and not line.is_range,
            stop="" if level in ("epoch", "phase") else self._stop(lines.span(line), is_step=level == "step"),
        )

    def _stop(self, span: Span, *, is_step: bool) -> str:
        """Whether running stops at one of the steps of *span*."""
        found = [is_on for is_on, each in self._stops if any(_count(some, span) for some in each)]
        if not is_step:
            return "inside" if any(found) else ""
        return "" if not found else "on" if any(found) else "off"

    def _tell(self, first: int, last: int) -> None:
        """Say that the rows that hold steps *first* … *last* changed, wherever they are shown.

        The epoch itself does not, while the cursor moves within it; the tree would repaint all down from there.
        """
        if self._top is not None:
            self._tell_below(self._top, first, last)

    def _tell_below(self, branch: _Branch, first: int, last: int) -> None:
        lines = self._made()
        low, high = (lines.row_of(branch.line, position) for position in (first, last))
        # A line that still holds the cursor, and more steps to come, looks as before.
        same = low == high and last < lines.span(lines.child(branch.line, low)).last
        if not same:
            # Of rows that are told together Qt repaints everything below them too.
            for start, end in ((low, low), (high, high)) if high - low <= 1 else ((low, high),):
                self.dataChanged.emit(self.createIndex(start, 0, branch), self.createIndex(end, 0, branch))
        for row, below in branch.below.items():
            if below.is_open and low <= row <= high:
                self._tell_below(below, first, last)

    def _tooltip(self, index: Index) -> str:
        view, span = self._seen(), self.steps(index)
        if len(span) == 1:
            title = formulas(view.epoch, view.program.way)(view.program[span.first]).title
            return f"Step {span.first:,}: {title}\nClick or Enter: go there; at the left edge: stop there (F9)"
        if self.offers_ways(index):
            return f"{WAY_WORDS}\nClick the words to choose"
        end = "end" if span.last > view.cursor.position else "start"
        return f"Steps {span.first:,} to {span.last:,}\nClick or Enter: go to the {end}"


def _count(places: Places, span: Span) -> int:
    """How many of *places* lie in *span*."""
    return places.up_to(span.last) - places.up_to(span.first - 1)


def _state(span: Span, position: int) -> State:
    if span.first > position:
        return State.TO_COME
    return State.HERE if position in span else State.DONE


def _total(view: View, line: Line) -> float | None:
    """The one number that stands for a line, once its step is past: a loss, or the sum of a gradient of one number."""
    level, key = line.node.level, line.node.key
    if line.is_range or level not in ("group", "step"):
        return None
    if level == "group" and key[0] == "hidden":
        return None
    address = view.program[line.node.span.last]
    is_loss = address.quantity == "L" and address.phase is Phase.FORWARD
    if not (is_loss or address.is_sum) or not view.is_past(address):
        return None
    if is_loss:
        if not address.indices:
            return view.epoch.tape.total
        has_loss = level == "group" and view.network.has_target(address.indices[0])
        return float(view.epoch.tape["L"][address.indices[0] - 1]) if has_loss else None
    gradient = view.epoch.gradients[address.quantity]
    return float(gradient.ravel()[0]) if gradient.size == 1 else None
