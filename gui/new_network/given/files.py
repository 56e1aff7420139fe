"""Files with initial parameters: one array, or all by their names."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from core.exports.array_files import READERS, read_named, read_npy
from core.exports.tables import TableError, read_csv
from core.network.arrays import Array
from core.sources.parameter_names import OWN, Recognised, names_parameter, recognised

ONE_KIND = "One matrix or vector (*.csv *.tsv *.txt *.npy *.npz *.safetensors *.json)"
ALL_KIND = "Arrays by name (*.npz *.safetensors *.json)"

AskFile = Callable[[str, str], Path | None]  # a title and the kinds of files, as Qt writes them


def all_arrays(path: Path, own: Collection[str] = OWN) -> tuple[Recognised, list[str]]:
    """The parameters in the file at *path*, and the names of what else is in it."""
    arrays, left = read_named(path)
    found = recognised(arrays, own)
    broken = next((name for name in left if names_parameter(name)), None)
    if broken is not None:
        raise TableError(f"{broken}: {left[broken]}")
    if found.problem:
        raise TableError(found.problem)
    if not found.parameters:
        names = ", ".join([*arrays, *left]) or "none"
        raise TableError(f"expected arrays of the names {', '.join(own)}, or those of PyTorch or Keras; found {names}")
    return found, [*found.left, *left]


def one_array(path: Path, name: str) -> Array:
    """The array of parameter *name* in the file at *path*: the only one of a table, the one of that name of several."""
    kind = path.suffix.lower()
    if kind == ".npy":
        return read_npy(path)
    if kind not in READERS:
        return read_csv(path)
    found, _ = all_arrays(path, tuple(dict.fromkeys((*OWN, name))))
    if name not in found.parameters:
        raise TableError(f"expected an array named {name}, found {found.mapping}")
    return found.parameters[name]
