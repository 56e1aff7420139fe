"""Files of arrays, NumPy's and .safetensors: read with distrust, no header believed; and written. Never a pickle."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable
from math import prod
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.lib import format as npy

from core.exports.tables import MOST_BYTES, TableError, Writable, read_bytes
from core.network.arrays import Array, frozen
from core.writing.atomic import replacing

LONGEST_AXIS = 1_000
MOST_MEMBERS = 32
_HEADER = re.compile(  # without its white space
    rb"\{'descr':'(?P<descr>[^']{0,40})','fortran_order':(?P<order>True|False),"
    rb"'shape':\((?P<shape>(?:[0-9]{1,18},)*[0-9]{0,18})\),?\}"
)
_REAL = re.compile("[<>=|]?(?:f[248]|[iu][1248])")
_TENSORS = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1", "U8": "u1"}
_MOST_HEADER = 2**20
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1  # the flag of a member
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError)


class _BadContentError(Exception):
    """What is wrong with one array."""


class _Values(msgspec.Struct):
    values: msgspec.Raw


def read_npy(path: Path) -> Array:
    """The vector or matrix in the .npy file at *path*, read-only; `TableError` where it is not good."""
    data = read_bytes(path)
    try:
        return _array(data)
    except _BadContentError as error:
        raise TableError(str(error), path) from None


def read_npz(path: Path) -> tuple[dict[str, Array], dict[str, str]]:
    """The vectors and matrices in the .npz file at *path* by name, read-only; and of what else is in it, what it is.

    `TableError` where the file as a whole is not good.
    """
    data = read_bytes(path)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _arrays(archive)
    except _BadContentError as error:
        raise TableError(str(error), path) from None
    except _DAMAGED:
        raise TableError("expected a whole .npz file", path) from None


def read_safetensors(path: Path) -> tuple[dict[str, Array], dict[str, str]]:
    """The vectors and matrices in the .safetensors file at *path*, as `read_npz` has them."""
    data = read_bytes(path)
    if int.from_bytes(data[:8], "little") > min(_MOST_HEADER, len(data)) or len(data) < 8:
        raise TableError(f"expected a .safetensors file with a header of at most {_MOST_HEADER // 2**20} MB", path)
    from safetensors import SafetensorError, deserialize

    unpack: Callable[[bytes], list[tuple[str, dict[str, Any]]]] = deserialize  # it has no types of its own
    try:
        tensors = unpack(data)
    except SafetensorError as error:
        raise TableError(f"expected a whole .safetensors file: {error}", path) from None
    arrays: dict[str, Array] = {}
    left: dict[str, str] = {}
    for name, tensor in tensors:
        try:
            arrays[name] = _tensor(tensor["dtype"], tuple(tensor["shape"]), bytes(tensor["data"]))
        except _BadContentError as error:
            left[name] = str(error)
    return arrays, left


def read_json(path: Path) -> tuple[dict[str, Array], dict[str, str]]:
    """The vectors and matrices in a JSON object at *path*, as `read_npz` has them; ours stand under "values" there."""
    data = read_bytes(path)
    try:
        found = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
    except (msgspec.MsgspecError, RecursionError):
        raise TableError("expected a JSON object of arrays by name", path) from None
    arrays: dict[str, Array] = {}
    left: dict[str, str] = {}
    for name, raw in found.items():
        try:
            values = msgspec.json.decode(raw, type=_Values).values if bytes(raw).lstrip().startswith(b"{") else raw
            array = np.array(_numbers(values), dtype=np.float64)
            arrays[name] = _checked(array.shape, array.dtype, array.tobytes(), "C")
        except (msgspec.MsgspecError, RecursionError, ValueError):
            left[name] = "expected a list of numbers, or of rows of as many numbers"
        except _BadContentError as error:
            left[name] = str(error)
    return arrays, left


def _numbers(raw: msgspec.Raw) -> list[float] | list[list[float]]:
    try:
        return msgspec.json.decode(raw, type=list[float])
    except msgspec.ValidationError:
        return msgspec.json.decode(raw, type=list[list[float]])


READERS = {".npz": read_npz, ".safetensors": read_safetensors, ".json": read_json}  # of arrays by name


def read_named(path: Path) -> tuple[dict[str, Array], dict[str, str]]:
    """The vectors and matrices in the file at *path* by name, and of what else is in it, what it is."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise TableError(
            f"expected {', '.join(READERS)}; what PyTorch and pickle save may run code, so it is never opened", path
        )
    return reader(path)


def write_npz(path: Path, tables: Iterable[Writable]) -> None:
    """Write the numbers of *tables* to *path* by name, without headings; a listing is one matrix of its columns."""
    try:
        with replacing(path) as file, zipfile.ZipFile(file, "w") as archive:
            for table in tables:
                header = {"descr": "<f8", "fortran_order": False, "shape": table.shape}
                with archive.open(zipfile.ZipInfo(f"{table.name}.npy"), "w", force_zip64=True) as member:
                    npy.write_array_header_1_0(member, header)
                    for block in table.blocks():
                        member.write(block.astype("<f8").tobytes())
    except OSError as error:
        raise TableError(f"cannot be written: {error.strerror or error}", path) from None


def _arrays(archive: zipfile.ZipFile) -> tuple[dict[str, Array], dict[str, str]]:
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise _BadContentError(f"expected at most {MOST_MEMBERS} arrays, found {len(members):,}")
    if sum(member.file_size for member in members) > MOST_BYTES:
        raise _BadContentError(f"too large unpacked, expected at most {MOST_BYTES // 2**20} MB")
    arrays: dict[str, Array] = {}
    left: dict[str, str] = {}
    for member in members:
        name = member.filename.removesuffix(".npy")
        if name in arrays or name in left:
            raise _BadContentError(f"{name}: expected one array of this name")
        try:
            arrays[name] = _array(_unpacked(archive, member))
        except _BadContentError as error:
            left[name] = str(error)
    return arrays, left


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    if not member.filename.endswith(".npy"):
        raise _BadContentError("expected a member in NumPy's .npy format")
    if member.flag_bits & _ENCRYPTED or member.compress_type not in _PACKINGS:
        raise _BadContentError("expected a member that is stored or deflated, without a password")
    try:
        with archive.open(member) as file:
            return file.read(member.file_size)  # given a size, it unpacks no more than that
    except _DAMAGED:
        raise _BadContentError("damaged or cut off") from None


def _array(data: bytes) -> Array:
    descr, fortran_order, shape, start = _header(data)
    if not _REAL.fullmatch(descr):
        raise _BadContentError(f"expected real numbers of at most 64 bits, found {descr!r}")
    order: Literal["F", "C"] = "F" if fortran_order else "C"
    return _checked(shape, np.dtype(descr), data[start:], order)


def _tensor(dtype: str, shape: tuple[int, ...], data: bytes) -> Array:
    if dtype == "BF16":  # the upper half of a single-precision number
        upper = _checked(shape, np.dtype("<u2"), data, "C").astype("<u4")
        return _checked(shape, np.dtype("<f4"), (upper << 16).tobytes(), "C")
    if dtype not in _TENSORS:
        raise _BadContentError(f"expected real numbers of at most 64 bits, found {dtype}")
    return _checked(shape, np.dtype(_TENSORS[dtype]), data, "C")


def _checked(shape: tuple[int, ...], dtype: np.dtype[Any], data: bytes, order: Literal["F", "C"]) -> Array:
    """The array that *data* is, once it is known that it is one."""
    if len(shape) not in (1, 2) or not all(1 <= length <= LONGEST_AXIS for length in shape):
        found = "×".join(map(str, shape)) or "a single number"
        raise _BadContentError(f"expected a vector or matrix of at most {LONGEST_AXIS:,} a side, found {found}")
    expected = prod(shape) * dtype.itemsize
    if len(data) != expected:
        raise _BadContentError(f"expected {expected:,} bytes of numbers, found {len(data):,}")
    array = np.frombuffer(data, dtype).reshape(shape, order=order)
    if not np.isfinite(array).all():
        place = ", ".join(str(index + 1) for index in np.argwhere(~np.isfinite(array))[0])
        raise _BadContentError(f"expected finite numbers, found {array[~np.isfinite(array)][0]} at [{place}]")
    return frozen(array.astype(np.float64))


def _header(data: bytes) -> tuple[str, bool, tuple[int, ...], int]:
    """What the header says: the type, whether column by column, the shape; and where the numbers start.

    NumPy's own reader evaluates the header as Python; a pattern cannot be led astray.
    """
    width = {b"\x01\x00": 2, b"\x02\x00": 4, b"\x03\x00": 4}.get(data[6:8])
    if not data.startswith(b"\x93NUMPY") or width is None:
        raise _BadContentError("expected NumPy's .npy format")
    start = 8 + width + int.from_bytes(data[8 : 8 + width], "little")
    found = _HEADER.fullmatch(b"".join(data[8 + width : start].split())) if start <= len(data) else None
    if found is None:
        raise _BadContentError("expected the header of one array of numbers")
    shape = tuple(int(length) for length in found["shape"].split(b",") if length)
    return found["descr"].decode("latin-1"), found["order"] == b"True", shape, start
