"""What hypothesis draws: networks of all four kinds with random parameters, and rules."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import chain, combinations, product
from typing import Literal

import numpy as np
from hypothesis import strategies as st

from core.network.network import NONE, Network, Parameters
from core.network.rule import NAMED_RULES, PATHS, Rule

Start = tuple[Network, Parameters]  # what a training starts from

KINDS = [(embedded, attention) for embedded in (False, True) for attention in (False, True)]
ODD_LETTERS = ("é", "ß", "👩‍👩‍👧", "\\", "}", "$", "%", "⟦", "日", " ")
SUBSETS = list(chain.from_iterable(combinations(PATHS, size) for size in range(len(PATHS) + 1)))
SIGNS: tuple[Literal[1, -1], ...] = (1, -1)
WEIGHTS: tuple[Literal["softmax", "score"], ...] = ("softmax", "score")
STATES: tuple[Literal["Z", "h"], ...] = ("Z", "h")
ROWS: tuple[Literal["k", "t"], ...] = ("k", "t")
RULES = [
    Rule(sign, weight, frozenset(paths), state, row)
    for paths, weight, sign, state, row in product(SUBSETS, WEIGHTS, SIGNS, STATES, ROWS)
]


def random_network(
    seed: int, *, T: int = 4, K: int = 3, H: int = 2, D: int | None = None, attention: bool = True, spread: float = 0.8
) -> Start:
    """A network that reads random letters, with normal parameters of deviation *spread*."""
    random = np.random.default_rng(seed)
    inputs, targets = random.integers(0, K, (2, T)).tolist()
    network = Network(ODD_LETTERS[:K], tuple(inputs), tuple(targets), H, D, attention)
    drawn = {name: random.normal(0, spread, shape) for name, shape in network.parameter_shapes.items()}
    return network, Parameters.checked(network, drawn)


def of_kind(kind: tuple[bool, bool], seed: int = 2, *, T: int = 4, H: int = 2) -> Start:
    """A random network with or without an embedding, with or without attention."""
    embedded, attention = kind
    return random_network(seed, T=T, H=H, D=2 if embedded else None, attention=attention)


@st.composite
def networks(draw: st.DrawFn, most_T: int = 5) -> Start:
    """Networks of all four kinds, down to a single timestep, letter, hidden or embedding unit."""
    return random_network(
        draw(st.integers(0, 2**32 - 1)),
        T=draw(st.integers(1, most_T)),
        K=draw(st.integers(1, 5)),
        H=draw(st.integers(1, 4)),
        D=draw(st.none() | st.integers(1, 3)),
        attention=draw(st.booleans()),
    )


CUT_RULES = [
    Rule(truncate=1),
    Rule(chunks=2),
    replace(NAMED_RULES["printed"], truncate=2),
    replace(NAMED_RULES["typeset"], chunks=3, truncate=2),
]
rules = st.sampled_from([*NAMED_RULES.values()] * 16 + CUT_RULES * 4 + RULES)  # those with names come up for certain


BETWEEN = ((" ", "\n"), (", ", "; "), ("\t", "\n"), (" & ", r" \\ "), (",", "\n"), (";", "\n"))  # entries, rows


@st.composite
def matrix_texts(draw: st.DrawFn, signs: str, between: Sequence[tuple[str, str]] = BETWEEN) -> str:
    """A matrix as somebody writes it, then up to two places of it overwritten with *signs*: mostly it stays one."""
    rows, columns = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    between_entries, between_rows = draw(st.sampled_from(between))
    numbers = np.random.default_rng(draw(st.integers(0, 999))).normal(0, 3, (rows, columns))
    text = between_rows.join(between_entries.join(f"{number:.4f}" for number in row) for row in numbers)
    return draw(damaged(text, signs))


@st.composite
def damaged(draw: st.DrawFn, text: str, signs: str) -> str:
    """*text* as it is, or with one or two places of it overwritten with *signs*."""
    for _ in range(draw(st.sampled_from([0, 0, 1, 2]))):
        start = draw(st.integers(0, len(text)))
        text = (
            text[:start] + draw(st.text(st.sampled_from(signs), max_size=2)) + text[start + draw(st.integers(0, 1)) :]
        )
    return text


def plain_network(T: int, *, embedded: bool = False, attention: bool = True, without: Collection[int] = ()) -> Network:
    """A network of *T* timesteps for tests of programs, which never look at numbers; *without* a target at some."""
    targets = tuple(NONE if t in without else 1 for t in range(1, T + 1))
    return Network(("a", "b"), (0,) * T, targets, 1, 2 if embedded else None, attention)
