"""What a command or a window is opened on: one of the sheets, or a network file.

Imports nothing heavy at its top, since the command line reads it before the window shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.network.network import Network, Parameters
    from core.network.rule import Rule
    from core.program.program import Way
    from core.sources.worksheets import Worksheet

SHEETS = ("attention", "embedding", "lstm", "last-step")


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
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

    @property
    def way(self) -> Way:
        """How one goes back where nobody chooses: a sheet as it is printed; what is one's own as code."""
        return "timesteps" if self.worksheet is None else self.worksheet.way
