"""What the parameters panel shows: of every parameter its value, its gradient so far, and its new value."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from core.network.arrays import Array
from core.network.symbols import meaning_in, parse, taken, text
from core.program.program import Address, Phase
from core.writing.shown import entry_name
from gui.debugger.labels import axis_labels, counted
from gui.debugger.view import View
from gui.widgets.matrix.picture import MatrixPicture

Cells = frozenset[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Block:
    """One labelled matrix; equal ones look the same.

    *symbol*: whose it is, and *name* how it is called. *state*: a few words after its name.
    *sign*: ``✓`` done, ``▶`` current, or nothing.
    *outlined*: whether the step at the cursor reads or makes it. *picture*: None while nothing is known.
    *summing*: whether its terms are being added, so that a click follows an entry. *hint*: the tooltip of its name.
    *upright*: whether it is a matrix of one row, drawn transposed to stand beside the others as a vector does.
    """

    symbol: str
    name: str
    state: str
    sign: str
    outlined: bool
    summing: bool
    hint: str
    upright: bool
    picture: MatrixPicture | None = field(compare=False)
    content: tuple[object, ...] = ()

    @property
    def title(self) -> str:
        """Name and state, as they are read."""
        return " ".join(part for part in (self.sign, self.name, self.state) if part)

    def has_picture_of(self, other: Block) -> bool:
        """Whether its picture looks the same as that of *other*, and is called the same."""
        mine, its = (
            (block.symbol, block.state, block.upright, block.picture is None, block.content) for block in (self, other)
        )
        return mine == its


def blocks(view: View, name: str) -> tuple[Block, Block, Block]:
    """The value of parameter *name*, its gradient and its new value, as far as *view* knows them."""
    return _value(view, name), _gradient(view, name), _new(view, name)


def _value(view: View, name: str) -> Block:
    read = name in view.step.formula.reads
    return _block(
        view,
        name,
        "",
        view.epoch.tape.parameters[name],
        sign="▶" if read else "",
        cells=_picked(view, name) if read else frozenset(),
        hint=f"{text(name)}: {meaning_in(name, view.network).words}; a double click here scales all of it"
        + "; the step at the cursor reads it" * read,
    )


def _gradient(view: View, name: str) -> Block:
    symbol, span, position = f"dL/d{name}", view.program.gradient_span(name), view.cursor.position
    meaning = f"{text(symbol)}: {meaning_in(symbol, view.network).words}"
    if position < span.first:
        return _block(view, symbol, f"from step {span.first:,}", None, hint=f"{meaning}, term by term")
    if position > span.last:
        sign = "▶" if symbol in view.step.formula.reads else "✓"
        return _block(view, symbol, "", view.epoch.gradients[name], sign=sign, hint=meaning)
    done, terms = position - span.first + 1, view.program.term_count(name)
    whole = view.step.address.is_sum
    summed = f"{'all' if whole else f'{done:,} of'} {counted(terms, 'term')}"
    return _block(
        view,
        symbol,
        "" if whole else "so far",
        view.step.value if whole else view.step.running,
        sign="▶",
        cells=frozenset({view.entry}),
        summing=True,
        hint=f"{meaning}: {summed}. Click a number to follow that entry.",
    )


def _new(view: View, name: str) -> Block:
    symbol, update = f"{name}_new", Address(Phase.UPDATE, name)
    position = view.program.position(update)
    shown = text(name)
    hint = f"{shown} after the update: {shown} − η {text(taken(name, view.epoch.rule))}"
    if position > view.cursor.position:
        return _block(view, symbol, f"at step {position:,}", None, hint=hint)
    here = position == view.cursor.position
    return _block(view, symbol, "", view.epoch.updated[name], sign="▶" if here else "✓", hint=hint)


def _block(
    view: View,
    symbol: str,
    state: str,
    values: Array | None,
    *,
    sign: str = "",
    cells: Cells = frozenset(),
    summing: bool = False,
    hint: str,
) -> Block:
    outlined = sign == "▶"
    meaning = meaning_in(parse(symbol).name, view.network)
    parameter = meaning.gradient_of or meaning.new_of or symbol
    shape = view.network.parameter_shapes[parameter]
    upright = len(shape) == 2 and shape[0] == 1 < shape[1]
    name = text(symbol).replace(text(parameter), f"{text(parameter)}ᵀ") if upright else text(symbol)
    if values is None:
        return Block(symbol, name, state, sign, outlined, summing, hint, upright, None)
    matrix = values[:, None] if values.ndim == 1 else values
    # A matrix of one number has the outline of its block already.
    marked = cells if matrix.size > 1 else frozenset()
    before, own = _before(view, symbol), _changed(view, symbol)
    if before is not None and matrix.size == 1 and not state:
        state = f"was {view.form(before.item())}"
    elif own and not state:
        state = "changed"
    content: tuple[object, ...] = (
        matrix.tobytes(),
        matrix.shape,
        marked,
        view.form,
        axis_labels(view.network, symbol),
        own,
    )
    content += (None if before is None else before.tobytes(),)
    picture = _picture(view, symbol, matrix, marked, state, upright=upright)
    if before is not None or own:
        turned = frozenset((j, i) if upright else (i, j) for i, j in own)
        before = before.T if before is not None and upright else before
        picture = replace(picture, before=before, marked=turned)
    return Block(symbol, name, state, sign, outlined, summing, hint, upright, picture, content)


def _before(view: View, symbol: str) -> Array | None:
    """The whole of *symbol* without the changes, as a matrix; None where it is the same."""
    original = view.original
    if original is None:
        return None
    was, now = original.value(symbol), view.epoch.value(symbol)
    if was.tobytes() == now.tobytes():
        return None
    return was[:, None] if was.ndim == 1 else was


def _changed(view: View, symbol: str) -> Cells:
    """The entries of *symbol* that are given otherwise in this epoch."""
    shape, found = view.network.parameter_shapes.get(symbol, ()), set()
    for number in view.state.changes.values:
        if (number.symbol, number.epoch) == (symbol, view.cursor.epoch):
            row, *column = number.entry or (None,)
            if row is None:
                return frozenset((i, j) for i in range(shape[0]) for j in range(shape[1] if len(shape) > 1 else 1))
            found.add((row, column[0] if column else 0))
    return frozenset(found)


def _picture(view: View, symbol: str, matrix: Array, cells: Cells, state: str, *, upright: bool) -> MatrixPicture:
    name, network = text(symbol), view.network
    rows, columns = axis_labels(network, symbol)

    def called(i: int, j: int) -> str:
        return f"{name}[{entry_name(network, symbol, (j, i) if upright else (i, j))}]"

    return MatrixPicture(
        matrix.T if upright else matrix,
        f"{name} {state}".strip(),
        row_labels=columns if upright else rows,
        column_labels=() if upright else columns,
        symbols=lambda _i, _j: symbol,
        entries=lambda i, j: (j, i) if upright else (i, j),
        cell_name=called,
        format=view.form,
        current=frozenset((j, i) if upright else (i, j) for i, j in cells),
    )


def _picked(view: View, name: str) -> Cells:
    """The column of U or the row of E that a one-hot operand of the step picks; nothing where all is read."""
    network, picks = view.network, dict(view.step.formula.picks)
    if name != "E" and name in picks:
        return frozenset((i, picks[name]) for i in range(network.parameter_shapes[name][0]))
    if name == "E":
        rows = [index for symbol, index in picks.items() if parse(symbol).name == "xo"]
        return frozenset((i, j) for i in rows for j in range(network.embedding_size or 0))
    return frozenset()
