"""The form for a new network: what it opens with, and every field but those of own numbers."""

from __future__ import annotations

import re
from dataclasses import fields

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from core.network.initial import initial
from core.network.network import Network
from core.network.rule import EXACT, Rule
from core.sources.opening import open_source
from tests.gui.driving import CTRL, click, wait_until
from tests.gui.new_network.form import GIVEN, Key, opened, source_like


@pytest.fixture
def form(qapp):
    with opened() as form:
        yield form


def different(one, other):
    """The fields in which two designs differ."""
    return {field.name for field in fields(one) if getattr(one, field.name) != getattr(other, field.name)}


# -- it opens with what is open -------------------------------------------------------------------------------


def test_opens_with_the_values_of_the_sheet_with_attention(form):
    design = form.dialog.design()
    assert (design.text, design.targets, design.hidden_size, design.embedding_size) == ("hello", None, 1, None)
    assert (design.attention, design.learning_rate, design.rule) == (True, 0.01, EXACT)
    assert form.dialog.create_button.isEnabled()
    assert form.text.hasFocus()
    assert form.text.selectedText() == "hello"


def test_opens_with_the_values_of_the_sheet_with_an_embedding(qapp):
    with opened("embedding") as form:
        design = form.dialog.design()
        assert (design.text, design.embedding_size, design.attention) == ("hello", 2, False)
        assert form.dialog.cell.embedded.isChecked()


def test_opens_with_own_targets_and_a_rule_without_a_name(qapp):
    network = Network.from_letters("ab", "aab", "bab", hidden_size=1, embedding_size=None, attention=True)
    rule = Rule(sign=-1, paths=frozenset({"key"}))
    values = initial(network, "uniform", 1)
    source = source_like(network=network, parameters=values, rule=rule, learning_rate=1 / 3, worksheet=None)
    with opened(source) as form:
        design = form.dialog.design()
    assert (design.text, design.targets, design.rule, design.learning_rate) == ("aab", "bab", rule, 1 / 3)


def test_own_numbers_start_as_those_of_the_network_that_is_open(form):
    form.choose(form.dialog.start.scheme, GIVEN)
    form.says("4 timesteps · letters h e l o · 20 terms in ∂L/∂W · own values")
    form.key(Key.Key_Return)
    (source,) = form.made
    like = open_source("attention")
    assert source.network == like.network
    for name, array in like.parameters.items():
        np.testing.assert_array_equal(source.parameters[name], array)


def test_numbers_whose_rows_would_stand_for_other_letters_are_not_offered(qapp):
    network = Network.from_letters("ba", "ab", "ba", hidden_size=1, embedding_size=None, attention=False)
    with opened(source_like(network=network, parameters=initial(network, "uniform", 1))) as form:
        form.choose(form.dialog.start.scheme, GIVEN)
        form.awaits(form.rows["V"].words, "V is missing: 2×1 numbers are needed.")


def test_numbers_that_nobody_has_typed_yet_are_asked_for_calmly_and_marked_once_one_wants_to_go_on(qapp):
    network = Network.from_letters("ba", "ab", "ba", hidden_size=1, embedding_size=None, attention=False)
    missing = "{} is missing: {} numbers are needed."
    with opened(source_like(network=network, parameters=initial(network, "uniform", 1))) as form:
        form.choose(form.dialog.start.scheme, GIVEN)
        form.awaits(form.rows["U"].words, missing.format("U", "1×2"))
        form.awaits(form.rows["V"].words, missing.format("V", "2×1"))
        form.fill(form.rows["V"].edit, "1 2")
        wait_until(lambda: not form.rows["V"].words.problem)
        form.fill(form.rows["V"].edit, "")
        form.refuses(form.rows["V"].words, missing.format("V", "2×1"))
        form.awaits(form.rows["U"].words, missing.format("U", "1×2"))
        form.key(Key.Key_Return, CTRL)
        form.refuses(form.rows["U"].words, missing.format("U", "1×2"))
        assert QApplication.focusWidget() is form.rows["U"].edit
        assert form.made == []


# -- the text -------------------------------------------------------------------------------------------------


def test_banana_is_summed_up(form):
    form.banana()
    form.fill(form.dialog.start.seed_field, "7")
    form.says("5 timesteps · letters b a n · 35 terms in ∂L/∂W · seed 7")
    assert form.dialog.summary.details.text() == (
        "U 2×3  ·  W 2×2  ·  b 2  ·  V 3×2  ·  c 3\n21 parameters  ·  181 steps an epoch by term, 116 by time"
    )
    assert form.strip == ("banan", "anana")
    assert form.dialog.text.text.words.text() == "6 letters, 5 timesteps"
    assert form.dialog.text.letters.accessibleDescription() == "Reads b a n a n; wants a n a n a"


def test_one_letter_has_no_next_one(form):
    form.fill(form.text, "a")
    form.refuses(form.dialog.text.text.words, "One letter has no next letter; type at least two.")
    assert form.dialog.summary.line.text() == "Still to put right: text"
    assert form.text.accessibleDescription() == "One letter has no next letter; type at least two."
    assert form.dialog.cell.terms.text() == ""
    form.fill(form.text, "ab")
    form.accepts()
    assert form.dialog.text.text.words.text() == "2 letters, 1 timestep"
    assert form.text.accessibleDescription() == ""


def test_only_one_letter_has_its_note(form):
    form.fill(form.text, "aaa")
    form.says("2 timesteps · letter a · 4 terms in ∂L/∂W · seed 1")
    assert form.dialog.summary.note.text() == "One letter: ŷ = 1, L = 0, nothing to learn."
    assert form.dialog.summary.note.isVisible()
    form.fill(form.text, "aab")
    form.says("2 timesteps · letters a b · 4 terms in ∂L/∂W · seed 1")
    assert not form.dialog.summary.note.isVisible()


@pytest.mark.parametrize(
    ("text", "count", "reads"),
    [
        ("👨‍👩‍👧‍👦🇩🇪👍🏽e\u0301", 4, ("👨‍👩‍👧‍👦", "🇩🇪", "👍🏽")),
        ("مرحبا", 5, ("م", "ر", "ح", "ب")),
        ("你好世界", 4, ("你", "好", "世")),
        ("a b", 3, ("a", " ")),
    ],
)
def test_letters_of_every_script_are_counted(form, text, count, reads):
    form.fill(form.text, text)
    wait_until(lambda: form.dialog.text.letters.inputs == reads)
    assert form.dialog.text.text.words.text() == f"{count} letters, {count - 1} timestep{'s' if count > 2 else ''}"
    form.key(Key.Key_Return)
    network = form.made[0].network
    assert tuple(map(network.input_letter, range(1, network.T + 1))) == reads


def test_a_text_from_the_right_is_laid_out_from_the_right(form):
    form.fill(form.text, "مرحبا")
    assert form.text.cursorRect().center().x() < form.text.width() - 30  # the end of the text
    form.key(Key.Key_Home)
    assert form.text.cursorRect().center().x() > form.text.width() - 30
    form.fill(form.text, "hello")
    form.key(Key.Key_Home)
    assert form.text.cursorRect().center().x() < 30


def test_what_cannot_be_seen_is_refused_at_the_text(form):
    form.fill(form.text, "a\u200bb")
    form.refuses(form.dialog.text.text.words, "Letter 2 cannot be seen (U+200B); leave it out.")


def test_own_targets_have_as_many_letters_as_the_text(form):
    card = form.dialog.text
    assert not card.targets_field.isVisible()
    form.fill(form.text, "hund")
    form.choose(card.wants, 1)
    form.fill(card.targets_field, "dog")
    form.refuses(card.targets.words, "3 targets for 4 letters; type one for each.")
    assert form.strip == ("hund", "dog")
    form.fill(card.targets_field, "dogs")
    form.says("4 timesteps · letters h u n d o g s · 20 terms in ∂L/∂W · seed 1")
    assert form.dialog.design().targets == "dogs"
    form.choose(card.wants, 0)
    form.says("3 timesteps · letters h u n d · 10 terms in ∂L/∂W · seed 1")
    form.choose(card.wants, 1)
    assert card.targets_field.text() == "dogs"


def test_a_long_text_shows_the_letters_that_have_room(form):
    form.fill(form.text, "ab" * 500)
    form.says("999 timesteps · letters a b · 166,666,500 terms in ∂L/∂W · seed 1")
    assert not form.dialog.text.letters.grab().toImage().isNull()
    form.fill(form.text, "ab" * 501)
    form.refuses(form.dialog.text.text.words, "The text has 1,002 letters; the most is 1,001.")


# -- sizes, training, start -----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["0", "129", "two", "", "1.5", "-1", "9" * 40])
def test_a_bad_hidden_size_is_refused(form, text):
    form.fill(form.dialog.cell.hidden_field, text)
    form.refuses(form.dialog.cell.hidden.words, "The hidden size is a whole number from 1 to 128.")


@pytest.mark.parametrize("text", ["0", "129", "wide", ""])
def test_a_bad_embedding_size_is_refused_while_there_is_an_embedding(form, text):
    network = form.dialog.cell
    form.press(form.dialog.cell.embedded, Key.Key_E)
    form.fill(network.embedding_field, text)
    form.refuses(network.embedding.words, "The embedding size is a whole number from 1 to 128.")
    form.press(form.dialog.cell.one_hot, Key.Key_O)
    form.accepts()
    assert form.dialog.design().embedding_size is None
    assert not network.embedding_field.isVisible()


@pytest.mark.parametrize("text", ["-0.1", "fast", "", "inf", "1000001"])
def test_a_bad_learning_rate_is_refused(form, text):
    form.fill(form.dialog.training.rate_field, text)
    form.refuses(form.dialog.training.rate.words, "The learning rate is a number from 0 to 1,000,000.")


@pytest.mark.parametrize(("text", "rate"), [("0,25", 0.25), ("2.5e-3", 0.0025), ("1/4", 0.25), ("0", 0.0)])
def test_a_learning_rate_is_read_in_any_notation(form, text, rate):
    form.fill(form.dialog.training.rate_field, text)
    assert form.dialog.design().learning_rate == rate


@pytest.mark.parametrize("text", ["-1", "1e3", "", "1000000000001"])
def test_a_bad_seed_is_refused_while_numbers_are_drawn(form, text):
    start = form.dialog.start
    form.fill(start.seed_field, text)
    form.refuses(start.seed.words, "The seed is a whole number from 0 to 1,000,000,000,000.")
    form.choose(start.scheme, 3)
    form.says("4 timesteps · letters h e l o · 20 terms in ∂L/∂W · all zeros")
    assert not start.seed.isVisible()
    assert form.dialog.summary.note.text().startswith("All zeros: ")


@pytest.mark.parametrize("text", ["-1", "wide", "", "1001"])
def test_a_bad_standard_deviation_is_refused_while_it_is_asked_for(form, text):
    start = form.dialog.start
    assert not start.scale.isVisible()
    form.choose(start.scheme, 2)
    form.fill(start.scale_field, text)
    form.refuses(start.scale.words, "The scale is a number from 0 to 1,000.")
    form.choose(start.scheme, 1)
    form.accepts()


def test_another_seed_is_drawn_by_the_button(form):
    start = form.dialog.start
    seeds = {start.seed_field.text()}
    for _ in range(5):
        before = start.seed_field.text()
        click(start.another)
        assert start.seed_field.text() != before
        assert re.fullmatch(r"\d{1,5}", start.seed_field.text())
        seeds.add(start.seed_field.text())
    assert len(seeds) > 2
    form.says(f"4 timesteps · letters h e l o · 20 terms in ∂L/∂W · seed {start.seed_field.text()}")


def test_attention_keeps_everything_else_and_says_what_it_adds(form):
    form.banana()
    assert form.dialog.cell.terms.text() == "15 terms in ∂L/∂W without, 35 with"
    before = form.dialog.design()
    form.press(form.dialog.cell.attention, Key.Key_A)
    form.says("5 timesteps · letters b a n · 15 terms in ∂L/∂W · seed 1")
    assert form.dialog.cell.terms.text() == "15 terms in ∂L/∂W without, 35 with"
    assert different(before, form.dialog.design()) == {"attention"}
    form.press(form.dialog.cell.attention, Key.Key_A)
    form.says("5 timesteps · letters b a n · 35 terms in ∂L/∂W · seed 1")
    assert different(before, form.dialog.design()) == set()


def test_the_hello_of_the_sheets_has_10_terms_without_attention(form):
    assert form.dialog.cell.terms.text() == "10 terms in ∂L/∂W without, 20 with"


def test_the_rule_is_chosen(form):
    form.dialog.training.rules.names["exact"].click()
    assert form.dialog.design().rule == EXACT
