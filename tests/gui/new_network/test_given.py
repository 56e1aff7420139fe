"""The form for a new network: parameters of one's own, typed, pasted and read from files."""

from __future__ import annotations

import re

import numpy as np
import pytest

from tests.gui.driving import CTRL, click, wait_until
from tests.gui.new_network.form import BANANA, GIVEN, Key, opened


@pytest.fixture
def form(qapp, theme):
    with opened(theme=theme) as form:
        yield form


@pytest.fixture
def answer(form, monkeypatch):
    """Answers the question for a file."""

    def will(path):
        monkeypatch.setattr(form.dialog, "choose_file", lambda _title, _kinds: path)

    return will


def banana_arrays(seed=3):
    random = np.random.default_rng(seed)
    return {name: random.normal(size=shape) for name, shape in BANANA.items()}


# -- own numbers ----------------------------------------------------------------------------------------------


def test_parameters_are_pasted_from_a_spreadsheet(form):
    form.given()
    arrays = banana_arrays()
    for name, array in arrays.items():
        rows = np.atleast_2d(array).tolist()
        form.fill(form.rows[name].edit, "\n".join("\t".join(map(repr, row)) for row in rows))
    form.says("5 timesteps · letters b a n · 35 terms in ∂L/∂W · own values")
    form.key(Key.Key_Return, CTRL)
    for name, array in arrays.items():
        np.testing.assert_array_equal(form.made[0].parameters[name], array)


@pytest.mark.parametrize("written", ["1 2; 3 4", "[[1, 2], [3, 4]]", "1,0\t2,0\n3,0\t4,0", "1 2\n3 4"])
def test_parameters_are_typed_in_any_notation(form, written):
    form.given()
    row = form.rows["W"]
    form.fill(row.edit, written)
    wait_until(lambda: row.words.problem == "")
    np.testing.assert_array_equal(form.dialog.design().parameters["W"], [[1, 2], [3, 4]])


@pytest.mark.parametrize(
    ("name", "written", "problem"),
    [
        ("W", "1 2 3", "W: expected a 2×2 matrix, found 3."),
        ("W", "1 2; 3 x", "W: entry 4: expected a number, found 'x'."),
        ("b", "1", "b: expected 2 numbers, found 1."),
        ("W", "", "W is missing: 2×2 numbers are needed."),
        ("W", "1 2; 3 ∞", "W[2, 2] is not a finite number."),
    ],
)
def test_bad_parameters_are_marked_at_their_field(form, name, written, problem):
    form.given()
    row = form.rows[name]
    form.fill(row.edit, "1 2")
    form.fill(row.edit, written)
    form.refuses(row.words, problem)
    assert row.edit.accessibleDescription() == problem
    assert name in form.dialog.summary.line.text().removeprefix("Still to put right: ").split(", ")


def test_numbers_that_fit_no_more_are_marked_and_those_of_an_embedding_come_and_go(form):
    form.choose(form.dialog.start.scheme, GIVEN)
    form.accepts()
    assert "E" not in form.rows
    form.fill(form.dialog.cell.hidden_field, "2")
    form.refuses(form.rows["U"].words, "U has 1×4 numbers; 2×4 numbers are needed.")
    form.fill(form.dialog.cell.hidden_field, "1")
    form.accepts()
    form.press(form.dialog.cell.embedded, Key.Key_E)
    wait_until(lambda: "E" in form.rows)
    form.awaits(form.rows["E"].words, "E is missing: 4×2 numbers are needed.")
    assert form.rows["E"].shape.text() == "4×2"


def test_numbers_are_read_anew_for_another_size(form):
    form.given()
    row = form.rows["W"]
    form.fill(row.edit, "1 2; 3 4")
    wait_until(lambda: row.words.problem == "")
    form.fill(form.dialog.cell.hidden_field, "3")
    form.refuses(row.words, "W: expected a 3×3 matrix, found 2×2.")
    form.fill(form.dialog.cell.hidden_field, "2")
    wait_until(lambda: row.words.problem == "")


def test_a_csv_is_read_into_its_field(form, answer, tmp_path):
    form.given()
    path = tmp_path / "mine.csv"
    path.write_text("0.5;-1,25\n3;4\n", encoding="utf-8")
    answer(path)
    click(form.rows["W"].load)
    wait_until(lambda: form.rows["W"].words.problem == "")
    assert form.rows["W"].edit.toPlainText() == "0.5  −1.25\n3.0  4.0"
    np.testing.assert_array_equal(form.dialog.design().parameters["W"], [[0.5, -1.25], [3, 4]])


@pytest.mark.parametrize("kind", ["npy", "npz"])
def test_a_file_of_numpy_is_read_into_its_field(form, answer, tmp_path, kind):
    form.given()
    arrays = banana_arrays()
    path = tmp_path / f"mine.{kind}"
    if kind == "npy":
        np.save(path, arrays["V"])
    else:
        np.savez(path, **arrays)
    answer(path)
    click(form.rows["V"].load)
    np.testing.assert_array_equal(form.dialog.design().parameters["V"], arrays["V"])
    assert set(form.dialog.design().parameters) == {"V"}


def test_an_npz_fills_all_fields_by_name(form, answer, tmp_path):
    form.given()
    arrays = banana_arrays()
    np.savez(tmp_path / "net.npz", notes=np.zeros(2), **arrays)
    answer(tmp_path / "net.npz")
    click(form.dialog.start.given.load)
    form.says("5 timesteps · letters b a n · 35 terms in ∂L/∂W · own values")
    assert form.dialog.start.given.words.text() == "Read from net.npz: U, W, b, V, c. Not used: notes."
    click(form.dialog.create_button)
    for name, array in arrays.items():
        np.testing.assert_array_equal(form.made[0].parameters[name], array)


def test_pickles_are_refused_and_change_nothing(form, answer, tmp_path):
    form.given()
    form.fill(form.rows["W"].edit, "1 2; 3 4")
    wait_until(lambda: form.rows["W"].words.problem == "")
    np.save(tmp_path / "bad.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    np.savez(tmp_path / "bad.npz", W=np.array([{"a": 1}], dtype=object))
    for button, words, name in (
        (form.rows["W"].load, form.rows["W"].words, "bad.npy"),
        (form.dialog.start.given.load, form.dialog.start.given.words, "bad.npz"),
    ):
        answer(tmp_path / name)
        click(button)
        assert words.isVisible()
        assert re.fullmatch(rf"✗ {name}: .*real numbers.*'\|O'\. Nothing was changed\.", words.text())
    assert form.rows["W"].edit.toPlainText() == "1 2; 3 4"


def test_a_file_without_the_array_says_what_it_has(form, answer, tmp_path):
    form.given()
    np.savez(tmp_path / "other.npz", x=np.zeros(2))
    answer(tmp_path / "other.npz")
    click(form.rows["W"].load)
    problem = (
        "other.npz: expected arrays of the names U, W, b, V, c, E, or those of PyTorch or Keras; found x. "
        "Nothing was changed."
    )
    assert form.rows["W"].words.problem == problem
    click(form.dialog.start.given.load)
    assert form.dialog.start.given.words.problem == problem


def test_a_file_with_other_parameters_says_which_it_has(form, answer, tmp_path):
    form.given()
    np.savez(tmp_path / "other.npz", Wxh=np.zeros((2, 3)))
    answer(tmp_path / "other.npz")
    click(form.rows["W"].load)
    assert form.rows["W"].words.problem == ("other.npz: expected an array named W, found Wxh → U. Nothing was changed.")


def pytorch_arrays(arrays):
    """The same network as PyTorch keeps it: the bias in two parts."""
    half = arrays["b"] / 2
    return {"rnn.weight_ih_l0": arrays["U"], "rnn.weight_hh_l0": arrays["W"], "rnn.bias_ih_l0": half,
            "rnn.bias_hh_l0": half, "fc.weight": arrays["V"], "fc.bias": arrays["c"]}  # fmt: skip


def test_names_of_pytorch_are_mapped_and_the_mapping_is_shown(form, answer, tmp_path):
    form.given()
    arrays = banana_arrays()
    np.savez(tmp_path / "net.npz", **pytorch_arrays(arrays), lr=0.1)
    answer(tmp_path / "net.npz")
    click(form.dialog.start.given.load)
    form.says("5 timesteps · letters b a n · 35 terms in ∂L/∂W · own values")
    given = form.dialog.start.given
    assert given.words.text() == (
        "Read from net.npz: rnn.weight_ih_l0 → U, rnn.weight_hh_l0 → W, rnn.bias_ih_l0 + rnn.bias_hh_l0 → b, "
        "fc.weight → V, fc.bias → c. Not used: lr."
    )
    assert not given.turn.isVisible()
    for name, array in arrays.items():
        np.testing.assert_array_equal(form.dialog.design().parameters[name], array)


def test_what_nothing_tells_from_its_transpose_is_asked_about(form, answer, tmp_path):
    form.given()
    form.fill(form.dialog.cell.hidden_field, "3")
    shapes = {"U": (3, 3), "W": (3, 3), "b": (3,), "V": (3, 3), "c": (3,)}
    arrays = {name: np.random.default_rng(1).normal(size=shape) for name, shape in shapes.items()}
    np.savez(tmp_path / "weights.npz", *arrays.values())
    answer(tmp_path / "weights.npz")
    given = form.dialog.start.given
    click(given.load)
    assert given.words.text().endswith(
        "arr_4 → c. Nothing tells rows from columns here: from Keras’ get_weights(), transpose U, W and V."
    )
    assert given.turn.isVisible()
    for turned in (True, False):
        click(given.turn)
        found = form.dialog.design().parameters
        for name in "UWV":
            np.testing.assert_array_equal(found[name], arrays[name].T if turned else arrays[name])
        np.testing.assert_array_equal(found["b"], arrays["b"])


def test_a_matrix_that_fits_only_transposed_is_offered_so(form, answer, tmp_path):
    form.given()
    array = np.arange(6.0).reshape(3, 2)
    np.savetxt(tmp_path / "U.txt", array)
    answer(tmp_path / "U.txt")
    row = form.rows["U"]
    click(row.load)
    form.refuses(row.words, "U has 3×2 numbers; 2×3 numbers are needed.")
    assert row.turn.isVisible()
    click(row.turn)
    wait_until(lambda: row.words.problem != "U has 3×2 numbers; 2×3 numbers are needed.")
    assert not row.turn.isVisible()
    np.testing.assert_array_equal(form.dialog.design().parameters["U"], array.T)


@pytest.mark.parametrize(
    "written",
    [
        "W = [[1, 2], [3, 4]]",
        "tensor([[1., 2.],\n        [3., 4.]], requires_grad=True)",
        "<tf.Variable 'W:0' shape=(2, 2), numpy=array([[1., 2.], [3., 4.]])>",
    ],
)
def test_what_a_program_printed_is_pasted(form, written):
    form.given()
    row = form.rows["W"]
    form.fill(row.edit, written)
    wait_until(lambda: row.words.problem == "")
    np.testing.assert_array_equal(form.dialog.design().parameters["W"], [[1, 2], [3, 4]])


def test_no_file_changes_nothing(form, answer):
    form.choose(form.dialog.start.scheme, GIVEN)
    answer(None)
    before = {name: row.edit.toPlainText() for name, row in form.rows.items()}
    click(form.rows["W"].load)
    click(form.dialog.start.given.load)
    assert {name: row.edit.toPlainText() for name, row in form.rows.items()} == before
    form.accepts()


def test_many_numbers_from_a_file_are_named_and_kept_to_the_last_bit(form, theme, answer, tmp_path):
    form.banana("25")
    form.choose(form.dialog.start.scheme, GIVEN)
    wait_until(lambda: form.rows["W"].isVisible())
    array = np.random.default_rng(1).normal(size=(25, 25))
    np.save(tmp_path / "W.npy", array)
    answer(tmp_path / "W.npy")
    row = form.rows["W"]
    click(row.load)
    assert row.edit.toPlainText() == ""
    assert row.edit.placeholderText() == "25×25 numbers from W.npy; what is typed here replaces them"
    for zoom in (1.5, 1.0):
        theme.set_zoom(zoom)
        np.testing.assert_array_equal(form.dialog.design().parameters["W"], array)
    form.fill(row.edit, "1")
    form.refuses(row.words, "W: expected a 25×25 matrix, found 1.")
    assert row.edit.placeholderText() == ""
