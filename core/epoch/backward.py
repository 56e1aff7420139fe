"""Backpropagation through time: the rule, whole gradients, one term alone, running totals.

Everything follows from r_{t,m,k}, what loss t asks of the pre-activation at k by way of h_m
(design: "The mathematics"; sheets A and B, section 3). Backpropagation is linear in v, the output
errors brought back through V, so a part of a sum is the same sweep over a part of v.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from core.epoch.attention import asked_of_scores, asked_through
from core.epoch.forward import Tape
from core.epoch.sums import BLOCK, causal_blocks, column_sums
from core.equations.expressions import Ref
from core.equations.operations import value
from core.equations.outputs import OUTPUTS
from core.network.arrays import Array, Arrays, freeze
from core.network.held import heard, open_at, open_rows
from core.network.network import Parameters
from core.network.rule import Path, Rule, clipped

if TYPE_CHECKING:
    from core.equations.description import Description
    from core.equations.length import Length
    from core.equations.running import Run


class Gradients(Arrays):
    """The whole gradients of one epoch, by parameter.

    *way_back*: what was asked of every quantity on the way to them, where they were made of that. *clipped*: what the
    update takes of them, by parameter: themselves, where the rule clips nothing. *slipped*: the lines with a slip in
    them, by which they were made.
    """

    def __init__(
        self,
        arrays: Mapping[str, Array],
        way_back: tuple[Run, Length | None] | None = None,
        clipped: Mapping[str, Array] | None = None,
        slipped: Description | None = None,
    ) -> None:
        super().__init__(arrays)
        self.way_back, self.slipped = way_back, slipped
        self.clipped = self if clipped is None else clipped


def output_error(tape: Tape) -> Array:
    """δ_t = ∂L/∂Ω_t, T×K, under every sign: ŷ_t - y_t, or what else the output asks."""
    network, left = tape.network, heard(tape.network)
    if network.is_as_sheets and left is None:
        return tape["yhat"] - network.one_hot_targets
    rows = {"yhat": tape.predicted, "y": network.one_hot_targets}
    asks = OUTPUTS[network.head.function].asks(Ref("yhat", 0), Ref("y", 0))
    delta = value(asks, lambda ref: rows[ref.name]) * network.shares[:, None]
    return np.asarray(delta if left is None else delta * left)


def flowing_error(tape: Tape, rows: slice = slice(None)) -> Array:
    """`output_error`, or *rows* of it, as far as it flows back: 0 where a score is held."""
    network = tape.network
    if network.is_as_sheets and not network.held:
        delta: Array = tape["yhat"][rows] - network.one_hot_targets[rows]
    else:
        delta = output_error(tape)[rows]
    flows = open_rows(network, "Omega")
    return delta if flows is None else delta * flows[rows]


def output_state(tape: Tape, rule: Rule) -> Array:
    """s_t, T×H: what stands beside δ_t in ∂L/∂V."""
    return tape.read_out if rule.output_state == "Z" else tape.hidden[1:]


def error_at_state(tape: Tape, rule: Rule, rows: slice = slice(None)) -> Array:
    """v_t = σ Vᵀ δ_t, T×H, or only these *rows* of it; δ_t where the state itself is compared."""
    delta = flowing_error(tape, rows)
    return np.asarray(signed(delta, rule).dot(tape.parameters["V"]) if tape.network.head.scores else delta)


def error_at(tape: Tape, rule: Rule, t: int) -> Array:
    """v_t alone, H."""
    return np.asarray(error_at_state(tape, rule, slice(t - 1, t))[0])


def signed(delta: Array, rule: Rule) -> Array:
    """σ δ_t: what W, U, b and E take for the output error."""
    return delta if rule.sign == 1 else -delta


def gradients(tape: Tape, rule: Rule) -> Gradients:
    """All gradients of the epoch under *rule*, by whole-array sums: what the update uses."""
    delta = flowing_error(tape)
    sums = chained_sums(tape, rule, signed(delta, rule).dot(tape.parameters["V"]))
    V, c = delta.T.dot(output_state(tape, rule)), column_sums(delta)
    sums |= {"V": V, "c": c}
    return finished({name: sums[name] for name in tape.parameters}, rule)


def finished(
    sums: Mapping[str, Array],
    rule: Rule,
    way_back: tuple[Run, Length | None] | None = None,
    slipped: Description | None = None,
) -> Gradients:
    """The gradients that are *sums*, and what the clip of *rule* leaves of them."""
    cut = sums if rule.clip is None else clipped(sums, rule.clip)
    freeze((*sums.values(), *cut.values()))
    return Gradients(sums, way_back, cut, slipped)


def updated(parameters: Parameters, gradient: Gradients, learning_rate: float) -> Parameters:
    """P - η ∂L/∂P for every parameter, all from the old ones (sheets A and B, "Parameter Updates")."""
    eta = np.array(learning_rate)  # multiplies small arrays faster than a Python number does
    after = {name: P - eta * gradient.clipped[name] for name, P in parameters.items()}
    freeze(after.values())
    return Parameters(after)


def chained_sums(tape: Tape, rule: Rule, v: Array, names: Iterable[str] | None = None) -> dict[str, Array]:
    """The sums over all (t, m, k) for W, U, b and E when the errors at the states are *v* (T×H)."""
    if names is None:
        names = tape.network.chained
    r = reached(tape, rule, v)
    return {
        name: (
            _sum_by_loss_letter(tape, rule, v) if name == "E" and rule.embedding_row == "t" else collect(tape, name, r)
        )
        for name in names
    }


def reached(tape: Tape, rule: Rule, v: Array) -> Array:
    """What the losses ask of every pre-activation, n×H, when the errors at the states are *v*: r over all t and m."""
    return within_reach(tape, rule, v)[1] if rule.cuts(tape.network.T) else sweep(tape, asked(tape, rule, v))


def within_reach(tape: Tape, rule: Rule, v: Array) -> tuple[Array, Array]:
    """∂L/∂h_k and ∂L/∂a_k, n×H each, when the errors at the states are *v*, and *rule* cuts the chains."""
    W, D, n = tape.parameters["W"], tape.slopes(1, len(v)), slice(len(v))
    asked_of_A = asked_of_rows(tape, v, n, n) if "A" in tape else np.zeros(0)
    at_h = cut_chains(
        rule,
        v.shape,
        lambda far: _asked_from(tape, rule, v, far, asked_of_A),
        lambda at_h: np.asarray((D * at_h).dot(W)),
    )
    return at_h, D * at_h


def cut_chains(
    rule: Rule, shape: tuple[int, ...], asked_from: Callable[[int], Array], back: Callable[[Array], Array]
) -> Array:
    """∂L/∂h_k, n×H, that *shape*, where *rule* cuts the chains.

    What the losses up to j timesteps away ask of k follows from what those up to j - 1 away ask of k + 1. *asked_from*:
    what the losses so many timesteps after m ask of h_m by themselves, m = 1, 2, …; *back*: what ∂L/∂h of all
    timesteps asks of the states before them.
    """
    n = shape[0]
    k, last = np.arange(1, n + 1), np.array([rule.last_loss(each, n) for each in range(1, n + 1)])
    goes_on = k[:-1] < last[:-1]  # from k + 1 to k
    G, at_h = np.zeros(shape), np.zeros(shape)
    for far in range(min(rule.window or n, n)):
        near = k[: n - far] + far <= last[: n - far]
        G[: n - far][near] += asked_from(far)[near]
        before, at_h = back(at_h), G.copy()
        at_h[:-1][goes_on] += before[1:][goes_on]
    return at_h


def _asked_from(tape: Tape, rule: Rule, v: Array, far: int, asked_of_A: Array) -> Array:
    """What the losses t = m + *far* ask of h_m, a row for every m that has one."""
    if "A" not in tape:
        return v if not far else np.zeros(v[far:].shape)
    weight = tape["A" if rule.weight == "score" else "alpha"]
    n, h = len(v), tape.hidden[1:]
    flows = open_rows(tape.network, "Z")
    by_query = asked(tape, replace(rule, paths=rule.paths & {"query"}), v) if not far else 0.0
    v = (v if flows is None else v * flows[:n])[far:]

    def beside(rows: Array) -> Array:  # of loss m + far, the entry of m
        return np.diagonal(rows, -far)[: n - far, None]

    by_value = beside(weight) * v if "value" in rule.paths else 0.0
    by_key = beside(asked_of_A) * h[far:n] if "key" in rule.paths else np.zeros(v.shape)
    return np.asarray(by_query + by_value + by_key)


def asked_of_rows(tape: Tape, v: Array, rows: slice, past: slice) -> Array:
    """∂L/∂A of the losses of the timesteps *rows*, of errors *v*, as far as it flows back through the scores."""
    held, flows = tape.holding(rows, past), open_rows(tape.network, "Z")
    v = v if flows is None else v * flows[rows]
    found = asked_of_scores(v, tape.hidden[1:][past], tape.read_out[rows], tape["alpha"][rows, past], held)
    return np.asarray(found if held.scores is None else found * held.scores)


def asked_of_row(tape: Tape, v: Array, t: int) -> Array:
    """∂L/∂A_{t,i} for i = 1 … t, from the error *v* (H) at Z_t as far as that flows back."""
    h, alpha, held = tape.hidden[1 : t + 1], tape["alpha"][t - 1, :t], tape.holding(slice(t - 1, t), slice(t))
    if held.weights is None:
        return np.asarray(alpha * (h - tape.read_out[t - 1]).dot(v))
    return np.asarray(asked_of_scores(v[None], h, tape.read_out[t - 1 : t], alpha[None], held)[0])


def asked_of_score(tape: Tape, v: Array, t: int, i: int) -> float:
    """The entry of `asked_of_row` for *i* alone: of a thousand timesteps, one of each may be wanted."""
    if tape.holding(slice(t - 1, t), slice(t)).weights is not None:
        return float(asked_of_row(tape, v, t)[i - 1])
    return float(tape["alpha"][t - 1, i - 1] * (tape.hidden[i] - tape.read_out[t - 1]).dot(v))


def asked(tape: Tape, rule: Rule, v: Array) -> Array:
    """G_m = Σ_t g_{t,m}, T×H: what the losses ask of every hidden state, linear in *v*.

    A *v* with only its first t rows stands for the first t losses.
    """
    if "A" not in tape:
        return v
    n = len(v)
    if n <= BLOCK:
        return asked_by_rows(tape, rule, v, slice(n), slice(n))
    G = np.zeros(v.shape)
    for rows, past in causal_blocks(n):
        G[past] += asked_by_rows(tape, rule, v[rows], rows, past)
    return G


def asked_by_rows(tape: Tape, rule: Rule, v: Array, rows: slice, past: slice) -> Array:
    """What the losses of the timesteps *rows*, of errors *v*, ask of h_1 … h_n up to their last, n×H."""
    weight, alpha = tape["A" if rule.weight == "score" else "alpha"], tape["alpha"]
    flows = open_rows(tape.network, "Z")
    if flows is not None:
        v = v * flows[rows]
    h, Z, held = tape.hidden[1:][past], tape.read_out[rows], tape.holding(rows, past)
    return asked_through(v, h, Z, weight[rows, past], alpha[rows, past], rule.paths, held)


def asked_by(tape: Tape, rule: Rule, t: int, first: int = 1, last: int | None = None) -> dict[Path, Array]:
    """g_{t,m} for m = *first* … *last* by path, a row each: what loss *t* asks of h_1 … h_t, where *last* is None.

    The paths are those that *rule* differentiates. Without attention there is one, called value, and only
    row m = t is not zero.
    """
    v, rows = error_at(tape, rule, t), slice(first - 1, t if last is None else last)
    at_t = np.zeros((t, tape.network.H))
    if "A" not in tape:
        at_t[-1] = v
        return {"value": at_t[rows]}
    h, alpha = tape.hidden[1 : t + 1], tape["alpha"][t - 1, :t]
    flows, scores = open_at(tape.network, "Z", t), open_at(tape.network, "A", t)
    if flows is not None:
        v = v * flows
    slope = asked_of_row(tape, v, t)
    if scores is not None:
        slope *= scores
    parts: dict[Path, Array] = {}
    if "value" in rule.paths:
        parts["value"] = np.outer((alpha if rule.weight == "softmax" else tape["A"][t - 1, :t])[rows], v)
    if "key" in rule.paths:
        parts["key"] = np.outer(slope[rows], h[-1])
    if "query" in rule.paths:
        at_t[-1] = slope.dot(h)
        parts["query"] = at_t[rows]
    return parts


def asked_by_later(tape: Tape, rule: Rule, m: int, last: int) -> dict[Path, Array]:
    """g_{t,m} for t = *m* … *last* by path, as in `asked_by`, a row each: what these losses ask of h_m."""
    own, rows = asked_by(tape, rule, m, m, m), slice(m - 1, last)
    found = {path: np.zeros((last + 1 - m, tape.network.H)) for path in own}
    if "A" in tape:
        flows = open_rows(tape.network, "Z")
        v = error_at_state(tape, rule, rows)
        v = v if flows is None else v * flows[rows]
        if "value" in found:
            found["value"][:] = tape["alpha" if rule.weight == "softmax" else "A"][rows, m - 1, None] * v
        if "key" in found:
            held = tape.holding(rows, slice(m - 1, m))
            slope = tape["alpha"][rows, m - 1] * np.vecdot(v, tape.hidden[m] - tape.read_out[rows])
            if held.weights is not None:
                slope = np.array([asked_of_score(tape, v_t, t, m) for t, v_t in enumerate(v, m)])
            slope = slope if held.scores is None else slope * held.scores[:, 0]
            found["key"][:] = slope[:, None] * tape.hidden[m : last + 1]
    for path, g in own.items():  # the query path there alone
        found[path][0] = g[0]
    return found


def asked_of(tape: Tape, rule: Rule, t: int, m: int) -> Array:
    """g_{t,m}, H: what loss *t* asks of h_m, by all paths that *rule* differentiates."""
    return np.asarray(asked_up_to(tape, rule, t, m, m)[0])


def asked_up_to(tape: Tape, rule: Rule, t: int, last: int, first: int = 1) -> Array:
    """g_{t,m} for m = *first* … *last*, (last-first+1)×H, by all paths together."""
    return sum(asked_by(tape, rule, t, first, last).values(), np.zeros((last - first + 1, tape.network.H)))


def sweep(tape: Tape, G: Array, first: int = 1) -> Array:
    """a_j = D_j (Wᵀ a_{j+1} + G_j) for j = *first* … n, the n rows of *G*: all chains that pass j, summed.

    (n-first+1)×H, row 0 for j = *first*; with a *G* of n×N×H, N sweeps side by side.
    """
    W, D, G = tape.parameters["W"], tape.slopes(first, len(G)), G[first - 1 :]
    if G.shape[1:] == (1,):  # as in the recurrence
        w, number, found = W.item(), 0.0, []
        for D_j, G_j in zip(D.ravel().tolist()[::-1], G.ravel().tolist()[::-1], strict=True):
            number = D_j * (w * number + G_j)
            found.append(number)
        return np.array([found[::-1]]).T
    r = np.empty(G.shape)
    after = np.zeros(G.shape[1:])
    for D_j, G_j, r_j in zip(D[::-1], G[::-1], r[::-1], strict=True):
        after = np.multiply(D_j, after.dot(W) + G_j, r_j)
    return r


def chain(tape: Tape, g: Array, m: int, k: int) -> Array:
    """r_{t,m,j} for j = k … m, (m-k+1)×H, row 0 for j = k, from g = g_{t,m} (H); with a *g* of N×H, N chains."""
    G = np.zeros((m, *g.shape))
    G[m - 1] = g
    return sweep(tape, G, k)


def unfinished(tape: Tape, rule: Rule, t: int, m: int, k: int) -> Array:
    """Σ r_{t,i,j} for j = 1 … m over the terms of loss *t* up to (m, k), m×H."""
    g = asked_up_to(tape, rule, t, m)
    r = chain(tape, g[m - 1], m, 1)
    r[k:] = 0
    r[:-1] += sweep(tape, g[: m - 1])
    return counted(rule, t, r)


def counted(rule: Rule, t: int, r: Array, axis: int = 0) -> Array:
    """*r*, chains of loss *t* whose *axis* goes by k = 1, 2, …: what *rule* lets them reach, and 0 elsewhere."""
    np.moveaxis(r, axis, 0)[: rule.first_use(t) - 1] = 0
    return r


def collect(tape: Tape, name: str, r: Array) -> Array:
    """Σ_j r_j h_{j-1}ᵀ for W, r_j x_jᵀ for U, r_j for b; for E, Uᵀ r_j into the row of the letter at j.

    *r* is n×H, its row j - 1 for timestep j.
    """
    n = len(r)
    if name == "W":
        total: Array = r.T.dot(tape["h"][:n])
    elif name == "U":
        total = r.T.dot(tape["x"][:n])
    elif name == "b":
        total = column_sums(r)
    else:
        total = tape.network.one_hot_inputs[:n].T.dot(r.dot(tape.parameters["U"]))
    return total


def _sum_by_loss_letter(tape: Tape, rule: Rule, v: Array) -> Array:
    """∂L/∂E under ``embedding_row = t``."""
    letters, r = loss_letter_sweep(tape, rule, v)
    return np.asarray(letters.dot(np.add.reduce(r, axis=0).dot(tape.parameters["U"])))


def loss_letter_sweep(tape: Tape, rule: Rule, v: Array) -> tuple[Array, Array]:
    """The N distinct letters of losses as one-hot columns, K×N, and the sweep of the losses of each, n×N×H."""
    letters, read = tape.network.letters_read
    by_letter = v[:, None] * read[: len(v)]
    if rule.cuts(tape.network.T):
        found = [reached(tape, rule, v_of) for v_of in by_letter.swapaxes(0, 1)]
        return letters, np.stack(found, axis=1)
    if tape.network.attention:
        by_letter = np.stack([asked(tape, rule, v_of) for v_of in by_letter.swapaxes(0, 1)], axis=1)
    return letters, sweep(tape, by_letter)


def term_of(tape: Tape, rule: Rule, name: str, r: Array, t: int, k: int) -> Array:
    """The addend of ∂L/∂name at (t, m, k) from r = r_{t,m,k} (H), in the parameter's shape."""
    if name == "W":
        return np.outer(r, tape["h"][k - 1])
    if name == "U":
        return np.outer(r, tape["x"][k - 1])
    if name == "b":
        return r
    term = np.zeros(tape.network.parameter_shapes["E"])
    letter = tape.network.inputs[(t if rule.embedding_row == "t" else k) - 1]
    term[letter] = tape.parameters["U"].T @ r
    return term


def term(tape: Tape, rule: Rule, name: str, t: int, m: int, k: int) -> Array:
    """One addend of ∂L/∂W, U, b or E, alone, in the parameter's shape."""
    r = chain(tape, asked_of(tape, rule, t, m), m, k)[0]
    return term_of(tape, rule, name, r if rule.reaches(t, k) else np.zeros(r.shape), t, k)


def output_term(tape: Tape, rule: Rule, name: str, t: int) -> Array:
    """One addend of ∂L/∂V, δ_t s_tᵀ, or of ∂L/∂c, δ_t."""
    delta = flowing_error(tape)[t - 1]
    return np.outer(delta, output_state(tape, rule)[t - 1]) if name == "V" else delta
