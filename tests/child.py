"""Programs that a test starts as processes of their own."""

from __future__ import annotations

import os
import sys

DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def environment(*without: str, **more: str) -> dict[str, str]:
    """The environment of such a process: this one's but for *without*, and *more*; what it compiles it keeps."""
    kept = {name: value for name, value in os.environ.items() if name not in (*without, "PYTHONDONTWRITEBYTECODE")}
    return kept | ({"PYTHONPYCACHEPREFIX": sys.pycache_prefix} if sys.pycache_prefix else {}) | more
