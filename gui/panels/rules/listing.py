"""What a table of the Rules panel shows: columns, and rows below headings. Pure, nothing drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Look = Literal["plain", "quiet", "here", "heading"]


@dataclass(frozen=True, slots=True)
class Column:
    """*title*: its name. *right*: numbers stand right. *spare*: where room is short, the highest is left out first."""

    title: str
    right: bool = True
    spare: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One line: a text for each column, of a heading only the first.

    *note*: words in place of the numbers, across them. *tip*: its tooltip. *bold*: the columns in bold. *symbol*: what
    lights up while the mouse is on it.
    """

    texts: tuple[str, ...]
    look: Look = "plain"
    note: str = ""
    tip: str = ""
    bold: tuple[int, ...] = ()
    symbol: str = ""

    @property
    def spoken(self) -> str:
        """The name of the line for a screen reader."""
        return f"{self.texts[0]}, in use" if self.look == "here" else self.texts[0]


@dataclass(frozen=True, slots=True)
class Listing:
    """A table: its *columns*, the first of which takes the room that is left, and its *rows*."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def heading(text: str) -> Row:
    """A line that names those below it."""
    return Row((text,), "heading")
