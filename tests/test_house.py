"""The plan of the house: core stands alone, no room is crowded, and nothing lies about between the rooms."""

from __future__ import annotations

import ast
import subprocess
import sys
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
