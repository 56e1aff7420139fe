"""What is wrong with a design, in words, at its field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod

import numpy as np

from core.network import cells
from core.network.arrays import Array
from core.network.network import Network
from core.network.own_cell import CellError
from core.network.task import FUNCTION, Row
from core.sources.design import (
    MOST_EMBEDDING,
    MOST_HIDDEN,
    MOST_LEARNING_RATE,
    MOST_LETTERS,
    MOST_NUMBERS,
    MOST_SCALE,
    MOST_SEED,
    MOST_TIMESTEPS,
    Design,
    Field,
    Problem,
    cell,
    network,
    read_state,
    rows_read,
    rows_wanted,
    tokens_wanted,
)
from core.sources.typed import Kind, TypedError, tokens

_NOUNS: dict[Kind, str] = {"letters": "letter", "words": "word", "numbers": "row"}


def check(design: Design) -> tuple[Problem, ...]:
    """Everything that is wrong with *design*, in the order of its fields; nothing where it can be built."""
    return tuple(_problems(design))


def fitted(array: Array, shape: tuple[int, ...]) -> Array:
    """*array*; as a vector where it is a row or a column and a vector is wanted, since a table has no vectors."""
    return array.reshape(-1) if len(shape) == 1 and array.ndim == 2 and 1 in array.shape else array


def _problems(design: Design) -> Iterator[Problem]:
    typed = (*_typed_problems(design), *_loss_problems(design), *_line_problems(design))
    sizes = tuple(_size_problems(design))
    if not any(problem.field == "lines" for problem in typed):
        sizes += tuple(_own_size_problems(design))
    yield from typed
    yield from sizes
    if not sizes and not any(problem.field == "lines" for problem in typed):
        yield from _state_problems(design)
    yield from _within("learning_rate", "The learning rate", design.learning_rate, 0, MOST_LEARNING_RATE)
    if design.scheme == "normal":
        yield from _within("scale", "The scale", design.scale, 0, MOST_SCALE)
    yield from _within("seed", "The seed", design.seed, 0, MOST_SEED, "a whole number")
    if design.scheme == "given" and not typed and not sizes:  # else the shapes are not known
        yield from _parameter_problems(design.parameters or {}, network(design))


# -- what is read and wanted ----------------------------------------------------------------------------------


def _typed_problems(design: Design) -> Iterator[Problem]:
    inputs, wrong = _inputs(design)
    targets, wrong_targets = _targets(design, 0 if wrong else len(inputs))
    letters = {token for token in (*inputs, *targets) if isinstance(token, str)}
    if not wrong and not wrong_targets and len(letters) > MOST_LETTERS:
        wrong = f"The alphabet has {len(letters):,} {_NOUNS[_kind(design)]}s; the most is {MOST_LETTERS:,}."
    if wrong:
        yield Problem("text", wrong)
    if wrong_targets:
        yield Problem("targets", wrong_targets)


def _kind(design: Design) -> Kind:
    """What an alphabet has."""
    return "letters" if design.reads == "letters" else "words"


def _inputs(design: Design) -> tuple[Sequence[str | Row | None], str]:
    """What is read, and what is wrong with it."""
    noun, follows = _NOUNS[design.reads], design.targets is None and design.reads != "numbers"
    try:
        found: Sequence[str | Row | None]
        found = rows_read(design) if design.reads == "numbers" else tokens(design.text, design.reads)
    except TypedError as error:
        return (), str(error)
    if len(found) < (2 if follows else 1):
        if not follows:
            return found, f"Type at least one {'row of numbers' if noun == 'row' else noun}."
        return found, f"One {noun} has no next {noun}; type at least two." if found else f"Type at least two {noun}s."
    if None in found:
        return found, f"Row {found.index(None) + 1} is empty; each timestep reads one row of numbers."
    most = MOST_TIMESTEPS + follows
    if len(found) > most:
        return found, f"The text has {len(found):,} {noun}s; the most is {most:,}."
    return found, _too_wide(found)


def _targets(design: Design, T: int) -> tuple[Sequence[str | Row | None], str]:
    """What is wanted, and what is wrong with it; *T*: the number of timesteps, 0 where it is not known."""
    if design.targets is None:
        wrong = design.reads == "numbers" or design.wants == "numbers"
        return (), "Say what is wanted; numbers have no next letter." if wrong else ""
    try:
        found: Sequence[str | Row | None]
        found = rows_wanted(design, T) if design.wants == "numbers" else tokens_wanted(design)
    except TypedError as error:
        return (), str(error)
    if not T:
        return found, ""
    wants_nothing = not any(each is not None for each in found)
    if len(found) != T and not (wants_nothing and design.wants == "numbers"):
        noun = "row" if design.wants == "numbers" else "target"
        what = _counted(T, "timestep") if design.wants == "numbers" else _counted(T, _NOUNS[design.reads])
        none = "; leave a row empty where nothing is wanted." if noun == "row" else "; type one for each."
        return found, f"{_counted(len(found), noun)} for {what}{none}"
    if wants_nothing:
        return found, "At least one timestep needs a target."
    return found, _too_wide(found) or _beside_output(design, found)


def _too_wide(found: Sequence[str | Row | None]) -> str:
    row = next((each for each in found if isinstance(each, tuple)), ())
    return f"A row has {len(row):,} numbers; the most is {MOST_NUMBERS}." if len(row) > MOST_NUMBERS else ""


def _beside_output(design: Design, found: Sequence[str | Row | None]) -> str:
    """What of the numbers wanted does not fit the output."""
    for t, row in enumerate(found, 1):
        if not isinstance(row, tuple):
            continue
        if design.output == "none" and len(row) != design.hidden_size:
            size, has = _counted(design.hidden_size, "number"), _counted(len(row), "number")
            return f"The state itself is compared, so a target has {size}, as it has; here it has {has}."
        beyond = next((number for number in row if not 0 <= number <= 1), None)
        if design.output == "sigmoid" and beyond is not None:
            return f"A sigmoid is compared with numbers from 0 to 1; at t = {t} stands {beyond:g}."
    return ""


def _loss_problems(design: Design) -> Iterator[Problem]:
    fitting = FUNCTION[design.output]
    if design.loss not in fitting:
        yield Problem("loss", f"Beside this output the loss is {' or '.join(fitting)}.")


def _line_problems(design: Design) -> Iterator[Problem]:
    try:
        cell(design)
    except CellError as error:
        yield Problem("lines", f"Line {error.problems[0].line}: {error.problems[0].words}.")


# -- sizes, states, parameters --------------------------------------------------------------------------------


def _size_problems(design: Design) -> Iterator[Problem]:
    yield from _within("hidden_size", "The hidden size", design.hidden_size, 1, MOST_HIDDEN, "a whole number")
    if design.embedding_size is not None and design.reads != "numbers":
        name, D = "The embedding size", design.embedding_size
        yield from _within("embedding_size", name, D, 1, MOST_EMBEDDING, "a whole number")


def _own_size_problems(design: Design) -> Iterator[Problem]:
    for letter, of in cells.open_sizes(cell(design)).items():
        typed = design.own_sizes.get(letter, "").strip()
        if typed and not (typed.isascii() and typed.isdigit() and 1 <= int(typed) <= MOST_HIDDEN):
            words = f"{letter}, how many numbers {of}[t] has, is a whole number from 1 to {MOST_HIDDEN}."
            yield Problem("own_sizes", words, letter)


def _within(
    field: Field, name: str, value: float, least: int, most: float, kind: str = "a number"
) -> Iterator[Problem]:
    if not least <= value <= most:
        yield Problem(field, f"{name} is {kind} from {least} to {most:,.0f}.")


def _state_problems(design: Design) -> Iterator[Problem]:
    for state in cells.states(cell(design)):
        try:
            read_state(design.initial.get(state, ""), design.hidden_size)
        except TypedError as error:
            yield Problem("initial", f"{state}₀: {error}.", state)


def _parameter_problems(given: Mapping[str, Array], network: Network) -> Iterator[Problem]:
    shapes = network.parameter_shapes
    for name, shape in shapes.items():
        if name not in given:
            yield Problem("parameters", f"{name} is missing: {_needed(shape)}.", name)
            continue
        array = fitted(given[name], shape)
        if array.shape != shape:
            yield Problem("parameters", f"{name} has {_shape_text(array.shape)}; {_needed(shape)}.", name)
        elif not np.isfinite(array).all():
            place = ", ".join(str(index + 1) for index in np.argwhere(~np.isfinite(array))[0])
            yield Problem("parameters", f"{name}[{place}] is not a finite number.", name)
    for name in given:
        if name not in shapes:
            words = f"{name} is no parameter of this network; it has {', '.join(shapes)}."
            yield Problem("parameters", words, name)


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _shape_text(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) + " numbers" if prod(shape) != 1 else "1 number"


def _needed(shape: tuple[int, ...]) -> str:
    return f"{_shape_text(shape)} {'is' if prod(shape) == 1 else 'are'} needed"
