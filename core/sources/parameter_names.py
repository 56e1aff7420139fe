"""The names that other programs give to parameters, and which of ours they are.

PyTorch keeps a matrix as it is written here. Keras keeps it transposed, since it multiplies from the left, and so its
arrays are turned; where `get_weights` gave them without names, only their shapes can tell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from core.network.arrays import Array, frozen

OWN = ("U", "W", "b", "V", "c", "E")
_KARPATHY = {"Wxh": "U", "Whh": "W", "Why": "V", "bh": "b", "by": "c"}
_NUMBERED = re.compile(r"arr_(\d+)")
_RECURRENT = re.compile(r"(?:.*\.)?(weight|bias)_(ih|hh)(?:_l0)?")
_DEEPER = re.compile(r"(?:.*\.)?(?:weight|bias)_(?:ih|hh)_l(?:[1-9]\d*|0_reverse).*")
_KERAS_ORDER = ("U", "W", "b", "V", "c")

# Of each of our parameters: the names it comes from, the array, and what was done to it.
_Found = Mapping[str, tuple[tuple[str, ...], Array, str]]
_Reader = Callable[[Mapping[str, Array]], _Found]


@dataclass(frozen=True, slots=True, eq=False)
class Recognised:
    """What a file of arrays means here.

    *parameters*: by our names. *origins*: of each, the names it comes from and what was done, as ``kernel transposed``.
    *left*: the names of what is not used. *doubt*: why rows and columns of the matrices may be the other way round,
    where no name and no shape tells; else nothing. *problem*: why it cannot be used at all, else nothing.
    """

    parameters: Mapping[str, Array]
    origins: Mapping[str, str]
    left: tuple[str, ...] = ()
    doubt: str = ""
    problem: str = ""

    @property
    def mapping(self) -> str:
        """How names were understood: ``weight_ih_l0 → U · …``; a name that stays is said alone."""
        return ", ".join(name if origin == name else f"{origin} → {name}" for name, origin in self.origins.items())


def recognised(arrays: Mapping[str, Array], own: Collection[str] = OWN) -> Recognised:
    """*arrays* of a file by our names, as far as their names, and without names their order and shapes, tell.

    *own*: the names that need no reading.
    """
    found: _Found = _own(arrays, own) or next(filter(None, (reader(arrays) for reader in _READERS)), {})
    problem = next((words for words in (_other_cell(found), _deeper(arrays)) if words and found), "")
    used = {name for names, _, _ in found.values() for name in names}
    return Recognised(
        {name: array for name, (_, array, _) in found.items()},
        {name: " + ".join(names) + done for name, (names, _, done) in found.items()},
        tuple(name for name in arrays if name not in used),
        _doubt(found),
        problem,
    )


def names_parameter(name: str) -> bool:
    """Whether a parameter may be saved by *name*."""
    return name in OWN or name in _KARPATHY or bool(re.search(r"(weight|bias|kernel)(_[ih]h(_l0)?)?(:0)?$", name))


def _own(arrays: Mapping[str, Array], own: Collection[str]) -> _Found:
    return {name: ((name,), arrays[name], "") for name in own if name in arrays}


def _karpathy(arrays: Mapping[str, Array]) -> _Found:
    return {ours: ((name,), arrays[name], "") for name, ours in _KARPATHY.items() if name in arrays}


def _pytorch(arrays: Mapping[str, Array]) -> _Found:
    """A recurrent layer, the one linear layer that fits behind it, and an embedding before it."""
    parts = {match.groups(): name for name in arrays if (match := _RECURRENT.fullmatch(name))}
    if ("weight", "ih") not in parts or ("weight", "hh") not in parts:
        return {}
    found: dict[str, tuple[tuple[str, ...], Array, str]] = {}
    for ours, part in (("U", "ih"), ("W", "hh")):
        name = parts["weight", part]
        found[ours] = (name,), arrays[name], ""
    biases = tuple(parts["bias", part] for part in ("ih", "hh") if ("bias", part) in parts)
    if biases:
        added = arrays[biases[0]] if len(biases) == 1 else frozen(arrays[biases[0]] + arrays[biases[1]])
        found["b"] = biases, added, ""
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
    return {ours: _turned(paths[path], arrays, ours != "E") for ours, path in places if path in paths}


def _numbered(arrays: Mapping[str, Array]) -> _Found:
    """Arrays without names in the order U, W, b, V, c, with E before them where there are six: ours and Keras'."""
    numbers = sorted(int(match[1]) for name in arrays if (match := _NUMBERED.fullmatch(name)))
    names = [f"arr_{number}" for number in numbers]
    axes = [arrays[name].ndim for name in names]
    order = (*(("E",) if len(names) == 6 else ()), *_KERAS_ORDER)
    if axes != [1 if ours in "bc" else 2 for ours in order]:
        return {}
    by = dict(zip(order, names, strict=True))
    H = arrays[by["W"]].shape[0]
    turned = arrays[by["U"]].shape[0] != H or arrays[by["V"]].shape[1] != H
    return {ours: _turned(name, arrays, turned and ours != "E") for ours, name in by.items()}


def _turned(name: str, arrays: Mapping[str, Array], turned: bool) -> tuple[tuple[str, ...], Array, str]:
    array = arrays[name]
    is_turned = turned and array.ndim == 2
    return (name,), frozen(array.T) if is_turned else array, " transposed" if is_turned else ""


_READERS: tuple[_Reader, ...] = (_karpathy, _pytorch, _keras, _numbered)


def _doubt(found: _Found) -> str:
    """Without names, square matrices do not tell what is a row."""
    unnamed = any(_NUMBERED.fullmatch(name) for names, _, _ in found.values() for name in names)
    if unnamed and all(found[ours][1].shape[0] == found[ours][1].shape[1] for ours in ("U", "V")):
        return "Nothing tells rows from columns here: from Keras’ get_weights(), transpose U, W and V."
    return ""


def _deeper(arrays: Mapping[str, Array]) -> str:
    deeper = next((name for name in arrays if _DEEPER.fullmatch(name)), "")
    return f"{deeper} is of a second layer or direction; a network here has one" if deeper else ""


def _other_cell(found: _Found) -> str:
    """LSTM and GRU have several gates in one array."""
    if "W" not in found:
        return ""
    names, W, _ = found["W"]
    sizes = sorted(W.shape) if W.ndim == 2 else [1, 1]
    gates = {4: "an LSTM", 3: "a GRU"}.get(sizes[1] // sizes[0] if sizes[1] % sizes[0] == 0 else 0)
    return f"{names[0]} is that of {gates}; a network here has tanh and no gates" if gates else ""
