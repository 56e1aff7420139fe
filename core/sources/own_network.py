"""A network of one's own: what a design will be, the network itself, and the design of one that is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod

from core.network import cells
from core.network.initial import initial
from core.network.network import CELL, NONE, Network, NetworkError, Parameters
from core.network.rule import EXACT
from core.program.program import Program
from core.sources.design import Design, network
from core.sources.problems import check, fitted
from core.sources.source import Source
from core.sources.typed import NOTHING, TypedError, tokens, written
from core.writing.letters import is_right_to_left
from core.writing.shown import visible

_MOST_LISTED = 12


@dataclass(frozen=True, slots=True)
class Summary:
    """What a design without problems will be.

    *shapes*: of every parameter. *parameter_count*: the numbers that training changes. *steps*: in one epoch, term by
    term where it has *terms* in ∂L/∂W, else 0 of these; *steps_back*: timestep by timestep. *line*: the gist in one
    line. *note*: what the user should know before, or nothing.
    """

    T: int
    K: int
    alphabet: tuple[str, ...]
    shapes: Mapping[str, tuple[int, ...]]
    parameter_count: int
    steps: int
    steps_back: int
    terms: int
    line: str
    note: str


def build(design: Design) -> Source:
    """The network that *design* asks for; `NetworkError` where `check` has problems."""
    problems = check(design)
    if problems:
        raise NetworkError(" ".join(problem.words for problem in problems))
    made, found = network(design), summary(design)
    title = _title(design, made)
    about = " · ".join(part for part in (found.line, found.note) if part)
    return Source(title, title, made, _parameters(design, made), design.rule, design.learning_rate, about=about)


def summary(design: Design) -> Summary:
    """What *design*, which has no problems, will be; draws no numbers."""
    made = network(design)
    program, shapes = Program(made), made.parameter_shapes
    terms = program.term_count("W") if made.by_arrays else 0
    start = {"given": "own values", "zeros": "all zeros"}.get(design.scheme, f"seed {design.seed}")
    return Summary(
        made.T,
        made.K,
        made.alphabet,
        shapes,
        sum(map(prod, shapes.values())),
        len(program),
        len(Program(made, way="timesteps")),
        terms,
        " · ".join((*_gist(design, made), *([f"{_counted(terms, 'term')} in ∂L/∂W"] if terms else []), start)),
        _note(design, made),
    )


def for_word(word: str, like: Source, seed: int) -> Design:
    """A design for *word* like *like*: its alphabet and initial values are new, its rule the exact one.

    The other rules are of a sheet, and no sheet is about *word*. Several words are read word by word where *like* does.
    """
    made, task = like.network, like.network.task
    reads_words = len(word.split()) > 1 and bool(made.inputs) and not all(map(_is_letter, made.alphabet))
    return Design(
        text=word,
        reads="words" if reads_words else "letters",
        reduction=task.reduction,
        cell=made.cell if isinstance(made.cell, str) else CELL,
        lines=None if isinstance(made.cell, str) else "\n".join(made.cell),
        hidden_size=made.hidden_size,
        embedding_size=made.embedding_size,
        attention=made.attention,
        biases=task.biases,
        own_sizes={letter: str(size) for letter, size in made.own_sizes},
        initial=_first(made),
        learning_rate=like.learning_rate,
        seed=seed,
    )


def as_design(source: Source) -> Design:
    """The design of a network like *source*, to be drawn anew; with its numbers, where they would stand for the same.

    A sheet's rule is about the sheet, and is left there.
    """
    made, task = source.network, source.network.task
    inputs = [made.alphabet[i] for i in made.inputs]
    targets = [NOTHING if i == NONE else made.alphabet[i] for i in made.targets]
    is_of_words = bool(task.read) or not all(map(_is_letter, inputs + targets))
    between = " " if is_of_words else ""
    follows = bool(inputs) and made.inputs[1:] == made.targets[:-1] and NONE not in made.targets
    asked = replace(
        for_word(between.join([*inputs, *targets[-1:]] if follows else inputs), source, 1),
        reads="numbers" if task.read else "words" if is_of_words else "letters",
        targets=None if follows else between.join(targets),
        output=task.output,
        loss=task.loss,
        rule=source.rule if source.worksheet is None else EXACT,
    )
    if task.read:
        asked = replace(asked, text=written(task.read))
    if task.wanted:
        asked = replace(asked, targets=written(task.wanted))
    is_same = not check(asked) and network(asked) == replace(made, held=())
    return replace(asked, parameters=source.parameters) if is_same else asked


def _is_letter(token: str) -> bool:
    """Whether *token* is one letter as texts are read."""
    try:
        return token.isspace() or len(tokens(token, "letters")) == 1
    except TypedError:
        return False


def _first(made: Network) -> Mapping[str, str]:
    """The states before the first timestep, as they are typed."""
    return {state: written((row,)) for state, row in made.task.initial}


def _parameters(design: Design, made: Network) -> Parameters:
    if design.scheme != "given":
        return initial(made, design.scheme, design.seed, design.scale)
    given, shapes = design.parameters or {}, made.parameter_shapes
    return Parameters.checked(made, {name: fitted(given[name], shape) for name, shape in shapes.items()})


# -- in words -------------------------------------------------------------------------------------------------


def _title(design: Design, made: Network) -> str:
    if made.reads_numbers:
        return f"{cells.title(made.cell)}, {_counted(made.T, 'timestep')} of numbers"
    return ("" if design.reads == "letters" else " ").join(tokens(design.text, design.reads))


def _gist(design: Design, made: Network) -> list[str]:
    """The cell where it is another than that of the sheets, and what is read and wanted when."""
    parts = [_counted(made.T, "timestep")]
    if not made.by_arrays:
        parts.insert(0, cells.title(made.cell))
    if made.alphabet:
        parts.append(_listed(made.alphabet, design.wants if design.wants != "numbers" else design.reads))
    if made.reads_numbers or not made.by_letter:
        read = f"{_counted(made.input_size, 'number')} in" if made.reads_numbers else ""
        out = "" if made.by_letter else f"{made.K} out" if read else f"{_counted(made.K, 'number')} out"
        parts.append(", ".join(part for part in (read, out) if part))
    if not made.is_whole:
        parts.append(f"{_counted(sum(map(made.has_target, range(1, made.T + 1))), 'target')}")
    return parts


def _note(design: Design, made: Network) -> str:
    if made.is_certain:
        return "One letter: ŷ = 1, L = 0, nothing to learn."
    if design.scheme == "zeros" and made.by_arrays:
        return "All zeros: every hidden unit stays alike, at 0; only c can learn."
    return ""


def _listed(alphabet: Sequence[str], kind: str) -> str:
    """The alphabet in order, shortened; letters written from the right are kept from turning the order round."""
    shown = [visible(letter) for letter in alphabet[:_MOST_LISTED]]
    shown = [f"\N{FIRST STRONG ISOLATE}{s}\N{POP DIRECTIONAL ISOLATE}" if is_right_to_left(s) else s for s in shown]
    more = f" … {len(alphabet)} in all" if len(alphabet) > len(shown) else ""
    return f"{kind if len(alphabet) > 1 else kind[:-1]} {' '.join(shown)}{more}"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
