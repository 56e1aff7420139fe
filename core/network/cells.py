"""The lines of the networks, put together from those of a cell and of what stands around it (`resources/lines`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from importlib import resources
from typing import Any, Literal, NamedTuple

import numpy as np

from core.equations.description import Description
from core.equations.expressions import references
from core.equations.operations import Shape
from core.equations.reading import EquationError, read
from core.equations.shapes import OPEN, inferred

LINES = resources.files("resources").joinpath("lines")
AROUND = ("embedding", "attention", "output")  # the files of lines that are no cell
PLAIN = "h[t] = tanh(a := U @ x[t] + W @ h[t-1] + b)"
_GIVEN: dict[str, Shape] = {"xo": ("N",), "x": ("X",), "y": ("K",), "share": ()}
_BIAS = re.compile(r" \+ b(_\w+)?\b")

Cell = str | tuple[str, ...]  # the name of a file of lines, or lines of one's own
Biases = Literal["one", "none", "two"]


class Head(NamedTuple):
    """What stands around a cell: the *function* that makes prediction and loss, whether from *scores* or of the state
    itself, whether the losses count for different *shares* of the total, and how many *biases* a line has.
    """

    function: str = "softmax_cross_entropy"
    scores: bool = True
    shares: bool = False
    biases: Biases = "one"


OF_SHEETS = Head()


def cells() -> tuple[str, ...]:
    """The names of the cells that there are."""
    names = (file.name.removesuffix(".txt") for file in LINES.iterdir() if file.name.endswith(".txt"))
    return tuple(sorted(name for name in names if name not in AROUND))


@lru_cache
def title(cell: Cell) -> str:
    """What *cell* is called: the comment at the head of its file, else its name."""
    if not isinstance(cell, str):
        return "Own cell"
    first = LINES.joinpath(f"{cell}.txt").read_text(encoding="utf-8").partition("\n")[0]
    return first.removeprefix("#").strip() if first.startswith("#") else cell


@lru_cache
def state(cell: Cell) -> str:
    """The name of what *cell* makes for all that comes after it: the hidden state."""
    return made(cell)[-1]


@lru_cache
def made(cell: Cell) -> tuple[str, ...]:
    """What *cell* makes, in the order of its lines, without inner values."""
    return tuple(_made_in_order(text(cell)))


@lru_cache
def states(cell: Cell) -> tuple[str, ...]:
    """What *cell* carries from one timestep to the next: the hidden state, and others."""
    carried = described(cell, embedding=False, attention=False).states
    return tuple(dict.fromkeys((state(cell), *carried)))


@lru_cache
def open_sizes(cell: Cell) -> dict[str, str]:
    """The sizes that the lines of *cell* leave open, by their letters, each with the first quantity that has it."""
    lines = described(cell, embedding=False, attention=False)
    found: dict[str, str] = {}
    for each in lines.equations:
        for axis in lines.shapes[each.name]:
            if axis in OPEN:
                found.setdefault(axis, each.name)
    return found


def sizes_in(cell: Cell, values: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """The `open_sizes` of *cell* as the first of the parameters *values*, arrays or lists, that has each has it."""
    lines = described(cell, embedding=False, attention=False)
    for letter in open_sizes(cell):
        for name in (each for each in lines.parameters if letter in lines.shapes[each] and len(values.get(each, ()))):
            shape, rows = lines.shapes[name], values[name]
            if len(shape) == 1:  # a table has no vectors
                yield letter, np.size(rows)
            else:
                yield letter, np.size(rows[0]) if shape.index(letter) else len(rows)
            break


@lru_cache
def is_plain(cell: Cell) -> bool:
    """Whether the line of *cell* says what that of the sheets does, which the engine of whole arrays knows."""
    own = text(cell)
    return "\n" not in own and read(own) == read(PLAIN)


def text(cell: Cell) -> str:
    """The lines of *cell*, as its file has them or as they are one's own."""
    return _file(cell) if isinstance(cell, str) else "\n".join(cell)


def lines(cell: Cell, *, embedding: bool, attention: bool, head: Head = OF_SHEETS) -> tuple[str, ...]:
    """The lines of one timestep: the embedding's, the cell's, attention's, the output's.

    The output reads the state of the cell, and with attention Z_t in its place. Lines of one's own keep their biases.
    """
    h = f"{state(cell)}["
    own = _BIAS.sub(_BIASES[head.biases], _file(cell)) if isinstance(cell, str) else text(cell)
    parts = [*([_file("embedding")] if embedding else []), own]
    if attention:
        parts.append(_file("attention").replace("h[", h))
    parts.append(_output(head).replace("h[", "Z[" if attention else h))
    return tuple("\n".join(parts).split("\n"))


def _both(bias: re.Match[str]) -> str:
    """A bias beside the input and one beside the state; one that stands by itself at either is that one."""
    below = bias[1] or ""
    if below.startswith("_h"):
        return f" + b_hh_{below[2:]}"
    alone = f"b_h{below[1:]}" in bias.string
    return f" + b_ih{below}" + ("" if alone else f" + b_hh{below}")


_BIASES: dict[Biases, Callable[[re.Match[str]], str]] = {"one": re.Match.group, "none": lambda _: "", "two": _both}


def _output(head: Head) -> str:
    """The lines of the output: the scores, and the one that makes prediction and loss."""
    scores, judged = _file("output").replace(OF_SHEETS.function, head.function).split("\n")
    judged = judged.replace("y[t])", "y[t], share[t])") if head.shares else judged
    if head.biases == "none":
        scores = scores.removesuffix(" + c")
    return f"{scores}\n{judged}" if head.scores else judged.replace("Omega[", "h[")


@lru_cache(maxsize=256)
def described(
    cell: Cell, *, embedding: bool, attention: bool, head: Head = OF_SHEETS, instead: tuple[str, ...] = ()
) -> Description:
    """The lines, with shapes in the letters H, K, X (the length of x_t) and N (that of a letter one-hot).

    *instead*: lines that stand in the place of those that make the same; several in one text where one becomes two.
    """
    found = list(lines(cell, embedding=embedding, attention=attention, head=head))
    shapes = _shapes(cell, embedding=embedding, attention=attention, head=head)
    for other in instead:
        found = [line for each in found for line in (other.splitlines() if _made(each) & _made(other) else [each])]
    return Description.of(dict.fromkeys(found) if instead else found, shapes, unread=bool(instead))


@lru_cache
def _shapes(cell: Cell, *, embedding: bool, attention: bool, head: Head) -> dict[str, Shape]:
    """Of what no line makes, and of the states, which are vectors of H."""
    around = lines(cell, embedding=embedding, attention=attention, head=head)
    equations = [each for line in around for each in read(line)]
    states = {ref.name: ("H",) for each in equations for ref in references(each.body) if ref.offset == -1}
    known = {name: shape for name, shape in _GIVEN.items() if name != ("x" if embedding else "xo")}
    known |= {} if head.scores else {"y": ("H",)}
    found = known | states | {state(cell): ("H",)} | ({"x": ("X",)} if embedding else {})
    own: dict[str, Shape] = {}
    parameters, free = inferred(equations, found, own)
    for name, letter in zip(free, OPEN, strict=False):  # each has a size of its own, where nothing needs it to be H
        with suppress(EquationError):
            tried, _ = inferred(equations, found, own | {name: (letter,)})
            Description.of(around, found | tried)
            own[name], parameters = (letter,), tried
    if embedding:
        del found["x"]
    return found | parameters


@lru_cache(maxsize=512)
def _made(text: str) -> frozenset[str]:
    return frozenset(_made_in_order(text))


def _made_in_order(text: str) -> list[str]:
    """What the lines of *text* make, but for inner values."""
    found = (each for line in text.splitlines() for each in read(line) if not each.part_of)
    return [name for each in found for name in (each.name, each.loss) if name]


@lru_cache
def _file(name: str) -> str:
    """The lines of a file, but for those that are empty or a comment."""
    text = LINES.joinpath(f"{name}.txt").read_text(encoding="utf-8")
    return "\n".join(line for line in map(str.strip, text.splitlines()) if line and line[0] != "#")
