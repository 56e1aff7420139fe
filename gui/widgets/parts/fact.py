"""One line of a list of facts: pure, nothing drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Style = Literal["plain", "strong", "accent", "heading", "note"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One line.

    *left*, *right*: its texts. *tip*: its tooltip. *style*: a heading and a note have no right side, and a note
    may take several lines. *leads*: whether it can be clicked.
    """

    left: str
    right: str = ""
    tip: str = ""
    style: Style = "plain"
    leads: bool = False
