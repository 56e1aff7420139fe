"""What a name of an exercise means: courses call the same gate and the same matrix by many names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal
from unicodedata import normalize

Kind = Literal["matrix", "bias", "input", "target", "state", "cell", "rate", "result", "unknown"]

_WORDS = {
    "forget": "f", "input": "i", "output": "o", "update": "z", "reset": "r", "candidate": "g", "cand": "g", "cell": "g",
    "gate": "", "hidden": "h", "rec": "h", "recurrent": "h", "in": "x", "out": "y",
}  # fmt: skip
_CANDIDATES = ("g", "c~", "h~", "n", "q", "a", "j", "c", "C", "C~", "s~", "h", "z")
_INPUTS = ("x", "xs", "input", "inputs", "in")
_TARGETS = ("y", "ys", "target", "targets", "label", "labels", "ytrue", "wanted", "truth")
_STATES, _CELLS = ("h", "hs", "hidden", "state", "hprev", "hinit", "s"), ("c", "cs", "cell", "cprev", "cinit")
_RATES = ("eta", "η", "lr", "learningrate", "rate", "alpha", "α", "λ")
_BEFORE = re.compile(r"(?:t\s*-\s*1|prev|init|initial|start)\Z")
_INDEX = re.compile(r"(?P<stem>.*?)[\s_^\[(<{]*(?P<index>-\s*1|\d{1,4}|t\s*-\s*1)[\s\])>}]*\Z", re.DOTALL)
_AT_T = re.compile(r"(?<=[a-zA-Z])[_^\[({<][\[({<]*t[\])}>]*\Z|(?<=[xyh])t\Z")
_PARAMETER = re.compile(r"(?P<base>weights?|bias|kernel|[WURVMwurvbB])(?P<rest>.*)\Z")
_MODULES = re.compile(r"^(?:\w+[./])+")


@dataclass(frozen=True, slots=True)
class Role:
    """What a name means.

    *gate*: as this program calls it, ``y`` for the output, "" where there is none. *base*: the letter of a matrix.
    *side*: ``x`` or ``h``, what it multiplies, where the name says so. *index*: of a timestep, -1 for before the first.
    """

    kind: Kind
    gate: str = ""
    base: str = ""
    side: str = ""
    index: int | None = None


def gates(names: Iterable[str]) -> tuple[str, dict[str, str]]:
    """The cell that has gates called so, "" for none, and what this program calls each of them."""
    endings = {end for name in names if (end := _ending(name)) is not None}
    single = {end for end in endings if len(end.replace("~", "")) == 1}
    pairs = _in_pairs(endings)
    found = single | {gate for gate, _ in pairs.values()} | ({""} & endings)
    if len(found & {"f", "i", "o"}) > 1:
        return "lstm", {**{gate: gate for gate in "fio"}, **_candidate(found - {"f", "i", "o"}, "q")}
    for update in ("z", "u"):
        if {update, "r"} <= found:
            return "gru", {update: "z", "r": "r", **_candidate(found - {update, "r"}, "n")}
    return "", {}


def role(name: str, known: dict[str, str], all_names: Collection[str]) -> Role:
    """What *name* means beside *all_names*, where the gates are *known*: see `gates`."""
    bare = _bare(name)
    of_time = _of_time(bare)
    if of_time is not None:
        return of_time
    found = _PARAMETER.match(bare)
    if found is None:
        return Role("rate") if bare.lower() in _RATES else Role("bias", "y") if bare == "c" else Role("result")
    base, rest = found["base"][0].upper(), _ending(name) or ""
    kind: Kind = "bias" if base == "B" else "matrix"
    if rest in known:
        return Role(kind, known[rest], base)
    pair = _in_pairs({end for each in all_names if (end := _ending(each)) is not None}).get(rest)
    if known and pair is not None and pair[0] in known:
        return Role(kind, known[pair[0]], base, pair[1])
    if rest in ("y", "hy", "yh", "o", "ho", "out") or (base == "V" and not rest and not known):
        return Role(kind, "y", base)
    side = {"x": "x", "xh": "x", "hx": "x", "ih": "x", "i": "x", "in": "x", "ax": "x",
            "h": "h", "hh": "h", "aa": "h", "s": "h", "ss": "h", "rec": "h"}.get(rest)  # fmt: skip
    if not known and (side or not rest):
        return Role(kind, "", base, "" if kind == "bias" and side == "h" and rest == "h" else side or "")
    return Role(kind, "y", base) if base == "V" and not rest else Role("unknown")


def _of_time(bare: str) -> Role | None:
    """An input, a target, a state, or what is computed, with its timestep."""
    bare = _AT_T.sub("", bare)
    indexed = _INDEX.match(bare)
    stem, index = (indexed["stem"], indexed["index"]) if indexed else (bare, None)
    before = _BEFORE.search(bare) is not None
    stem = re.sub(r"[\W_]", "", _BEFORE.sub("", stem) if before else stem)
    at = -1 if before or (index or "").replace(" ", "") in ("-1", "t-1") else int(index) if index else None
    for kind, stems in (("input", _INPUTS), ("target", _TARGETS)):
        if stem in (*stems, *(each.capitalize() for each in stems)):
            return Role("input" if kind == "input" else "target", index=at)
    if stem.lower() in _CELLS and (stem[0] == "C" or at is not None):
        return Role("cell" if at in (-1, 0) else "result", index=at)
    if stem in _STATES and "~" not in bare:
        return Role("state" if at in (-1, 0) else "result", index=at)
    return None


def _bare(name: str) -> str:
    """*name* without the modules that it stands in."""
    return re.sub("[−–]", "-", normalize("NFKC", _MODULES.sub("", name))).strip()


def _ending(name: str) -> str | None:
    """What stands behind the letter of a matrix or a bias: ``f``, ``xf``, ``c~``; None of another name."""
    found = _PARAMETER.match(_bare(name))
    if found is None:
        return None
    rest = re.sub(r"[^\w~]|_", "", found["rest"])
    for word, letter in _WORDS.items():
        rest = re.sub(rf"{word}(?:gate)?\Z", letter, rest) if len(rest) > 1 else rest
    return rest


def _in_pairs(endings: Collection[str]) -> dict[str, tuple[str, str]]:
    """Of endings such as ``xf`` or ``fx``: the gate, and whether it stands at the inputs (``x``) or the states (``h``).

    Which comes first is the same for all of them.
    """
    pairs = [end for end in endings if len(end.replace("~", "")) == 2]
    for inputs in ("x", "i"):
        for of, at in ((0, 1), (1, 0)):
            cut = {end: _two(end) for end in pairs}
            if pairs and all(parts[of] in (inputs, "h") for parts in cut.values()) and len(pairs) > 2:
                return {end: (parts[at], "x" if parts[of] == inputs else "h") for end, parts in cut.items()}
    return {}


def _two(ending: str) -> tuple[str, str]:
    first = ending[:2] if ending[1:2] == "~" else ending[:1]
    return first, ending[len(first) :]


def _candidate(left: Collection[str], ours: str) -> dict[str, str]:
    """The one name that is left for the candidate."""
    named = {name: ours for name in _CANDIDATES if name in left}
    return named or ({"": ours} if "" in left else {})
