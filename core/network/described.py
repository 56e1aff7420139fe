"""The networks as lines of equations (`resources/lines`), and the rules as edits of the edges between them."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources

import numpy as np

from core.equations.description import Description, Edit
from core.equations.expressions import Ref
from core.equations.operations import Shape
from core.equations.running import Read
from core.network.arrays import Array
from core.network.network import Network, Parameters
from core.network.rule import Rule
from core.network.symbols import TABLE

CELL = "tanh"
_TARGET = re.compile(r"(\w+)\[t\]")


def described(network: Network, *instead: str) -> Description:
    """The lines of *network*, with shapes in the letters H, K and X (the length of x_t: D or K).

    *instead*: lines that stand in the place of those that make the same; several in one text where one becomes two.
    """
    return _described(CELL, network.embedding_size is not None, network.attention, instead)


def lines(cell: str, *, embedding: bool, attention: bool) -> tuple[str, ...]:
    """The lines of one timestep: the embedding's, the cell's, attention's, the output's.

    The output reads h_t, and with attention Z_t in its place.
    """
    parts = [*(["embedding"] if embedding else []), cell, *(["attention"] if attention else [])]
    output = _file("output").replace("h[t]", "Z[t]") if attention else _file("output")
    return tuple("".join([*map(_file, parts), output]).splitlines())


def edits(rule: Rule, *, attention: bool) -> tuple[Edit, ...]:
    """What *rule* does to the edges of a network; its ``embedding_row`` is no edit, since it must know the loss."""
    state = Ref("Z" if attention else "h", 0)
    past, now = Ref("h", "past"), Ref("h", 0)
    found = [
        (rule.sign == -1, Edit("Omega", state, negated=True)),
        (rule.output_state == "h", Edit("Omega", Ref("V"), read=((state, now),))),
        (rule.weight == "score", Edit("Z", past, read=((Ref("alpha", "entry"), Ref("A", "entry")),))),
        ("value" not in rule.paths, Edit("Z", past, cut=True)),
        ("key" not in rule.paths, Edit("A", past, cut=True)),
        ("query" not in rule.paths, Edit("A", now, cut=True)),
    ]
    return tuple(edit for applies, edit in found if applies)


def reader(network: Network, parameters: Parameters) -> Read:
    """Reads what no line of *network* makes: parameters, the letters of a timestep one-hot, h_0 = 0 and Z_0 = 0."""
    letters, start = {"y": network.one_hot_targets}, np.zeros(network.H)
    letters["x" if parameters.E is None else "xo"] = network.one_hot_inputs
    arrays = dict(parameters)

    def read(name: str, t: int) -> Array:
        if name in letters:
            return np.asarray(letters[name][t - 1])
        return start if name in ("h", "Z") else arrays[name]

    return read


def ruled(network: Network, rule: Rule) -> Description:
    """The lines of *network*, with the way back that *rule* takes along their edges."""
    return _ruled(network.embedding_size is not None, network.attention, rule)


@lru_cache
def _ruled(embedding: bool, attention: bool, rule: Rule) -> Description:
    return _described(CELL, embedding, attention).edited(edits(rule, attention=attention))


@lru_cache(maxsize=256)
def _described(cell: str, embedding: bool, attention: bool, instead: tuple[str, ...] = ()) -> Description:
    axes: dict[str, Shape] = {name: tuple(meaning.axes) for name, meaning in TABLE.items()}
    text = list(lines(cell, embedding=embedding, attention=attention))
    for other in instead:
        text = [line for each in text for line in (other.splitlines() if _made(each) & _made(other) else [each])]
    given = ["y", "h", *(["xo"] if embedding else ["x"])]
    parameters = ["U", "W", "b", "V", "c", *(["E"] if embedding else [])]
    shapes = {name: axes[name] for name in (*given, *parameters)}
    if embedding:  # the length of x_t has one letter
        shapes["E"] = ("K", "X")
    return Description.of(dict.fromkeys(text), shapes, unread=bool(instead))


def _made(text: str) -> set[str]:
    """What the lines of *text* make, but for inner values."""
    return {name for line in text.splitlines() for name in _TARGET.findall(line.partition("=")[0])}


@lru_cache
def _file(name: str) -> str:
    return resources.files("resources").joinpath("lines", f"{name}.txt").read_text(encoding="utf-8")
