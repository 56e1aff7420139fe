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

from core.equations.description import Description
from core.equations.expressions import NEAR
from core.equations.operations import FUNCTIONS
from core.network import cells, routes
from core.network import words as from_lines
from core.network.network import Network
from core.network.rule import EXACT, Rule, effective

_ID = re.compile(r"(?P<name>[^\[\]]+)(?:\[(?P<indices>\d+(?:,\d+)*)\])?", re.ASCII)
_GIVEN = ("dL", "t")
_AROUND = ("xo", "x", "y", "A", "alpha", "Z", "Omega", "yhat", "L")  # what no cell makes
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
    *clipped_of*, *norm_of*: the parameter what of whose gradient the clip leaves, or whose gradient's norm it is.
    *near_of*: as *adjoint_of*, of those losses alone that reach an earlier timestep too.
    """

    latex: str
    text: str
    family: str
    axes: str
    words: str
    gradient_of: str = ""
    new_of: str = ""
    adjoint_of: str = ""
    clipped_of: str = ""
    norm_of: str = ""
    near_of: str = ""


PARAMETERS = {
    "U": Meaning("U", "U", "U", "HX", "the weights from the input to the hidden state"),
    "W": Meaning("W", "W", "W", "HH", "the weights from one hidden state to the next"),
    "b": Meaning(r"b", "b", "b", "H", "the bias of the hidden state"),
    "V": Meaning("V", "V", "V", "KH", "the weights from the hidden state to the scores"),
    "c": Meaning(r"c", "c", "b", "K", "the bias of the scores"),
    "E": Meaning("E", "E", "E", "ND", "the embedding: one row a letter"),
}

TABLE: dict[str, Meaning] = PARAMETERS | {
    "xo": Meaning(r"x^{\circ}", "x°", "plain", "N", "the input letter as a one-hot vector"),
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
    "dnorm": Meaning(
        r"\lVert \nabla L \rVert", "‖∇L‖", "plain", "", "the norm of all gradients: the root of the sum of all squares"
    ),
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


_OF_NUMBERS = {
    "y": "what is wanted",
    "Omega": "what the state comes to through V: a number for every number wanted",
    "yhat": "the prediction: a number for every number wanted",
}  # where no letters are wanted
OVER_THE_PAST = ("A", "alpha")  # the quantities that have, at timestep t, a number for every timestep up to it
ROWS = (*OVER_THE_PAST, "dL/dA", "dL/dalpha")  # and what is asked of them
PAIRS = (*ROWS, "g", "s")  # the symbols with two timesteps, the second not after the first
OF_TERMS = ("D", "v", "g", "s", "dhnext")  # what only the way back term by term has a name for
SLOPE = "D/"  # before a function: its slope, where D is not that of tanh at h
ADJOINT = "dL/d"
CLIPPED, NORM = "dclip/d", "dnorm/d"  # before a parameter: what the clip leaves of its gradient, and that one's norm
_OF_DERIVATIVES = (CLIPPED, NORM, NEAR)
JACOBIAN = "ds/d"  # how the states of a timestep change with a quantity; by itself, with those of the one before: J
_GREEK = {"alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η", "theta": "θ",
          "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "rho": "ρ", "sigma": "σ", "tau": "τ",
          "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ",
          "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω"}  # fmt: skip


@lru_cache(maxsize=4096)
def meaning(name: str) -> Meaning:
    """The row of *name*; where the table has none, what its letters say: ``U_i`` is U with an i below it.

    `KeyError` where it is no name.
    """
    if name in TABLE:
        return TABLE[name]
    if name.startswith(_OF_DERIVATIVES):
        return _of_derivative(name, meaning(_derivative(name)))
    if name.startswith(JACOBIAN):
        return _of_states(name.removeprefix(JACOBIAN))
    if name.startswith(SLOPE) and (function := name.removeprefix(SLOPE)) in FUNCTIONS:
        return replace(TABLE["D"], text=f"{function}′", words=f"the slope of {function}")
    base = name.removeprefix(ADJOINT).removesuffix("_new")
    if not base.isidentifier() or base in _GIVEN:
        raise KeyError(name)
    if base != name:
        own = meaning(base)
        if name.startswith(ADJOINT):
            return replace(own, latex=rf"\frac{{\partial L}}{{\partial {own.latex}}}", text=f"∂L/∂{own.text}")
        return replace(own, latex=rf"{own.latex}^{{\mathrm{{new}}}}", text=f"{own.text} new")
    letter, _, below = name.partition("_")
    said = TABLE.get(letter) if len(letter) == 1 else None
    latex = letter if len(letter) == 1 else rf"\{letter}" if letter in _GREEK else rf"\mathit{{{letter}}}"
    below = rf"\{below}" if below in _GREEK else below.replace("_", ",")
    return Meaning(
        f"{latex}_{{{below}}}" if below else latex,
        _GREEK.get(letter, letter) + name[len(letter) :],
        said.family if said else "h",
        "",
        "",
    )


def clipped(name: str) -> str:
    """The symbol of what the clip leaves of the gradient by *name*; of ``norm`` that of the norm."""
    return "dnorm" if name == "norm" else f"{CLIPPED}{name}"


def taken(name: str, rule: Rule) -> str:
    """The symbol of what the update of a parameter takes by *rule*: its gradient, or what the clip leaves of that."""
    return f"{ADJOINT}{name}" if rule.clip is None else clipped(name)


def _derivative(name: str) -> str:
    return ADJOINT + name.split("/d", 1)[1]


def _of_derivative(name: str, of: Meaning) -> Meaning:
    """What is clipped of a gradient, or what the nearer losses ask of a quantity."""
    if name.startswith(NEAR):
        latex = of.latex.replace(r"\partial L", r"\partial L_{\mathrm{near}}", 1)
        words = f"{of.words}, of the nearer losses alone"
        return replace(of, latex=latex, text=f"{of.text} near", words=words, adjoint_of="", near_of=of.adjoint_of)
    if name.startswith(NORM):
        own = replace(of, latex=rf"\left\lVert {of.latex} \right\rVert", text=f"‖{of.text}‖", axes="")
        return replace(own, words=f"the norm of {of.words}", gradient_of="", norm_of=of.gradient_of)
    latex, words = rf"{{{of.latex}}}^{{\mathrm{{clipped}}}}", f"{of.words}, clipped"
    return replace(of, latex=latex, text=f"{of.text} clipped", words=words, gradient_of="", clipped_of=of.gradient_of)


def _of_states(base: str) -> Meaning:
    lead = "how fast the states of timestep {t} change with "
    if not base:
        return Meaning("J", "J", "h", "SS", f"{lead}those of the one before")
    own = meaning(base)
    latex = rf"\frac{{\partial s}}{{\partial {own.latex}}}"
    return Meaning(latex, f"∂s/∂{own.text}", "h", "S", f"{lead}{own.text}{{t}}")


@lru_cache(maxsize=4096)
def _meaning_in(name: str, lines: Description, state: str, by_arrays: bool) -> Meaning:
    if name.startswith(JACOBIAN) and name != JACOBIAN:
        found = meaning(name)
        return replace(found, axes="".join(("S", *lines.shapes.get(name.removeprefix(JACOBIAN), ("X",)))))
    base = name.removeprefix(ADJOINT).removesuffix("_new")
    if name.startswith(_OF_DERIVATIVES):
        return _of_derivative(name, _meaning_in(_derivative(name), lines, state, by_arrays))
    if name in _OF_NUMBERS and lines.made("yhat").output != cells.OF_SHEETS.function:
        return replace(meaning(name), words=_OF_NUMBERS[name])
    if base not in lines.shapes or (name == base and name in _AROUND):
        return meaning(name)
    axes, made = "".join(axis for axis in lines.shapes[base] if axis != "t"), base not in lines.parameters
    found = replace(meaning(name), axes=TABLE[base].axes if base in _AROUND else axes)
    is_known = base in TABLE and (by_arrays or base in (*_AROUND, "V", "c", "E"))
    if name.startswith(ADJOINT) and made:
        plain = f"how fast the total loss changes with {meaning(base).text}{{t}}"
        words = _OF_ADJOINTS.get(base, plain) if is_known else plain
        return replace(found, adjoint_of=base, words=words)
    if name.startswith(ADJOINT):
        return replace(found, gradient_of=base, words=f"the gradient of the loss by {meaning(base).text}")
    if name != base:
        return replace(found, new_of=base, words=f"{meaning(base).text} after the update")
    return found if is_known else replace(found, words=from_lines.what_it_is(base, lines, state))


def meaning_in(name: str, network: Network) -> Meaning:
    """What *name* means in *network*: its axes, and what it is, follow from the lines."""
    found = _meaning_in(name, network.lines, network.state, network.by_arrays)
    if name == "V" and network.attention:
        return replace(found, words=found.words.replace("hidden state", "context"))
    return found


def is_of_terms(name: str, network: Network) -> bool:
    """Whether *name* is what only the way back term by term calls so, and no line of *network*."""
    return (name in OF_TERMS or name.startswith(SLOPE)) and name not in network.lines.shapes


def slope(network: Network) -> str:
    """The name of the slope of the state, where a term of *network* has it as a factor, else ""."""
    found = routes.slope(network)
    if found is None:
        return ""
    return "D" if (found.function, found.reader) == ("tanh", "h") else SLOPE + found.function


def is_pair(name: str, network: Network) -> bool:
    """Whether *name* has two timesteps in *network*, the second not after the first."""
    return name in ROWS or (name in PAIRS and is_of_terms(name, network))


def names(network: Network) -> tuple[str, ...]:
    """All names that the table has, and those of the lines of *network* with their derivatives and new values."""
    own = (*network.parameter_shapes, *network.made)
    derived = [f"{ADJOINT}{name}" for name in (*network.parameter_shapes, *network.asked)]
    derived += [f"{name}_new" for name in network.parameter_shapes]
    return tuple(dict.fromkeys((*TABLE, *own, *derived)))


def symbol(name: str, *indices: int) -> str:
    """The id of a symbol: ``symbol("alpha", 3, 1)`` is ``alpha[3,1]``."""
    return str(Symbol(name, indices))


@lru_cache(maxsize=16384)  # of a thousand timesteps, one state alone is asked for 4,000
def parse(symbol_id: str) -> Symbol:
    """The symbol that *symbol_id* names; `KeyError` where it is no id."""
    found = _ID.fullmatch(symbol_id)
    if found is None:
        raise KeyError(symbol_id)
    meaning(found["name"])
    indices = found["indices"]
    return Symbol(found["name"], tuple(map(int, indices.split(","))) if indices else ())


def exists(symbol_id: str, network: Network) -> bool:
    """Whether an epoch of *network* has a value for a symbol; `KeyError` where it is no id."""
    found = parse(symbol_id)
    name, indices = found.name, found.indices
    meant = meaning_in(name, network)
    if not indices:
        of = meant.new_of or meant.gradient_of or meant.clipped_of or meant.norm_of or name
        return name in ("eta", "L", "dnorm") or of in network.parameter_shapes
    if meant.gradient_of:
        return _is_term(meant.gradient_of, indices, network)
    if name.startswith(JACOBIAN):
        is_there = not network.by_arrays and len(indices) == 1
        return is_there and name.removeprefix(JACOBIAN) in ("", "x", *network.made) and 1 <= indices[0] <= network.T
    base = meant.adjoint_of or meant.near_of or name
    if base != name and base not in network.asked:
        return False  # nothing is asked of what is given, and Z is h
    in_range = 1 <= indices[-1] <= indices[0] <= network.T
    if meant.new_of or name in network.parameter_shapes or (name == "xo" and network.reads_numbers):
        return False
    if base not in (*network.lines.shapes, "x", "xo", "Z") or (name in ("g", "s") and len(indices) == 2):
        known = ("v", "g", "s", slope(network), *(["dhnext"] if network.by_arrays else []))
        return in_range and name in known and len(indices) == (2 if name in PAIRS else 1)
    if len(indices) != (2 if base in OVER_THE_PAST or meant.near_of else 1):
        return False
    return in_range or (indices == (0,) and name in network.states)


def _is_term(parameter: str, indices: tuple[int, ...], network: Network) -> bool:
    """Whether the gradient by *parameter* has a term at (t), or at (t, m, k), where m is t without attention."""
    counts = (1, 3) if parameter in network.chained else (1,)
    if parameter not in network.parameter_shapes or len(indices) not in counts:
        return False
    is_of_loss = len(indices) == 3 or parameter not in network.chained
    if is_of_loss and indices[0] not in network.judged:
        return False
    falling = all(earlier <= later for later, earlier in pairwise((network.T, *indices, 1)))
    return falling and (network.attention or indices[:1] == indices[1:2] or len(indices) == 1)


def family(symbol_id: str) -> str:
    """The colour family of a symbol; g and s of a single timestep are quantities of a cell of one's own."""
    found = parse(symbol_id)
    is_own = found.name.removeprefix(ADJOINT) in ("g", "s") and len(found.indices) == 1
    return "h" if is_own else meaning(found.name).family


def latex(symbol_id: str, suffix: str = "", entry: tuple[int, ...] = ()) -> str:
    r"""A symbol's LaTeX, with *suffix* (an exponent, ``^{\top}``) and 1-based *entry* on it: ``h_{3}^{2}``."""
    found = parse(symbol_id)
    written = latex_at(found.name, *map(str, (*found.indices, *entry)))
    if not suffix:
        return written
    if _is_inside(found.name, len(found.indices)):
        return rf"\left({written}\right){suffix}"
    base, _, power = written.partition("^")
    return f"{base}^{{{power[1:-1]}{suffix.removeprefix('^')[1:-1]}}}" if power else f"{written}{suffix}"


def latex_at(name: str, *indices: str) -> str:
    """The LaTeX of a name of the table with *indices* as they are written: ``h_{t}``."""
    if name.startswith(JACOBIAN) and name != JACOBIAN:
        base = latex_at(name.removeprefix(JACOBIAN), *indices)
        return rf"\frac{{\partial s_{{{','.join(indices)}}}}}{{\partial {base}}}"
    if _is_inside(name, len(indices)):
        below = latex_at(name.removeprefix(ADJOINT).removeprefix(NEAR), *indices[: 1 if name.startswith(NEAR) else 2])
        over = r"\partial L" if name.startswith(ADJOINT) else r"\partial L_{\mathrm{near}}"
        return rf"\frac{{{over}}}{{\partial {below}}}"
    below, own = f"_{{{','.join(indices)}}}" if indices else "", meaning(name).latex
    base, caret, power = (own, "", "") if name.startswith(ADJOINT) else own.partition("^")
    if below and base.endswith("}") and "_{" in base:  # one index below another is no LaTeX
        base, below = base[:-1], f",{','.join(indices)}}}"
    return f"{base}{below}{caret}{power}"


def _is_inside(name: str, count: int) -> bool:
    """Whether *count* indices of ∂L/∂name are those of the quantity below: a gradient has its own beside it."""
    return name.startswith((ADJOINT, NEAR)) and count in (1, 2) and not meaning(name).gradient_of


def text(symbol_id: str) -> str:
    """A symbol for plain text: ``h₃``, ``α₃,₁``, ``∂L/∂W``."""
    found = parse(symbol_id)
    if found.name.startswith(NEAR):
        return f"{text(symbol(_derivative(found.name), *found.indices[:1]))} near"
    return meaning(found.name).text + ",".join(map(subscript, found.indices))


def words(symbol_id: str, network: Network, rule: Rule) -> str:
    """What a symbol is, of its own timesteps; of what *rule* forms and is not the derivative, that it is not."""
    found = parse(symbol_id)
    meant = meaning_in(found.name, network)
    t, m = (*map(subscript, found.indices), "", "")[:2]
    said = network.spoken(meant.words.format(t=t, m=m, state="Z" if network.attention else meaning(network.state).text))
    if found.indices[:1] == (0,):
        return _at_start(found.name, network)
    if meant.gradient_of and found.indices:
        said = f"a term of {said}"
    if network.divisor > 1:  # of a mean, what one loss asks counts for its share
        said = said.replace("how fast L", f"how fast 1/{network.divisor} of L")
    is_of_all = found.name in ("g", "dhnext") or meant.adjoint_of not in ("", "Omega")
    name = network.taker if is_of_all else meant.gradient_of
    is_of_one_loss = found.name == "g" or len(found.indices) == 3 or meant.gradient_of not in network.chained
    T = found.indices[0] if found.indices and is_of_one_loss else None
    if found.name in ("v", "s", "dL/dZ", "dL/dalpha", "dL/dA"):
        is_true = rule.sign == 1
    else:
        is_true = not name or effective(rule, name, network, T) == effective(EXACT, name, network, T)
    return said if is_true else f"what the rule in use takes for this: {said}"


def _at_start(name: str, network: Network) -> str:
    first = "input" if network.reads_numbers else network.spoken("letter")
    given = "is given" if name in network.given_at_start else "is 0"
    return f"what {meaning(name).text} is before the first {first}; it {given}"


def subscript(number: int) -> str:
    """*number* in subscript digits: ``₁₂``."""
    return str(number).translate(_SUBSCRIPTS)


def shape(symbol_id: str, network: Network) -> tuple[int, ...]:
    """The declared shape of a symbol in *network*; () for a single number."""
    sizes = {**network.sizes, "D": network.embedding_size or 0, "S": len(network.states) * network.H}
    return tuple(sizes[axis] for axis in _meant(parse(symbol_id), network).axes)


def _meant(found: Symbol, network: Network) -> Meaning:
    """What a symbol means, whose name may be another's with so many indices."""
    of_scores = found.name in PAIRS and len(found.indices) == 2
    return meaning(found.name) if of_scores else meaning_in(found.name, network)


def shape_text(symbol_id: str, network: Network) -> str:
    """A symbol's shape for a reader: ``4×1``, ``vector of 4``, ``a number``."""
    found = shape(symbol_id, network)
    if prod(found) == 1:
        return "a number"
    return f"vector of {found[0]}" if len(found) == 1 else f"{found[0]}×{found[1]} matrix"
