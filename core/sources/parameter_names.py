"""The names that other programs give to parameters, and which of ours they are.

PyTorch keeps a matrix as it is written here. Keras keeps it transposed, since it multiplies from the left, and so its
arrays are turned; where `get_weights` gave them without names, only their shapes can tell. Both keep the gates of an
LSTM or a GRU in one array, each in its own order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import numpy as np

from core.network.arrays import Array, frozen
from core.writing.foreign import foreign
from core.writing.names import compact

OWN = ("U", "W", "b", "V", "c", "E")
_NUMBERED = re.compile(r"arr_(\d+)")
_RECURRENT = re.compile(r"(?:.*\.)?(weight|bias)_(ih|hh)(?:_l0)?")
_DEEPER = re.compile(r"(?:.*\.)?(?:weight|bias)_(?:ih|hh)_l(?:[1-9]\d*|0_reverse).*")
_KERAS_ORDER = ("U", "W", "b", "V", "c")
_GATES = {4: ("lstm", "an LSTM"), 3: ("gru", "a GRU")}  # by how many gates one array holds
_IN_PYTORCH, _IN_KERAS = {4: "ifqo", 3: "rzn"}, {4: "ifqo", 3: "zrn"}  # the order of the gates, by our names

# Of each of our parameters: the names it comes from, the array, and what was done to it.
_Found = Mapping[str, tuple[tuple[str, ...], Array, str]]
_Reader = Callable[[Mapping[str, Array]], _Found]


@dataclass(frozen=True, slots=True, eq=False)
class Recognised:
    """What a file of arrays means here.

    *parameters*: by our names. *origins*: of each, the names it comes from and what was done, as ``kernel transposed``.
    *cell*: ``lstm`` or ``gru`` where there are gates, else nothing.
    *left*: the names of what is not used. *doubt*: why rows and columns of the matrices may be the other way round,
    where no name and no shape tells; else nothing. *problem*: why it cannot be used at all, else nothing.
    """

    parameters: Mapping[str, Array]
    origins: Mapping[str, str]
    left: tuple[str, ...] = ()
    doubt: str = ""
    problem: str = ""
    cell: str = ""

    @property
    def mapping(self) -> str:
        """How names were understood: ``weight_ih_l0 → U · …``; a name that stays is said alone."""
        return ", ".join(name if origin == name else f"{origin} → {name}" for name, origin in self.origins.items())


def recognised(arrays: Mapping[str, Array], own: Collection[str] = OWN) -> Recognised:
    """*arrays* of a file by our names, as far as their names, and without names their order and shapes, tell.

    *own*: the names that the network has; they need no reading, and say whether two biases are kept apart.
    """
    found: _Found = _own(arrays, own)
    cell, problem = "", _deeper(arrays)
    if not found:
        read, orders = next(
            ((read, orders) for reader, orders in _READERS if (read := reader(arrays))), (found, _IN_PYTORCH)
        )
        count = _gate_count(read)
        split = _by_gate(read, orders[count]) if count else read
        found = _with_biases(split, apart=any(name.startswith("b_ih") for name in own))
        if count:
            cell, words = _GATES[count]
            problem = _of_other_cell(read["W"][0][0], words, found, own) or problem
    problem = problem if found else ""
    used = {name for names, _, _ in found.values() for name in names}
    return Recognised(
        {name: array for name, (_, array, _) in found.items()},
        {name: " + ".join(names) + done for name, (names, _, done) in found.items()},
        tuple(name for name in arrays if name not in used),
        _doubt(found),
        problem,
        cell,
    )


def names_parameter(name: str) -> bool:
    """Whether a parameter may be saved by *name*."""
    is_known = name in OWN or _in_lectures(name) in OWN
    return is_known or bool(re.search(r"(weight|bias|kernel)(_[ih]h(_l0)?)?(:0)?$", name))


def _own(arrays: Mapping[str, Array], own: Collection[str]) -> _Found:
    """Our names, also where case alone is another."""
    lower = {name.lower(): name for name in arrays}
    known = {ours: ours if ours in arrays else lower.get(ours.lower(), "") for ours in own}
    if len(lower) < len(arrays):  # two names differ in case alone
        known = {ours: ours for ours in own}
    return {ours: ((name,), arrays[name], "") for ours, name in known.items() if name in arrays}


def _in_lectures(name: str) -> str:
    """What of ours a lecture's *name* means, empty for none."""
    other = foreign(compact(name))
    return "" if other is None else other.name


def _lectures(arrays: Mapping[str, Array]) -> _Found:
    """The names of lectures and min-char-rnn, whose matrices may multiply from the left: their shapes tell."""
    names = dict[str, str]()
    for name in arrays:
        if (ours := _in_lectures(name)) in OWN:
            names.setdefault(ours, name)
    H = arrays[names["W"]].shape[-1] if "W" in names else 0
    turned = any(
        ours in names and arrays[names[ours]].shape[axis : axis + 1] not in ((), (H,)) and H > 0
        for ours, axis in (("U", 0), ("V", 1))
    ) or any(other.transposed for name in names.values() if (other := foreign(compact(name))) is not None)
    return {ours: _turned(name, arrays, turned and ours not in "Eb") for ours, name in names.items()}


def _pytorch(arrays: Mapping[str, Array]) -> _Found:
    """A recurrent layer, the one linear layer that fits behind it, and an embedding before it."""
    parts = {match.groups(): name for name in arrays if (match := _RECURRENT.fullmatch(name))}
    if ("weight", "ih") not in parts or ("weight", "hh") not in parts:
        return {}
    found: dict[str, tuple[tuple[str, ...], Array, str]] = {}
    for ours, part in (("U", "ih"), ("W", "hh")):
        name = parts["weight", part]
        found[ours] = (name,), arrays[name], ""
    biases = [part for part in ("ih", "hh") if ("bias", part) in parts]
    for part in biases:
        name = parts["bias", part]
        found[f"b_{part}" if len(biases) > 1 else "b"] = (name,), arrays[name], ""
    size = arrays[parts["weight", "hh"]].shape[-1]
    layers = [name for name in arrays if name.endswith(".weight") and arrays[name].ndim == 2]
    embeddings = [name for name in layers if "emb" in name.lower()]
    linear = [name for name in layers if name not in embeddings and arrays[name].shape[1] == size]
    if len(linear) == 1:
        bias = linear[0].removesuffix("weight") + "bias"
        found["V"] = (linear[0],), arrays[linear[0]], ""
        if bias in arrays:
            found["c"] = (bias,), arrays[bias], ""
    if len(embeddings) == 1:
        found["E"] = (embeddings[0],), arrays[embeddings[0]], ""
    return found


def _keras(arrays: Mapping[str, Array]) -> _Found:
    """Variables by their paths, ``simple_rnn/simple_rnn_cell/recurrent_kernel:0``; a Dense layer behind it."""
    paths = {name.removesuffix(":0"): name for name in arrays}
    recurrent = [path for path in paths if path.rpartition("/")[2] == "recurrent_kernel"]
    if len(recurrent) != 1:
        return {}
    cell = recurrent[0].removesuffix("recurrent_kernel")
    dense = [path.removesuffix("kernel") for path in paths if path.rpartition("/")[2] == "kernel"]
    dense = [layer for layer in dense if layer != cell]
    embeddings = [path for path in paths if path.rpartition("/")[2] == "embeddings"]
    places = [("U", cell + "kernel"), ("W", recurrent[0]), ("b", cell + "bias")]
    if len(dense) == 1:
        places += [("V", dense[0] + "kernel"), ("c", dense[0] + "bias")]
    if len(embeddings) == 1:
        places.append(("E", embeddings[0]))
    found = {ours: _turned(paths[path], arrays, ours not in "Eb") for ours, path in places if path in paths}
    return _two_rows(found)


def _two_rows(found: _Found) -> _Found:
    """A bias that has a row at the inputs and one at the states, as a GRU's, as two."""
    names, both, _ = found["b"] if "b" in found else ((), np.zeros(0), "")
    if both.ndim != 2 or len(both) != 2:
        return found
    rows = {
        f"b_{part}": (names, frozen(np.array(row)), f" row {n}")
        for n, (part, row) in enumerate(zip(("ih", "hh"), both, strict=True), 1)
    }
    return {name: each for name, each in found.items() if name != "b"} | rows


def _numbered(arrays: Mapping[str, Array]) -> _Found:
    """Arrays without names in the order U, W, b, V, c, with E before them where there are six: ours and Keras'."""
    numbers = sorted(int(match[1]) for name in arrays if (match := _NUMBERED.fullmatch(name)))
    names = [f"arr_{number}" for number in numbers]
    axes = [arrays[name].ndim for name in names]
    order = (*(("E",) if len(names) == 6 else ()), *_KERAS_ORDER)
    if axes != [1 if ours in "bc" else 2 for ours in order] and axes != [2, 2, 2, 2, 1]:
        return {}
    by = dict(zip(order, names, strict=True))
    rows, H = arrays[by["W"]].shape
    turned = rows < H if rows != H else arrays[by["U"]].shape[0] != H or arrays[by["V"]].shape[1] != H
    return _two_rows({ours: _turned(name, arrays, turned and ours not in "Eb") for ours, name in by.items()})


def _turned(name: str, arrays: Mapping[str, Array], turned: bool) -> tuple[tuple[str, ...], Array, str]:
    array = arrays[name]
    is_turned = turned and array.ndim == 2
    return (name,), frozen(array.T) if is_turned else array, " transposed" if is_turned else ""


_READERS: tuple[tuple[_Reader, Mapping[int, str]], ...] = (
    (_pytorch, _IN_PYTORCH), (_keras, _IN_KERAS), (_lectures, _IN_PYTORCH), (_numbered, _IN_KERAS),
)  # fmt: skip


def _gate_count(found: _Found) -> int:
    """How many gates stand one above the other in the arrays of a cell, 0 for one cell without."""
    if "W" not in found or found["W"][1].ndim != 2:
        return 0
    rows, H = found["W"][1].shape
    return rows // H if H and rows % H == 0 and rows // H in _GATES else 0


def _by_gate(found: _Found, gates: str) -> _Found:
    """The arrays of each gate, which stand one above the other in the order of *gates*."""
    H, split = found["W"][1].shape[1], dict[str, tuple[tuple[str, ...], Array, str]]()
    for name, (names, array, done) in found.items():
        if name not in ("U", "W", "b", "b_ih", "b_hh") or len(array) != len(gates) * H:
            split[name] = names, array, done
            continue
        for n, gate in enumerate(gates):
            rows = f"{n * H + 1} … {n * H + H}" if H > 1 else f"{n + 1}"
            part = frozen(np.array(array[n * H : n * H + H]))
            split[f"{name}_{gate}"] = names, part, f"{done}[{rows}]"
    return split


def _with_biases(found: _Found, *, apart: bool) -> _Found:
    """*found* with the two biases of a line as their sum, which is all that counts, where they are not kept *apart*;
    that of a GRU's candidate at the states, which the reset gate multiplies, stays.
    """
    merged = dict[str, tuple[tuple[str, ...], Array, str]]()
    for name, (names, array, done) in found.items():
        below = name[4:]
        if apart or not name.startswith(("b_ih", "b_hh")):
            merged[name] = names, array, done
        elif below == "_n":
            merged["b_n" if name.startswith("b_ih") else "b_hn"] = names, array, done
        elif name.startswith("b_ih"):
            others, other, _ = found[f"b_hh{below}"]
            merged[f"b{below}"] = tuple(dict.fromkeys((*names, *others))), frozen(array + other), done
    return merged


def _of_other_cell(name: str, words: str, found: _Found, own: Collection[str]) -> str:
    """That the array *name* has the gates of another cell than the network has; nothing where it is the same."""
    return "" if {"U_i", "U_r"} & set(found) & set(own) else f"{name} is that of {words}: choose this cell first"


def _doubt(found: _Found) -> str:
    """Without names, square matrices do not tell what is a row."""
    unnamed = any(_NUMBERED.fullmatch(name) for names, _, _ in found.values() for name in names)
    if unnamed and "U" in found and all(found[ours][1].shape[0] == found[ours][1].shape[1] for ours in ("U", "V")):
        return "Nothing tells rows from columns here: from Keras’ get_weights(), transpose U, W and V."
    return ""


def _deeper(arrays: Mapping[str, Array]) -> str:
    deeper = next((name for name in arrays if _DEEPER.fullmatch(name)), "")
    return f"{deeper} is of a second layer or direction; a network here has one" if deeper else ""
