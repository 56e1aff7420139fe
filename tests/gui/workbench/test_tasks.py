"""Networks of numbers in the window: every step and dock, inputs, targets and where there is none."""

import json

import pytest
from PySide6.QtCore import Qt

from core.program.program import Address, Phase
from core.sources.opening import open_source
from tests.gui.driving import opened, values_of

REGRESSION = {
    "inputs": [[1, 2], [0.5, 3], [-1, 0]], "targets": [[0.2, 0.4], None, [0.75, -0.25]], "output": "linear",
    "loss": "half-squared", "reduction": "mean", "biases": "two",
    "parameters": {"U": [[0.1, -0.2], [0.3, 0.2]], "W": [[0.5, 0.1], [-0.3, 0.2]], "b_ih": [0, 0.1], "b_hh": [0.3, 0.1],
                   "V": [[0.3, -0.4], [0.2, 0.1]], "c": [0.2, 0]},
}  # fmt: skip
LAST_ONLY = {
    "inputs": [[1], [2], [3]], "targets": [None, None, [0.5]], "output": "sigmoid", "loss": "squared",
    "initial": {"h": [0.5]}, "parameters": {"U": [[0.1]], "W": [[0.5]], "b": [0.1], "V": [[0.3]], "c": [0.2]},
}  # fmt: skip
STATE = {
    "inputs": [[1, 2], [0.5, 3]], "targets": [None, [0.5, 0.1]], "output": "none", "loss": "squared",
    "biases": "none", "attention": True, "parameters": {"U": [[0.1, 0.2], [0.3, 0.2]], "W": [[0.5, 0.1], [-0.3, 0.2]]},
}  # fmt: skip
LETTERS = {
    "alphabet": ["a", "b"], "inputs": ["a", "b", "a"], "targets": [None, "b", None],
    "parameters": {"E": [[1], [2]], "U": [[0.1], [0.3]], "W": [[0.5, 0.1], [-0.3, 0.2]], "b": [0, 0],
                   "V": [[0.1, 0.3], [0.2, -0.5]], "c": [0, 0.3]},
}  # fmt: skip


@pytest.fixture
def source(tmp_path):
    def make(said):
        path = tmp_path / "own.json"
        path.write_text(json.dumps({"format": "chainrule-network", "version": 2, "learning_rate": 0.1, **said}))
        return open_source(str(path))

    return make


@pytest.mark.parametrize("said", [REGRESSION, LAST_ONLY], ids=["regression", "last only"])
def test_space_leads_through_every_step(source, said):
    with opened(source(said)) as window:
        for step in range(2, window.length + 1):
            window.key(Qt.Key.Key_Space)
            assert window.place == (1, step)
            assert window.bench.formula.head.title.text() == window.bench.model.view.step.formula.title
        window.key(Qt.Key.Key_Space)
        assert window.place == (2, 1)


@pytest.mark.parametrize("said", [STATE, LETTERS], ids=["state", "letters"])
def test_every_dock_shows_every_kind_of_step(source, said):
    with opened(source(said)) as window:
        program, seen = window.bench.model.view.program, set()
        for position, address in enumerate(program, 1):
            kind = address.phase, address.quantity, len(address.indices)
            if kind not in seen:
                seen.add(kind)
                window.go_to(position)
                for dock in window.shell.docks:
                    window.front(dock)
                assert window.words()["place"] == window.shell.place.text()


def test_a_network_of_numbers_shows_them_as_inputs_and_targets(source):
    with opened(source(REGRESSION)) as window:
        model = window.bench.model
        assert "reads (1, 2)" in model.view.step.formula.sentence
        assert "should say (0.2, 0.4)" in model.view.step.formula.sentence
        window.front("values")
        window.go_to(model.view.program.position(Address(Phase.FORWARD, "L")))
        rows = values_of(window)
        assert rows["input"] == ["(1, 2) → (0.2, 0.4)", "(0.5, 3) → –", "(−1, 0) → (0.75, −0.25)"]
        assert "predicted" not in rows
        assert float(rows["ŷₜ 1"][0].replace("−", "-")) == pytest.approx(model.view.epoch.tape["yhat"][0, 0], abs=5e-5)


def test_an_own_number_is_judged_and_asked_why(source):
    with opened(source(LAST_ONLY)) as window:
        program = window.bench.model.view.program
        window.go_to(program.position(Address(Phase.BACKWARD, "W")))
        assert abs(float(window.bench.model.view.step.value[0, 0])) > 0
        window.key(Qt.Key.Key_W)
        window.key(Qt.Key.Key_Right)
