"""Whatever is held, of any cell, of attention, prediction and loss: against plain loops and the complex step."""

from __future__ import annotations

import numpy as np
import pytest

from core.epoch.engines import back_from, forward_at_length
from core.epoch.epoch import run_epoch
from core.network.changes import number_of
from core.network.held import Held
from core.network.network import Network, Parameters
from core.network.rule import EXACT, Rule
from core.network.symbols import exists, symbol
from core.network.task import FUNCTION, Task
from core.program.program import Program
from core.steps.evaluate import evaluate
from core.studies.checking import checks
from tests.cells import sigma

T, H, K, TINY = 3, 2, 2, 1e-30
MIXED = (
    "g[t] = softmax(p := U @ x[t] + W @ h[t-1])",
    "q[t] = tanh(M @ h[t-1] + b)",
    "h[t] = g[t] * q[t] + (1 - g[t]) * h[t-1]",
)
PLAIN = ("h[t] = tanh(a := U @ x[t] + W @ h[t-1] + b)",)
FITTING = [(output, loss) for output, losses in FUNCTION.items() for loss in losses]


class Loops:
    """An epoch by plain loops; *hold* gives the number in the place of that of a name, a timestep and an entry."""

    def __init__(self, network, P, held, nudged=None):
        self.network, self.P, self.nudged = network, P, nudged
        self.held = {each[:3]: each.number for each in held}
        self.t, self.past, self.total = 0, [], 0
        states = {name: np.zeros(H, dtype=complex) for name in ("h", "C")}
        for self.t in range(1, T + 1):
            self.x = np.array(network.task.read[self.t - 1])
            states = self.cell(states)
            self.past.append(states["h"])
            self.total += self.loss(self.context(states["h"]))

    def made(self, name, value):
        """*value* as it is put down: held, and nudged a little where the derivative by it is wanted."""
        value = np.array(value, dtype=complex)
        for entry in np.ndindex(value.shape):
            at = name, self.t, entry
            value[entry] = self.held.get(at, value[entry]) + (1j * TINY if at == self.nudged else 0)
        return value

    def gate(self, name, h, function):
        P = self.P
        return self.made(name, function(P[f"U_{name}"] @ self.x + P[f"W_{name}"] @ h + P[f"b_{name}"]))

    def cell(self, before):
        P, x, h = self.P, self.x, before["h"]
        if self.network.cell == PLAIN:
            return {"h": self.made("h", np.tanh(self.made("a", P["U"] @ x + P["W"] @ h + P["b"])))}
        if self.network.cell == MIXED:
            e = np.exp(self.made("p", P["U"] @ x + P["W"] @ h))
            g = self.made("g", e / sum(e))
            q = self.made("q", np.tanh(P["M"] @ h + P["b"]))
            return {"h": self.made("h", g * q + (1 - g) * h)}
        if self.network.cell == "gru":
            r, z = self.gate("r", h, sigma), self.gate("z", h, sigma)
            n = self.made("n", np.tanh(P["U_n"] @ x + P["b_n"] + r * (P["W_n"] @ h + P["b_hn"])))
            return {"h": self.made("h", (1 - z) * n + z * h)}
        i, f, o = (self.gate(name, h, sigma) for name in "ifo")
        C = self.made("C", f * before["C"] + i * self.gate("q", h, np.tanh))
        return {"h": self.made("h", o * np.tanh(C)), "C": C}

    def context(self, h):
        if not self.network.attention:
            return h
        e = np.exp(self.made("A", [old @ h for old in self.past]))
        alpha = self.made("alpha", e / sum(e))
        return self.made("Z", sum(weight * old for weight, old in zip(alpha, self.past, strict=True)))

    def loss(self, Z):
        task, t = self.network.task, self.t
        scores = Z if task.output == "none" else self.made("Omega", self.P["V"] @ Z + self.P["c"])
        if task.output == "softmax":
            yhat = self.made("yhat", np.exp(scores) / sum(np.exp(scores)))
            loss = -np.log(yhat[self.network.targets[t - 1]])
        else:
            yhat = self.made("yhat", sigma(scores) if task.output == "sigmoid" else scores)
            y = task.wanted[t - 1]
            if task.loss == "logistic":
                loss = -sum(
                    want * np.log(said) + (1 - want) * np.log(1 - said) for said, want in zip(yhat, y, strict=True)
                )
            else:
                loss = sum((said - want) ** 2 for said, want in zip(yhat, y, strict=True))
                loss = loss / 2 if task.loss == "half-squared" else loss
        return self.made("L", loss) / (T if task.reduction == "mean" else 1)


def network_of(case, seed):
    (cell, output, loss, attention), random = case, np.random.default_rng(seed)
    read = tuple(map(tuple, random.normal(size=(T, H)).tolist()))
    by_letter = output == "softmax"
    wanted = () if by_letter else tuple(map(tuple, random.random((T, K)).tolist()))
    targets = tuple(random.integers(K, size=T).tolist()) if by_letter else ()
    task = Task(output, loss, ["sum", "mean"][seed % 2], read=read, wanted=wanted)
    network = Network(("a", "b") if by_letter else (), (), targets, H, None, attention, cell, task)
    drawn = {name: random.normal(size=shape) for name, shape in network.parameter_shapes.items()}
    return network, Parameters.checked(network, drawn)


def places(network):
    """Every number that the lines make, held at 0.4."""
    for equation in network.lines.equations:
        for name in filter(None, (equation.name, equation.loss)):
            axes = network.lines.shapes[name]
            for t in range(1, T + 1):
                for entry in np.ndindex(*({"t": t, "H": H, "K": K, "X": H}[axis] for axis in axes)):
                    yield Held(name, t, entry, 0.4)


def derivatives(network, parameters, held):
    """By every parameter, and by every number that is made, whether it is held or not."""
    found = {}
    for name, array in parameters.items():
        found[name] = np.zeros(array.shape)
        for entry in np.ndindex(array.shape):
            P = {each: value.astype(complex) for each, value in parameters.items()}
            P[name][entry] += 1j * TINY
            found[name][entry] = Loops(network, P, held).total.imag / TINY
    numbers = {}
    for place in places(network):
        numbers[place[:3]] = Loops(network, dict(parameters.items()), held, place[:3]).total.imag / TINY
    return found, numbers


CASES = [(cell, output, loss, attention) for cell in (PLAIN, MIXED, "lstm", "gru") for output, loss in FITTING
         for attention in (False, True)]  # fmt: skip


@pytest.mark.parametrize("case", range(len(CASES)))
def test_what_follows_and_every_derivative_are_those_of_plain_loops(case):
    network, parameters = network_of(CASES[case], case)
    everything, random = list(places(network)), np.random.default_rng(case)
    for _ in range(2):
        chosen = random.choice(len(everything), 4, replace=False)
        held = tuple(sorted(everything[i] for i in chosen))
        holding = _holding(network, held)
        found, numbers = derivatives(network, parameters, held)
        epoch = run_epoch(holding, parameters, EXACT, 0.1)
        tape, gradients, _ = back_from(forward_at_length(holding, parameters), EXACT, 0.1)
        total = Loops(network, dict(parameters.items()), held).total
        assert epoch.tape.total == pytest.approx(total.real, rel=1e-12)
        assert tape.total == pytest.approx(total.real, rel=1e-12)
        for name, true in found.items():
            np.testing.assert_allclose(epoch.gradients[name], true, rtol=1e-9, atol=1e-13)
            np.testing.assert_allclose(gradients[name], true, rtol=1e-9, atol=1e-13)
        for place, true in numbers.items():
            name, t, entry = place
            number = number_of(Held(name, t, entry, 0.0))
            asked = f"dL/d{number.symbol}"
            if exists(asked, holding):
                assert epoch.value(asked)[number.entry] == pytest.approx(true, rel=1e-9, abs=1e-13), asked


def _holding(network, held):
    return Network(
        network.alphabet, network.inputs, network.targets, H, None, network.attention, network.cell, network.task, held
    )


@pytest.mark.parametrize("case", range(0, len(CASES), 5))
def test_every_step_computes_what_the_epoch_has_and_the_check_agrees(case):
    network, parameters = network_of(CASES[case], case)
    everything, random = list(places(network)), np.random.default_rng(case)
    for rule in (EXACT, Rule(truncate=2)):
        held = tuple(sorted(everything[i] for i in random.choice(len(everything), 5, replace=False)))
        epoch = run_epoch(_holding(network, held), parameters, rule, 0.1)
        for way in ("timesteps", "terms"):
            program = Program(epoch.network, way=way)
            for address in program:
                step = evaluate(epoch, address, program.way)
                assert step.kind != "sum" or step.rounding < 1e-13
                if step.kind == "error":
                    values = [step.value] if len(step.formula.writes) == 1 else step.value
                    for written, value in zip(step.formula.writes, values, strict=True):
                        np.testing.assert_allclose(value, epoch.value(written), atol=1e-13)
                elif step.kind == "term":
                    own = symbol(f"dL/d{address.quantity}", *address.indices)
                    np.testing.assert_allclose(step.value, epoch.value(own), atol=1e-13)
                    assert step.zero is None or not step.value.any()
                elif step.kind == "forward" and address.quantity != "letter" and address.indices:
                    made = epoch.value(step.formula.writes[0])
                    is_held = any((each.name, each.t) == (address.quantity, address.indices[0]) for each in held)
                    assert is_held or address.quantity in ("A", "alpha") or np.allclose(step.value, made, atol=1e-13)
                if address.is_sum and rule == EXACT:
                    assert all(row.is_true for row in checks(epoch, address, (0, 0)).rows), address
