"""A cell of one's own: lines as they are typed, and what follows from them, or what is wrong and where.

Such lines and a file of lines are the same thing: a `Network` takes the name of the one, or the other, as its cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from core.equations.description import Description, check_names
from core.equations.expressions import Ref, references
from core.equations.operations import FUNCTIONS, Shape
from core.equations.outputs import OUTPUTS
from core.equations.reading import Equation, EquationError, read
from core.equations.shapes import OpenSizeError
from core.network import cells

MOST_LINES, LONGEST_TEXT, LONGEST_NAME = 40, 20_000, 24
_AROUND = ("x", "xo", "y", "share", "L", "A", "alpha", "Z", "Omega", "yhat", "E", "V", "c", "eta", "t", "h0", "D")
_AFTER = ("y", "yhat", "Omega", "Z", "A", "alpha", "L")  # of other timesteps neither: an output fed back has no lines
_OF_PROGRAM = ("letter", "total", "update", "term", "norm", "abs", "max", "min", "mean", "sum")
RESERVED = frozenset((*_AROUND, *_OF_PROGRAM, *FUNCTIONS, *OUTPUTS))
_ENDS = ("_new", "_term", "_so_far")  # of names that are made from those of the lines
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_SIZED = re.compile(r"\b(has|is) ([A-Z](?:×[A-Z])*)\b")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one line, in *words*: *line* counts from 1, the characters *first* … *last* - 1 of it from 0."""

    line: int
    first: int
    last: int
    words: str


class CellError(ValueError):
    """Lines that are no cell; the message is that of the first of the *problems*, with its place."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        first = problems[0]
        super().__init__(f"line {first.line}, character {first.first + 1}: {first.words}")
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class OwnCell:
    """A cell of one's own.

    *lines*: as a `Network` takes them, without those that are empty or a comment. *state*: what the last of them makes,
    the hidden state; *states*: all that is carried from one timestep to the next. *made*: what the lines make, in
    order, inner values too, and *parameters*: what they read and nothing makes, each with its shape in letters: H, and
    X, the length of x_t.
    """

    lines: tuple[str, ...]
    state: str
    states: tuple[str, ...]
    made: Mapping[str, Shape]
    parameters: Mapping[str, Shape]


def typed(text: str, sizes: Mapping[str, int] | None = None) -> OwnCell:
    """The cell that *text* describes, a line a quantity, else `CellError`: every line that is not understood by itself,
    or the first that does not fit the others. Nothing is executed, and any text is answered at once.

    *sizes*: how long H and X are, where that is known, for what is said of sizes that do not fit.
    """
    if len(text) > LONGEST_TEXT:
        raise CellError([Problem(1, 0, 0, f"{len(text):,} characters: expected at most {LONGEST_TEXT:,}")])
    try:
        return _cell(tuple(text.replace("\r\n", "\n").split("\n")))
    except CellError as error:
        raise CellError([_in_numbers(problem, sizes or {}) for problem in error.problems]) from None


@lru_cache(maxsize=64)
def checked(lines: tuple[str, ...]) -> OwnCell:
    """The cell of *lines*, else `CellError`."""
    if sum(map(len, lines)) > LONGEST_TEXT:
        raise CellError([Problem(1, 0, 0, f"expected at most {LONGEST_TEXT:,} characters")])
    return _cell(lines)


def is_name(name: str) -> bool:
    """Whether a line of one's own may make or read *name*."""
    return _why_no_name(name) == ""


def _cell(written: Sequence[str]) -> OwnCell:
    kept = [(n, line) for n, line in enumerate(written, 1) if line.strip() and line.strip()[0] != "#"]
    if not kept:
        raise CellError([Problem(1, 0, 0, "expected a line such as h[t] = tanh(U @ x[t] + W @ h[t-1] + b)")])
    if len(kept) > MOST_LINES:
        raise CellError([Problem(kept[MOST_LINES][0], 0, 0, f"expected at most {MOST_LINES} lines, found {len(kept)}")])
    equations, problems = list[tuple[Equation, ...]](), list[Problem]()
    for n, line in kept:
        try:
            equations.append(_read(line))
        except EquationError as error:
            problems.append(_problem(error, n, line))
    if problems:
        raise CellError(problems)
    lines = tuple(line.strip() for _, line in kept)
    try:
        check_names(lines, ["x"])
        described = cells.described(lines, embedding=False, attention=False)
        _check_read(equations)
    except OpenSizeError as error:
        raise CellError([_where_read(error, kept, equations)]) from None
    except EquationError as error:
        n, line = kept[min(error.line, len(kept) - 1)]
        raise CellError([_problem(error, n, line)]) from None
    return _of(lines, equations, described)


def _of(lines: tuple[str, ...], equations: Iterable[tuple[Equation, ...]], described: Description) -> OwnCell:
    found = tuple(chain(*equations))
    read_by = dict.fromkeys(ref.name for each in found for ref in references(each.body) if ref.offset is None)
    return OwnCell(
        lines,
        cells.state(lines),
        cells.states(lines),
        {each.name: described.shapes[each.name] for each in found},
        {name: described.shapes[name] for name in read_by},
    )


def _read(line: str) -> tuple[Equation, ...]:
    """The equations of a line, whose names may stand in a cell; else `EquationError`."""
    if not line.isprintable() and not line.replace("\t", " ").isprintable():
        first = next(n for n, sign in enumerate(line) if not sign.isprintable() and sign != "\t")
        raise EquationError(line, "expected signs that can be seen", (first, first + 1))
    found = read(line)
    for equation in found:
        if equation.output:
            raise EquationError(
                line, "prediction and loss come after the cell: its last line makes h[t]", (0, len(line))
            )
        why = _why_no_name(equation.name)
        if why:
            raise EquationError(line, why, equation.target)
        for ref in references(equation.body):
            why = _why_unfit(ref)
            if why:
                raise EquationError(line, why, equation.places.get(ref, equation.target))
    return found


def _why_no_name(name: str) -> str:
    """Why *name* cannot be that of a quantity or a parameter, "" where it can."""
    if not _NAME.fullmatch(name):
        return "a name is a Latin letter, and then letters, digits and _"
    if len(name) > LONGEST_NAME:
        return f"a name has at most {LONGEST_NAME} characters"
    if name in RESERVED:
        return f"{name} is the name of something else here: choose another"
    if name[0] == "d":
        return f"{name} begins with d, as derivatives do: choose another name"
    ending = next((end for end in _ENDS if name.endswith(end)), "")
    return f"{name} ends in {ending}, as what is made from a name does: choose another" if ending else ""


def _why_unfit(ref: Ref) -> str:
    """Why a cell cannot read *ref*, "" where it can."""
    if ref.offset == "past":
        return f"a cell reads {ref.name}[t] and {ref.name}[t-1]; attention comes after it"
    if ref.name == "x" and ref.offset == 0:
        return ""
    if ref.name == "x":
        return "of the inputs, a timestep reads its own: write x[t]"
    if ref.name in _AFTER:
        what = "what is wanted, and no input" if ref.name == "y" else "made after the cell, of its state"
        return f"{ref.name} is {what}: a cell reads its own states, x[t] and parameters"
    if ref.name == "h" and ref.offset is None:
        return "h is another at every timestep: write h[t] or h[t-1]"
    return _why_no_name(ref.name)


def _check_read(equations: Sequence[tuple[Equation, ...]]) -> None:
    """That x_t is read, and a parameter."""
    read = {ref for each in chain(*equations) for ref in references(each.body)}
    why = ""
    if not any(ref.name == "x" for ref in read):
        why = "x[t] is never used: the cell does not read its input"
    elif all(ref.offset is not None for ref in read):
        why = "no parameter is used, and so nothing of the cell can be trained"
    if why:
        raise EquationError(why, why, equations[-1][-1].target, len(equations) - 1)


def _where_read(
    error: OpenSizeError, kept: Iterable[tuple[int, str]], equations: Iterable[tuple[Equation, ...]]
) -> Problem:
    """The first place at which the parameter is read whose size is open."""
    for (n, line), each in zip(kept, equations, strict=True):
        for equation in each:
            if Ref(error.name) in equation.places:
                placed = EquationError(error.why, error.why, equation.places[Ref(error.name)])
                return _problem(placed, n, line)
    raise error


def _problem(error: EquationError, number: int, line: str) -> Problem:
    """*error* in a line as it is written, indented."""
    indent = len(line) - len(line.lstrip())
    first, last = (min(place + indent, len(line)) for place in error.span)
    return Problem(number, first, last, _syntax(error) or error.why)


def _syntax(error: EquationError) -> str:
    """What Python's grammar says of a line that it does not understand, in plain words."""
    cause = error.__cause__
    if not isinstance(cause, Exception):
        return ""
    said = cause.msg if isinstance(cause, SyntaxError) else ""
    if "never closed" in said:
        return "this bracket is never closed"
    if said.startswith("unmatched"):
        return "this bracket was never opened"
    return "not understood here: expected a line such as h[t] = tanh(U @ x[t] + W @ h[t-1] + b)"


def _in_numbers(problem: Problem, sizes: Mapping[str, int]) -> Problem:
    """*problem* with sizes as numbers where they tell them apart."""

    def said(found: re.Match[str]) -> str:
        return f"{found[1]} {'×'.join(str(sizes.get(axis, axis)) for axis in found[2].split('×'))}"

    if len(set(sizes.values())) < len(sizes):
        return problem
    return Problem(problem.line, problem.first, problem.last, _SIZED.sub(said, problem.words))
