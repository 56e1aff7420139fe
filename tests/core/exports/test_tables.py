"""Tables as text: what is written is read back to the last bit, and a bad table is told where."""

from __future__ import annotations

import csv
import json
import os
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from core.exports.array_files import write_npz
from core.exports.tables import Listing, Table, TableError, parse, read_csv, tab_separated, write_csv, write_json
from core.network.symbols import TABLE
from tests.strategies import matrix_texts

matrices = arrays(np.float64, array_shapes(min_dims=2, max_dims=2, max_side=5), elements=st.floats(width=64))
finite = arrays(
    np.float64,
    array_shapes(min_dims=2, max_dims=2, max_side=5),
    elements=st.floats(allow_nan=False, allow_infinity=False),
)
LETTERS = (",", ";", '"', "\t", "\n", "1,5", " ", "=", "é")
WRITERS = (write_csv, write_json, write_npz)


def table(values, name="W"):
    values = np.asarray(values, dtype=float)
    headings = [tuple(LETTERS[i % len(LETTERS)] for i in range(n)) for n in values.shape]
    return Table(name, values, headings[0], headings[1] if values.ndim == 2 else ())


def listing(values):
    rows = np.array([[t, 1, 1, value] for t, value in enumerate(values, 1)])
    return Listing("dL/dW[1,1]", ("t", "m", "k", "value"), len(rows), lambda: iter(np.array_split(rows, 2)))


def same_bits(found, expected):
    assert found.shape == expected.shape
    assert found.tobytes() == expected.tobytes()


@given(finite)
def test_a_csv_file_is_read_back_to_the_last_bit(tmp_path_factory, values):
    path = tmp_path_factory.mktemp("csv") / "table.csv"
    write_csv(path, [table(values)])
    same_bits(read_csv(path), values)


@given(finite, st.sampled_from(sorted(TABLE)))
def test_what_is_copied_can_be_pasted_back_to_the_last_bit(values, name):
    same_bits(parse(tab_separated(table(values, name))), values)


@given(finite, st.sampled_from([("\t", "."), ("\t", ","), (";", "."), (";", ","), (",", ".")]), st.sampled_from("\n\r"))
def test_numbers_of_every_delimiter_are_read(values, marks, end):
    delimiter, point = marks
    rows = [delimiter.join(repr(number).replace(".", point) for number in row) for row in values.tolist()]
    if delimiter in rows[0] or point == ".":  # a column alone has no delimiter to tell its decimal comma by
        same_bits(parse(end.join(rows) + end), values)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,2\n3,4", [[1, 2], [3, 4]]),
        ("1,2\r\n3,4\r\n\r\n", [[1, 2], [3, 4]]),
        (" 1 , +2 \n .5,3.\n", [[1, 2], [0.5, 3]]),
        ("1,5;2\n3;4,25", [[1.5, 2], [3, 4.25]]),
        ("1,5\t2;", None),
        ("\N{MINUS SIGN}1.5e-3", [[-0.0015]]),
        ('"1";"2,5"', [[1, 2.5]]),
        ("7", [[7]]),
        ("W,1,2\na,3,4\nb,5,6", [[3, 4], [5, 6]]),
        ("dL/dW;1;2\na;3,5;4", [[3.5, 4]]),
        ('U,";","\t"\n1,2,3', [[2, 3]]),
        ("b,value\n1,2\n2,3", [[2], [3]]),
    ],
)
def test_text_is_read_as_people_write_it(text, expected):
    if expected is None:
        with pytest.raises(TableError, match="row 1, column 2"):
            parse(text)
    else:
        assert parse(text).tolist() == expected


def test_what_is_read_is_read_only():
    with pytest.raises(ValueError, match="read-only"):
        parse("1,2")[0, 0] = 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected at least one number"),
        (" \n\n", "expected at least one number"),
        ("W,1,2", "expected at least one number"),
        ("W\na\nb", "expected at least one number"),
        ("1,2\n3,x", "row 2, column 2: expected a number, found “x”"),
        ("1,2\n3,", "row 2, column 2: expected a number, found nothing"),
        ("W,1,2\na,3,4\nb,5,O", "row 3, column 3: expected a number, found “O”"),
        ("1,2\n3", "row 2: expected as many numbers as before, 2, found 1"),
        ("1,2\n3,4,5", "row 2: expected as many numbers as before, 2, found 3"),
        ("1,2\n\n3,4", "row 2: expected numbers, found an empty line"),
        ("\n1,2", "row 1: expected numbers, found an empty line"),
        ("1,nan", "row 1, column 2: expected a number, found “nan”"),
        ("1,inf", "row 1, column 2: expected a number, found “inf”"),
        ("1,1e999", "row 1, column 2: expected a finite number, found “1e999”"),
        ("1_000", "row 1, column 1: expected a number, found “1_000”"),
        ("١", "row 1, column 1: expected a number, found “١”"),
        ("0x10", "row 1, column 1: expected a number, found “0x10”"),
        ("1.2.3", "row 1, column 1: expected a number, found “1.2.3”"),
        ("1.234,5;2", "row 1, column 1: expected a number, found “1.234,5”"),
        ('"1,5",2', "row 1, column 1: expected a number, found “1,5”"),
        ("x" * 100, "row 1, column 1: expected a number, found “" + "x" * 20 + "”"),
        ("a\x00b", r"row 1, column 1: expected a number, found “a\x00b”"),
        ('1,"2', "expected rows of numbers: unexpected end of data"),
        ("1," + "1" * 200_000, "expected rows of numbers: field larger than field limit (131072)"),
    ],
)
def test_a_bad_table_gets_its_row_and_column(text, message):
    with pytest.raises(TableError) as caught:
        parse(text)
    assert str(caught.value) == message


@given(matrix_texts('0123456789.,;-e\t\n\r"Wx ', [("\t", "\n"), (",", "\n"), (";", "\n")]) | st.text())
def test_any_text_is_a_matrix_or_has_one_line_of_what_is_wrong(text):
    try:
        found: np.ndarray | str = parse(text)
    except TableError as error:
        found = str(error)
    if isinstance(found, str):
        assert found.isprintable()
    else:
        assert found.ndim == 2
        assert found.size > 0
        assert np.isfinite(found).all()


def test_a_bad_file_is_named(tmp_path: Path):
    path = tmp_path / "w.csv"
    path.write_text("1,2\n3,x")
    with pytest.raises(TableError, match=re.escape(f"{path}: row 2, column 2: expected a number, found “x”")):
        read_csv(path)
    path.write_bytes(b"1,\xff")
    with pytest.raises(TableError, match=re.escape(f"{path}: expected UTF-8 or UTF-16 text")):
        read_csv(path)
    path.write_bytes(b" " * (16 * 2**20 + 1))
    with pytest.raises(TableError, match=re.escape(f"{path}: too large, expected at most 16 MB")):
        read_csv(path)
    with pytest.raises(TableError, match=re.escape(f"{tmp_path / 'none.csv'}: cannot be read: No such file")):
        read_csv(tmp_path / "none.csv")


def test_a_byte_order_mark_is_no_part_of_the_first_number(tmp_path: Path):
    (tmp_path / "w.csv").write_bytes(b"\xef\xbb\xbf1,2")
    assert read_csv(tmp_path / "w.csv").tolist() == [[1, 2]]


def test_headings_stand_beside_the_numbers_and_an_empty_line_between_tables(tmp_path: Path):
    path = tmp_path / "two.csv"
    write_csv(path, [Table("U", np.array([[0.5, -2.0]]), ("1",), ('"', "a,b")), Table("b", np.ones(1), ("1",))])
    assert path.read_text() == '"U","""","a,b"\n"1",0.5,-2.0\n\n"b","value"\n"1",1.0\n'
    with path.open(newline="") as file:
        assert next(csv.reader(file)) == ["U", '"', "a,b"]
    with pytest.raises(TableError, match="row 3: expected numbers, found an empty line"):
        read_csv(path)


def test_above_the_diagonal_of_a_causal_table_there_is_nothing(tmp_path: Path):
    causal = Table("A", np.array([[1.0, 0.0], [2.0, 3.0]]), ("1", "2"), ("1", "2"), causal=True)
    assert tab_separated(causal) == "A\t1\t2\n1\t1.0\t\n2\t2.0\t3.0"
    write_json(tmp_path / "a.json", [causal])
    assert json.loads((tmp_path / "a.json").read_text())["A"]["values"] == [[1.0], [2.0, 3.0]]


def test_a_listing_is_written_row_by_row_with_whole_indices(tmp_path: Path):
    rows = listing([0.5, -0.25, 1e-300])
    assert tab_separated(rows) == "t\tm\tk\tvalue\n1\t1\t1\t0.5\n2\t1\t1\t-0.25\n3\t1\t1\t1e-300"
    write_json(tmp_path / "terms.json", [rows])
    assert json.loads((tmp_path / "terms.json").read_text()) == {
        "dL/dW[1,1]": {
            "columns": ["t", "m", "k", "value"],
            "values": [[1, 1, 1, 0.5], [2, 1, 1, -0.25], [3, 1, 1, 1e-300]],
        }
    }


@given(matrices)
def test_a_json_file_holds_every_number_and_names_those_that_json_lacks(tmp_path_factory, values):
    path = tmp_path_factory.mktemp("json") / "table.json"
    write_json(path, [table(values), Table("b", values[0], ("1",) * len(values[0])), listing(values[0])])

    def refuse(word):
        raise AssertionError(f"{word} is no JSON")

    read = json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)
    assert list(read) == ["W", "b", "dL/dW[1,1]"]
    assert "columns" not in read["b"]
    found = np.array(read["W"]["values"], dtype=float)  # float("Infinity") and float("NaN") are understood
    np.testing.assert_array_equal(found, values)
    np.testing.assert_array_equal(np.array(read["b"]["values"], dtype=float), values[0])
    np.testing.assert_array_equal([float(row[-1]) for row in read["dL/dW[1,1]"]["values"]], values[0])
    assert read["W"]["rows"] == [LETTERS[i] for i in range(len(values))]


def test_a_json_file_of_nothing_is_an_empty_object(tmp_path: Path):
    write_json(tmp_path / "empty.json", [])
    assert json.loads((tmp_path / "empty.json").read_text()) == {}


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("fails", ["fsync", "replace"])
def test_a_failed_write_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path, monkeypatch, write, fails):
    path = tmp_path / "out"
    path.write_text("old")

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, fails, fail)
    with pytest.raises(TableError, match="out: cannot be written: No space left on device"):
        write(path, [table([[1, 2]])])
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("out", "old")]


class StoppedError(Exception):
    """What a caller raises to stop a long export."""


@pytest.mark.parametrize("write", WRITERS)
def test_an_export_that_is_stopped_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path, write):
    path = tmp_path / "out"
    path.write_text("old")

    def blocks():
        yield np.ones((1, 2))
        raise StoppedError

    with pytest.raises(StoppedError):
        write(path, [Listing("dL/db[1]", ("t", "value"), 5, blocks)])
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("out", "old")]


@pytest.mark.parametrize("write", WRITERS)
def test_a_file_that_cannot_be_made_is_said(tmp_path: Path, write):
    with pytest.raises(TableError, match="cannot be written: No such file or directory"):
        write(tmp_path / "none" / "out", [table([[1, 2]])])


@pytest.mark.parametrize("write", [write_csv, write_json])
def test_half_a_character_in_a_heading_is_not_written(tmp_path: Path, write):
    with pytest.raises(TableError, match="not written: expected letters of valid Unicode"):
        write(tmp_path / "out", [Table("b", np.ones(1), ("\ud800",))])
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX links and modes")
@pytest.mark.parametrize("write", WRITERS)
def test_writing_keeps_a_link_and_the_files_mode(tmp_path: Path, write):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    target.chmod(0o640)
    link.symlink_to(target)
    write(link, [table([[1, 2]])])
    assert link.is_symlink()
    assert target.read_bytes() != b"old"
    assert target.stat().st_mode & 0o777 == 0o640


WANTED = [[0.5, -1.25], [3.0, 4e-5]]


@pytest.mark.parametrize(
    "written",
    [
        "h,e\n0.5,-1.25\n3,4e-5",
        "h,e\r\n0.5,-1.25\r\n3.0,4e-5\r\n",
        "h;e\n0,5;-1,25\n3;4e-5",
        "h e\n0.5 -1.25\n3 4e-5",
        "first,second\n0.5,-1.25\n3,4e-5",
        ",0,1\n0,0.5,-1.25\n1,3,4e-5",
        "\t0\t1\n0\t0.5\t-1.25\n1\t3\t4e-5",
        "U,h,e\nh,0.5,-1.25\ne,3,4e-5",
        "U,h,e\n1,0.5,-1.25\n2,3,4e-5",
        "0.5 -1.25\n3 4e-5",
        "  5.000000000000000000e-01 -1.250000000000000000e+00\n  3.0e+00 4.0e-05\n",
        "0,5 -1,25\n3 4e-5",
        "# Created by Octave 8.4.0\n# name: U\n# type: matrix\n 0.5 -1.25\n 3 4e-5\n\n",
        "% a comment\n0.5,-1.25\n3,4e-5",
        "U = [[0.5, -1.25], [3, 4e-5]]",
        "self.U = np.array([[0.5, -1.25],\n [3, 4e-5]])",
        "U: Matrix = [[0.5, -1.25], [3, 4e-5]];",
        "U = [0.5 -1.25; 3 4e-5]",
        "tensor([[0.5, -1.25],\n        [3.0, 4e-5]], device='cuda:0', grad_fn=<AddBackward0>)",
        "array([[0.5, -1.25], [3, 4e-5]], dtype=float32)",
        "Parameter containing:\ntensor([[0.5, -1.25],\n        [3.0, 4e-5]], requires_grad=True)",
        "<tf.Variable 'U:0' shape=(2, 2) dtype=float32, numpy=\narray([[0.5, -1.25],\n [3, 4e-5]], dtype=float32)>",
        "<tf.Tensor: shape=(2, 2), dtype=float32, numpy=array([[0.5, -1.25], [3, 4e-5]], dtype=float32)>",
        "tf.Tensor(\n[[0.5 -1.25]\n [3 4e-5]], shape=(2, 2), dtype=float32)",
        "[[0.5 -1.25]\n [3 4e-5]]\n<NDArray 2x2 @cpu(0)>",
        "      [,1]  [,2]\n[1,]  0.5 -1.25\n[2,]    3  4e-5",
        "     0     1\n0  0.5 -1.25\n1  3.0  4e-5",
        "     h     e\na  0.5 -1.25\nb  3.0  4e-5",
        "0.5,-1.25,\n3,4e-5,\n",
        "| h | e |\n|---|---|\n| 0.5 | -1.25 |\n| 3 | 4e-5 |",
        "\\begin{bmatrix} 0.5 & -1.25 \\\\ 3 & 4e-5 \\end{bmatrix}",
        "⎡0.5 -1.25⎤\n⎣ 3  4e-5⎦",
        "Matrix([[0.5, -1.25], [3, 4e-5]])",
        ">>> U\narray([[0.5, -1.25],\n       [3, 4e-5]])",
        "In [3]: U\nOut[3]: \narray([[0.5, -1.25],\n       [3, 4e-5]])",
        "U: [[0.5, -1.25], [3, 4e-5]]",
        '{"U": [[0.5, -1.25], [3, 4e-5]]}',
        "weight_ih_l0 tensor([[0.5, -1.25], [3, 4e-5]])",
        "self.Wxh = np.array([[0.5, -1.25],\n [3, 4e-5]])  # from the paper",
        "[[0.5, -1.25], [3, 4e-5]]",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_a_matrix_is_read_as_other_programs_write_it(tmp_path: Path, written, encoding):
    (tmp_path / "U.txt").write_bytes(written.encode(encoding))
    assert read_csv(tmp_path / "U.txt").tolist() == WANTED


@given(finite)
def test_what_numpy_writes_as_text_is_read_to_the_last_bit(tmp_path_factory, values):
    path = tmp_path_factory.getbasetemp() / "saved.txt"
    np.savetxt(path, values)
    np.testing.assert_array_equal(read_csv(path), values)


def test_rows_of_different_lengths_are_no_table_without_a_corner():
    with pytest.raises(TableError, match="row 2: expected as many numbers as before, 3, found 4"):
        parse("0.1 0.2 0.3\n0 0.5 0.6 0.7")
    with pytest.raises(TableError, match=r"14\.4%"):
        parse("14.4%\t20%\n0.5\t0.6")


def test_a_column_below_a_letter_that_is_a_symbol_is_kept_though_it_counts():
    assert parse("h,e\n1,5\n2,6").tolist() == [[1, 5], [2, 6]]
    assert parse("h,1,2\n1,5,7\n2,6,8").tolist() == [[5, 7], [6, 8]]  # as an export of h_1, h_2
