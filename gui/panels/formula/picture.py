"""From a view to what the formula panel shows of it: pure functions, no widgets."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.network.arrays import Array
from core.network.symbols import subscript
from core.program.program import Phase
from core.steps.entry import Where
from core.steps.links import through_words
from core.steps.template import Piece, Pieces, substituted, symbolic
from core.steps.written_out import writes_out, written_out
from gui.debugger.labels import counted
from gui.debugger.view import View
from gui.typesetting.typeset import FOLD
from gui.widgets.formula.ladder_layout import Ladder, LadderRow

_MOST_LINKS = 40  # a longer ladder shows of its repeated links the first two pairs and the last two
_PAIRS = 4
_MOST_OPEN = 100  # links at either end, where those left out are opened
# What opens, besides the links by their index: the folded head, the links left out, the sum of the formula, and
# that of the entry. It stays open from step to step.
HEAD, MIDDLE, SUM, ENTRY = STAYING = (-1, -2, -3, -4)


def subtitle(view: View) -> str:
    """The line under the title: indices, how far in the gradient, where in the sheet."""
    address, program = view.step.address, view.program
    parts: list[str] = []
    if address.is_term_of(view.network):
        names = "tmk" if view.network.attention else "t k"
        shown = [f"{name} = {i}" for name, i in zip(names, address.indices, strict=False) if name != " "]
        total = program.term_count(address.quantity)
        parts += [", ".join(shown), f"{program.term_number(address):,} of {total:,}"]
    elif address.is_sum:
        parts.append(counted(program.term_count(address.quantity), "term"))
    elif address.indices:
        parts.append(f"t = {address.indices[0]}")
        group = program.group(view.cursor.position)
        parts.append(f"{view.cursor.position - group.first + 1} of {len(group)}")
    elif address.phase is Phase.CLIP:
        parts.append("between the gradients and the update")
    elif address.phase is Phase.UPDATE:
        parts.append(f"η = {view.epoch.learning_rate:g}")
    sheet = view.source.worksheet
    if sheet is not None and address.phase is not Phase.CLIP:  # no sheet clips
        parts.append(f"sheet {sheet.letter}, {sheet.section_of(view.cursor.epoch, address).text}")
    return "  ·  ".join(parts)


def symbolic_lines(view: View) -> tuple[Pieces, ...]:
    """The formula in symbols."""
    return tuple(symbolic(line) for line in view.step.formula.symbolic)


def number_lines(view: View, *, whole: bool = False) -> tuple[Pieces, ...]:
    """The formula with its numbers, every number over its name; *whole*: with all addends of a sum."""
    entry = view.step.formula
    picks = dict(entry.picks)
    first, *others = entry.whole if whole and entry.whole else entry.numbers or ("",)
    if view.hidden:  # what is not negative is its own ReLU, and a row of E is what is read
        tells = (r"= \max\left( 0", *(f"⟦{made}" for made in entry.writes))
        others = [line for line in others if not any(each in line for each in tells)]
    lines = filter(None, (first, *others))
    return tuple(substituted(line, view.epoch.value, view.form, picks) for line in lines)


def folding(line: Pieces, *, opened: bool) -> Pieces:
    """*line* with its dots between addends to be clicked; behind an *opened* one, what folds it."""
    if opened:
        return (*line, Piece(r" \quad "), Piece(r"\mathrm{fewer}", FOLD))
    pieces: list[Piece] = []
    for piece in line:
        before, dots, after = piece.latex.partition(r"\cdots")
        is_fold = dots and piece.symbol is None and before.endswith("+ ")
        pieces += (Piece(rf"{before}\;"), Piece(dots, FOLD), Piece(rf"\;{after}")) if is_fold else (piece,)
    return tuple(pieces)


def ladder(view: View, opened: frozenset[int]) -> Ladder:
    """The links of a term with their products; those of *opened* are open, see `HEAD` and `MIDDLE`."""
    step = view.step
    links, products = step.formula.links, list(step.products)
    if view.hidden:
        # The last product is the result, and for U r holds it, since x picks a column.
        is_picked = step.address.quantity == "U" or step.formula.beside in dict(step.formula.picks)
        known = step.formula.reached if is_picked else _as_last(products)
        products[known:] = [np.zeros(0)] * (len(products) - known)
    where = Where(view.network, view.epoch.rule, step.address)
    head = step.formula.head
    kept = tuple(_kept(view, MIDDLE in opened))
    rows = [_row(view, where, index, products, opened) for index in kept if index != MIDDLE]
    if len(rows) < len(kept):
        rows.insert(kept.index(MIDDLE), _middle(view, len(links) - len(rows), is_open=MIDDLE in opened))
    folded = None
    if head > 1 and HEAD in opened:
        aside = f"{counted(head, 'row')} below: click to fold them"
        folded = LadderRow("", (), (), np.zeros(0), "", HEAD, aside=aside, is_open=True)
    elif head > 1 and not opened & set(range(head)):
        t, m, _ = step.address.indices
        rows_text = f"{counted(head, 'row')}: click to show them"
        factor = symbolic(f"⟦g[{t},{m}]|^{{\\top}}⟧")
        folded = LadderRow("", factor, (), products[head - 1], f"asked of h{subscript(m)}", HEAD, aside=rows_text)
    return Ladder(tuple(rows), head, folded)


def _as_last(products: list[Array]) -> int:
    """From which on all products are the last one: where nothing is added that is not 0, it stands before the end."""
    place = len(products) - 1
    while place and np.array_equal(products[place - 1], products[-1]):
        place -= 1
    return place


def _kept(view: View, is_open: bool) -> Iterator[int]:
    """The links that are shown; of a very long ladder `MIDDLE` stands where some are left out, or opened."""
    entry = view.step.formula
    count = len(entry.links)
    if count <= _MOST_LINKS:
        yield from range(count)
        return
    # A pair may be W and a slope: then the first, of h_m, stands before them all, and that of the use is the last.
    first, last = entry.head + 1 + _PAIRS, entry.reached + 1 - _PAIRS
    if is_open:
        first, last = min(first + _MOST_OPEN, last), max(last - _MOST_OPEN, first)
        last = max(first, last)
    yield from range(first)
    yield MIDDLE
    yield from range(last, count)


def _middle(view: View, left_out: int, *, is_open: bool) -> LadderRow:
    """What stands for the links that are left out of a very long ladder, and folds them again."""
    more = f"⋯ {left_out:,} more {through_words(view.network)}" if left_out else "all links are shown"
    aside = f"{more}: click to {'show fewer' if is_open else 'show them'}"
    return LadderRow("", (), (), np.zeros(0), "", MIDDLE, aside=aside, is_open=is_open)


def _row(view: View, where: Where, index: int, products: list[Array], opened: frozenset[int]) -> LadderRow:
    link = view.step.formula.links[index]
    picks = dict(view.step.formula.picks)
    numbers = substituted(link.numbers, view.epoch.value, view.form, picks, named=False) if link.numbers else ()
    key: int | None = None
    under: tuple[Pieces, ...] = ()
    if products[index].size and writes_out(where, index):
        key = index
        if index in opened:
            under = written_out(view.epoch, where, index, products[index - 1], view.form)
    return LadderRow(link.sign, symbolic(link.factor), numbers, products[index], link.note, key, under)
