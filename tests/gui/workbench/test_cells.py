"""A network of any cell in the window: every step, both of its states, what is said where it is otherwise."""

import json
from textwrap import dedent

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from core.network.initial import initial
from core.network.network import Network
from core.network.number import Number
from core.network.own_cell import typed
from core.network.rule import EXACT
from core.program.program import Address, Phase, Program
from core.sources import network_file
from core.sources.opening import open_source
from core.sources.source import Source
from gui.launch import main
from gui.panels.parameters.panel import ParametersPanel
from gui.panels.why.panel import WhyPanel
from tests.cells import LINES, dropped
from tests.gui.driving import opened, panel_of, settle, values_of

__all__ = ["dropped"]
OWN = typed(LINES["renamed"]).lines
CELLS = [
    ("lstm", False, False),
    (OWN, True, True),
    ("relu", False, True),
]


def source(directory, cell, embedding=False, attention=False, H=2):
    network = Network(tuple("helo"), (0, 1, 2, 2), (1, 2, 2, 3), H, 2 if embedding else None, attention, cell)
    path = directory / "network.json"
    network_file.write(path, Source("own", "own", network, initial(network, "uniform", 3), EXACT, 0.1))
    return open_source(str(path))


@pytest.mark.parametrize(("cell", "embedding", "attention"), CELLS)
def test_space_leads_through_every_step(dropped, cell, embedding, attention):
    with opened(source(dropped, cell, embedding, attention)) as window:
        view, form = window.bench.model.view, window.bench.model.view.form
        for step in range(2, window.length + 1):
            window.key(Qt.Key.Key_Space)
            assert window.place == (1, step)
            found = window.bench.model.view.step
            assert window.bench.formula.head.title.text() == found.formula.title
            if found.kind == "forward" and found.address.quantity in view.network.cell_lines:
                assert window.result() == [[form(number)] for number in found.value.tolist()]
        window.key(Qt.Key.Key_Space)
        assert window.place == (2, 1)


DROPPED = {
    "peephole": """
        # Peephole LSTM
        i[t] = sigmoid(U_i @ x[t] + W_i @ h[t-1] + p_i * C[t-1] + b_i)
        f[t] = sigmoid(U_f @ x[t] + W_f @ h[t-1] + p_f * C[t-1] + b_f)
        C[t] = f[t] * C[t-1] + i[t] * tanh(q := U_q @ x[t] + W_q @ h[t-1] + b_q)
        o[t] = sigmoid(U_o @ x[t] + W_o @ h[t-1] + p_o * C[t] + b_o)
        h[t] = o[t] * tanh(C[t])""",
    "coupled": """
        f[t] = sigmoid(U_f @ x[t] + W_f @ h[t-1] + b_f)
        C[t] = f[t] * C[t-1] + (1 - f[t]) * tanh(U_q @ x[t] + W_q @ h[t-1] + b_q)
        h[t] = sigmoid(U_o @ x[t] + W_o @ h[t-1] + b_o) * tanh(C[t])""",
    "leaky": "h[t] = (1 - z) * h[t-1] + z * tanh(U @ x[t] + W @ h[t-1] + b)",
}


@pytest.mark.parametrize("cell", DROPPED)
def test_a_new_cell_is_a_file_of_its_lines_and_nothing_else(dropped, cell, capsys):
    (dropped / "lines" / f"{cell}.txt").write_text(dedent(DROPPED[cell]).strip(), encoding="utf-8")
    made, path = source(dropped, cell, attention=cell == "coupled", H=1), str(dropped / "network.json")
    assert main(["trace", path, "--terms"]) == 0
    traced = json.loads(capsys.readouterr().out)
    network = made.network
    assert set(network.cell_lines) < set(traced["forward"])
    with opened(made) as window:
        for way in ("terms", "timesteps"):
            window.bench.model.set_way(way)
            program = window.bench.model.view.program
            found: dict[tuple[object, ...], Address] = {}
            for address in program:  # one step of every kind
                found.setdefault((address.phase, address.quantity, len(address.indices)), address)
            for address in found.values():
                window.go_to(program.position(address))
                shown = window.bench.model.view.step
                assert window.bench.formula.head.title.text() == shown.formula.title
                if shown.kind == "term" and address.is_chained:
                    (t, m, k) = address.indices
                    terms = traced["terms"][address.quantity]
                    written = next(each for each in terms if (each["t"], each["m"], each["k"]) == (t, m, k))
                    np.testing.assert_allclose(shown.value, written["value"], rtol=1e-9)
    name = network.chained[0]
    total = traced["gradients"][name][0]
    number = -(total[0] if isinstance(total, list) else total)
    step = str(Program(network, way="timesteps").position(Address(Phase.BACKWARD, name)))
    assert main(["explain", path, "--step", step, "--number", f"{number:.6f}"]) == 0
    assert "sign" in capsys.readouterr().out
    lines = dropped / "mine.txt"
    lines.write_text(f"h1 = {traced['forward'][network.state][0][0]:.4f}\nh2 = 0.9999\n", encoding="utf-8")
    assert main(["mark", path, str(lines)]) == 1
    assert "h2" in capsys.readouterr().out.replace("₂", "2")


def test_panels_show_every_quantity_and_parameter_of_the_lines(dropped):
    with opened(source(dropped, "lstm")) as window:
        program = window.bench.model.view.program
        names = list(panel_of(window, ParametersPanel).rows)
        assert names == [f"{kind}_{gate}" for gate in "ifoq" for kind in "UWb"] + ["V", "c"]
        window.front("values")
        window.go_to(program.position(Address(Phase.FORWARD, "C", (3,))))
        rows = values_of(window)
        for name in "ifoqCh":
            assert f"{name}ₜ 1" in rows, rows
        assert rows["Cₜ 1"][2] == window.bench.model.view.form(float(window.bench.model.view.step.value[0]))
        for address in (Address(Phase.BACKWARD, "C", (2,)), Address(Phase.BACKWARD, "W_f", (3,)),
                        Address(Phase.BACKWARD, "W_f"), Address(Phase.UPDATE, "b_q")):  # fmt: skip
            window.go_to(program.position(address))
            for dock in window.shell.docks:
                window.front(dock)
            assert window.words()["place"] == window.shell.place.text()


def test_what_was_asked_of_one_network_gives_way_to_another(dropped):
    with opened("embedding") as window:
        bench, why = window.bench, panel_of(window, WhyPanel)
        bench.model.set_way("timesteps")
        bench.show_why(Number("dL/dx[2]", (0,), 1))
        settle()
        assert why.title.startswith("∂L/∂x₂")
        bench.model.set_way("terms")  # where no step makes it, and none reads it
        settle()
        assert why.title.startswith("∂L/∂x₂")
        window.front("sheet")
        bench.files.lessons.open(source(dropped, "gru"))
        bench.show_why(Number("dL/dW_r", (1, 0), 1))  # before its dock has been looked at again
        assert why.title.startswith("∂L/∂W_r")
        bench.model.set_predicts(True)
        window.go_to(3)
        window.front("why")
        assert why.tree.topLevelItemCount() == 0
        bench.model.set_predicts(False)
        window.press("copy_terms")
        assert QApplication.clipboard().text().startswith("t\tm\tk\t")
        window.press("new_network")
        window.key(Qt.Key.Key_Escape)


def test_a_watch_that_stays_infinite_changes_by_no_number(window):
    window.reset()
    window.bench.stopping.set_watches(("exp(1000)",), "a watch")
    window.go_to(5, epoch=2)
    window.front("watch")
    assert window.bench.panels["watch"].watches.topLevelItem(0).text(1).startswith("∞")
    window.reset()
