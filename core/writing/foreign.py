"""What other worlds call the quantities that this network has: min-char-rnn, PyTorch, Keras, lectures.

Every name stands as `core.answers.spellings` compacts it, without underscores and brackets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MODULES = re.compile(
    r"^(?:(?:self|model|net|(?:simple_?)?rnn(?:_?cell)?(?:_[0-9])?|cell|encoder|params|sequential)[./])+", re.IGNORECASE
)
_LAYER = re.compile(r"(weight|bias)_(ih|hh)_l0(?![0-9])")
_LINEAR = ("fc", "out", "output", "linear", "lin", "decoder", "head", "dense", "hidden2out", "h2o")

_PARAMETERS = {
    "U": ("Wxh", "Whx", "Wih", "Wax", "Wx", "Win", "weightih"),
    "W": ("Whh", "Waa", "Wh", "Wrec", "weighthh"),
    "b": ("bh", "ba", "bhid"),
    "V": ("Why", "Wyh", "Who", "Wya", "Wy", "Wout", *(f"{module}.weight" for module in _LINEAR)),
    "c": ("by", "bo", "bq", "bout", *(f"{module}{sign}bias" for module in _LINEAR for sign in "./")),
    "E": ("embedding.weight", "embed.weight", "emb.weight", "embedding/embeddings", "embeddings", "Wemb"),
}
_TRANSPOSED = {
    "U": ("kernel",),
    "W": ("recurrentkernel",),
    "V": ("Whq", *(f"{module}/kernel" for module in _LINEAR)),
}
_HALVES = ("biasih", "biashh")  # of PyTorch's bias, which is their sum
_STATES = {
    "a": ("net", "preactivation"),
    "h": ("hs", "hidden", "hiddenstate", "state", "ht"),
    "Z": ("context", "contextvector", "ctx"),
    "alpha": ("attn", "attention", "attnweights", "attentionweights"),
    "yhat": ("ps", "probs", "prob", "probabilities", "yhats", "ypred", "preds", "predictions"),
    "Omega": ("ys", "scores", "score", "logit", "zs"),
    "x": ("xs",),
    "y": ("ytrue", "target", "label"),
    "dL/dOmega": ("dy", "dys", "dlogits", "dscores", "do", "deltao", "deltay", "deltaout"),
    "dL/dh": ("dhs", "dht"),
    "dL/da": ("dhraw",),
    "L": ("losses", "J", "cost", "Etotal", "nll", "crossentropy", "crossentropyloss"),
}
# Of two quantities that one letter means in two worlds, the numbers tell which: here the first.
_EITHER = {
    "z": ("Z", "a"),
    "dz": ("dL/dZ", "dL/da"),
    "dL/dz": ("dL/dZ", "dL/da"),
    "a": ("a", "h"),
    "da": ("dL/da", "dL/dh"),
    "dL/da": ("dL/da", "dL/dh"),
    "o": ("Omega", "yhat"),
    "O": ("Omega", "yhat"),
}
_CANDIDATES = ("tildec", "ctilde", "c\u0303", "cbar", "chat")
_GATED = {  # in cells with gates, behind which a timestep stands
    "c": "C",
    **dict.fromkeys(("g", *_CANDIDATES, *(name.replace("c", "C", 1) for name in _CANDIDATES)), "q"),
    **dict.fromkeys(("tildeh", "htilde", "h\u0303", "hhat"), "n"),
    "inputgate": "i",
    "forgetgate": "f",
    "outputgate": "o",
    "cellstate": "C",
    "candidate": "q",
    "cell": "C",
}
_ABSENT = {
    **dict.fromkeys(("smoothloss",), "the loss here is L, of one epoch"),
    **{
        f"{change}{name}": f"the step −η ∂L/∂{name} stands in {name}_new: give that, or ∂L/∂{name}"
        for name in ("U", "W", "b", "V", "c", "E")
        for change in ("Δ", "delta")
    },
    **dict.fromkeys(
        ("mWxh", "mWhh", "mWhy", "mbh", "mby", "mem"), "the update here is plain gradient descent, without memory"
    ),
}


@dataclass(frozen=True, slots=True)
class Foreign:
    """The *name* in the table of symbols, and whether its numbers are written *transposed* there. *either*: another
    that may be meant.
    """

    name: str
    transposed: bool = False
    either: str = ""


def gradient_spellings(name: str) -> tuple[str, ...]:
    """How the gradient of the loss by *name* is written."""
    return (
        f"dL/d{name}",
        f"dLd{name}",
        f"d{name}",
        f"{name}.grad",
        f"{name}grad",
        f"grad{name}",
        f"grad{name}L",
    )


def new_spellings(name: str) -> tuple[str, ...]:
    """How *name* after the update is written."""
    behind = (f"{name}{mark}" for mark in ("new", "'", "+", "updated", "neu", "next", "afterupdate", "afterupdating"))
    return *behind, f"new{name}", f"updated{name}"


def _table() -> Iterator[tuple[str, Foreign]]:
    for transposed, table in ((False, _PARAMETERS), (True, _TRANSPOSED)):
        for name, others in table.items():
            for other in others:
                yield other, Foreign(name, transposed)
                yield from ((each, Foreign(f"{name}_new", transposed)) for each in new_spellings(other))
                yield from ((each, Foreign(f"dL/d{name}", transposed)) for each in gradient_spellings(other))
    for half in _HALVES:
        yield from ((each, Foreign("dL/db")) for each in gradient_spellings(half))
    yield from (("bias", Foreign("b")), *((each, Foreign("dL/db")) for each in gradient_spellings("bias")))
    yield from ((other, Foreign(name)) for name, others in _STATES.items() for other in others)


_FOREIGN = dict(_table())
_ANY_CASE = {name.lower(): found for name, found in _FOREIGN.items()}
_ABSENT_ANY_CASE = {name.lower(): reason for name, reason in _ABSENT.items()}


def without_modules(spelling: str) -> str:
    """*spelling* without the modules that a parameter stands in and without PyTorch's mark of the first layer."""
    return _MODULES.sub("", _LAYER.sub(r"\1\2", spelling))


def foreign(compact: str) -> Foreign | None:
    """What *compact* is here; case decides only where two names differ in it alone."""
    return _FOREIGN.get(compact) or _ANY_CASE.get(compact.lower())


def ambiguous(compact: str) -> Foreign | None:
    """What *compact* is here and what else it may be; None where it can be but one."""
    names = _EITHER.get(compact)
    return Foreign(names[0], either=names[1]) if names else None


def in_gated_cells(compact: str) -> Foreign | None:
    """What *compact* with a timestep is in a cell with gates: the state or the candidate by another name."""
    name = compact.removeprefix("dL/d")
    if name not in _GATED and compact.removeprefix("d") in _GATED:
        return Foreign(f"dL/d{_GATED[compact.removeprefix('d')]}")
    found = _GATED.get(name)
    return None if found is None else Foreign(compact[: len(compact) - len(name)] + found)


def why_absent(compact: str) -> str | None:
    """Why there is no line for what *compact* names, where other programs have it and this network has not."""
    if compact in _HALVES:
        return "b here is the sum of PyTorch's two biases"
    return _ABSENT_ANY_CASE.get(compact.lower())
