"""Network files: JSON, read strictly and written atomically.

A bad file gets one line that names the file, the place and what was expected. Places count from 1:
``parameters.W[2]`` is the second row of W.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, cast, get_args

import msgspec

from core.network import cells, own_cell
from core.network.cells import Biases
from core.network.network import CELL, NONE, Network, NetworkError, Parameters
from core.network.rule import NAMED_RULES, Clip, ClipKind, Rule, rule_object
from core.network.rule import Path as RulePath
from core.network.task import AS_SHEETS, FUNCTION, Loss, Output, Reduction, Row, Task
from core.sources.source import SHEETS, Source
from core.writing.files import FileError, read_whole, write_whole
from core.writing.json_problems import MOST_BYTES, BadContentError, decoded

MOST_ARRAY_BYTES = 2 * 10**9


def _either(choices: Iterable[str]) -> str:
    return " or ".join(f'"{choice}"' for choice in choices)


EXPECTED = f"{', '.join(SHEETS)} or the path of a network file or a lesson"
UNWRITABLE = "not written: expected finite numbers and letters of valid Unicode"

CHOICES = {
    "format": '"chainrule-network"',
    "version": "1 or 2",
    "cell": "the name of a cell, or its lines",
    "output": _either(FUNCTION),
    "loss": _either(dict.fromkeys(loss for losses in FUNCTION.values() for loss in losses)),
    "reduction": '"sum" or "mean"',
    "biases": '"one", "none" or "two"',
    "rule": '"exact", "printed", "typeset" or an object',
    "sign": "1 or -1",
    "weight": '"softmax" or "score"',
    "paths": '"value", "key" or "query"',
    "output_state": '"Z" or "h"',
    "embedding_row": '"k" or "t"',
    **dict.fromkeys(("truncate", "chunks"), "a whole number, at least 1"),
    "clip": 'an object, {"value": a number} or {"norm": a number}',
    **dict.fromkeys(("value", "norm"), "a finite number above 0"),
}

Matrix = list[list[float]]


class ClipObject(msgspec.Struct, forbid_unknown_fields=True):
    """A clip, as a file has it: one of the two."""

    value: float | msgspec.UnsetType = msgspec.UNSET
    norm: float | msgspec.UnsetType = msgspec.UNSET


class RuleObject(msgspec.Struct, forbid_unknown_fields=True):
    """The switches of a rule, as a file has them; what cuts and clips may be left out."""

    sign: Literal[1, -1]
    weight: Literal["softmax", "score"]
    paths: frozenset[RulePath]
    output_state: Literal["Z", "h"]
    embedding_row: Literal["k", "t"]
    truncate: int | msgspec.UnsetType = msgspec.UNSET
    chunks: int | msgspec.UnsetType = msgspec.UNSET
    clip: ClipObject | msgspec.UnsetType = msgspec.UNSET


class _File(msgspec.Struct, forbid_unknown_fields=True):
    format: Literal["chainrule-network"]
    version: int
    alphabet: list[str]
    inputs: list[str]
    targets: list[str]
    attention: bool
    learning_rate: float
    rule: Literal["exact", "printed", "typeset"] | RuleObject
    parameters: msgspec.Struct


class _Later(msgspec.Struct, forbid_unknown_fields=True):
    """A file of version 2, which says more; what it does not say is as in a file of version 1."""

    format: Literal["chainrule-network"]
    version: Literal[2]
    inputs: list[str] | Matrix
    targets: list[str | None] | list[list[float] | None]
    learning_rate: float
    parameters: msgspec.Struct
    cell: str | list[str] = CELL
    attention: bool = False
    alphabet: list[str] = []
    output: Output = "softmax"
    loss: Loss | None = None
    reduction: Reduction = "sum"
    biases: Biases = "one"
    initial: dict[str, list[float]] = {}
    rule: Literal["exact", "printed", "typeset"] | RuleObject = "exact"


class _Which(msgspec.Struct):
    version: Any = None
    cell: Any = CELL
    output: Any = "softmax"
    biases: Any = "one"
    inputs: msgspec.Raw = msgspec.Raw(b"[]")
    targets: msgspec.Raw = msgspec.Raw(b"[]")

    def kind(self) -> type[_File | _Later]:
        """What a file that says this looks like: its parameters follow from the lines."""
        if self.version == 1 and self.cell != CELL:
            raise BadContentError("version: expected 2 of a file with another cell, found 1")
        if self.version != 2:
            return _file_of(_File, CELL, cells.OF_SHEETS, (list[str], list[str]))
        cell = _cell(self.cell)
        head = cells.OF_SHEETS
        if isinstance(self.output, str) and self.output in FUNCTION and self.biases in get_args(Biases):
            head = cells.Head(head.function, self.output != "none", False, self.biases)
        inputs = Matrix if _is_of_rows(self.inputs) else list[str]
        targets = list[list[float] | None] if _is_of_rows(self.targets) else list[str | None]
        return _file_of(_Later, cell, head, (inputs, targets))


def _cell(said: object) -> cells.Cell:
    """The cell that a file names, or whose lines it has; `BadContentError` where there is none such."""
    if isinstance(said, list) and all(isinstance(line, str) for line in said):
        try:
            return own_cell.checked(tuple(said)).lines
        except own_cell.CellError as error:
            at = error.problems[0]
            raise BadContentError(f"cell[{at.line}]: {at.words}, at character {at.first + 1}") from None
    if isinstance(said, str) and said in cells.cells():
        return said
    raise BadContentError(
        f"cell: expected one of {', '.join(cells.cells())}, or lines of one's own, found {_found(said)}"
    )


def _is_of_rows(raw: msgspec.Raw) -> bool:
    """Whether the list in *raw* has lists in it; their numbers may be none."""
    try:
        return _has_rows(msgspec.json.decode(raw))
    except msgspec.MsgspecError:
        return True


def _has_rows(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(row, list) for row in value)


def _found(value: object) -> str:
    return repr(value) if isinstance(value, str) else "a list" if isinstance(value, list) else "something else"


@lru_cache
def _file_of(
    base: type[_File | _Later], cell: cells.Cell, head: cells.Head, lists: tuple[Any, ...]
) -> type[_File | _Later]:
    """What a file of a network with this *cell* and *head* looks like; *lists*: what its inputs and targets are."""
    lines = cells.described(cell, embedding=True, attention=False, head=head)
    fields: list[tuple[str, Any, Any]] = [
        (name, Matrix if len(lines.shapes[name]) == 2 else list[float], msgspec.NODEFAULT) for name in lines.parameters
    ]
    fields.sort(key=lambda field: field[0] == "E")
    fields[-1] = ("E", Matrix | msgspec.UnsetType, msgspec.UNSET)
    parameters = msgspec.defstruct("_Parameters", fields, forbid_unknown_fields=True)
    own = [("inputs", lists[0]), ("targets", lists[1]), ("parameters", parameters)]
    own += [("version", Literal[1])] if base is _File else []
    made = msgspec.defstruct("_FileOfCell", own, bases=(base,), forbid_unknown_fields=True)
    return cast(type[_File | _Later], made)


def read(path: Path) -> Source:
    """The network in the file at *path*; `FileError` where it is not a good network file."""
    return parsed(path, read_whole(path, MOST_BYTES, EXPECTED))


def parsed(path: Path, data: bytes) -> Source:
    """The network of a file at *path* that holds *data*; `FileError` where that is no good network file."""
    try:
        return content(data, str(path), path.name)
    except BadContentError as error:
        raise FileError(path, str(error)) from None


def content(data: bytes, name: str, title: str) -> Source:
    """The network that *data* is, by that *name* and *title*; `BadContentError` where it is none."""
    try:
        return _source(_decoded(data), name, title)
    except NetworkError as error:
        raise BadContentError(str(error)) from None


def write(path: Path, source: Source) -> None:
    """Write *source* to *path*: the old file or the whole new one is there, whatever happens."""
    try:
        data = text(source).encode()
    except ValueError:
        raise FileError(path, UNWRITABLE) from None
    write_whole(path, data)


def rule_of(value: str | RuleObject) -> Rule:
    """The rule that a file names or spells out; `BadContentError` where a number in it cannot be."""
    if isinstance(value, str):
        return NAMED_RULES[value]
    said = {name: each for name, each in msgspec.structs.asdict(value).items() if each is not msgspec.UNSET}
    for name in ("truncate", "chunks"):
        if name in said and said[name] < 1:
            raise BadContentError(f"rule.{name}: expected {CHOICES[name]}, found {said[name]}")
    if "clip" in said:
        clips = {kind: most for kind, most in msgspec.structs.asdict(said["clip"]).items() if most is not msgspec.UNSET}
        if len(clips) != 1:
            raise BadContentError(f"rule.clip: expected {CHOICES['clip']}, found {'both' if clips else 'neither'}")
        kind: ClipKind = "value" if "value" in clips else "norm"
        if clips[kind] <= 0:
            raise BadContentError(f"rule.clip.{kind}: expected {CHOICES[kind]}, found {clips[kind]:g}")
        said["clip"] = Clip(kind, clips[kind])
    return Rule(**said)


def rule_value(rule: Rule) -> str | Mapping[str, Any]:
    """The name of *rule*, or its switches where it has none."""
    return rule.name if rule.name in NAMED_RULES else rule_object(rule)


def _decoded(data: bytes) -> _File | _Later:
    try:
        which = msgspec.json.decode(data, type=_Which)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        if type(error) is msgspec.DecodeError:
            decoded(data, msgspec.Raw, CHOICES)
        which = _Which()  # the file is not good, which is said below
    return decoded(data, which.kind(), CHOICES)


def _source(file: _File | _Later, named: str, title: str) -> Source:
    later = file if isinstance(file, _Later) else None
    cell, has_letters = _cell(later.cell) if later else CELL, later is None or bool(later.alphabet)
    task = _task(later) if later else AS_SHEETS
    if not file.inputs and later:
        raise BadContentError("inputs: expected at least one letter, or one vector of numbers")
    if has_letters or not task.read:
        _check_alphabet(file.alphabet)
    values: dict[str, Any] = {
        name: v for name, v in msgspec.structs.asdict(file.parameters).items() if v is not msgspec.UNSET
    }
    head = cells.Head(cells.OF_SHEETS.function, task.output != "none", False, task.biases)
    shapes = cells.described(cell, embedding="E" in values, attention=file.attention, head=head).shapes
    of_state = (name for name in values if "H" in shapes[name])
    recurrent = min(of_state, key=lambda name: shapes[name] != ("H", "H"), default="")
    for name in (recurrent, "E"):
        if name in values and shapes[name][1:] and not (values[name] and values[name][0]):
            raise BadContentError(f"parameters.{name}: expected at least one row of at least one number")
    if recurrent:
        H = len(values[recurrent] if shapes[recurrent][0] == "H" else values[recurrent][0])
    else:  # the state itself is compared
        H = len(next(filter(None, task.wanted), ()))
    D = len(values["E"][0]) if "E" in values else None
    _check_memory(T=len(file.inputs), K=len(file.alphabet), H=H, attention=file.attention)
    network = Network(
        tuple(file.alphabet),
        _indices("inputs", file.inputs, file.alphabet),
        _indices("targets", file.targets, file.alphabet),
        hidden_size=H,
        embedding_size=D,
        attention=file.attention,
        cell=cell,
        task=task,
        own_sizes=tuple(cells.sizes_in(cell, values)),
    )
    first = (recurrent, "E")  # the other shapes follow from them
    for name, shape in sorted(network.parameter_shapes.items(), key=lambda item: item[0] not in first):
        own = [cells.open_sizes(cell).get(axis, "") for axis in network.lines.shapes[name]]
        _check_shape(name, values[name], shape, [f", as many as {each}[t] has" if each else "" for each in own])
    parameters = Parameters.checked(network, values)
    return Source(named, title, network, parameters, rule_of(file.rule), file.learning_rate)


def _task(file: _Later) -> Task:
    """What a file says of what stands around the cell."""
    fitting = FUNCTION[file.output]
    loss = next(iter(fitting)) if file.loss is None else file.loss
    if file.loss is None and len(fitting) > 1:
        raise BadContentError(f'loss: missing, expected {_either(fitting)} beside the output "{file.output}"')
    read = tuple(map(tuple, file.inputs)) if _has_rows(file.inputs) else ()
    if file.output == "softmax" and _has_rows(file.targets):
        raise BadContentError('targets: expected letters of the alphabet beside the output "softmax"')
    wanted = tuple(row if row is None else tuple(row) for row in file.targets) if file.output != "softmax" else ()
    return Task(
        file.output,
        loss,
        file.reduction,
        file.biases,
        tuple((name, tuple(row)) for name, row in file.initial.items()),
        cast(tuple[Row, ...], read),
        cast(tuple[Row | None, ...], wanted),
    )


def _indices(name: str, tokens: Sequence[Any], alphabet: Sequence[str]) -> tuple[int, ...]:
    """The places of *tokens* in the alphabet, -1 for none; of numbers nothing."""
    if _has_rows(tokens) or (tokens and not any(isinstance(token, str) for token in tokens)):
        return ()
    index: dict[str | None, int] = {letter: i for i, letter in enumerate(alphabet)} | {None: NONE}
    for t, letter in enumerate(tokens, 1):
        if letter not in index:
            raise BadContentError(f"{name}[{t}]: the letter {letter!r} is not in the alphabet")
    return tuple(index[letter] for letter in tokens)


def _check_alphabet(alphabet: Sequence[str]) -> None:
    if not alphabet:
        raise BadContentError("alphabet: expected at least one letter")
    seen: dict[str, int] = {}
    for number, letter in enumerate(alphabet, 1):
        if not letter:
            raise BadContentError(f"alphabet[{number}]: expected a letter, found an empty string")
        if letter in seen:
            raise BadContentError(
                f"alphabet[{number}]: expected distinct letters, found {letter!r} again, as in alphabet[{seen[letter]}]"
            )
        seen[letter] = number


def _check_memory(T: int, K: int, H: int, attention: bool) -> None:
    sizes = {"alphabet": K * K, "inputs": T * max(T if attention else 0, K, H)}
    for place, numbers in sizes.items():
        if 8 * numbers > MOST_ARRAY_BYTES:
            raise BadContentError(
                f"{place}: too long, expected one array to take at most {MOST_ARRAY_BYTES / 1e9:.0f} GB of memory, "
                f"found {8 * numbers / 1e9:.1f} GB"
            )


def _check_shape(name: str, rows: Sequence[Any], shape: tuple[int, ...], why: Sequence[str]) -> None:
    """That *rows* have this *shape*; *why*: of each of its sizes, in words, "" where none are needed."""
    if len(rows) != shape[0]:
        expected = _count(shape[0], "row" if shape[1:] else "number")
        raise BadContentError(f"parameters.{name}: expected {expected}{why[0]}, found {len(rows)}")
    for number, row in enumerate(rows if shape[1:] else (), 1):
        if len(row) != shape[1]:
            expected = _count(shape[1], "number")
            raise BadContentError(f"parameters.{name}[{number}]: expected {expected}{why[1]}, found {len(row)}")


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def text(source: Source) -> str:
    """The file's text: a key a line, a matrix a row a line; numbers as Python prints them, which loses no bit."""
    network, task, timesteps = source.network, source.network.task, range(1, source.network.T + 1)
    is_first = network.cell == CELL and network.is_as_sheets
    around = {key: getattr(task, key) for key in ("output", "loss", "reduction", "biases")}
    head = {
        "format": "chainrule-network",
        "version": 1 if is_first else 2,
        **({} if network.cell == CELL else {"cell": network.cell}),
        **({"alphabet": network.alphabet} if network.alphabet else {}),
        "inputs": task.read or [network.input_letter(t) for t in timesteps],
        "targets": task.wanted or [network.target_letter(t) if network.has_target(t) else None for t in timesteps],
        "attention": network.attention,
        **({} if network.is_as_sheets else around),
        **({"initial": dict(task.initial)} if task.initial else {}),
        "learning_rate": source.learning_rate,
        "rule": rule_value(source.rule),
    }
    lines = [f'  "{key}": {_lines(value) if key == "cell" else in_json(value)},' for key, value in head.items()]
    parameters = ",\n".join(f'    "{name}": {_rows(array.tolist())}' for name, array in source.parameters.items())
    return "\n".join(["{", *lines, '  "parameters": {', parameters, "  }", "}", ""])


def _lines(cell: cells.Cell) -> str:
    """A cell by its name, or its lines, each in a row."""
    if isinstance(cell, str):
        return in_json(cell)
    return "[\n" + ",\n".join(f"    {in_json(line)}" for line in cell) + "\n  ]"


def _rows(value: Sequence[Any]) -> str:
    if not isinstance(value[0], list):
        return in_json(value)
    return "[\n" + ",\n".join(f"      {in_json(row)}" for row in value) + "\n    ]"


def in_json(value: object) -> str:
    """*value* in one line; `ValueError` where a number is not finite."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
