r"""The names of symbols as a learner writes them: ``h_1``, ``h₁``, ``\hat{y}_1``, ``∂L/∂W``, ``W'``."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import lru_cache
from unicodedata import normalize

from core.network import symbols
from core.network.network import Network
from core.writing.shown import one_line

_LONGEST = 30  # signs of an unknown name that a message quotes
_PAIRS = ("A", "alpha", "g", "s")  # with two timesteps, the second not after the first
_ATTENTION = ("A", "alpha", "Z", "s")


class SpellingError(ValueError):
    """A name of no symbol that can be given here; the message is one line."""


class UnknownNameError(SpellingError):
    """A name of no symbol at all."""


def _spellings() -> dict[str, str]:
    """The name in the table of every compact spelling, as `_compact` leaves them."""
    found = {name: name for name, m in symbols.TABLE.items() if name not in symbols.PARAMETERS and not m.new_of}
    found |= dict.fromkeys(("p", "pred", "prediction"), "yhat") | dict.fromkeys(("O", "omega", "logits"), "Omega")
    found |= dict.fromkeys(("loss", "total", "totalloss", "Ltotal"), "L") | {"delta": "dL/dOmega"}
    for name in symbols.PARAMETERS:
        found |= dict.fromkeys((f"{name}new", f"new{name}", f"{name}'"), f"{name}_new") | {name: name}
    for name in (*symbols.PARAMETERS, "Omega", "omega", "logits"):
        spelled = (
            f"dL/d{name}",
            f"dLd{name}",
            f"d{name}",
            f"{name}.grad",
            f"{name}grad",
            f"grad{name}",
            f"grad{name}L",
        )
        found |= dict.fromkeys(spelled, f"dL/d{found[name]}")
    return found


_SPELLINGS = _spellings()
_ANY_CASE = {spelling.lower(): name for spelling, name in _SPELLINGS.items()}

_SLOPE = re.compile(r"1\s*[-−]\s*h\s*(?:²|\^\s*\{?2\}?)")  # known by what it is, and its square is no index
_BRACED = r"\{((?:[^{}]|\{[^{}]*\})*+)\}"
_REWRITTEN = [
    (re.compile(pattern), written)
    for pattern, written in (
        (rf"\\[dt]?frac\s*{_BRACED}\s*{_BRACED}", r"\1/\2"),
        (r"\\(?:wide)?hat\s*(?:\{\s*y\s*\}|y)|[ŷŶ]", "yhat"),
        (r"^y\s*\^", "yhat"),
        (r"\\(?:mathcal|mathrm|mathbf|text|left|right)\b", ""),
        (r"\\?∇|\\nabla", "grad"),
        (r"∂|\\partial", "d"),
        (r"[αΩωδη]", lambda greek: {"α": "alpha", "Ω": "Omega", "ω": "omega", "δ": "delta", "η": "eta"}[greek[0]]),
        (r"°|\\circ", "o"),
        (r"[′’]|\\prime", "'"),
        (r"\]\s*\[|\)\s*\(|(?<=[0-9])[\s_;]+(?=[0-9])", ","),
        (r"[\s_{}\[\]()^$\\*`]+", ""),
        (r"^(?:the)?gradientof", "grad"),
        (r"^dL([0-9]+)/dOmega(?=\1$)", "dL/dOmega"),  # no other loss depends on Omega_t
    )
]
_PARTS = re.compile(r"(?P<name>[^0-9,]*)(?P<indices>[0-9]{1,6}(?:,[0-9]{1,6})*)?(?P<end>[^0-9,]*)")


def named(spelling: str, network: Network) -> tuple[str, ...]:
    """The id of the symbol that *spelling* names, of each entry where it names a row of weights; `SpellingError`."""
    found = _PARTS.fullmatch(_compact(spelling))
    name = _table_name(found["name"] + found["end"]) if found else None
    if found is None or name is None:
        raise UnknownNameError(_unknown(spelling, found))
    if name == "xo" and network.embedding_size is None:
        name = "x"  # the input vector is the one-hot vector itself
    _check_known(name, network)
    indices = tuple(map(int, found["indices"].split(","))) if found["indices"] else ()
    if name in _PAIRS:
        return _pair(name, _pair_indices(name, indices, network), network)
    shown = symbols.text(symbols.symbol(name, *indices))
    meaning = symbols.TABLE[name]
    if meaning.new_of or meaning.gradient_of:
        if indices:
            raise SpellingError(f"{symbols.text(name)} has no index here, expected all its numbers together")
    elif len(indices) > 1:
        raise SpellingError(f"{shown}: expected one index, the timestep; give all its numbers together")
    elif (name, indices) == ("h", (0,)):
        raise SpellingError(f"{shown} is given, not computed: it is 0")
    elif indices:
        _check_timestep(shown, indices[0], network)
    elif name != "L":
        raise SpellingError(f"{shown} needs its timestep, such as {symbols.text(symbols.symbol(name, 1))}")
    return (symbols.symbol(name, *indices),)


def _compact(spelling: str) -> str:
    """*spelling* without its typography: ``alpha3,1``, ``dL/dW``, ``Wnew``."""
    text = normalize("NFKC", _SLOPE.sub("D", spelling.strip()))
    for pattern, written in _REWRITTEN:
        text = pattern.sub(written, text)
    return text


def _table_name(spelling: str) -> str | None:
    """Case decides only where two names differ in it alone."""
    return _SPELLINGS.get(spelling) or _ANY_CASE.get(spelling.lower())


def _check_known(name: str, network: Network) -> None:
    """Whether this network computes the symbol *name* of the table, else `SpellingError`."""
    shown = symbols.text(name)
    meaning = symbols.TABLE[name]
    if "E" in (name, meaning.new_of, meaning.gradient_of) and network.embedding_size is None:
        raise SpellingError(f"this network has no {shown}, since it has no embedding")
    if name in _ATTENTION and not network.attention:
        raise SpellingError(f"this network has no {shown}, since it has no attention")
    if name in symbols.PARAMETERS:
        raise SpellingError(f"{name} is given, not computed; say {name}_new or ∂L/∂{name}")
    if name == "eta":
        raise SpellingError(f"{shown} is given, not computed")


def _check_timestep(shown: str, t: int, network: Network) -> None:
    if not 1 <= t <= network.T:
        raise SpellingError(f"{shown}: expected a timestep from 1 to {network.T}, found {t}")


def _pair_indices(name: str, indices: tuple[int, ...], network: Network) -> tuple[int, ...]:
    """Two digits that stand together are two indices, unless they can be the timestep of a row."""
    if len(indices) != 1 or not 10 <= indices[0] <= 99:
        return indices
    t, i = divmod(indices[0], 10)
    is_pair = 1 <= i <= t <= network.T
    if is_pair and indices[0] <= network.T:
        pair, row = (symbols.text(symbols.symbol(name, *of)) for of in ((t, i), indices))
        raise SpellingError(f"{name}{indices[0]} can be {pair} or {row}: write {name}_{t},{i} for the first")
    return (t, i) if is_pair or indices[0] > network.T else indices


def _pair(name: str, indices: tuple[int, ...], network: Network) -> tuple[str, ...]:
    """The entry of a symbol with two indices, or a row of them."""
    shown = symbols.text(symbols.symbol(name, *indices))
    if not 1 <= len(indices) <= 2:
        raise SpellingError(f"{shown} needs two indices, such as {symbols.text(symbols.symbol(name, 1, 1))}")
    t, *rest = indices
    _check_timestep(shown, t, network)
    if rest and not 1 <= rest[0] <= t:
        raise SpellingError(f"{shown}: expected a second index from 1 to {t}, found {rest[0]}")
    return tuple(symbols.symbol(name, t, i) for i in rest or range(1, t + 1))


def _unknown(spelling: str, found: re.Match[str] | None) -> str:
    shown = one_line(spelling.strip(), _LONGEST)
    near = _nearest((found["name"] + found["end"])[:_LONGEST]) if found else None
    if found is None or near is None:
        return f"unknown name '{shown}', expected one such as h1, yhat1 or dL/dW"
    return f"unknown name '{shown}', did you mean {near}{'_' if found['indices'] else ''}{found['indices'] or ''}?"


@lru_cache(maxsize=1024)
def _nearest(name: str) -> str | None:
    """The symbol whose spelling is most like *name*, where one is."""
    near = get_close_matches(name, _SPELLINGS, 1)
    return symbols.text(_SPELLINGS[near[0]]) if near else None
