"""The numbers of the sheets "LSTM in numbers" and "Last step only", worked in plain loops over Python's own floats.

Nothing of the program is used. `python tests/worked_sheets.py` writes them as the sheets' files have them.
"""

from __future__ import annotations

import json
from math import exp, tanh
from typing import Any

RATE = 0.1
GATES = "ifoq"

LSTM_INPUTS = [[0.5, -1.0], [1.0, 0.25], [-0.75, 0.5]]
LSTM_TARGETS = [[0.5], [-0.25], [-0.5]]
LSTM_PARAMETERS: dict[str, Any] = {
    "U_i": [[0.6, -0.4]], "W_i": [[0.3]], "b_i": [0.1],
    "U_f": [[-0.2, 0.5]], "W_f": [[0.4]], "b_f": [1.0],
    "U_o": [[0.7, 0.2]], "W_o": [[-0.5]], "b_o": [0.0],
    "U_q": [[0.9, -0.6]], "W_q": [[0.8]], "b_q": [-0.1],
}  # fmt: skip

LAST_INPUTS = [[0.5], [-1.0], [2.0]]
LAST_TARGETS = [None, None, [1.0]]
LAST_PARAMETERS: dict[str, Any] = {
    "U": [[0.4], [-0.3]], "W": [[0.5, -0.2], [0.1, 0.6]], "b": [0.1, -0.1], "V": [[0.8, -0.5]], "c": [0.2],
}  # fmt: skip
GIVEN = {
    "lstm": (LSTM_INPUTS, LSTM_TARGETS, LSTM_PARAMETERS), "last-step": (LAST_INPUTS, LAST_TARGETS, LAST_PARAMETERS),
}  # fmt: skip


def sigma(a):
    return 1 / (1 + exp(-a))


def lstm(P):
    """One epoch of the LSTM, H = 1: what is made forwards, what is asked, and the gradients."""
    made: dict[str, Any] = {}
    asked: dict[str, Any] = {}
    g = {name: zeros(value) for name, value in P.items()}
    h, C, before = 0.0, 0.0, {}
    for t, (x, (y,)) in enumerate(zip(LSTM_INPUTS, LSTM_TARGETS, strict=True), 1):
        before[t] = h, C
        gate = {}
        for name in GATES:
            a = P[f"U_{name}"][0][0] * x[0] + P[f"U_{name}"][0][1] * x[1] + P[f"W_{name}"][0][0] * h + P[f"b_{name}"][0]
            gate[name] = tanh(a) if name == "q" else sigma(a)
        C = gate["f"] * C + gate["i"] * gate["q"]
        h = gate["o"] * tanh(C)
        made |= {f"{name}[{t}]": [gate[name]] for name in GATES}
        made |= {f"C[{t}]": [C], f"h[{t}]": [h], f"L[{t}]": (h - y) ** 2 / 2}
    made["L"] = sum(made[f"L[{t}]"] for t in (1, 2, 3))
    to_h, to_C = 0.0, 0.0  # what the timestep after asks
    for t in (3, 2, 1):
        i, f, o, q, C, h = (made[f"{name}[{t}]"][0] for name in "ifoqCh")
        dh = h - LSTM_TARGETS[t - 1][0] + to_h
        dC = dh * o * (1 - tanh(C) ** 2) + to_C
        d = {"q": dC * i, "o": dh * tanh(C), "f": dC * before[t][1], "i": dC * q}
        asked |= {f"dL/dh[{t}]": [dh], f"dL/dC[{t}]": [dC]} | {f"dL/d{name}[{t}]": [d[name]] for name in "qofi"}
        to_h, to_C = 0.0, dC * f
        for name in GATES:
            value = made[f"{name}[{t}]"][0]
            da = d[name] * (1 - value**2 if name == "q" else value * (1 - value))
            for j in (0, 1):
                g[f"U_{name}"][0][j] += da * LSTM_INPUTS[t - 1][j]
            g[f"W_{name}"][0][0] += da * before[t][0]
            g[f"b_{name}"][0] += da
            to_h += da * P[f"W_{name}"][0][0]
    return made, asked, g


def last(P):
    """One epoch of the sigmoid network, H = 2, whose one target stands at t = 3."""
    made: dict[str, Any] = {}
    asked: dict[str, Any] = {}
    g = {name: zeros(value) for name, value in P.items()}
    states = [[0.0, 0.0]]
    for t, (x,) in enumerate(LAST_INPUTS, 1):
        h = states[-1]
        a = [P["U"][r][0] * x + sum(P["W"][r][c] * h[c] for c in (0, 1)) + P["b"][r] for r in (0, 1)]
        states.append([sigma(each) for each in a])
        made[f"h[{t}]"] = states[-1]
    scores = sum(P["V"][0][r] * states[3][r] for r in (0, 1)) + P["c"][0]
    made |= {"Omega[3]": [scores], "yhat[3]": [scores], "L[3]": (scores - 1.0) ** 2, "L": (scores - 1.0) ** 2}
    error = 2 * (scores - 1.0)
    asked["dL/dOmega[3]"] = [error]
    g["V"][0], g["c"][0] = [error * states[3][r] for r in (0, 1)], error
    dh = [error * P["V"][0][r] for r in (0, 1)]
    for t in (3, 2, 1):
        da = [dh[r] * states[t][r] * (1 - states[t][r]) for r in (0, 1)]
        asked |= {f"dL/dh[{t}]": dh, f"dL/da[{t}]": da}
        for r in (0, 1):
            g["U"][r][0] += da[r] * LAST_INPUTS[t - 1][0]
            g["b"][r] += da[r]
            for c in (0, 1):
                g["W"][r][c] += da[r] * states[t - 1][c]
        dh = [sum(da[r] * P["W"][r][c] for r in (0, 1)) for c in (0, 1)]
    return made, asked, g


def zeros(value):
    return [zeros(part) for part in value] if isinstance(value, list) else 0.0


def less(value, gradient):
    """A parameter after the update."""
    if isinstance(value, list):
        return [less(*pair) for pair in zip(value, gradient, strict=True)]
    return value - RATE * gradient


def places(value):
    """To four places, and never −0."""
    return [places(part) for part in value] if isinstance(value, list) else round(value, 4) + 0.0


def worked(epoch, P, again, later):
    """What a sheet prints: epoch 1, *again* of epoch 2, and the losses of *later* epochs."""
    made, asked, g = epoch(P)
    new = {name: less(value, g[name]) for name, value in P.items()}
    second = epoch(new)[0]
    first = made | asked | {f"dL/d{name}": value for name, value in g.items()}
    first |= {f"{name}_new": value for name, value in new.items()}
    losses = []
    for _ in range(max(later)):
        found, _, g = epoch(P)
        losses.append(found["L"])
        P = {name: less(value, g[name]) for name, value in P.items()}
    return {
        "printed": {
            "1": {name: places(value) for name, value in first.items()},
            "2": {name: places(value) for name, value in second.items() if name.split("[")[0] in again},
        },
        "later": {number: places(losses[number - 1]) for number in later},
    }


def sheets():
    """The numbers of both, by the name of the sheet."""
    return {
        "lstm": worked(lstm, LSTM_PARAMETERS, ("C", "h", "L"), (10, 100)),
        "last-step": worked(last, LAST_PARAMETERS, ("h", "yhat", "L"), (3, 5)),
    }


if __name__ == "__main__":
    for title, sheet in sheets().items():
        print(title)
        for number, values in sheet["printed"].items():
            print(f"  epoch {number}")
            for symbol, value in values.items():
                print(f"      {json.dumps(symbol)}: {json.dumps(value)},")
        print(" ", sheet["later"])
