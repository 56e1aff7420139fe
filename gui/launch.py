"""The entry point: headless commands run without Qt; before Qt is loaded, a look whether it can run."""

from __future__ import annotations

import ctypes
import os
import socket
import sys
from collections.abc import Mapping, MutableMapping, Sequence

from core.commands.cli import CommandError, WindowRequest, check, parse, run, shielded
from core.writing.shown import one_line

# The Debian package of every system library that Qt's own files link to.
_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libX11.so.6": "libx11-6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
}
_X11_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
_PLATFORMS = ("", "xcb", "offscreen", "minimal", "vnc")  # on others, but for Wayland, Qt ends the process
_LONGEST_PLATFORM = 30
_HEADLESS = "--screenshot, chainrule explain, mark, trace and verify need none"


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks for and give the exit code."""
    return shielded(lambda: _launch(sys.argv[1:] if arguments is None else arguments))


def _launch(arguments: Sequence[str]) -> int:
    # Before NumPy is loaded. Two threads take longer than one for matrices as small as these, and their sums depend
    # on the number of cores: training that is chaotic would end elsewhere on another machine.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    request = parse(arguments)
    if not isinstance(request, WindowRequest):
        return run(request)
    check(request)
    if request.screenshot is not None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    if sys.platform == "linux":
        _check_system(os.environ)
    from gui.app import run as open_window

    return open_window(request)


def _check_system(environment: MutableMapping[str, str]) -> None:
    """`CommandError` where Qt would end the process instead: a library or the display is missing.

    A Wayland display that does not answer gives way to X11 where there is one.
    """
    platform = environment.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if not any(name in _PLATFORMS or name.startswith("wayland") for name in platform.split(";")):
        asked = one_line(platform, _LONGEST_PLATFORM)
        raise CommandError(f"no display: QT_QPA_PLATFORM={asked}, expected xcb or wayland; {_HEADLESS}")
    wayland = platform.startswith("wayland") or (not platform and environment.get("WAYLAND_DISPLAY"))
    if wayland and not _wayland_answers(environment):
        if platform or not environment.get("DISPLAY"):
            place = environment.get("WAYLAND_DISPLAY", "")
            raise CommandError(f"no display: nothing answers at WAYLAND_DISPLAY={place}; {_HEADLESS}")
        environment["QT_QPA_PLATFORM"], wayland = "xcb", ""  # left over from another session
    x11 = platform in ("", "xcb") and not wayland
    if x11 and not environment.get("DISPLAY"):
        raise CommandError(f"no display: neither DISPLAY nor WAYLAND_DISPLAY is set; {_HEADLESS}")
    needed = _LIBRARIES | _X11_LIBRARIES if x11 else _LIBRARIES
    missing = [name for name in needed if not _loads(name)]
    if missing:
        packages = " ".join(needed[name] for name in missing)
        raise CommandError(
            f"Qt needs system libraries that are missing: {', '.join(missing)}; "
            f"on Debian or Ubuntu: sudo apt-get install {packages}"
        )
    if x11 and not _x11_answers():
        raise CommandError(f"no display: nothing answers at DISPLAY={environment['DISPLAY']}; {_HEADLESS}")


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _wayland_answers(environment: Mapping[str, str]) -> bool:
    """Whether the Wayland server of this session can be reached; Qt aborts where it cannot."""
    name = environment.get("WAYLAND_DISPLAY") or "wayland-0"
    with socket.socket(socket.AF_UNIX) as server:
        try:
            server.connect(os.path.join(environment.get("XDG_RUNTIME_DIR", ""), name))
        except OSError:
            return False
    return True


def _x11_answers() -> bool:
    """Whether the X server that DISPLAY names can be reached; Qt aborts where it cannot."""
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XCloseDisplay.argtypes = (ctypes.c_void_p,)
    display = x11.XOpenDisplay(None)
    if display is None:
        return False
    x11.XCloseDisplay(display)
    return True
