"""NumPy's files: read with distrust, nothing unpacked before its header has been checked; and written."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable
from math import prod
from pathlib import Path

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
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1  # the flag of a member
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError)


class _BadContentError(Exception):
    """What is wrong with one array."""


def read_npy(path: Path) -> Array:
    """The vector or matrix in the .npy file at *path*, read-only; `TableError` where it is not good."""
    data = read_bytes(path)
    try:
        return _array(data)
    except _BadContentError as error:
        raise TableError(str(error), path) from None


def read_npz(path: Path) -> dict[str, Array]:
    """The vectors and matrices in the .npz file at *path* by name, read-only; `TableError` names the bad one."""
    data = read_bytes(path)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _arrays(archive)
    except _BadContentError as error:
        raise TableError(str(error), path) from None
    except _DAMAGED:
        raise TableError("expected a whole .npz file", path) from None


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


def _arrays(archive: zipfile.ZipFile) -> dict[str, Array]:
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise _BadContentError(f"expected at most {MOST_MEMBERS} arrays, found {len(members):,}")
    if sum(member.file_size for member in members) > MOST_BYTES:
        raise _BadContentError(f"too large unpacked, expected at most {MOST_BYTES // 2**20} MB")
    arrays: dict[str, Array] = {}
    for member in members:
        name = member.filename.removesuffix(".npy")
        if name in arrays:
            raise _BadContentError(f"{name}: expected one array of this name")
        try:
            arrays[name] = _array(_unpacked(archive, member))
        except _BadContentError as error:
            raise _BadContentError(f"{name}: {error}") from None
    return arrays


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
    if len(shape) not in (1, 2) or not all(1 <= length <= LONGEST_AXIS for length in shape):
        found = "×".join(map(str, shape)) or "a single number"
        raise _BadContentError(f"expected a vector or matrix of at most {LONGEST_AXIS:,} a side, found {found}")
    dtype = np.dtype(descr)
    expected, size = prod(shape) * dtype.itemsize, len(data) - start
    if size != expected:
        raise _BadContentError(f"expected {expected:,} bytes of numbers, found {size:,}")
    array = np.frombuffer(data, dtype, offset=start).reshape(shape, order="F" if fortran_order else "C")
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
