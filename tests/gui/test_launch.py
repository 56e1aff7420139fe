"""The entry point as a process of its own: pictures without a display, and one line for what cannot be."""

import subprocess
import sys
from pathlib import Path
from pkgutil import resolve_name

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from core.network.network import Network, Parameters
from core.network.rule import EXACT
from core.sources import network_file
from core.sources.source import Source
from tests.child import DISPLAYS, environment

ROOT = Path(__file__).resolve().parents[2]


def launch(*arguments, **more):
    return subprocess.run(
        [sys.executable, "-c", "import sys; from gui.launch import main; sys.exit(main())", *map(str, arguments)],
        cwd=ROOT,
        env=environment(*DISPLAYS, **more),
        capture_output=True,
        text=True,
        timeout=120,
    )


def network(path):
    made = Network(("x", "😀"), (0, 1, 1), (1, 1, 0), 3, 2, True)
    rng = np.random.default_rng(1)
    values = {name: rng.normal(0, 0.5, shape) for name, shape in made.parameter_shapes.items()}
    network_file.write(path, Source("", "", made, Parameters.checked(made, values), EXACT, 0.1))
    return path


def is_dark(image):
    return image.pixelColor(2, image.height() - 2).lightness() < 80


def colours(image):
    """How many different colours a coarse look at the picture meets."""
    return len({image.pixel(x, y) for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)})


@pytest.mark.parametrize(
    ("source", "arguments", "size", "dark"),
    [
        ("attention", ["--step", "62", "--theme", "dark"], (1440, 900), True),
        ("embedding", ["--epoch", "3", "--theme", "light"], (1280, 720), False),
        ("file", ["--step", "40", "--theme", "light"], (1100, 700), False),
    ],
)
def test_a_picture_is_written_in_the_size_and_theme_asked_for(tmp_path, source, arguments, size, dark):
    picture = tmp_path / "window.png"
    if source == "file":
        source = network(tmp_path / "net.json")
    done = launch(source, "--screenshot", picture, "--size", "x".join(map(str, size)), *arguments)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert "Traceback" not in done.stderr
    image = QImage(str(picture))
    assert image.size() == QSize(*size)
    assert is_dark(image) is dark
    assert colours(image) > 20


def test_another_epoch_is_another_picture(tmp_path):
    images = []
    for epoch in (1, 3):
        picture = tmp_path / f"{epoch}.png"
        done = launch("attention", "--screenshot", picture, "--size", "1000x700", "--epoch", epoch, "--step", 39)
        assert done.returncode == 0, done.stderr
        images.append(QImage(str(picture)))
    assert images[0] != images[1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere.json", "--screenshot", "a.png"], "nowhere.json: no such file"),
        (["attention", "--step", "122", "--screenshot", "a.png"], "expected 1 to 121"),
        (["attention", "--screenshot", "no/such/folder/a.png"], "expected a directory"),
        (["attention", "--size", "0x0"], "expected WxH"),
        (["attention"], "no display"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(arguments, words):
    done = launch(*arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="needs Wayland")
@pytest.mark.parametrize("more", [{}, {"QT_QPA_PLATFORM": "wayland", "DISPLAY": ":7"}])
def test_a_wayland_display_of_a_session_that_ended_is_said_in_one_line(tmp_path, more):
    done = launch("attention", WAYLAND_DISPLAY="wayland-9", XDG_RUNTIME_DIR=str(tmp_path), **more)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "nothing answers at WAYLAND_DISPLAY=wayland-9" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="the names of its platforms")
@pytest.mark.parametrize("platform", ["nonsense", "linuxfb", "a;b", "minimalegl"])
def test_a_platform_on_which_qt_would_end_the_process_is_said_in_one_line(platform):
    done = launch("attention", QT_QPA_PLATFORM=platform)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert f"QT_QPA_PLATFORM={platform}, expected xcb or wayland" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
@pytest.mark.parametrize("arguments", ["verify", "trace attention", "explain attention --step 2 --number 0.1"])
def test_an_output_that_the_shell_has_closed_is_said_in_one_line(arguments):
    command = f"{sys.executable} -c 'import sys; from gui.launch import main; sys.exit(main())' {arguments} >&-"
    done = subprocess.run(["sh", "-c", command], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (2, "chainrule: output: it is closed\n")


FIRST_FRAMES = """
import sys
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from core.commands.cli import parse
from gui import app

def tell(what):
    made = {f"{name}.{each}" for name in ("PySide6.QtCore", "PySide6.QtWidgets") for each in vars(sys.modules[name])}
    print(what, *({*sys.modules, *made} & {*sys.argv[1:]}), flush=True)

class Window(app.MainWindow):
    def __init__(self, theme):
        super().__init__(theme)
        self.painted.connect(lambda: tell("shell"))

class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            tell("formula")
        return False

def fill(*arguments):
    workbench = filled(*arguments)
    workbench.formula.symbols.installEventFilter(watch)
    return workbench

def complete(*arguments):
    completed(*arguments)
    tell("docks")
    QCoreApplication.exit()

watch, filled, completed = Watch(), app.fill, app.complete
app.MainWindow, app.fill, app.complete = Window, fill, complete
app.run(parse(["attention"]))
"""
AFTER_SHELL = {"numpy", "html", "decimal", "PySide6.QtCore.Qt", "PySide6.QtWidgets.QStyle"}
AFTER_FORMULA = {
    "PySide6.QtWidgets.QStyle",
    "PySide6.QtWidgets.QWizard",  # with which all kinds of widgets are made
    "core.answers.spellings",
    "core.finding.doing",
    "core.watching.searching",
    "gui.widgets.matrix.picture",
    "gui.widgets.matrix.view",
    "gui.workbench.docked",
    "gui.workbench.explaining",
}


def test_the_first_frames_wait_for_nothing_that_they_do_not_show():
    said = subprocess.run(
        [sys.executable, "-c", FIRST_FRAMES, *AFTER_SHELL, *AFTER_FORMULA],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env=environment(QT_QPA_PLATFORM="offscreen"),
        timeout=60,
    )
    made = {what: set(names) for what, *names in map(str.split, said.stdout.splitlines())}
    assert not made["shell"] & {*AFTER_SHELL, *AFTER_FORMULA}
    assert not made["formula"] & AFTER_FORMULA
    assert {"PySide6.QtCore.Qt", "PySide6.QtWidgets.QWizard", "gui.workbench.docked"} <= made["docks"], "as named above"
    for name in AFTER_SHELL | AFTER_FORMULA:
        assert resolve_name(name), "what is named above is there"
