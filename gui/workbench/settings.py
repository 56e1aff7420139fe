"""What the window remembers between two runs, in local settings: layout, theme, zoom, number format, choices."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Literal

from PySide6.QtCore import QRect, QSettings
from PySide6.QtGui import QPalette

from core.writing.form import NumberFormat
from gui.look.theme import DARK, LIGHT, ZOOMS, Palette

ThemeChoice = Literal["system", "light", "dark"]
_MOST_RECENT = 8  # files, things found
_MIDDLE = 128  # between dark and light, of 255
HINTED_STEPS = 5
_PLACE = re.compile(r"(-?\d{1,5}) (-?\d{1,5}) (\d{1,5}) (\d{1,5}) ([01])", re.ASCII)  # left, top, width, height


def palette_for(choice: ThemeChoice, system: QPalette) -> Palette:
    """The palette of a choice; where that is the system's, the one most like *system*, as Qt would paint by itself."""
    # To ask the system itself loads the name Qt, for which the first frame would wait.
    is_dark = system.window().color().lightness() < _MIDDLE
    return DARK if choice == "dark" or (choice == "system" and is_dark) else LIGHT


class Settings:
    """Typed access to a store; whatever is missing or no good there has its default here.

    *store*: None remembers nothing beyond this run. *overrides*: values that stand before those of the store.
    """

    def __init__(self, store: QSettings | None, overrides: Mapping[str, object] | None = None) -> None:
        self._store = store
        self._values: dict[str, object] = dict(overrides or {})

    @property
    def theme(self) -> ThemeChoice:
        """Light, dark, or as the system is."""
        value = self._get("theme")
        return "light" if value == "light" else "dark" if value == "dark" else "system"

    @theme.setter
    def theme(self, choice: ThemeChoice) -> None:
        self._set("theme", choice)

    @property
    def zoom(self) -> float:
        """How much larger than normal everything is."""
        zoom = self._number("zoom", 1.0)
        return zoom if ZOOMS[0] <= zoom <= ZOOMS[-1] else 1.0

    @zoom.setter
    def zoom(self, zoom: float) -> None:
        self._set("zoom", zoom)

    @property
    def form(self) -> NumberFormat:
        """How numbers are written."""
        digits = int(self._number("digits", 4))
        if not 1 <= digits <= 17:
            return NumberFormat()
        return NumberFormat("significant" if self._get("style") == "significant" else "decimals", digits)

    @form.setter
    def form(self, form: NumberFormat) -> None:
        self._set("style", form.style)
        self._set("digits", form.digits)

    @property
    def hinted_steps(self) -> int:
        """For how many more steps the line of hints is shown."""
        steps = self._number("hinted_steps", HINTED_STEPS)
        return int(steps) if steps in range(HINTED_STEPS + 1) else HINTED_STEPS

    @hinted_steps.setter
    def hinted_steps(self, steps: int) -> None:
        self._set("hinted_steps", steps)

    def flag(self, name: str) -> bool:
        """A choice that is on or off; off at first."""
        return str(self._get(name)).lower() == "true"

    def set_flag(self, name: str, on: bool) -> None:
        """Remember a choice."""
        self._set(name, on)

    def choice(self, name: str, offered: Sequence[str]) -> str:
        """Which of those *offered* is chosen; the first at first."""
        value = self._get(name)
        return value if isinstance(value, str) and value in offered else offered[0]

    def set_choice(self, name: str, chosen: str) -> None:
        """Remember which of several is chosen."""
        self._set(name, chosen)

    @property
    def recent(self) -> list[str]:
        """The files that were opened last, the latest first."""
        return self._list("recent")

    def add_recent(self, path: str) -> None:
        """Remember that a file was opened or saved."""
        self._put_first("recent", path)

    @property
    def found(self) -> list[str]:
        """What was chosen in Find last, by id, the latest first."""
        return self._list("found")

    def add_found(self, name: str) -> None:
        """Remember that something was chosen in Find."""
        self._put_first("found", name)

    def lines(self, source: str) -> str:
        """The lines of the learner's own worksheet for a source, empty at first."""
        value = self._get(f"lines/{_key(source)}")
        return value if isinstance(value, str) else ""

    def set_lines(self, source: str, text: str) -> None:
        """Remember the lines of the learner's own worksheet for a source."""
        self._set(f"lines/{_key(source)}", text)

    @property
    def place(self) -> tuple[QRect, bool] | None:
        """Where the window was, and whether it was maximized; None at first."""
        found = _PLACE.fullmatch(str(self._get("place", "")))
        if found is None:
            return None
        left, top, width, height, maximized = map(int, found.groups())
        return QRect(left, top, width, height), bool(maximized)

    @place.setter
    def place(self, place: tuple[QRect, bool]) -> None:
        rect, maximized = place
        numbers = rect.left(), rect.top(), rect.width(), rect.height(), int(maximized)
        self._set("place", " ".join(map(str, numbers)))

    @property
    def layout(self) -> str:
        """The user's layout of docks, empty at first."""
        value = self._get("layout")
        return value if isinstance(value, str) else ""

    @layout.setter
    def layout(self, layout: str) -> None:
        self._set("layout", layout)

    def begin(self) -> None:
        """The layout is about to be built; one with which the last start did not get through is dropped."""
        if self.flag("starting"):
            self.layout = ""
        self._note("starting", True)

    def end(self) -> None:
        """The window stands."""
        self._note("starting", False)

    def _note(self, name: str, on: bool) -> None:
        """Remember at once, since what comes next may end the process."""
        self.set_flag(name, on)
        if self._store is not None:
            self._store.sync()

    def _get(self, name: str, default: object = None) -> object:
        if name in self._values or self._store is None:
            return self._values.get(name, default)
        return self._store.value(name, default)

    def _set(self, name: str, value: object) -> None:
        self._values[name] = value
        if self._store is not None:
            self._store.setValue(name, value)

    def _list(self, name: str) -> list[str]:
        value = self._get(name, [])
        texts = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        return [text for text in texts if isinstance(text, str)][:_MOST_RECENT]

    def _put_first(self, name: str, text: str) -> None:
        self._set(name, [text, *(other for other in self._list(name) if other != text)][:_MOST_RECENT])

    def _number(self, name: str, default: float) -> float:
        try:
            number = float(str(self._get(name, default)))
        except ValueError:
            return default
        return number if math.isfinite(number) else default


def _key(source: str) -> str:
    """A name for settings, in which slashes would make groups."""
    return source.replace("/", "|").replace("\\", "|")
