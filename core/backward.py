"""Backpropagation through time: the rule, whole gradients, one term alone, running totals.

Everything follows from r_{t,m,k}, what loss t asks of the pre-activation at k by way of h_m
(design: "The mathematics"; sheets A and B, section 3). Backpropagation is linear in v, the output
errors brought back through V, so a part of a sum is the same sweep over a part of v.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.forward import Tape
from core.network import Array, Parameters, frozen

Path = Literal["value", "key", "query"]
PATHS: tuple[Path, ...] = ("value", "key", "query")
CHAINED = ("W", "U", "b", "E")  # the gradients whose terms are (t, m, k)


@dataclass(frozen=True, slots=True)
class Rule:
    """How the gradient is formed: five independent switches, each valid on every network.

    *sign*: 1 for (ŷ - y), -1 for (y - ŷ), in W, U, b and E. *weight*: of the value path, the softmax weight
    or the raw score. *paths*: the ways through attention that are differentiated. *output_state*: what
    stands beside the error in ∂L/∂V. *embedding_row*: whose letter's row of ∂L/∂E a term goes to.
    """

    sign: Literal[1, -1] = 1
    weight: Literal["softmax", "score"] = "softmax"
    paths: frozenset[Path] = frozenset(PATHS)
    output_state: Literal["Z", "h"] = "Z"
    embedding_row: Literal["k", "t"] = "k"

    @property
    def name(self) -> str:
        """``exact``, ``printed``, ``typeset`` or ``custom``."""
        return next((name for name, rule in NAMED_RULES.items() if rule == self), "custom")


EXACT = Rule()
PRINTED = Rule(paths=frozenset({"value"}), output_state="h", embedding_row="t")
TYPESET = Rule(sign=-1, weight="score", paths=frozenset({"value"}), output_state="h")
NAMED_RULES = {"exact": EXACT, "printed": PRINTED, "typeset": TYPESET}


@dataclass(frozen=True, slots=True, eq=False)
class Gradients:
    """The whole gradients of one epoch, read-only: *Omega* T×K, the others as their parameter."""

    Omega: Array
    U: Array
    W: Array
    b: Array
    V: Array
    c: Array
    E: Array | None = None

    def __getitem__(self, name: str) -> Array:
        array: Array | None = getattr(self, name)
        if array is None:
            raise KeyError(name)
        return array


def output_error(tape: Tape) -> Array:
    """δ_t = ŷ_t - y_t = ∂L/∂Ω_t, T×K, under every sign."""
    return tape.yhat - tape.network.one_hot_targets


def output_state(tape: Tape, rule: Rule) -> Array:
    """s_t, T×H: what stands beside δ_t in ∂L/∂V."""
    return tape.Z if rule.output_state == "Z" else tape.h[1:]


def error_at_state(tape: Tape, rule: Rule) -> Array:
    """v_t = σ Vᵀ δ_t, T×H."""
    delta = output_error(tape)
    return (delta if rule.sign == 1 else -delta) @ tape.parameters.V


def gradients(tape: Tape, rule: Rule) -> Gradients:
    """All gradients of the epoch under *rule*, by whole-array sums: what the update uses."""
    delta = output_error(tape)
    v = (delta if rule.sign == 1 else -delta) @ tape.parameters.V
    sums = {name: frozen(array) for name, array in chained_sums(tape, rule, v).items()}
    dV = frozen(delta.T @ output_state(tape, rule))
    return Gradients(Omega=frozen(delta), V=dV, c=frozen(np.add.reduce(delta, axis=0)), **sums)


def updated(parameters: Parameters, gradient: Gradients, learning_rate: float) -> Parameters:
    """P - η ∂L/∂P for every parameter, all from the old ones (sheets A and B, "Parameter Updates")."""
    return Parameters(**{name: frozen(P - learning_rate * gradient[name]) for name, P in parameters})


def chained_sums(tape: Tape, rule: Rule, v: Array, names: Iterable[str] | None = None) -> dict[str, Array]:
    """The sums over all (t, m, k) for W, U, b and E when the errors at the states are *v* (T×H)."""
    if names is None:
        names = CHAINED if tape.parameters.E is not None else CHAINED[:3]
    r = sweep(tape, asked(tape, rule, v))
    return {
        name: (
            _sum_by_loss_letter(tape, rule, v) if name == "E" and rule.embedding_row == "t" else collect(tape, name, r)
        )
        for name in names
    }


def asked(tape: Tape, rule: Rule, v: Array) -> Array:
    """G_m = Σ_t g_{t,m}, T×H: what the losses ask of every hidden state, linear in *v*.

    A *v* with only its first t rows stands for the first t losses.
    """
    if tape.A is None or tape.alpha is None:
        return v
    n = len(v)
    h, alpha = tape.h[1 : n + 1], tape.alpha[:n, :n]
    G: Array = np.zeros(v.shape)
    if "value" in rule.paths:
        G = (alpha if rule.weight == "softmax" else tape.A[:n, :n]).T @ v
    if "key" in rule.paths or "query" in rule.paths:
        B = alpha * (v @ h.T - np.add.reduce(v * tape.Z[:n], axis=1, keepdims=True))
        if "key" in rule.paths:
            G = G + B.T @ h
        if "query" in rule.paths:
            G = G + B @ h
    return G


def asked_of(tape: Tape, rule: Rule, t: int, m: int) -> dict[Path, Array]:
    """g_{t,m} by path, each H: what loss *t* asks of h_m; the paths that *rule* differentiates.

    Without attention there is one path, called value, and m = t. The query path is there only for m = t.
    """
    v = error_at_state(tape, rule)[t - 1]
    if tape.A is None or tape.alpha is None:
        return {"value": v}
    h, Z, alpha = tape.h, tape.Z[t - 1], tape.alpha[t - 1]
    parts: dict[Path, Array] = {}
    if "value" in rule.paths:
        parts["value"] = (alpha if rule.weight == "softmax" else tape.A[t - 1])[m - 1] * v
    if "key" in rule.paths:
        parts["key"] = alpha[m - 1] * ((h[m] - Z) @ v) * h[t]
    if "query" in rule.paths and m == t:
        parts["query"] = (alpha[:t] * ((h[1 : t + 1] - Z) @ v)) @ h[1 : t + 1]
    return parts


def sweep(tape: Tape, G: Array) -> Array:
    """a_j = D_j (Wᵀ a_{j+1} + G_j), n×H for the n rows of *G*: all chains that end at j, summed."""
    WT, n = tape.parameters.W.T, len(G)
    D = 1 - np.square(tape.h[1 : n + 1])
    r = np.empty(G.shape)
    if n == 0:
        return r
    after = np.multiply(D[-1], G[-1], out=r[-1])
    for D_j, G_j, r_j in zip(D[-2::-1], G[-2::-1], r[-2::-1], strict=True):
        np.dot(WT, after, out=r_j)
        np.add(r_j, G_j, out=r_j)
        after = np.multiply(D_j, r_j, out=r_j)
    return r


def chain(tape: Tape, g: Array, m: int, k: int) -> Array:
    """r_{t,m,j} for j = k … m, (m-k+1)×H, row 0 for j = k, from g = g_{t,m} (H)."""
    G = np.zeros((m, len(g)))
    G[m - 1] = g
    return sweep_from(tape, G, k)


def sweep_from(tape: Tape, G: Array, k: int) -> Array:
    """The rows j ≥ *k* of `sweep`."""
    WT, n = tape.parameters.W.T, len(G)
    r = np.empty((n - k + 1, G.shape[1]))
    after = np.zeros(G.shape[1])
    for j in range(n, k - 1, -1):
        after = (1 - np.square(tape.h[j])) * (WT @ after + G[j - 1])
        r[j - k] = after
    return r


def collect(tape: Tape, name: str, r: Array) -> Array:
    """Σ_j r_j h_{j-1}ᵀ for W, r_j x_jᵀ for U, r_j for b; for E, Uᵀ r_j into the row of the letter at j.

    *r* is n×H, its row j - 1 for timestep j.
    """
    n = len(r)
    if name == "b":
        return np.asarray(np.add.reduce(r, axis=0))
    if name == "E":
        return np.asarray(tape.network.one_hot_inputs[:n].T @ (r @ tape.parameters.U))
    return r.T @ (tape.h[:n] if name == "W" else tape.x[:n])


def _sum_by_loss_letter(tape: Tape, rule: Rule, v: Array) -> Array:
    """∂L/∂E under ``embedding_row = t``: one sweep for each distinct letter that a loss belongs to."""
    letters = tape.network.input_indices[: len(v)]
    total = np.zeros(tape.network.parameter_shapes["E"])
    for letter in np.unique(letters):
        r = sweep(tape, asked(tape, rule, v * (letters == letter)[:, None]))
        total[letter] = np.add.reduce(r @ tape.parameters.U, axis=0)
    return total


def term_of(tape: Tape, rule: Rule, name: str, r: Array, t: int, k: int) -> Array:
    """The addend of ∂L/∂name at (t, m, k) from r = r_{t,m,k} (H), in the parameter's shape."""
    if name == "W":
        return np.outer(r, tape.h[k - 1])
    if name == "U":
        return np.outer(r, tape.x[k - 1])
    if name == "b":
        return r
    term = np.zeros(tape.network.parameter_shapes["E"])
    letter = tape.network.inputs[(t if rule.embedding_row == "t" else k) - 1]
    term[letter] = tape.parameters.U.T @ r
    return term


def term(tape: Tape, rule: Rule, name: str, t: int, m: int, k: int) -> Array:
    """One addend of ∂L/∂W, U, b or E, alone, in the parameter's shape."""
    g = sum(asked_of(tape, rule, t, m).values(), np.zeros(tape.network.H))
    return term_of(tape, rule, name, chain(tape, g, m, k)[0], t, k)


def output_term(tape: Tape, rule: Rule, name: str, t: int) -> Array:
    """One addend of ∂L/∂V, δ_t s_tᵀ, or of ∂L/∂c, δ_t."""
    delta = output_error(tape)[t - 1]
    return np.outer(delta, output_state(tape, rule)[t - 1]) if name == "V" else delta


def running_total(tape: Tape, rule: Rule, name: str, t: int, m: int = 0, k: int = 0) -> Array:
    """The sum of the terms of ∂L/∂name up to and with (t, m, k), or (t) for V and c.

    One sweep: the losses before t whole, of loss t the hidden states before m whole, and the current chain
    from its first use to k.
    """
    if name in ("V", "c"):
        delta = output_error(tape)[:t]
        return delta.T @ output_state(tape, rule)[:t] if name == "V" else np.add.reduce(delta, axis=0)
    v = error_at_state(tape, rule)[:t]
    zero = np.zeros(tape.network.H)
    G = np.zeros((t, tape.network.H))
    for earlier in range(1, m if tape.A is not None else 1):
        G[earlier - 1] = sum(asked_of(tape, rule, t, earlier).values(), zero)
    r = sweep(tape, G)
    current = chain(tape, sum(asked_of(tape, rule, t, m).values(), zero), m, 1)
    r[:k] += current[:k]
    before = chained_sums(tape, rule, v[: t - 1], (name,))[name] if t > 1 else 0.0
    if name == "E" and rule.embedding_row == "t":
        now = np.zeros(tape.network.parameter_shapes["E"])
        now[tape.network.inputs[t - 1]] = np.add.reduce(r @ tape.parameters.U, axis=0)
    else:
        now = collect(tape, name, r)
    return before + now
