"""Letters as the Unicode standard counts them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.writing.letters import TextError, is_right_to_left, letters


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("banana", ["b", "a", "n", "a", "n", "a"]),
        ("a👩‍👩‍👧b", ["a", "👩‍👩‍👧", "b"]),
        ("🇩🇪🇫🇷🇯", ["🇩🇪", "🇫🇷", "🇯"]),
        ("👍🏽👍", ["👍🏽", "👍"]),
        ("1️⃣2", ["1️⃣", "2"]),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿🏴", ["🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏴"]),
        ("क्षि", ["क्षि"]),
        ("स्त्री", ["स्त्री"]),
        ("नमस्ते", ["न", "म", "स्ते"]),
        ("한국", ["한", "국"]),
        ("\u1112\u1161\u11ab\u1100\u116e\u11a8", ["한", "국"]),
        ("e\u0301te\u0301", ["é", "t", "é"]),
        ("x\u0323\u0302y", ["x\u0323\u0302", "y"]),
        ("مُحَمَّد", ["مُ", "حَ", "مَّ", "د"]),
        ("漢字かな", ["漢", "字", "か", "な"]),
        ("Ἀθῆναι", ["Ἀ", "θ", "ῆ", "ν", "α", "ι"]),
        ("\u115f\u1161x", ["\u115f\u1161", "x"]),
        ("\u212b", ["\u00c5"]),
    ],
    ids=[
        "plain",
        "family",
        "flags, the last one half",
        "skin tone",
        "keycap",
        "flag of tags",
        "Devanagari conjunct with a vowel",
        "Devanagari conjunct of three",
        "Devanagari word",
        "Hangul syllables",
        "Hangul jamo",
        "combining accents that compose",
        "combining accents that do not compose",
        "Arabic with vowel signs",
        "Chinese and Japanese",
        "Greek",
        "Hangul vowel on an unseen filler",
        "a singleton of form C",
    ],
)
def test_letters_are_what_a_reader_counts(text, expected):
    assert letters(text) == tuple(expected)


@pytest.mark.parametrize("mark", ["\n", "\r\n", "\r", "\t", "\v", "\f", "\x85", "\u2028", "\u2029"])
def test_a_line_break_or_a_tab_is_one_space(mark):
    assert letters(f"a{mark}b") == ("a", " ", "b")


def test_white_space_at_the_ends_is_left_out_and_inside_it_is_kept():
    assert letters(" \n\u3000a  b\u00a0 ") == ("a", " ", " ", "b")


@pytest.mark.parametrize("text", ["", " ", "\r\n\t"])
def test_a_text_of_white_space_has_no_letters(text):
    assert letters(text) == ()


def test_an_accent_on_a_space_is_a_letter():
    assert letters(" \u0301a") == (" \u0301", "a")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ab\x00", "Letter 3 is a control character (U+0000); leave it out."),
        ("  a\x1bb", "Letter 2 is a control character (U+001B); leave it out."),
        ("\x7f", "Letter 1 is a control character (U+007F); leave it out."),
        ("👍🏽\ud800", "Letter 2 is half a character (U+D800); leave it out."),
        ("\udc00a", "Letter 1 is half a character (U+DC00); leave it out."),
        ("a\u200bb", "Letter 2 cannot be seen (U+200B); leave it out."),
        ("\ufeffab", "Letter 1 cannot be seen (U+FEFF); leave it out."),
        ("a\u202eb", "Letter 2 cannot be seen (U+202E); leave it out."),
        ("\u200d", "Letter 1 cannot be seen (U+200D); leave it out."),
        ("ab\u3164", "Letter 3 cannot be seen (U+3164); leave it out."),
        ("\ufe0f", "Letter 1 cannot be seen (U+FE0F); leave it out."),
    ],
)
def test_what_cannot_be_shown_is_refused_with_its_place(text, message):
    with pytest.raises(TextError) as caught:
        letters(text)
    assert str(caught.value) == message


@given(st.text())
def test_letters_lose_nothing_and_split_the_same_again_or_are_refused(text):
    try:
        found = letters(text)
    except TextError:
        return
    joined = "".join(found)
    assert unicodedata.is_normalized("NFC", joined)
    assert letters(joined) == found
    assert "".join(joined.split()) == "".join(unicodedata.normalize("NFC", text).split())
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in joined)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("banana", False),
        ("مرحبا", True),
        ("שלום", True),
        ("123 ! שלום abc", True),
        ("(a) שלום", False),
        ("漢字", False),
        ("123 !", False),
        ("", False),
        ("١٢٣", False),
    ],
)
def test_the_first_character_with_a_direction_decides(text, expected):
    assert is_right_to_left(text) is expected
