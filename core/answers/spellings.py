r"""The names of symbols as a learner writes them: ``h_1``, ``h₁``, ``\hat{y}_1``, ``∂L/∂W``, ``W'``."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache
from math import prod

from core.network import symbols
from core.network.network import Network
from core.writing.foreign import (
    Foreign,
    ambiguous,
    foreign,
    gradient_spellings,
    in_gated_cells,
    new_spellings,
    why_absent,
)  # fmt: skip
from core.writing.names import compact, transposed
from core.writing.shown import one_line

_LONGEST = 30  # signs of an unknown name that a message quotes
_ATTENTION = ("A", "alpha", "Z", "s", "dL/dA", "dL/dalpha", "dL/dZ")
_SHORTEST_NAME = 3  # signs; one with fewer is like any other
_LONG_NAME = 5  # signs, from which on a name with one wrong letter is still that name


class SpellingError(ValueError):
    """A name of no symbol that can be given here; the message is one line."""


class UnknownNameError(SpellingError):
    """A name of no symbol at all."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a name means here.

    *ids*: the symbols, of each entry where it names a row of weights, of every timestep where *every* says so.
    *epoch*: the epoch that they belong to. *transposed*: whether their numbers are written so. *note*: what the name
    of another world is here, else empty. *either*: what else it may mean, one for each of *ids*.
    """

    ids: tuple[str, ...]
    epoch: int = 1
    every: bool = False
    transposed: bool = False
    note: str = ""
    either: tuple[str, ...] = ()


def _spellings() -> dict[str, str]:
    """The name in the table of every compact spelling, as `core.writing.names` leaves them."""
    found = {name: name for name, m in symbols.TABLE.items() if name not in symbols.PARAMETERS and not m.new_of}
    found |= dict.fromkeys(("p", "pred", "prediction"), "yhat") | dict.fromkeys(("O", "omega", "logits"), "Omega")
    found |= dict.fromkeys(("loss", "total", "totalloss", "Ltotal", "Lges", "Gesamtverlust", "sumoflosses"), "L")
    found |= {"delta": "dL/dOmega"}
    for name in symbols.PARAMETERS:
        found |= dict.fromkeys(new_spellings(name), f"{name}_new") | {name: name}
    for name in (*symbols.PARAMETERS, "Omega", "omega", "logits", "Z", "alpha", "A", "h", "a", "x"):
        found |= dict.fromkeys(gradient_spellings(name), f"dL/d{found[name]}")
    found |= {f"delta{name}": f"dL/d{name}" for name in ("h", "a", "Z", "x")}
    return found


_SPELLINGS = _spellings()
_ANY_CASE = {spelling.lower(): name for spelling, name in _SPELLINGS.items()}

_BEFORE_ALL = re.compile(r"\[\s*-\s*1\s*\]")
_BRACKETED = re.compile(r"[^0-9\[]*\[\s*[0-9]")
_WRITTEN = re.compile(
    r"\s*(?P<name>\S+?)\s*(?:[\[({_^]+\s*(?P<indices>[0-9]{1,6}(?:\s*,\s*[0-9]{1,6})*)\s*[\])}]*)?\s*"
)
_RANGE = re.compile(
    r"(?P<name>[^0-9\s_\[({]+)[\s_\[({]*(?:t\s*=\s*)?(?P<first>[01])[\s})]*(?::|[.…]{2,3}|…|,?\s*(?:\.{3}|…|\\[lc]?dots)\s*,?|to|bis)"
    r"[\s_{(]*(?:(?P=name))?[\s_{(]*(?P<last>[0-9]{1,6})[\s\])}]*"
)
_PRODUCT = re.compile(
    r"\s*[UVW](?:_?\{?[a-z]{2}\}?)?(?:\s*(?:[*·⋅×@]|\\cdot|\\times|\s)\s*[hxZs]|[xZ])[\s_\[({^]*[0-9₀-₉].*", re.DOTALL
)
_OF_A_LETTER = re.compile(
    r"\W*(?:d?E|dL\s*/?\s*d_?E|∂L\s*/\s*∂E|grad_?E)[\s_\[({]+['\"]?(?P<letter>\w+?)['\"]?[\s\])}]*(?:_?new)?"
)
_INDICES = re.compile(r"(?:[0-9]{1,6}(?:,[0-9]{1,6})*)?")
_PARTS = re.compile(r"(?P<name>[^0-9,]*)(?P<indices>[0-9]{1,6}(?:,[0-9]{1,6})*)?(?P<end>[^0-9,]*)")


def named(spelling: str, network: Network, epoch: int = 1, *, becomes: bool = False, from_zero: bool = False) -> Named:
    """What *spelling* names in a line of *epoch*; else `SpellingError`.

    *becomes*: whether an arrow follows, so that a parameter is meant as it is after the update. *from_zero*: whether
    timesteps in brackets count from 0, as in a program.
    """
    if from_zero and _BEFORE_ALL.search(spelling):
        raise SpellingError("h₀ is given, not computed: it is 0")
    if _PRODUCT.fullmatch(spelling):
        raise SpellingError(f"{_quoted(spelling)} is a part of a line: give what the line makes")
    every = _RANGE.fullmatch(spelling.strip())
    if every is not None:
        return _of_all(named(every["name"], network, epoch), every, spelling, network)
    name, other, indices = _parted(spelling, network)
    if name == "xo" and network.embedding_size is None:
        name = "x"  # the input vector is the one-hot vector itself
    elif other is not None and name == "x":
        name = "xo" if network.embedding_size is not None else "x"  # a program's xs are one-hot
    if name in (*symbols.PARAMETERS, *network.parameter_shapes) and (becomes or epoch > 1):
        epoch -= not becomes  # it was made by the update of the epoch before
        name = f"{name}_new"
    _check_known(name, network, spelling if other is not None else "")
    if from_zero and _BRACKETED.match(spelling):
        indices = tuple(index + 1 for index in indices)
    ids = _ids(name, indices, network)
    is_transposed = transposed(spelling) != (other is not None and other.transposed)
    if is_transposed and len(ids) > 1:
        raise UnknownNameError(f"{_quoted(spelling)}: expected {symbols.text(name)} as it is, not transposed")
    note, either = "", () if other is None or not other.either else _ids(other.either, indices, network)
    is_foreign = other is not None and not (either and compact(spelling).startswith(name))
    if is_foreign or (from_zero and _BRACKETED.match(spelling)):
        shown = symbols.text(ids[0] if len(ids) == 1 else symbols.symbol(name))
        note = f"{_quoted(spelling)} is {shown} {'transposed ' if is_transposed else ''}here"
    return Named(ids, epoch, len(ids) > 1 and not indices, is_transposed, note, either)


def _of_all(name: Named, written: re.Match[str], spelling: str, network: Network) -> Named:
    """*name* at all timesteps, of which *written* says the first and the last; else `SpellingError`."""
    T, last = network.T, int(written["last"]) + (written["first"] == "0")
    is_loss = name.ids == ("L",)
    if not (name.every or is_loss) or not T <= last <= T + ("[" in spelling):  # with which Python counts one more
        raise SpellingError(f"{_quoted(spelling)}: expected all timesteps, 1 to {T}")
    return replace(name, ids=tuple(f"L[{t}]" for t in range(1, T + 1)), every=True) if is_loss else name


def parted(spelling: str, network: Network) -> tuple[str, tuple[int, ...]]:
    """The name in the table of symbols, or of *network*, that *spelling* is of, and the numbers behind it; else
    `SpellingError`.
    """
    name, _, indices = _parted(spelling, network)
    return name, indices


def _own(spelling: str, short: str, network: Network) -> tuple[str, None, tuple[int, ...]] | None:
    """The name that a line of *network* has and the table has not, and the indices behind it; None for no such."""
    names = _of_lines(symbols.names(network))
    written = _WRITTEN.fullmatch(spelling)
    if written is not None and written["name"] in names:
        return names[written["name"]], None, _numbers(written["indices"])
    found = max((name for name in names if short.startswith(name)), key=len, default="")
    behind = _INDICES.fullmatch(short[len(found) :])
    return (names[found], None, _numbers(behind[0])) if found and behind else None


@lru_cache(maxsize=16)
def _of_lines(names: tuple[str, ...]) -> dict[str, str]:
    """Of *names* that a network has, those of no sheet, by their spellings, compact or not: ``i``, ``dC``, ``dL/dUf``;
    case decides.
    """
    found: dict[str, str] = {}
    for name in names:
        if name in symbols.TABLE:
            continue
        base = name.removeprefix(symbols.ADJOINT).removesuffix("_new")
        for bare in (base, compact(base)):
            several = gradient_spellings(bare) if name.startswith(symbols.ADJOINT) else new_spellings(bare)
            found |= dict.fromkeys((bare,) if name == base else (name, *several), name)
    return found


def _numbers(indices: str | None) -> tuple[int, ...]:
    return tuple(map(int, indices.replace(" ", "").split(","))) if indices else ()


def _parted(spelling: str, network: Network) -> tuple[str, Foreign | None, tuple[int, ...]]:
    """The name, what it is elsewhere where only that is known, and the indices."""
    short = compact(spelling)
    own = None if network.by_arrays else _own(spelling, short, network) or _own("", short.removesuffix("t"), network)
    if own is not None:
        return own
    found = _PARTS.fullmatch(short)
    if found is None:
        raise _unknown(spelling, None, "", network)
    word, indices = found["name"] + found["end"], _numbers(found["indices"])
    gated = None if network.by_arrays or not indices else in_gated_cells(word)
    if gated is not None and gated.name.removeprefix(symbols.ADJOINT) in network.lines.shapes:
        return gated.name, gated, indices
    name, other = _table_name(word), ambiguous(word)
    if name is None and word.endswith("T") and not indices and _table_name(word[:-1]) in ("h", "yhat", "L"):
        return _table_name(word[:-1]) or "", None, (network.T,)
    if name == "s" and len(indices) < 2 and not network.attention:
        return "h", Foreign("h"), indices  # of a state as others call it
    if word == "e" and indices:  # the embedding has no index: it is a score or a letter's vector
        return "A" if network.attention else "x", None, indices
    if name is None or other is not None:
        other = other or foreign(word)
        if other is None:
            raise _unknown(spelling, word, found["indices"] or "", network)
        if other.either and other.name in _ATTENTION and not network.attention:
            other = Foreign(other.either)  # it can be but this
        name = other.name
    return name, other, indices


def table_name(spelling: str, network: Network) -> str | None:
    """What *spelling*, without indices, is called in *network*; None where that is not known."""
    short = compact(spelling)
    if not network.by_arrays:
        names = symbols.names(network)
        own = {each: name for name in names for each in (name, name.replace(symbols.ADJOINT, "d"))} | _of_lines(names)
        if spelling in own or short in own:
            return own.get(spelling) or own[short]
    other = foreign(short)
    return _table_name(short) or (other.name if other is not None and not other.transposed else None)


def at_timestep(name: Named, t: int, network: Network) -> Named:
    """*name*, which is of every timestep, at *t* alone."""
    return replace(name, ids=_ids(symbols.parse(name.ids[0]).name, (t,), network), every=False)


def _ids(name: str, indices: tuple[int, ...], network: Network) -> tuple[str, ...]:
    """The symbols *name* with *indices*; of every timestep where it needs one and has none."""
    if symbols.is_pair(name, network):
        if not indices:
            steps = range(1, network.T + 1)
            return tuple(symbols.symbol(name, t, i) for t in steps for i in range(1, t + 1))
        if name == "s" and len(indices) == 1 and indices[0] <= network.T:
            row, state = symbols.text(symbols.symbol("s", *indices, 1)), symbols.text(symbols.symbol("h", *indices))
            raise SpellingError(f"s has two indices here, such as {row}; the hidden state is {state}")
        return _pair(name, _pair_indices(name, indices, network), network)
    meaning = symbols.meaning_in(name, network)
    if len(indices) > 1 or (indices and not indices[0]):
        indices = _without_entry(name, indices, network)
    if meaning.new_of or meaning.gradient_of:
        if indices:
            raise SpellingError(f"{symbols.text(name)} has no index here, expected all its numbers together")
    elif len(indices) > 1:
        shown = symbols.text(symbols.symbol(name, *indices))
        raise SpellingError(f"{shown}: expected one index, the timestep; give all its numbers together")
    elif (name, indices) == ("h", (0,)):
        raise SpellingError("h₀ is given, not computed: it is 0")
    elif indices:
        _check_timestep(name, indices, network)
    elif name != "L":
        return tuple(symbols.symbol(name, t) for t in range(1, network.T + 1))
    return (symbols.symbol(name, *indices),)


def _without_entry(name: str, indices: tuple[int, ...], network: Network) -> tuple[int, ...]:
    """*indices* without those of the entry where *name* has but one number: ``h_1[0]``, ``dW[0][0]``."""
    meaning, shape = symbols.meaning_in(name, network), symbols.shape(name, network)
    first = 0 if meaning.new_of or meaning.gradient_of else 1
    entry = set(indices[first:])
    is_entry = len(indices) - first == len(shape) > 0 and prod(shape) == 1
    return indices[:first] if is_entry and (entry == {0} or (entry == {1} and len(indices) > 1)) else indices


def needs_index(symbol: str, network: Network) -> str:
    """What to say where one number stands for a symbol that each timestep has."""
    name = symbols.parse(symbol).name
    if symbols.is_pair(name, network):
        return f"{symbols.text(name)} needs two indices, such as {symbols.text(symbols.symbol(name, 1, 1))}"
    return f"{symbols.text(name)} needs its timestep, such as {symbols.text(symbols.symbol(name, 1))}"


def _table_name(spelling: str) -> str | None:
    """Case decides only where two names differ in it alone."""
    return _SPELLINGS.get(spelling) or _ANY_CASE.get(spelling.lower())


def check_there(name: str, network: Network) -> None:
    """Whether this network has the symbol *name* of the table, else `SpellingError`."""
    shown = symbols.text(name)
    meaning = symbols.meaning_in(name, network)
    if "E" in (name, meaning.new_of, meaning.gradient_of) and network.embedding_size is None:
        raise SpellingError(f"this network has no {shown}, since it has no embedding")
    if name == "dL/dx" and network.embedding_size is None:
        raise SpellingError(f"nothing asks for {shown} here: the inputs are given")
    if name in _ATTENTION and not network.attention and name not in network.lines.shapes:
        raise SpellingError(f"this network has no {shown}, since it has no attention")
    base = name.removeprefix(symbols.ADJOINT).removesuffix("_new")
    if base in ("U", "W", "b") and base not in network.lines.shapes:
        own = next((each for each in network.parameter_shapes if each.startswith(f"{base}_")), None)
        if own is not None:
            one = shown.replace(base, symbols.text(own))
            raise SpellingError(f"{shown} is of each gate by itself here, such as {one}")
    around = ("x", "xo", "Z", "eta", *(symbols.OF_TERMS if network.by_arrays else ()))
    if base not in network.lines.shapes and base not in around:
        raise SpellingError(f"this network has no {shown}")


def _check_known(name: str, network: Network, spelling: str) -> None:
    """Whether this network computes the symbol *name* of the table, else `SpellingError`; *spelling*: if foreign."""
    check_there(name, network)
    if name in (*symbols.PARAMETERS, *network.parameter_shapes):
        here = f"{_quoted(spelling)} is {name} here, which" if spelling else name
        raise SpellingError(f"{here} is given, not computed; say {name}_new or ∂L/∂{name}")
    if name == "eta":
        raise SpellingError(f"{symbols.text(name)} is given, not computed")


def _check_timestep(name: str, indices: tuple[int, ...], network: Network) -> None:
    t = indices[0]
    if not 1 <= t <= network.T:
        shown = symbols.text(symbols.symbol(name, *indices))
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
    _check_timestep(name, indices, network)
    if rest and not 1 <= rest[0] <= t:
        raise SpellingError(f"{shown}: expected a second index from 1 to {t}, found {rest[0]}")
    return tuple(symbols.symbol(name, t, i) for i in rest or range(1, t + 1))


def _unknown(spelling: str, word: str | None, indices: str, network: Network) -> SpellingError:
    shown = _quoted(spelling)
    absent = why_absent(word) if word else None
    if absent is not None:
        return SpellingError(f"{shown} has no line here: {absent}")
    row = _OF_A_LETTER.fullmatch(spelling.strip())
    if row is not None and row["letter"] in network.alphabet and network.embedding_size is not None:
        return SpellingError(f"{shown} is a row: give all rows together, of ∂L/∂E or of E_new")
    near = _nearest(word[:_LONGEST], network) if word else None
    if near is None:
        return UnknownNameError(f"unknown name '{shown}', expected one such as h1, yhat1 or dL/dW")
    return UnknownNameError(f"unknown name '{shown}', did you mean {near}{'_' if indices else ''}{indices}?")


def _quoted(spelling: str) -> str:
    return one_line(spelling.strip().strip("'\"`“”"), _LONGEST)


@lru_cache(maxsize=1024)
def _nearest(name: str, network: Network) -> str | None:
    """The symbol of *network* whose spelling is most like *name*; a short one with another letter in it is another
    quantity.
    """
    near = get_close_matches(name, _SPELLINGS, 1)
    try:
        check_there(_SPELLINGS[near[0]] if near else "", network)
    except (SpellingError, KeyError):
        return None
    if not near or len(set(name) - set(near[0])) > (len(name) >= _LONG_NAME and near[0] not in name):
        return None
    if name[0].lower() != near[0][0].lower() or (len(name) < _SHORTEST_NAME and near[0] not in name):
        return None
    return symbols.text(_SPELLINGS[near[0]])
