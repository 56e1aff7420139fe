"""A network for one's own text: what is wrong with a design, what it will be, and the network itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import Literal

import numpy as np

from core.network.arrays import Array
from core.network.initial import Scheme, initial
from core.network.network import Network, NetworkError, Parameters
from core.network.rule import EXACT, Rule
from core.program.program import Program
from core.sources.source import Source
from core.writing.letters import TextError, is_right_to_left, letters
from core.writing.shown import visible

MOST_TIMESTEPS = 1_000
MOST_HIDDEN = 128
MOST_LETTERS = 200
MOST_EMBEDDING = 128
MOST_LEARNING_RATE = 1e6
MOST_SCALE = 1_000
MOST_SEED = 10**12
MOST_CHARACTERS = 50_000  # of a text; one letter may have many, and each change of a form reads them all
_MOST_LISTED = 12

Field = Literal[
    "text", "targets", "hidden_size", "embedding_size", "learning_rate", "scheme", "scale", "seed", "parameters"
]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Design:
    """What a user asks for; nothing of it is checked yet.

    *targets*: as many letters as *text* has, or None where every letter should be followed by the next.
    *embedding_size*: D, or None where x_t is the one-hot vector. *scheme*: how initial values are drawn, or
    ``given`` where they are *parameters*; a vector may be a row or a column there. *scale*: read by ``normal``.
    """

    text: str
    targets: str | None = None
    hidden_size: int
    embedding_size: int | None
    attention: bool
    learning_rate: float
    rule: Rule = EXACT
    scheme: Scheme | Literal["given"] = "uniform"
    scale: float = 1.0
    seed: int
    parameters: Mapping[str, Array] | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a design cannot be: the *field* to change, and in *words* what is expected there."""

    field: Field
    words: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What a design without problems will be.

    *shapes*: of every parameter. *parameter_count*: the numbers that training changes. *steps*: in one epoch.
    *terms*: in ∂L/∂W. *line*: the gist in one line. *note*: what the user should know before, or nothing.
    """

    T: int
    K: int
    alphabet: tuple[str, ...]
    shapes: Mapping[str, tuple[int, ...]]
    parameter_count: int
    steps: int
    terms: int
    line: str
    note: str


def check(design: Design) -> tuple[Problem, ...]:
    """Everything that is wrong with *design*, in the order of its fields; nothing where it can be built."""
    return tuple(_problems(design))


def build(design: Design) -> Source:
    """The network that *design* asks for; `NetworkError` where `check` has problems."""
    problems = check(design)
    if problems:
        raise NetworkError(" ".join(problem.words for problem in problems))
    network, title = _network(design), "".join(letters(design.text))
    found = summary(design)
    about = " · ".join(part for part in (found.line, found.note) if part)
    parameters = _parameters(design, network)
    return Source(title, title, network, parameters, design.rule, design.learning_rate, about=about)


def summary(design: Design) -> Summary:
    """What *design*, which has no problems, will be; draws no numbers."""
    network = _network(design)
    program, shapes = Program(network), network.parameter_shapes
    terms = program.term_count("W")
    start = {"given": "own values", "zeros": "all zeros"}.get(design.scheme, f"seed {design.seed}")
    counts = f"{_counted(network.T, 'timestep')} · {_listed(network.alphabet)} · {_counted(terms, 'term')} in ∂L/∂W"
    line = f"{counts} · {start}"
    count = sum(map(prod, shapes.values()))
    return Summary(
        network.T, network.K, network.alphabet, shapes, count, len(program), terms, line, _note(design, network)
    )


def for_word(word: str, like: Source, seed: int) -> Design:
    """A design for *word* like *like*: its alphabet and initial values are new, its rule the exact one.

    The other rules are of a sheet, and no sheet is about *word*.
    """
    network = like.network
    return Design(
        text=word,
        hidden_size=network.hidden_size,
        embedding_size=network.embedding_size,
        attention=network.attention,
        learning_rate=like.learning_rate,
        seed=seed,
    )


def _problems(design: Design) -> Iterator[Problem]:
    text = tuple(_text_problems(design))
    sizes = tuple(_size_problems(design))
    yield from text
    yield from sizes
    yield from _within("learning_rate", "The learning rate", design.learning_rate, 0, MOST_LEARNING_RATE)
    if design.scheme == "normal":
        yield from _within("scale", "The scale", design.scale, 0, MOST_SCALE)
    yield from _within("seed", "The seed", design.seed, 0, MOST_SEED, "a whole number")
    if design.scheme == "given" and not text and not sizes:  # else the shapes are not known
        yield from _parameter_problems(design.parameters or {}, _network(design))


def _text_problems(design: Design) -> Iterator[Problem]:
    own = design.targets is not None
    text, wrong = _read(design.text)
    if not wrong and len(text) < (1 if own else 2):
        wrong = "One letter has no next letter; type at least two." if text else "Type at least two letters."
        wrong = "Type at least one letter." if own else wrong
    most = MOST_TIMESTEPS if own else MOST_TIMESTEPS + 1
    if len(text) > most:
        wrong = f"The text has {len(text):,} letters; the most is {most:,}."
    targets, wrong_targets = _read(design.targets or "")
    if not wrong and own and not wrong_targets and len(targets) != len(text):
        wrong_targets = f"{_counted(len(targets), 'target')} for {_counted(len(text), 'letter')}; type one for each."
    alphabet = set(text + targets)
    if not wrong and not wrong_targets and len(alphabet) > MOST_LETTERS:
        wrong = f"The alphabet has {len(alphabet):,} letters; the most is {MOST_LETTERS:,}."
    if wrong:
        yield Problem("text", wrong)
    if wrong_targets:
        yield Problem("targets", wrong_targets)


def _size_problems(design: Design) -> Iterator[Problem]:
    yield from _within("hidden_size", "The hidden size", design.hidden_size, 1, MOST_HIDDEN, "a whole number")
    if design.embedding_size is not None:
        name, D = "The embedding size", design.embedding_size
        yield from _within("embedding_size", name, D, 1, MOST_EMBEDDING, "a whole number")


def _within(
    field: Field, name: str, value: float, least: int, most: float, kind: str = "a number"
) -> Iterator[Problem]:
    if not least <= value <= most:
        yield Problem(field, f"{name} is {kind} from {least} to {most:,.0f}.")


def _parameter_problems(given: Mapping[str, Array], network: Network) -> Iterator[Problem]:
    shapes = network.parameter_shapes
    for name, shape in shapes.items():
        if name not in given:
            yield Problem("parameters", f"{name} is missing: {_needed(shape)}.")
            continue
        array = _fitted(given[name], shape)
        if array.shape != shape:
            yield Problem("parameters", f"{name} has {_shape_text(array.shape)}; {_needed(shape)}.")
        elif not np.isfinite(array).all():
            place = ", ".join(str(index + 1) for index in np.argwhere(~np.isfinite(array))[0])
            yield Problem("parameters", f"{name}[{place}] is not a finite number.")
    for name in given:
        if name not in shapes:
            yield Problem("parameters", f"{name} is no parameter of this network; it has {', '.join(shapes)}.")


def _read(text: str) -> tuple[tuple[str, ...], str]:
    """The letters of *text*, or why there are none."""
    if len(text) > MOST_CHARACTERS:
        return (), f"{len(text):,} characters are too many to read; the most is {MOST_CHARACTERS:,}."
    try:
        return letters(text), ""
    except TextError as error:
        return (), str(error)


def _network(design: Design) -> Network:
    text = letters(design.text)
    inputs, targets = (text[:-1], text[1:]) if design.targets is None else (text, letters(design.targets))
    return Network.from_letters(
        tuple(dict.fromkeys(text + targets)),
        inputs,
        targets,
        hidden_size=design.hidden_size,
        embedding_size=design.embedding_size,
        attention=design.attention,
    )


def _parameters(design: Design, network: Network) -> Parameters:
    if design.scheme != "given":
        return initial(network, design.scheme, design.seed, design.scale)
    given, shapes = design.parameters or {}, network.parameter_shapes
    return Parameters.checked(network, {name: _fitted(given[name], shape) for name, shape in shapes.items()})


def _fitted(array: Array, shape: tuple[int, ...]) -> Array:
    """*array*; as a vector where it is a row or a column and a vector is wanted, since a table has no vectors."""
    return array.reshape(-1) if len(shape) == 1 and array.ndim == 2 and 1 in array.shape else array


def _note(design: Design, network: Network) -> str:
    if network.K == 1:
        return "Only one letter: ŷ = 1, the loss 0; nothing to learn."
    if design.scheme == "zeros":
        return "All zeros: every hidden unit stays alike, at 0; only c can learn."
    return ""


def _listed(alphabet: tuple[str, ...]) -> str:
    """The alphabet in order, shortened; letters written from the right are kept from turning the order round."""
    shown = [visible(letter) for letter in alphabet[:_MOST_LISTED]]
    shown = [f"\N{FIRST STRONG ISOLATE}{s}\N{POP DIRECTIONAL ISOLATE}" if is_right_to_left(s) else s for s in shown]
    more = f" … {len(alphabet)} in all" if len(alphabet) > len(shown) else ""
    return f"letter{'' if len(alphabet) == 1 else 's'} {' '.join(shown)}{more}"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _shape_text(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) + " numbers" if prod(shape) != 1 else "1 number"


def _needed(shape: tuple[int, ...]) -> str:
    return f"{_shape_text(shape)} {'is' if prod(shape) == 1 else 'are'} needed"
