"""One table: every named quantity that formulas read and panels show.

A symbol is written ``W``, ``h[2]``, ``alpha[3,1]``, ``dL/dW``; indices are 1-based. The table gives its
LaTeX, its text, its colour family and what it means.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from math import prod

from core.network.network import Network
from core.network.rule import CHAINED, EXACT, Rule, effective

_ID = re.compile(r"(?P<name>[^\[\]]+)(?:\[(?P<indices>\d+(?:,\d+)*)\])?", re.ASCII)
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name of the table with its indices; `str` gives the id."""

    name: str
    indices: tuple[int, ...] = ()

    def __str__(self) -> str:
        return f"{self.name}[{','.join(map(str, self.indices))}]" if self.indices else self.name


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the table says of a name.

    *latex*: without indices. *text*: for plain text. *family*: decides the colour.
    *axes*: the letters of its shape, such as ``HK``; X is D or K, the length of x_t. *words*: what it is.
    *gradient_of*, *new_of*: the parameter whose gradient, or whose value after the update, it is, else "".
    *adjoint_of*: the quantity of a timestep by which it is the derivative of the loss, else "".
    """

    latex: str
    text: str
    family: str
    axes: str
    words: str
    gradient_of: str = ""
    new_of: str = ""
    adjoint_of: str = ""


PARAMETERS = {
    "U": Meaning("U", "U", "U", "HX", "the weights from the input to the hidden state"),
    "W": Meaning("W", "W", "W", "HH", "the weights from one hidden state to the next"),
    "b": Meaning(r"b", "b", "b", "H", "the bias of the hidden state"),
    "V": Meaning("V", "V", "V", "KH", "the weights from the state, or with attention the context, to the scores"),
    "c": Meaning(r"c", "c", "b", "K", "the bias of the scores"),
    "E": Meaning("E", "E", "E", "KD", "the embedding: one row a letter"),
}

TABLE: dict[str, Meaning] = PARAMETERS | {
    "xo": Meaning(r"x^{\circ}", "x°", "plain", "K", "the input letter as a one-hot vector"),
    "x": Meaning("x", "x", "plain", "X", "the input vector"),
    "y": Meaning("y", "y", "output", "K", "the wanted letter as a one-hot vector"),
    "a": Meaning("a", "a", "h", "H", "the pre-activation, before tanh"),
    "h": Meaning("h", "h", "h", "H", "the hidden state"),
    "A": Meaning("A", "A", "attention", "", "the attention score: the dot product of two hidden states"),
    "alpha": Meaning(
        r"\alpha", "α", "attention", "", "the attention weight: the share of one hidden state in the context"
    ),
    "Z": Meaning("Z", "Z", "attention", "H", "the context, the weighted mean of the hidden states so far"),
    "Omega": Meaning(r"\Omega", "Ω", "output", "K", "the score of every letter, before softmax"),
    "yhat": Meaning(r"\hat{y}", "ŷ", "output", "K", "the predicted probability of every letter"),
    "L": Meaning("L", "L", "output", "", "the loss"),
    "D": Meaning("D", "1−h²", "h", "H", "the slope of tanh, 1 − h²"),
    "v": Meaning("v", "v", "V", "H", "the error brought back through V: how fast L{t} changes with {state}{t}"),
    "g": Meaning("g", "g", "attention", "H", "how fast L{t} changes with h{m} by way of Z{t}"),
    "s": Meaning("s", "s", "attention", "", "how fast L{t} rises as attention turns to h{m}"),
    "dhnext": Meaning(
        r"\mathit{dhnext}", "dhnext", "h", "H", "what timestep {t} asks of the hidden state before it, through W"
    ),
    "eta": Meaning(r"\eta", "η", "plain", "", "the learning rate"),
}
_OF_ADJOINTS = {
    "Omega": "how fast L{t} changes with Ω{t}",
    "Z": "how fast L{t} changes with Z{t}",
    "alpha": "how fast L{t} changes with the weight of h{m}",
    "A": "how fast L{t} changes with the score of h{m}",
    "h": "how fast the total loss changes with h{t}, by all ways",
    "a": "how fast the total loss changes with a{t}",
    "x": "how fast the total loss changes with x{t}",
}
for _name, _words in _OF_ADJOINTS.items():
    TABLE[f"dL/d{_name}"] = replace(
        TABLE[_name],
        latex=rf"\frac{{\partial L}}{{\partial {TABLE[_name].latex}}}",
        text=f"∂L/∂{TABLE[_name].text}",
        words=_words,
        adjoint_of=_name,
    )
for _name, _meaning in PARAMETERS.items():
    TABLE[f"dL/d{_name}"] = Meaning(
        rf"\frac{{\partial L}}{{\partial {_meaning.latex}}}",
        f"∂L/∂{_name}",
        _meaning.family,
        _meaning.axes,
        f"the gradient of the loss by {_name}",
        gradient_of=_name,
    )
    TABLE[f"{_name}_new"] = Meaning(
        rf"{_meaning.latex}^{{\mathrm{{new}}}}",
        f"{_name} new",
        _meaning.family,
        _meaning.axes,
        f"{_name} after the update",
        new_of=_name,
    )


def symbol(name: str, *indices: int) -> str:
    """The id of a symbol: ``symbol("alpha", 3, 1)`` is ``alpha[3,1]``."""
    return str(Symbol(name, indices))


OVER_THE_PAST = ("A", "alpha")  # the quantities that have, at timestep t, a number for every timestep up to it
PAIRS = ("A", "alpha", "g", "s", "dL/dA", "dL/dalpha")  # the symbols with two timesteps, the second not after the first


@lru_cache(maxsize=16384)  # of a thousand timesteps, one state alone is asked for 4,000
def parse(symbol_id: str) -> Symbol:
    """The symbol that *symbol_id* names; `KeyError` where it is no id or the table has no such name."""
    found = _ID.fullmatch(symbol_id)
    if found is None or found["name"] not in TABLE:
        raise KeyError(symbol_id)
    indices = found["indices"]
    return Symbol(found["name"], tuple(map(int, indices.split(","))) if indices else ())


def exists(symbol_id: str, network: Network) -> bool:
    """Whether an epoch of *network* has a value for a symbol; `KeyError` where it is none of the table."""
    found = parse(symbol_id)
    name, indices = found.name, found.indices
    meaning = TABLE[name]
    if not indices:
        return name in ("eta", "L") or (meaning.new_of or meaning.gradient_of or name) in network.parameter_shapes
    if meaning.gradient_of:
        return _is_term(meaning.gradient_of, indices, network)
    base = meaning.adjoint_of or name
    if name == "eta" or name in PARAMETERS or meaning.new_of or (base in ("A", "alpha") and not network.attention):
        return False
    if (meaning.adjoint_of == "x" and network.embedding_size is None) or (name == "dL/dZ" and not network.attention):
        return False  # nothing is asked of what is given, and Z is h
    if len(indices) != (2 if name in PAIRS else 1):
        return False
    return symbol_id == "h[0]" or 1 <= indices[-1] <= indices[0] <= network.T


def _is_term(parameter: str, indices: tuple[int, ...], network: Network) -> bool:
    """Whether the gradient by *parameter* has a term at (t), or at (t, m, k), where m is t without attention."""
    if parameter not in network.parameter_shapes or len(indices) not in ((1, 3) if parameter in CHAINED else (1,)):
        return False
    falling = all(earlier <= later for later, earlier in pairwise((network.T, *indices, 1)))
    return falling and (network.attention or indices[:1] == indices[1:2] or len(indices) == 1)


def family(symbol_id: str) -> str:
    """The colour family of a symbol."""
    return TABLE[parse(symbol_id).name].family


def latex(symbol_id: str, suffix: str = "", entry: tuple[int, ...] = ()) -> str:
    r"""A symbol's LaTeX, with *suffix* (an exponent, ``^{\top}``) and 1-based *entry* on it: ``h_{3}^{2}``."""
    found = parse(symbol_id)
    written = latex_at(found.name, *map(str, (*found.indices, *entry)))
    if not suffix:
        return written
    if TABLE[found.name].adjoint_of:
        return rf"\left({written}\right){suffix}"
    base, _, power = written.partition("^")
    return f"{base}^{{{power[1:-1]}{suffix.removeprefix('^')[1:-1]}}}" if power else f"{written}{suffix}"


def latex_at(name: str, *indices: str) -> str:
    """The LaTeX of a name of the table with *indices* as they are written: ``h_{t}``."""
    below, meaning = f"_{{{','.join(indices)}}}" if indices else "", TABLE[name]
    if meaning.adjoint_of:
        return rf"\frac{{\partial L}}{{\partial {TABLE[meaning.adjoint_of].latex}{below}}}"
    base, caret, power = (meaning.latex, "", "") if meaning.gradient_of else meaning.latex.partition("^")
    return f"{base}{below}{caret}{power}"


def text(symbol_id: str) -> str:
    """A symbol for plain text: ``h₃``, ``α₃,₁``, ``∂L/∂W``."""
    found = parse(symbol_id)
    return TABLE[found.name].text + ",".join(map(subscript, found.indices))


def words(symbol_id: str, network: Network, rule: Rule) -> str:
    """What a symbol is, of its own timesteps; of what *rule* forms and is not the derivative, that it is not."""
    found = parse(symbol_id)
    meaning = TABLE[found.name]
    t, m = (*map(subscript, found.indices), "", "")[:2]
    said = meaning.words.format(t=t, m=m, state="Z" if network.attention else "h")
    name = "b" if found.name in ("g", "dL/dh", "dL/da", "dL/dx", "dhnext") else meaning.gradient_of
    is_of_one_loss = found.name == "g" or len(found.indices) == 3 or meaning.gradient_of not in CHAINED
    T = found.indices[0] if found.indices and is_of_one_loss else None
    if found.name in ("v", "s", "dL/dZ", "dL/dalpha", "dL/dA"):
        is_true = rule.sign == 1
    else:
        is_true = not name or effective(rule, name, network, T) == effective(EXACT, name, network, T)
    return said if is_true else f"what the rule in use takes for this: {said}"


def subscript(number: int) -> str:
    """*number* in subscript digits: ``₁₂``."""
    return str(number).translate(_SUBSCRIPTS)


def shape(symbol_id: str, network: Network) -> tuple[int, ...]:
    """The declared shape of a symbol in *network*; () for a single number."""
    sizes = {"H": network.H, "K": network.K, "X": network.input_size, "D": network.embedding_size or 0}
    return tuple(sizes[axis] for axis in TABLE[parse(symbol_id).name].axes)


def shape_text(symbol_id: str, network: Network) -> str:
    """A symbol's shape for a reader: ``4×1``, ``vector of 4``, ``a number``."""
    found = shape(symbol_id, network)
    if prod(found) == 1:
        return "a number"
    return f"vector of {found[0]}" if len(found) == 1 else f"{found[0]}×{found[1]} matrix"
