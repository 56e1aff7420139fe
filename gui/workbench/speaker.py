"""What a screen reader is told: every place one comes to, whichever way, its notes, every answer and message."""

from __future__ import annotations

from core.program.cursor import Cursor
from core.sources.source import Source
from core.steps.speech import spoken
from gui.debugger.view import View
from gui.panels.formula.explain import stop_notes
from gui.widgets.parts.speech import announce
from gui.window.main_window import MainWindow


class Speaker:
    """Speaks for *window*, in our own words."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        window.statusBar().messageChanged.connect(lambda words: announce(window, words) if words else None)
        self._said: tuple[Source, Cursor, bool] | None = None

    def say_where(self, view: View) -> None:
        """Say where *view* is, or that its result is hidden or shown now; nothing twice."""
        here = view.source, view.cursor, view.hidden
        if self._said != here:
            self._said = here
            step = spoken(view.step, view.cursor.position, len(view.program), view.form, view.entry, hidden=view.hidden)
            self.say(" ".join([step, *(f"Note: {note}" for note in stop_notes(view))]))

    def say(self, words: str) -> None:
        """Say *words*, and keep them as what the window says of itself."""
        self._window.setAccessibleDescription(words)
        announce(self._window, words)
