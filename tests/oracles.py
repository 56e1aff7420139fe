"""Slow, obvious versions of the arithmetic: nested loops straight from the mathematics, nothing of the core's.

Every list of timesteps is 1-based, with nothing at index 0, but for h, where index 0 is h_0 = 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.network.network import Network, Parameters
from core.network.rule import Rule

Values = dict[str, np.ndarray]
Terms = dict[str, dict[tuple[int, ...], np.ndarray]]

CHAINED = ("W", "U", "b", "E")  # the gradients whose terms are (t, m, k)


def values(parameters: Parameters, dtype: type = float) -> Values:
    """The parameters as writable arrays of *dtype*, by name."""
    return {name: np.array(array, dtype=dtype) for name, array in parameters.items()}


@dataclass
class Pass:
    """A forward pass."""

    x: list[Any] = field(default_factory=lambda: [None])
    a: list[Any] = field(default_factory=lambda: [None])
    h: list[Any] = field(default_factory=list)
    A: list[Any] = field(default_factory=lambda: [None])
    alpha: list[Any] = field(default_factory=lambda: [None])
    Z: list[Any] = field(default_factory=lambda: [None])
    Omega: list[Any] = field(default_factory=lambda: [None])
    yhat: list[Any] = field(default_factory=lambda: [None])
    L: list[Any] = field(default_factory=lambda: [None])
    total: Any = 0


def softmax(scores: list[Any]) -> list[Any]:
    """Exponentials over their sum; works on complex numbers too."""
    shift = max(np.real(score) for score in scores)
    e = [np.exp(score - shift) for score in scores]
    return [value / sum(e) for value in e]


def dot(u: Any, v: Any) -> Any:
    """The sum of the products, without conjugation."""
    return sum(a * b for a, b in zip(u, v, strict=True))


def times(M: np.ndarray, v: Any) -> np.ndarray:
    """Matrix times vector, row by row, in Python's own numbers: the same bits, in a third of the time."""
    numbers = np.asarray(v).tolist()
    return np.array([dot(row, numbers) for row in M.tolist()])


def forward(network: Network, P: Values) -> Pass:
    """One forward pass, letter by letter, in the type of *P*; what the network holds is put in at once."""

    def held(name: str, t: int, value: Any) -> Any:
        for each in network.held:
            if (each.name, each.t) == (name, t):
                value[each.entry] = each.number
        return value

    done = Pass(h=[held("h", 0, np.zeros(network.H, dtype=P["W"].dtype))])
    for t in range(1, network.T + 1):
        one_hot = np.zeros(network.K)
        one_hot[network.inputs[t - 1]] = 1
        done.x.append(one_hot if network.embedding_size is None else times(P["E"].T, one_hot))
        done.a.append(held("a", t, times(P["U"], done.x[t]) + times(P["W"], done.h[t - 1]) + P["b"]))
        done.h.append(held("h", t, np.array([np.tanh(number) for number in done.a[t]])))
        if network.attention:
            scores = np.array([dot(done.h[i], done.h[t]) for i in range(1, t + 1)])
            done.A.append([None, *held("A", t, scores)])
            done.alpha.append([None, *held("alpha", t, np.array(softmax(done.A[t][1:])))])
            done.Z.append(held("Z", t, sum(done.alpha[t][i] * done.h[i] for i in range(1, t + 1))))
        else:
            done.Z.append(done.h[t])
        done.Omega.append(held("Omega", t, times(P["V"], done.Z[t]) + P["c"]))
        done.yhat.append(held("yhat", t, np.array(softmax(list(done.Omega[t])))))
        done.L.append(held("L", t, np.array(-np.log(done.yhat[t][network.targets[t - 1]])))[()])
        done.total += done.L[t]
    return done


def complex_step(network: Network, parameters: Parameters, tiny: float = 1e-30) -> Values:
    """The true derivative of the total loss by every entry of every parameter: Im L(P + i·tiny) / tiny."""
    P = values(parameters, complex)
    derivative = {name: np.zeros(array.shape) for name, array in P.items()}
    for name, array in P.items():
        for entry in np.ndindex(array.shape):
            array[entry] += 1j * tiny
            derivative[name][entry] = np.imag(forward(network, P).total) / tiny
            array[entry] = np.real(array[entry])
    return derivative


def asked(network: Network, rule: Rule, done: Pass, v: np.ndarray, t: int, m: int) -> np.ndarray:
    """g_{t,m}: the paths that *rule* differentiates, added up."""
    if not network.attention:
        return v
    g = np.zeros(network.H)
    if "value" in rule.paths:
        g += (done.alpha if rule.weight == "softmax" else done.A)[t][m] * v
    if "key" in rule.paths:
        g += done.alpha[t][m] * dot(done.h[m] - done.Z[t], v) * done.h[t]
    if "query" in rule.paths and m == t:
        for i in range(1, t + 1):
            g += done.alpha[t][i] * dot(done.h[i] - done.Z[t], v) * done.h[i]
    return g


def terms(network: Network, parameters: Parameters, rule: Rule) -> Terms:
    """Every addend of every gradient, by name and by (t) or (t, m, k), in the order of the program."""
    P = values(parameters)
    done = forward(network, P)
    found: Terms = {name: {} for name in ("Omega", "V", "c", "W", "U", "b", "E")}
    carried = {}  # from h_m to a_k, by m and k
    for k in range(1, network.T + 1):
        carried[k, k] = np.diag(1 - done.h[k] ** 2)
        for m in range(k + 1, network.T + 1):
            carried[m, k] = carried[m - 1, k] @ P["W"].T @ np.diag(1 - done.h[m] ** 2)
    for t in range(1, network.T + 1):
        wanted = np.zeros(network.K)
        wanted[network.targets[t - 1]] = 1
        delta = done.yhat[t] - wanted
        found["Omega"][t,] = found["c"][t,] = delta
        found["V"][t,] = np.outer(delta, done.Z[t] if rule.output_state == "Z" else done.h[t])
        v = rule.sign * times(P["V"].T, delta)
        for m in range(1, t + 1) if network.attention else (t,):
            g = asked(network, rule, done, v, t, m)
            for k in range(1, m + 1):
                r = times(carried[m, k], g) * counts(rule, t, k)
                found["W"][t, m, k] = np.outer(r, done.h[k - 1])
                found["U"][t, m, k] = np.outer(r, done.x[k])
                found["b"][t, m, k] = r
                if "E" in P:
                    row = np.zeros(P["E"].shape)
                    row[network.inputs[(t if rule.embedding_row == "t" else k) - 1]] = times(P["U"].T, r)
                    found["E"][t, m, k] = row
    return found if "E" in P else {name: found[name] for name in found if name != "E"}


def counts(rule: Rule, t: int, k: int) -> bool:
    """Whether a rule counts what a use at *k* does to loss *t*."""
    is_near = rule.truncate is None or t - k < rule.truncate
    return is_near and (rule.chunks is None or (t - 1) // rule.chunks == (k - 1) // rule.chunks)


def clipped(gradients: dict[str, np.ndarray], rule: Rule) -> dict[str, np.ndarray]:
    """What the update takes of the whole gradients."""
    if rule.clip is None:
        return gradients
    most, entries = rule.clip.most, [float(x) for array in gradients.values() for x in np.ravel(array)]
    if rule.clip.kind == "value":
        cut = {name: [min(max(x, -most), most) for x in np.ravel(array)] for name, array in gradients.items()}
        return {name: np.reshape(cut[name], array.shape) for name, array in gradients.items()}
    norm = sum(x * x for x in entries) ** 0.5
    return {name: array * most / norm if norm > most else array for name, array in gradients.items()}


def gradient(network: Network, parameters: Parameters, rule: Rule, name: str) -> np.ndarray:
    """The whole gradient of *name*: its addends, added up one after the other."""
    return sum(terms(network, parameters, rule)[name].values(), np.zeros(network.parameter_shapes[name]))


@dataclass(frozen=True)
class Line:
    """One step of a listed program: what it is, and what "over" and "out" would finish from it."""

    phase: str
    quantity: str
    indices: tuple[int, ...]
    block: tuple[object, ...]
    outer: tuple[object, ...]


def listing(network: Network, order: str = "timestep", way: str = "terms") -> list[Line]:
    """The whole program of an epoch, listed."""
    back = _backward_lines if way == "terms" else _recursion_lines
    return [*_forward_lines(network, order), *back(network), *_update_lines(network)]


def _forward_lines(network: Network, order: str) -> Iterator[Line]:
    def line(quantity: str, *indices: int, block: str) -> Line:
        return Line("forward", quantity, indices, ("forward", block, indices[:1]), ("forward",))

    def hidden(t: int, block: str) -> Iterator[Line]:
        yield line("letter", t, block=block)
        if network.embedding_size is not None:
            yield line("x", t, block=block)
        yield line("h", t, block=block)

    def output(t: int, block: str) -> Iterator[Line]:
        if network.attention:
            yield from (line("A", t, i, block=block) for i in range(1, t + 1))
            yield line("alpha", t, block=block)
            yield line("Z", t, block=block)
        for quantity in ("Omega", "yhat", "L") if network.has_target(t) else ("Omega", "yhat"):
            yield line(quantity, t, block=block)

    timesteps = range(1, network.T + 1)
    if order == "timestep":
        for t in timesteps:
            yield from hidden(t, "timestep")
            yield from output(t, "timestep")
    else:
        for t in timesteps:
            yield from hidden(t, "hidden")
        for t in timesteps:
            yield from output(t, "output")
    yield line("L", block="total")


def _backward_lines(network: Network) -> Iterator[Line]:
    losses = [t for t in range(1, network.T + 1) if network.has_target(t)]
    for name in ("Omega", "V", "c"):
        for t in losses:
            yield Line("backward", name, (t,), (name, t), (name,))
        if name != "Omega":
            yield Line("backward", name, (), (name, "sum"), (name,))
    for name in ("W", "U", "b") if network.embedding_size is None else ("W", "U", "b", "E"):
        for t in losses:
            for m in range(1, t + 1) if network.attention else (t,):
                for k in range(1, m + 1):
                    yield Line("backward", name, (t, m, k), (name, t), (name,))
        yield Line("backward", name, (), (name, "sum"), (name,))


def _recursion_lines(network: Network) -> Iterator[Line]:
    for t in range(network.T, 0, -1):
        output = ["Omega", *(("Z", "alpha", "A") if network.attention else ())] if network.has_target(t) else []
        asked = [*output, "h", "a"]
        for quantity in asked if network.embedding_size is None else [*asked, "x"]:
            yield Line("backward", quantity, (t,), ("recursion", t), ("recursion",))
    for name in ("V", "c", "W", "U", "b") if network.embedding_size is None else ("V", "c", "W", "U", "b", "E"):
        for k in range(1, network.T + 1):
            if name not in ("V", "c") or network.has_target(k):
                yield Line("backward", name, (k,), (name, k), (name,))
        yield Line("backward", name, (), (name, "sum"), (name,))


def _update_lines(network: Network) -> Iterator[Line]:
    for name in ("V", "c", "W", "U", "b") if network.embedding_size is None else ("V", "c", "W", "U", "b", "E"):
        yield Line("update", name, (), ("update", name), ("update",))


def ends(keys: list[tuple[object, ...]]) -> list[int]:
    """The 1-based positions at which a run of equal *keys* ends."""
    return [p for p in range(1, len(keys) + 1) if p == len(keys) or keys[p] != keys[p - 1]]
