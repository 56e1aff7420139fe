"""The form for a new network: Enter, Escape and Tab, Create, and how it looks."""

from __future__ import annotations

import re

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QWidget,
)

from core.network.initial import initial
from core.network.network import Network, Parameters
from core.network.rule import EXACT
from gui.look.style import stylesheet
from gui.look.theme import DARK, LIGHT
from gui.widgets.matrix.shades import contrast
from tests.gui.driving import click, settle, wait_until
from tests.gui.new_network.form import BANANA, GIVEN, Key, opened


@pytest.fixture
def styled(theme, qapp):
    """Dresses the application as it is at the theme's zoom."""
    before = qapp.styleSheet(), qapp.font(), qapp.style().objectName()

    def dress():
        qapp.setStyle("Fusion")
        qapp.setFont(theme.font())
        qapp.setStyleSheet(stylesheet(theme))
        settle()

    yield dress
    qapp.setStyleSheet(before[0])
    qapp.setFont(before[1])
    qapp.setStyle(before[2])


@pytest.fixture
def form(qapp, theme):
    with opened(theme=theme) as form:
        yield form


# -- Enter, Escape, Tab ---------------------------------------------------------------------------------------


def test_enter_on_bad_input_goes_to_the_first_bad_field(form):
    dialog = form.dialog
    form.fill(dialog.start.seed_field, "x")
    form.fill(dialog.cell.hidden_field, "x")
    form.fill(form.text, "banana")
    form.key(Key.Key_Return)
    assert QApplication.focusWidget() is dialog.cell.hidden_field
    assert (dialog.isVisible(), form.made) == (True, [])
    form.fill(dialog.cell.hidden_field, "3")
    form.key(Key.Key_Enter)
    assert QApplication.focusWidget() is dialog.start.seed_field
    form.fill(dialog.start.seed_field, "3")
    form.key(Key.Key_Return)
    assert not dialog.isVisible()
    assert form.made[0].network.hidden_size == 3


def test_enter_does_not_create_from_what_was_typed_before(form):
    form.banana()
    QTest.keyClicks(form.dialog.cell.hidden_field, "x")
    form.key(Key.Key_Return)  # before anything was checked
    assert form.made == []
    assert form.dialog.cell.hidden.words.problem


def test_a_bad_field_that_is_out_of_sight_is_scrolled_to(form):
    form.choose(form.dialog.start.scheme, GIVEN)
    form.fill(form.rows["c"].edit, "x")
    form.dialog.findChild(QScrollArea).verticalScrollBar().setValue(0)
    form.text.setFocus()
    form.key(Key.Key_Return)
    field = form.rows["c"].edit
    assert field.hasFocus()
    assert not field.visibleRegion().isEmpty()


def test_create_emits_the_network_that_was_asked_for(form):
    form.banana("3")
    form.press(form.dialog.cell.embedded, Key.Key_E)
    form.fill(form.dialog.cell.embedding_field, "4")
    form.press(form.dialog.cell.attention, Key.Key_A)
    form.fill(form.dialog.training.rate_field, "0.5")
    form.choose(form.dialog.start.scheme, 2)
    form.fill(form.dialog.start.scale_field, "0.25")
    form.fill(form.dialog.start.seed_field, "9")
    form.accepts()
    click(form.dialog.create_button)
    (source,) = form.made
    expected = Network.from_letters("ban", "banan", "anana", hidden_size=3, embedding_size=4, attention=False)
    assert source.network == expected
    assert (source.title, source.learning_rate, source.rule) == ("banana", 0.5, EXACT)
    assert source.worksheet is None
    drawn = initial(expected, "normal", 9, 0.25)
    assert isinstance(source.parameters, Parameters)
    for name, array in drawn.items():
        np.testing.assert_array_equal(source.parameters[name], array)
    assert not form.dialog.isVisible()


@pytest.mark.parametrize("way", ["key", "mouse"])
def test_cancel_makes_nothing(form, way):
    form.fill(form.text, "banana")
    if way == "key":
        form.key(Key.Key_Escape)
    else:
        click(form.dialog.cancel_button)
    assert not form.dialog.isVisible()
    assert form.made == []


def test_tab_reaches_every_field_from_top_to_bottom(form):
    form.choose(form.dialog.start.scheme, GIVEN)
    form.accepts()
    dialog, rows = form.dialog, form.rows
    dialog.text.reads.setFocus()
    passed: list[QWidget | None] = []
    while not passed or QApplication.focusWidget() is not dialog.text.reads:
        passed.append(QApplication.focusWidget())
        assert len(passed) < 50, "the keyboard is caught"
        form.key(Key.Key_Tab)
    assert passed == [
        dialog.text.reads,
        form.text,
        dialog.text.wants,
        dialog.loss.reductions,
        dialog.training.rate_field,
        dialog.training.rules,
        dialog.cell.cells,
        dialog.cell.hidden_field,
        dialog.cell.one_hot,
        dialog.cell.attention,
        dialog.cell.biases,
        dialog.cell.states.fields["h"],
        dialog.start.scheme,
        dialog.start.given.load,
        *(widget for name in BANANA for widget in (rows[name].edit, rows[name].load)),
        dialog.paste_button,
        dialog.cancel_button,
        dialog.create_button,
    ]


def test_tab_reaches_the_choice_that_is_on(qapp):
    with opened("embedding") as form:
        form.dialog.cell.hidden_field.setFocus()
        form.key(Key.Key_Tab)
        assert QApplication.focusWidget() is form.dialog.cell.embedded
        form.key(Key.Key_Left)
        assert form.dialog.cell.one_hot.isChecked()
        assert QApplication.focusWidget() is form.dialog.cell.one_hot


# -- how it looks ---------------------------------------------------------------------------------------------


def test_every_mnemonic_is_used_once_and_every_input_has_a_name_and_a_tip(form):
    form.choose(form.dialog.start.scheme, GIVEN)
    dialog = form.dialog
    labels = [label.text() for label in dialog.findChildren(QLabel) if label.buddy() is not None]
    buttons = list(dialog.findChildren(QAbstractButton))
    keys = re.findall("&(.)", " ".join([*labels, *(button.text() for button in buttons)]).lower())
    assert len(keys) >= 14
    assert len(set(keys)) == len(keys)
    inputs = [*buttons]
    for kind in (QLineEdit, QPlainTextEdit, QComboBox):
        inputs += dialog.findChildren(kind)
    for widget in inputs:
        assert widget.accessibleName() or widget.text(), widget
        assert widget.toolTip(), widget.accessibleName()


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_a_bad_field_has_a_border_and_words_of_enough_contrast(form, theme, palette):
    def border():
        field = form.dialog.cell.hidden_field
        return field.grab().toImage().pixelColor(field.width() // 2, 0)

    theme.set_palette(palette)
    form.dialog.cell.attention.setFocus()
    before = border()
    form.fill(form.dialog.cell.hidden_field, "x")
    form.refuses(form.dialog.cell.hidden.words, "The hidden size is a whole number from 1 to 128.")
    form.dialog.cell.attention.setFocus()
    settle()
    bad = palette.families["W"]
    assert border() == bad != before
    words = form.dialog.cell.hidden.words
    assert words.palette().color(words.foregroundRole()) == bad
    assert contrast(bad, palette.panel) >= 4.5


def test_fits_a_small_screen_and_scrolls_inside_at_twice_the_size(form, theme, styled):
    styled()
    form.dialog.resize(QSize(984, 660))  # of 1024×700
    settle()
    assert form.dialog.size() == QSize(984, 660)
    area = form.dialog.findChild(QScrollArea)
    wait_until(lambda: area.verticalScrollBar().maximum() == 0)
    theme.set_zoom(2.0)
    styled()
    form.dialog.resize(QSize(1240, 680))
    settle()
    assert form.dialog.size() == QSize(1240, 680)
    assert area.verticalScrollBar().maximum() > 0
    assert area.horizontalScrollBar().maximum() == 0
    assert form.dialog.create_button.visibleRegion().boundingRect() == form.dialog.create_button.rect()


def test_another_palette_leaves_the_size_as_it_is(form, theme):
    form.dialog.resize(700, 500)
    theme.set_palette(DARK)
    assert form.dialog.size() == QSize(700, 500)
    theme.set_zoom(0.75)
    assert form.dialog.size() == QSize(760, 507)


@pytest.mark.parametrize("zoom", [0.75, 1.0, 1.3, 2.0, 3.0])
def test_numbers_that_have_room_do_not_scroll(form, theme, styled, zoom):
    form.dialog.start.scheme.setCurrentIndex(GIVEN)
    theme.set_zoom(zoom)
    styled()
    for name in "UWbVc":
        bar = form.rows[name].edit.verticalScrollBar()
        assert bar.maximum() == 0, name


def test_all_targets_are_24_pixels_high(form):
    form.choose(form.dialog.start.scheme, GIVEN)
    for kind in (QAbstractButton, QLineEdit, QPlainTextEdit, QComboBox):
        for widget in form.dialog.findChildren(kind):
            if widget.isVisible():
                assert widget.height() >= 24, widget


def test_typing_checks_once_when_the_hand_rests(form, monkeypatch):
    checked: list[str] = []
    check = form.dialog.summary.show_summary

    def noted(found):
        checked.append(found.line)
        check(found)

    monkeypatch.setattr(form.dialog.summary, "show_summary", noted)
    QTest.keyClicks(form.text, "strawberry")
    assert checked == []
    form.says("9 timesteps · letters s t r a w b e y · 165 terms in ∂L/∂W · seed 1")
    assert checked == ["9 timesteps · letters s t r a w b e y · 165 terms in ∂L/∂W · seed 1"]
