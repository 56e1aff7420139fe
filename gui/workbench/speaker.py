"""What a screen reader is told: every place one comes to, whichever way, and every answer."""

from __future__ import annotations

from core.program.cursor import Cursor
from core.sources.source import Source
from core.steps.speech import spoken
from gui.debugger.view import View
from gui.widgets.parts.speech import announce
from gui.window.main_window import MainWindow


class Speaker:
    """Speaks for *window*, in our own words."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._said: tuple[Source, Cursor, bool] | None = None

    def say_where(self, view: View) -> None:
        """Say where *view* is, or that its result is hidden or shown now; nothing twice."""
        here = view.source, view.cursor, view.hidden
        if self._said != here:
            self._said = here
            self.say(
                spoken(view.step, view.cursor.position, len(view.program), view.form, view.entry, hidden=view.hidden)
            )

    def say(self, words: str) -> None:
        """Say *words*, and keep them as what the window says of itself."""
        self._window.setAccessibleDescription(words)
        announce(self._window, words)
