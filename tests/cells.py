"""What every cell does in plain loops; and cells that are no part of the program, as files of lines."""

import re
import shutil
from importlib import resources

import numpy as np
import pytest

from core.network import cells

LINES = {
    "mgu": """
        f[t] = sigmoid(U_f @ x[t] + W_f @ h[t-1] + b_f)
        q[t] = tanh(U_q @ x[t] + W_q @ (f[t] * h[t-1]) + b_q)
        h[t] = (1 - f[t]) * h[t-1] + f[t] * q[t]""",
    "renamed": """
        gate[t] = sigmoid(M @ x[t] + R @ s[t-1] + beta)
        s[t] = gate[t] * tanh(p := N @ x[t] + Q @ s[t-1])""",
}
RENAMED = {  # the minimal gated unit, every quantity of it by another name
    "mgu": "other", "f": "keep", "q": "new", "h": "s", "U_f": "P", "W_f": "Q", "b_f": "k", "U_q": "M", "W_q": "R",
    "b_q": "n",
}  # fmt: skip


def sigma(a):
    return 1 / (1 + np.exp(-a))


def step(cell, P, x, states):
    """What *cell* carries from one timestep to the next, the hidden state first."""
    h, *others = states

    def gate(g):
        return P[f"U_{g}"] @ x + P[f"W_{g}"] @ h + P[f"b_{g}"]

    if cell == "relu":
        a = P["U"] @ x + P["W"] @ h + P["b"]
        return [np.where(np.real(a) > 0, a, 0)]
    if cell == "sigmoid":
        return [sigma(P["U"] @ x + P["W"] @ h + P["b"])]
    if cell == "mgu":
        f = sigma(gate("f"))
        return [(1 - f) * h + f * np.tanh(P["U_q"] @ x + P["W_q"] @ (f * h) + P["b_q"])]
    if cell == "gru":
        n = np.tanh(P["U_n"] @ x + P["b_n"] + sigma(gate("r")) * (P["W_n"] @ h + P["b_hn"]))
        return [(1 - sigma(gate("z"))) * n + sigma(gate("z")) * h]
    if cell == "lstm":
        C = sigma(gate("f")) * others[0] + sigma(gate("i")) * np.tanh(gate("q"))
        return [sigma(gate("o")) * np.tanh(C), C]
    return [sigma(P["M"] @ x + P["R"] @ h + P["beta"]) * np.tanh(P["N"] @ x + P["Q"] @ h)]


def losses(network, P):
    """The hidden states, and the loss of every timestep, by plain loops."""
    states = [np.zeros(network.H), np.zeros(network.H)][: 1 + (network.cell == "lstm")]
    past, found = [], []
    for letter, wanted in zip(network.inputs, network.targets, strict=True):
        x = np.eye(network.K)[letter] if network.embedding_size is None else P["E"][letter]
        states = step(network.cell, P, x, states)
        past.append(states[0])
        Z = states[0]
        if network.attention:
            e = [np.exp(h @ states[0]) for h in past]
            Z = sum(weight * h for weight, h in zip(e, past, strict=True)) / sum(e)
        scores = P["V"] @ Z + P["c"]
        found.append(np.log(np.exp(scores).sum()) - scores[wanted])
    return past, found


@pytest.fixture
def dropped(tmp_path, monkeypatch):
    """The files of these lines, beside those that ship."""
    shutil.copytree(str(resources.files("resources").joinpath("lines")), tmp_path / "lines")
    for name, lines in LINES.items():
        (tmp_path / "lines" / f"{name}.txt").write_text(lines, encoding="utf-8")
    other = re.sub(r"[A-Za-z]\w*", lambda word: RENAMED.get(word[0], word[0]), LINES["mgu"])
    (tmp_path / "lines" / "other.txt").write_text(other, encoding="utf-8")
    monkeypatch.setattr(cells, "LINES", tmp_path / "lines")
    return tmp_path


def followed_back(trail, same, deep=4):
    """Every part of *trail* adds, or multiplies, up to the number that it is a part of, *deep* levels of them."""
    for part in trail.parts if deep else ():
        if part.opens is not None:
            inside = part.opens()
            if inside.how in ("sum", "product") and inside.parts:
                combined = (np.sum if inside.how == "sum" else np.prod)([each.value for each in inside.parts])
                same(combined, part.value)
            followed_back(inside, same, deep - 1)
