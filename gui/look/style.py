"""The look of Qt's own widgets: one style sheet and one palette, on top of the Fusion style.

Set `QApplication.setFont(theme.font())` beside them: sizes of text come from there, so that a widget can
still choose its own.
"""

from __future__ import annotations

import re
from importlib.resources import files
from string import Template

from PySide6.QtGui import QColor, QPalette

from gui.look.icons import path
from gui.look.theme import Theme, mix


def stylesheet(theme: Theme) -> str:
    """The style sheet of the whole application under *theme*'s palette and zoom."""
    names = {name: colour.name() for name, colour in _colours(theme).items()}
    names |= {
        "image_up": path("chevron-up").as_posix(),
        "image_down": path("chevron-down").as_posix(),
        "image_right": path("chevron-right").as_posix(),
        "image_tick": path(f"tick-{theme.palette.name}").as_posix(),
    }
    template = files("resources").joinpath("style.qss").read_text(encoding="utf-8")
    sized = re.sub(r"@(\d+)", lambda match: f"{theme.px(int(match[1]))}px", template)
    return Template(sized).substitute(names)


def qpalette(theme: Theme) -> QPalette:
    """The palette of all that the style sheet leaves to Fusion and to painted widgets."""
    colours, role = _colours(theme), QPalette.ColorRole
    palette = QPalette()
    for places, name in (
        ((role.Window, role.AlternateBase), "background"),
        ((role.Base, role.Button, role.ToolTipBase), "panel"),
        ((role.WindowText, role.Text, role.ButtonText, role.ToolTipText, role.BrightText), "ink"),
        ((role.PlaceholderText,), "dim"),
        ((role.Highlight, role.Accent, role.Link, role.LinkVisited), "accent"),
        ((role.HighlightedText,), "on_accent"),
        ((role.Light, role.Midlight), "hover"),
        ((role.Mid,), "line"),
        ((role.Dark, role.Shadow), "border"),
    ):
        for place in places:
            palette.setColor(place, colours[name])
    for place in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, place, colours["dim"])
    return palette


def _colours(theme: Theme) -> dict[str, QColor]:
    """The palette's colours by name, and the few that follow from them."""
    palette = theme.palette
    names = (
        "background",
        "panel",
        "line",
        "border",
        "ink",
        "dim",
        "accent",
        "on_accent",
        "highlight",
    )
    return {name: getattr(palette, name) for name in names} | {
        "hover": mix(palette.panel, palette.highlight, 0.6),
        "accent_hover": mix(palette.accent, palette.ink, 0.12),
        "accent_down": mix(palette.accent, palette.ink, 0.24),
        "chunk": mix(palette.line, palette.accent, 0.45),
    }
