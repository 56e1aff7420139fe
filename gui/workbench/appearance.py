"""How the window looks: light or dark, how large, and whether it gives hints; all of it is remembered."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from gui.look.theme import ZOOMS, Theme
from gui.window.main_window import MainWindow
from gui.workbench.settings import HINTED_STEPS, Settings, ThemeChoice, palette_for

HINT = "Space: next formula  ·  hover a number to see it everywhere"


class Appearance(QObject):
    """Applies to *window* and *theme* what *settings* say and what the user chooses.

    Attributes:
        handlers: what to do for the actions that choose, by id.
    """

    def __init__(self, window: MainWindow, theme: Theme, settings: Settings) -> None:
        super().__init__(window)
        self._window, self._theme, self._settings = window, theme, settings
        self.handlers: dict[str, Callable[[], object]] = {
            "zoom_in": lambda: self._zoom(1),
            "zoom_out": lambda: self._zoom(-1),
            "zoom_reset": lambda: self._zoom(0),
            "theme_system": lambda: self._choose("system"),
            "theme_light": lambda: self._choose("light"),
            "theme_dark": lambda: self._choose("dark"),
            "hints": self._bring_hints_back,
        }
        QGuiApplication.styleHints().colorSchemeChanged.connect(self.apply)
        if settings.theme == "system":
            self._tick()  # *theme* was made so: to ask again, Python makes all that hangs on a style
        else:
            self.apply()
        theme.set_zoom(settings.zoom)

    def apply(self) -> None:
        """Light or dark, as chosen or as the system is."""
        self._theme.set_palette(palette_for(self._settings.theme, QApplication.style().standardPalette()))
        self._tick()

    def show_hint(self) -> None:
        """Whether hints are given: they end once some steps were taken."""
        self._window.hint.setText(HINT if self._settings.hinted_steps > 0 else "")

    def use_up_hint(self) -> None:
        """A step was taken."""
        if self._settings.hinted_steps > 0:
            self._settings.hinted_steps -= 1
            self.show_hint()

    def _bring_hints_back(self) -> None:
        self._settings.hinted_steps = HINTED_STEPS
        self.show_hint()

    def _zoom(self, by: int) -> None:
        index = min(range(len(ZOOMS)), key=lambda i: abs(ZOOMS[i] - self._theme.zoom)) + by
        self._theme.set_zoom(ZOOMS[min(max(index, 0), len(ZOOMS) - 1)] if by else 1.0)
        self._settings.zoom = self._theme.zoom

    def _tick(self) -> None:
        for name in ("system", "light", "dark"):
            self._window.actions_by_id[f"theme_{name}"].setChecked(name == self._settings.theme)

    def _choose(self, choice: ThemeChoice) -> None:
        self._settings.theme = choice
        self.apply()
