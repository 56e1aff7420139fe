"""Programs that a test starts as processes of their own."""

from __future__ import annotations

import os
import tempfile
from functools import cache

DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


@cache
def _compiled() -> tempfile.TemporaryDirectory[str]:
    """Where they keep the modules that they have compiled, since some places forbid it beside the source."""
    return tempfile.TemporaryDirectory(prefix="chainrule-tests-")


def environment(*without: str, **more: str) -> dict[str, str]:
    """The environment of such a process: this one's but for *without*, and *more*."""
    kept = {name: value for name, value in os.environ.items() if name not in (*without, "PYTHONDONTWRITEBYTECODE")}
    return kept | {"PYTHONPYCACHEPREFIX": _compiled().name} | more
