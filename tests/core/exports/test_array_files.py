"""NumPy's files: what NumPy writes is read, and a hostile file gets one line."""

from __future__ import annotations

import io
import json
import pickle
import re
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from core.exports.array_files import read_json, read_named, read_npy, read_npz, read_safetensors, write_npz
from core.exports.tables import Listing, Table, TableError, write_json

TYPES = ["<f8", ">f8", "<f4", "<f2", "<i8", ">i4", "<u2", "|i1", "|u1"]
finite = arrays(
    st.sampled_from(TYPES),
    array_shapes(max_dims=2, max_side=5),
    elements={"allow_nan": False, "allow_infinity": False},
)
GOOD = np.array([[1.5, 2.0], [3.0, 4.0]])
MB = 2**20


class Run:
    """Unpickled, it would leave a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def npy(array, version=None, **how):
    file = io.BytesIO()
    np.lib.format.write_array(file, np.asarray(array), version, **how)
    return file.getvalue()


def headed(header, data=b"", version=1):
    width = 2 if version == 1 else 4
    return b"\x93NUMPY" + bytes([version, 0]) + len(header).to_bytes(width, "little") + header + data


def shaped(shape, descr="<f8", data=b""):
    return headed(f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n".encode(), data)


def npz(members, packing=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packing) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return file.getvalue()


def read_whole(path):
    """The arrays in an .npz file in which there is nothing else."""
    arrays, left = read_npz(path)
    for name, why in left.items():
        raise TableError(f"{name}: {why}", path)
    return arrays


def problem(read, path, data):
    """What is said of *data*, after the name of its file; always one line."""
    path.write_bytes(data)
    with pytest.raises(TableError) as caught:
        read(path)
    said = str(caught.value)
    assert said.isprintable()
    assert said.startswith(f"{path}: ")
    return said.removeprefix(f"{path}: ")


def outcome(read, path):
    """What is read, or what is said."""
    try:
        return read(path)
    except TableError as error:
        return str(error)


def peak_memory(act):
    """The most bytes taken; reading any file takes the 16 MB that a file may have."""
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@given(finite, st.booleans(), st.sampled_from([(1, 0), (2, 0), (3, 0)]))
def test_what_numpy_saves_is_read(tmp_path_factory, array, by_columns, version):
    path = tmp_path_factory.mktemp("npy") / "a.npy"
    path.write_bytes(npy(np.asfortranarray(array) if by_columns else array, version))
    found = read_npy(path)
    assert found.dtype == np.float64
    assert not found.flags.writeable
    np.testing.assert_array_equal(found, array.astype(float), strict=True)


@given(finite, finite, st.booleans())
def test_what_numpy_saves_together_is_read_by_name(tmp_path_factory, U, b, packed):
    path = tmp_path_factory.mktemp("npz") / "a.npz"
    (np.savez_compressed if packed else np.savez)(path, U=U, b=b)
    found = read_whole(path)
    assert list(found) == ["U", "b"]
    np.testing.assert_array_equal(found["U"], U.astype(float))
    np.testing.assert_array_equal(found["b"], b.astype(float))


@given(arrays(np.float64, array_shapes(max_dims=2, max_side=5), elements=st.floats(width=64)))
def test_what_is_written_is_what_numpy_loads_to_the_last_bit(tmp_path_factory, values):
    path = tmp_path_factory.mktemp("npz") / "a.npz"
    rows = np.column_stack([np.arange(6), np.linspace(0, 1, 6)])
    terms = Listing("dL/db[1]", ("t", "value"), 6, lambda: iter(np.array_split(rows, 3)))
    write_npz(path, [Table("W", np.asfortranarray(values), ()), terms])
    with np.load(path, allow_pickle=False) as found:
        assert list(found) == ["W", "dL/db[1]"]
        assert found["W"].shape == values.shape
        assert found["W"].tobytes() == values.tobytes()
        np.testing.assert_array_equal(found["dL/db[1]"], rows)


def test_what_is_written_is_read_back(tmp_path: Path):
    write_npz(tmp_path / "a.npz", [Table("V", GOOD, ()), Table("dL/dc", GOOD[0], ())])
    found = read_whole(tmp_path / "a.npz")
    assert {name: array.tolist() for name, array in found.items()} == {"V": GOOD.tolist(), "dL/dc": [1.5, 2.0]}


def test_a_pickle_is_refused_and_never_run(tmp_path: Path):
    ran = tmp_path / "ran"
    objects = npy(np.array([Run(ran)], dtype=object), allow_pickle=True)
    assert problem(read_npy, tmp_path / "a.npy", objects).startswith("expected real numbers of at most 64 bits")
    assert problem(read_whole, tmp_path / "a.npz", npz([("W.npy", objects)])).startswith("W: expected real numbers")
    bare = pickle.dumps(Run(ran))
    assert problem(read_npy, tmp_path / "a.npy", bare) == "expected NumPy's .npy format"
    assert problem(read_whole, tmp_path / "a.npz", bare) == "expected a whole .npz file"
    assert not ran.exists()
    pickle.loads(bare)
    assert ran.exists()  # it would have run


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "expected NumPy's .npy format"),
        (b"\x93NUMPY", "expected NumPy's .npy format"),
        (b"\x93NUMPY\x04\x00" + npy(GOOD)[8:], "expected NumPy's .npy format"),
        (b"\x93NUMPX" + npy(GOOD)[6:], "expected NumPy's .npy format"),
        (b"PK" + npy(GOOD), "expected NumPy's .npy format"),
        (npy(GOOD)[:40], "expected the header of one array of numbers"),
        (npy(GOOD)[:100], "expected the header of one array of numbers"),
        (headed(b"{" * 9000), "expected the header of one array of numbers"),
        (headed(b"-" * 9000 + b"1"), "expected the header of one array of numbers"),
        (headed(b" " * 9000), "expected the header of one array of numbers"),
        (headed(b"(" * 60000), "expected the header of one array of numbers"),
        (headed(b" " * 2_000_000, version=2), "expected the header of one array of numbers"),
        (b"\x93NUMPY\x02\x00\xff\xff\xff\xff" + b"{", "expected the header of one array of numbers"),
        (headed(b"__import__('os').abort()"), "expected the header of one array of numbers"),
        (shaped("(-2, 2)"), "expected the header of one array of numbers"),
        (shaped("(2L, 2L)"), "expected the header of one array of numbers"),
        (npy(np.zeros(2, dtype=[("x", "<f8")])), "expected the header of one array of numbers"),
        (npy([True]), "expected real numbers of at most 64 bits, found '|b1'"),
        (npy([1j]), "expected real numbers of at most 64 bits, found '<c16'"),
        (npy(["1"]), "expected real numbers of at most 64 bits, found '<U1'"),
        (npy(np.zeros(2, dtype="M8[s]")), "expected real numbers of at most 64 bits, found '<M8[s]'"),
        (shaped("(1,)", "<f16", bytes(16)), "expected real numbers of at most 64 bits, found '<f16'"),
        (shaped("(1,)", "<f1", b"x"), "expected real numbers of at most 64 bits, found '<f1'"),
        (npy(1.0), "expected a vector or matrix of at most 1,000 a side, found a single number"),
        (npy(np.zeros((1, 2, 3))), "expected a vector or matrix of at most 1,000 a side, found 1×2×3"),
        (npy(np.zeros((2, 0))), "expected a vector or matrix of at most 1,000 a side, found 2×0"),
        (npy(np.zeros(1001)), "expected a vector or matrix of at most 1,000 a side, found 1001"),
        (
            shaped("(999999999999999999, 999999999999999999)"),
            "expected a vector or matrix of at most 1,000 a side, found 999999999999999999×999999999999999999",
        ),
        (shaped("(1000, 1000)"), "expected 8,000,000 bytes of numbers, found 0"),
        (npy(GOOD)[:-1], "expected 32 bytes of numbers, found 31"),
        (npy(GOOD) + b"\x00", "expected 32 bytes of numbers, found 33"),
        (npy([[1, 2], [np.inf, 3]]), "expected finite numbers, found inf at [2, 1]"),
        (npy([1, np.nan]), "expected finite numbers, found nan at [2]"),
    ],
    ids=range(33),
)
def test_a_bad_array_gets_what_was_expected(tmp_path: Path, data, expected):
    assert problem(read_npy, tmp_path / "a.npy", data) == expected
    said = problem(read_whole, tmp_path / "a.npz", npz([("b.npy", npy([1.0])), ("W.npy", data)]))
    assert said == f"W: {expected}"


def spoiled(members, old, new, packing=zipfile.ZIP_DEFLATED):
    data = npz(members, packing)
    assert old in data
    return data.replace(old, new)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "expected a whole .npz file"),
        (npy(GOOD), "expected a whole .npz file"),
        (npz([("W.npy", npy(GOOD))])[:-30], "expected a whole .npz file"),
        (npz([("W.npy", npy(GOOD))])[60:], "W: damaged or cut off"),
        (npz([("W.txt", b"1,2")]), "W.txt: expected a member in NumPy's .npy format"),
        (npz([("W\n.npy", b"")]), r"W\n: expected NumPy's .npy format"),
        (
            npz([("W.npy", npy(GOOD))], zipfile.ZIP_LZMA),
            "W: expected a member that is stored or deflated, without a password",
        ),
        (spoiled([("W.npy", npy(GOOD))], npy(GOOD)[-8:], b"\0" * 8, zipfile.ZIP_STORED), "W: damaged or cut off"),
        (npz([(f"{i}.npy", npy(GOOD)) for i in range(33)]), "expected at most 32 arrays, found 33"),
    ],
    ids=range(9),
)
def test_a_bad_archive_gets_what_was_expected(tmp_path: Path, data, expected):
    assert problem(read_whole, tmp_path / "a.npz", data) == expected


def test_two_arrays_of_one_name_are_refused(tmp_path: Path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = npz([("W.npy", npy(GOOD)), ("W.npy", npy(-GOOD))])
    assert problem(read_whole, tmp_path / "a.npz", data) == "W: expected one array of this name"


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        (6, b"\xff", "expected a whole .npz file"),
        (8, b"\x40", "W: damaged or cut off"),
        (8, b"\x20", "W: damaged or cut off"),
        (9, b"\x08", "expected a whole .npz file"),
        (10, b"\x63", "W: expected a member that is stored or deflated, without a password"),
        (20, b"\x09\0", "W: damaged or cut off"),
        (42, b"\xff\xff\xff\x7f", "W: damaged or cut off"),
    ],
    ids=["version", "strong encryption", "patch", "name not UTF-8", "unknown packing", "cut off", "behind the end"],
)
@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_directory_that_is_wrong_is_told(tmp_path: Path, field, value, expected, packing):
    data = bytearray(npz([("W.npy", npy(GOOD))], packing))
    entry = data.index(b"PK\x01\x02")
    data[entry + field : entry + field + len(value)] = value
    if field == 9:
        data[entry + 46] = 0xFF  # the first byte of the name
    assert problem(read_whole, tmp_path / "a.npz", bytes(data)) == expected


def test_a_password_is_not_asked_for(tmp_path: Path):
    data = bytearray(npz([("W.npy", npy(GOOD))]))
    data[data.index(b"PK\x01\x02") + 8] |= 1  # the flag in the directory
    said = problem(read_whole, tmp_path / "a.npz", bytes(data))
    assert said == "W: expected a member that is stored or deflated, without a password"


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path):
    data = npz([("W.npy", shaped("(1000, 1000)", data=bytes(200 * MB)))])
    assert len(data) < MB
    said = []
    peak = peak_memory(lambda: said.append(problem(read_whole, tmp_path / "a.npz", data)))
    assert said == ["too large unpacked, expected at most 16 MB"]
    assert peak < 20 * MB


def test_a_bomb_in_parts_is_refused(tmp_path: Path):
    parts = [(f"{i}.npy", shaped("(1000, 1000)", data=bytes(8_000_000))) for i in range(3)]
    said = problem(read_whole, tmp_path / "a.npz", npz(parts))
    assert said == "too large unpacked, expected at most 16 MB"


def test_a_bomb_that_lies_about_its_size_is_unpacked_no_further(tmp_path: Path):
    data = bytearray(npz([("W.npy", shaped("(10, 10)", data=bytes(200 * MB)))]))
    size = data.index(b"PK\x01\x02") + 24  # in the directory
    data[size : size + 4] = (1000).to_bytes(4, "little")
    said = []
    peak = peak_memory(lambda: said.append(problem(read_whole, tmp_path / "a.npz", bytes(data))))
    assert said == ["W: damaged or cut off"]
    assert peak < 20 * MB


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path):
    for read in (read_npy, read_whole):
        said = problem(read, tmp_path / "a", bytes(16 * MB + 1))
        assert said == "too large, expected at most 16 MB"


def test_a_missing_file_says_so(tmp_path: Path):
    for read in (read_npy, read_whole):
        with pytest.raises(TableError, match=re.escape(f"{tmp_path / 'none'}: cannot be read: No such file")):
            read(tmp_path / "none")


ARCHIVE = npz([("W.npy", npy(GOOD)), ("b.npy", npy(GOOD[0]))])


@given(st.lists(st.tuples(st.integers(0, len(ARCHIVE) - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_damaged_archive_is_read_or_refused_but_nothing_else(tmp_path_factory, damage):
    data = bytearray(ARCHIVE)
    for place, value in damage:
        data[place] = value
    path = tmp_path_factory.getbasetemp() / "damaged.npz"
    path.write_bytes(data)
    found = outcome(read_whole, path)
    assert found.isprintable() if isinstance(found, str) else all(np.isfinite(array).all() for array in found.values())


@given(st.integers(0, len(npy(GOOD))), st.binary(max_size=8))
def test_a_damaged_array_is_read_or_refused_but_nothing_else(tmp_path_factory, place, piece):
    path = tmp_path_factory.getbasetemp() / "damaged.npy"
    path.write_bytes(npy(GOOD)[:place] + piece + npy(GOOD)[place + len(piece) :])
    found = outcome(read_npy, path)
    assert found.isprintable() if isinstance(found, str) else np.isfinite(found).all()


# -- arrays by name ---------------------------------------------------------------------------------------------


def test_what_is_no_array_of_numbers_is_left_and_named(tmp_path: Path):
    ran = tmp_path / "ran"
    others: dict[str, Any] = {"lr": np.array(0.1), "chars": np.array(["h", "e"]), "deep": np.zeros((2, 2, 2))}
    np.savez(tmp_path / "a.npz", U=GOOD, objects=np.array([Run(ran)], dtype=object), **others)
    found, left = read_npz(tmp_path / "a.npz")
    assert {name: array.tolist() for name, array in found.items()} == {"U": GOOD.tolist()}
    assert set(left) == {"lr", "chars", "deep", "objects"}
    assert left["lr"] == "expected a vector or matrix of at most 1,000 a side, found a single number"
    assert left["objects"] == "expected real numbers of at most 64 bits, found '|O'"
    assert not ran.exists()


def tensors(**arrays):
    """The bytes of a .safetensors file, by hand: the header's length, the header, the numbers."""
    header, data = {}, b""
    for name, (dtype, shape, piece) in arrays.items():
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [len(data), len(data) + len(piece)]}
        data += piece
    written = json.dumps({"__metadata__": {"format": "pt"}, **header}).encode()
    return len(written).to_bytes(8, "little") + written + data


def test_safetensors_of_every_real_type_are_read(tmp_path: Path):
    path = tmp_path / "a.safetensors"
    kinds = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1", "U8": "u1"}
    values = np.array([[1, 2, 3], [4, 5, 6]])
    upper = (values.astype("<f4").view("<u4") >> 16).astype("<u2")  # these numbers are whole in bfloat16
    path.write_bytes(
        tensors(
            BF16=("BF16", (2, 3), upper.tobytes()),
            BOOL=("BOOL", (2,), b"\1\0"),
            one=("F64", (), bytes(8)),
            **{kind: (kind, (2, 3), values.astype(dtype).tobytes()) for kind, dtype in kinds.items()},
        )
    )
    found, left = read_safetensors(path)
    assert found.keys() == {"BF16", *kinds}
    for array in found.values():
        np.testing.assert_array_equal(array, values.astype(float), strict=True)
        assert not array.flags.writeable
    assert left == {
        "BOOL": "expected real numbers of at most 64 bits, found BOOL",
        "one": "expected a vector or matrix of at most 1,000 a side, found a single number",
    }


def test_what_safetensors_saves_is_read(tmp_path: Path):
    numpy_files = pytest.importorskip("safetensors.numpy")
    numpy_files.save_file({"W": GOOD.astype(np.float32)}, tmp_path / "a.safetensors")
    assert read_safetensors(tmp_path / "a.safetensors")[0]["W"].tolist() == GOOD.tolist()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "expected a .safetensors file with a header of at most 1 MB"),
        (b"\xff" * 8 + b"{}", "expected a .safetensors file with a header of at most 1 MB"),
        ((2 * MB).to_bytes(8, "little") + b"{" * 3 * MB, "expected a .safetensors file with a header of at most 1 MB"),
        (pickle.dumps(GOOD), "expected a .safetensors file with a header of at most 1 MB"),
        (b"\x02" + bytes(7) + b"[]", "expected a whole .safetensors file: "),
        (tensors(W=("F64", (2, 2), GOOD.tobytes()))[:-1], "expected a whole .safetensors file: "),
        (tensors(W=("F64", (2, 3), GOOD.tobytes())), "expected a whole .safetensors file: "),
        (tensors(W=("F64", (10**9, 10**9), b"")), "expected a whole .safetensors file: "),
    ],
    ids=range(8),
)
def test_a_bad_file_of_tensors_gets_what_was_expected(tmp_path: Path, data, expected):
    assert problem(read_safetensors, tmp_path / "a.safetensors", data).startswith(expected)


@given(st.lists(st.tuples(st.integers(0, 150), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_damaged_file_of_tensors_is_read_or_refused_but_nothing_else(tmp_path_factory, damage):
    data = bytearray(tensors(W=("F64", (2, 2), GOOD.tobytes())))
    for place, value in damage:
        data[place % len(data)] = value
    path = tmp_path_factory.getbasetemp() / "damaged.safetensors"
    path.write_bytes(data)
    found = outcome(read_safetensors, path)
    assert found.isprintable() if isinstance(found, str) else len(found) == 2


def test_json_is_read_by_name_ours_too(tmp_path: Path):
    path = tmp_path / "a.json"
    write_json(path, [Table("W", GOOD, ("1", "2"), ("1", "2"))])
    assert read_json(path)[0]["W"].tolist() == GOOD.tolist()
    path.write_text(json.dumps({"U": GOOD.tolist(), "b": [0, 1], "lr": 0.1, "ragged": [[1], [1, 2]], "name": "x"}))
    found, left = read_json(path)
    assert {name: array.tolist() for name, array in found.items()} == {"U": GOOD.tolist(), "b": [0, 1]}
    assert set(left) == {"lr", "ragged", "name"}
    assert problem(read_json, path, b"[" * 100_000) == "expected a JSON object of arrays by name"


def test_what_may_run_code_is_not_even_opened(tmp_path: Path):
    for name in ("net.pt", "net.pkl", "net.h5"):
        with pytest.raises(TableError, match=r"expected \.npz, \.safetensors, \.json; .* never opened"):
            read_named(tmp_path / name)
