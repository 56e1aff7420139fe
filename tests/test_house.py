"""The plan of the house: core stands alone, no room is crowded, and nothing lies about between the rooms."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import core
from tests.child import environment

ROOT = Path(core.__file__).parent.parent
MODULES = sorted((ROOT / "core").rglob("*.py"))
BLOCKED = ("PySide6", "shiboken6", "pyqtgraph", "mathra", "gui")
IMPORT_ALL = f"""
import importlib, pkgutil, sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {BLOCKED!r}:
            raise ImportError("core asked for " + name)

sys.meta_path.insert(0, Blocked())
import core
for module in pkgutil.walk_packages(core.__path__, "core."):
    importlib.import_module(module.name)
    print(module.name)
"""


def run(program):
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_all_of_core_imports_with_qt_blocked():
    done = run(IMPORT_ALL)
    assert done.returncode == 0, done.stderr
    names = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for path in MODULES}
    assert set(done.stdout.split()) == names - {"core"}


def test_the_block_blocks():
    done = run(IMPORT_ALL + "\nimport mathra")
    assert done.returncode != 0
    assert "core asked for mathra" in done.stderr


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_of_core_imports_gui_even_lazily(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: a relative import"
            names = [node.module or ""]
        else:
            continue
        for name in names:
            assert name.partition(".")[0] not in BLOCKED, f"line {node.lineno} imports {name}"


FOLDERS = [folder for name in ("core", "gui") for folder in [ROOT / name, *sorted((ROOT / name).rglob("*/"))]]
FOLDERS = [folder for folder in FOLDERS if folder.name != "__pycache__"]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(ROOT)))
def test_a_room_is_named_in_a_sentence_and_holds_few_modules(folder):
    modules = {path.name for path in folder.glob("*.py")} - {"__init__.py"}
    assert len(modules) <= 15, f"{len(modules)} modules: make folders"
    module = ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))
    assert ast.get_docstring(module), "a sentence that says what is in it"
    assert len(module.body) == 1, "and nothing else"
    if list(folder.glob("*/__init__.py")):
        assert modules <= {"launch.py", "app.py"}, "loose modules beside the rooms"


ROOMS = r"(?:core|gui|resources|tests)"
CODE = [path for room in ("core", "gui", "resources", "tests") for path in sorted((ROOT / room).rglob("*.py"))]
NAMED = [
    (path, name)
    for path in (*CODE, *sorted(ROOT.glob("*.md")))
    for name in re.findall(rf"`({ROOMS}(?:\.\w+)+|{ROOMS}/[a-z_./]*)`", path.read_text(encoding="utf-8"))
]


def stands(name):
    """Whether there is the file, or the module and what *name* says is in it."""
    if "/" in name:
        return (ROOT / name).exists()
    place, rest = ROOT, name.split(".")
    while rest and (place / rest[0]).is_dir():
        place /= rest.pop(0)
    if not rest:
        return True
    if not (place / f"{rest[0]}.py").exists():
        return False
    defined = set()
    for node in ast.walk(ast.parse((place / f"{rest[0]}.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            defined.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            defined.add(node.id)
    return defined.issuperset(rest[1:])


def test_every_module_that_comments_and_guides_name_is_there():
    assert len(NAMED) > 20
    assert [f"{path.relative_to(ROOT)}: {name}" for path, name in NAMED if not stands(name)] == []


PURE = [*(path for name in ("state", "lines", "words", "layout", "scale", "picture")
          for path in sorted((ROOT / "gui").rglob(f"{name}.py")))]  # fmt: skip
MARKED = [path for path in sorted((ROOT / "tests").rglob("test_*.py"))
          if "pytestmark = pytest.mark.without_qt\n" in path.read_text(encoding="utf-8")]  # fmt: skip


@cache
def imported(path):
    """What a file imports, each name also as a module of its own."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    modules = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            modules |= {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
    return modules


@pytest.mark.parametrize("path", [*PURE, *MARKED], ids=lambda path: str(path.relative_to(ROOT)))
def test_what_is_pure_is_led_to_no_widget_by_what_it_imports(path):
    waiting, met = [path], set[str]()
    while waiting:
        new = imported(waiting.pop()) - met
        met |= new
        waiting += [found for name in new if (found := ROOT.joinpath(*name.split(".")).with_suffix(".py")).is_file()]
    assert "PySide6.QtWidgets" not in met
