"""What a command or a window is opened on: one of the sheets, or a network file.

Imports nothing heavy at its top, since the command line reads it before the window shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.backward import Rule
    from core.network import Network, Parameters
    from core.worksheets import Worksheet

SHEETS = ("attention", "embedding")


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A network with its initial parameters, and how it is trained.

    *name*: what it is opened by, a sheet's id or a path. *title*: for a reader. *worksheet*: None for a file.
    *about*: what it is in a line, where there is something to say.
    """

    name: str
    title: str
    network: Network
    parameters: Parameters
    rule: Rule
    learning_rate: float
    worksheet: Worksheet | None = None
    about: str = ""


def open_source(text: str) -> Source:
    """The sheet or the network file that *text* names; `NetworkFileError` where the file is no good."""
    if text not in SHEETS:
        from core import network_file

        return network_file.read(Path(text))
    from core.worksheets import load

    sheet = load(text)
    title = f"Sheet {sheet.letter}: {sheet.title}"
    return Source(text, title, sheet.network, sheet.parameters, sheet.rule, sheet.learning_rate_used, sheet)


def one_line(text: str, longest: int | None = None) -> str:
    """*text* with every unprintable character escaped, cut after *longest* characters."""
    shown = text if longest is None or len(text) <= longest else text[:longest] + "…"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in shown)
