"""An epoch done on a learner's own numbers: what each value comes out as from those before it.

Every value is kept twice: as it is *computed* from what stands before it, and as it is *used* by what comes after,
where a number of the learner's own may take its place. So one pass tells of all lines whether they follow from the
others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from core.epoch.backward import cut_chains, signed
from core.epoch.forward import Tape
from core.equations.operations import TABLE, softmax
from core.network import symbols
from core.network.arrays import Array, frozen
from core.network.network import Network, Parameters
from core.network.rule import Rule, left_by_clip
from core.slips.reading import Reading
from core.slips.rounded import MOST_ROUNDED

_ENTERING = ("xo", "x", "a", "h")  # the states
Row = tuple[tuple[int, ...], Array]  # 0-based indices, and the number that stands there


@dataclass(frozen=True)
class Carried:
    """The arithmetic of one epoch on *parameters*, with numbers of one's *own* in it, by symbol.

    *places*: to how many decimals every value is rounded as it is written down, None where none is; with them the
    terms of a gradient are rounded one by one, for at most `MOST_ROUNDED` timesteps.

    Not slotted, since it keeps what is computed once.
    """

    network: Network
    parameters: Parameters
    rule: Rule
    learning_rate: float
    own: Mapping[str, Array] = field(default_factory=dict)
    places: int | None = None

    def value(self, symbol: str) -> Array:
        """What *symbol* comes out as from the numbers before it."""
        found = symbols.parse(symbol)
        if found.name in ("dL/dh", "dL/da", "dL/dx", "dhnext"):
            return np.asarray(self._back[0][found.name][found.indices[0] - 1])
        if found.indices and found.name != "g":
            return np.asarray(self._computed[found.name][tuple(index - 1 for index in found.indices)])
        with np.errstate(all="ignore"):  # a wrong number may lead to infinities, which agree with nothing
            if not found.indices:
                return self._whole(found.name)
            t, m = found.indices
            return np.asarray(self._asked_by(t)[m - 1])

    def on(self, own: Mapping[str, Array]) -> Carried:
        """The same arithmetic on other numbers of one's *own*; the states are kept where these do not enter them."""
        other = replace(self, own=own)
        changed = [symbol for symbol in {**self.own, **own} if self.own.get(symbol) is not own.get(symbol)]
        if not any(symbols.parse(symbol).name in _ENTERING for symbol in changed):
            other.__dict__["_recurrence"] = self._recurrence
        return other

    @np.errstate(all="ignore")
    def after(self) -> Parameters:
        """The parameters of the next epoch."""
        new = {name: np.array(self._used_whole(f"{name}_new")) for name in self.parameters}
        return Parameters({name: frozen(array) for name, array in new.items()})

    @cached_property
    def reading(self) -> Reading:
        """The same arithmetic for slips to be made in, without what is one's own of the parts of a step."""
        used = self._used
        names = ("x", "a", *(("A", "alpha", "Z") if self.network.attention else ()), "Omega", "yhat", "L")
        rows = {name: used[name] for name in names} | {"h": self._states}
        tape = Tape(self.network, self.parameters, rows, float(self._used_whole("L")))
        whole = {symbol: value for symbol, value in self.own.items() if "[" not in symbol and symbol != "L"}
        right = Reading.of(tape, self.rule, self.learning_rate)
        return replace(right, asks=replace(right.asks, errors=used["dL/dOmega"]), given=whole)

    # -- values with indices --------------------------------------------------------------------------------

    @property
    def _computed(self) -> dict[str, Array]:
        return self._forward[0]

    @property
    def _used(self) -> dict[str, Array]:
        return self._forward[1]

    @cached_property
    def _rows(self) -> dict[str, list[Row]]:
        """One's own numbers by the name of their symbol."""
        rows: dict[str, list[Row]] = {}
        for symbol, value in self.own.items():
            found = symbols.parse(symbol)
            if found.indices:
                rows.setdefault(found.name, []).append((tuple(index - 1 for index in found.indices), value))
        return rows

    @cached_property
    @np.errstate(all="ignore")
    def _forward(self) -> tuple[dict[str, Array], dict[str, Array]]:
        """All values with indices as computed and as used, row t - 1 for timestep t; of pairs T×T."""
        network, P, computed, used = self.network, self.parameters, dict[str, Array](), dict[str, Array]()

        def put(name: str, value: Array, *, noted: bool = True) -> Array:
            computed[name], used[name] = value, self._taken(name, value, noted=noted)
            return used[name]

        y = put("y", network.one_hot_targets)
        for name, (as_computed, as_used) in self._recurrence.items():
            computed[name], used[name] = as_computed, as_used
        h = Z = used["h"]
        put("D", np.asarray(TABLE["1-h²"].value(h)))
        if network.attention:
            A = put("A", h @ h.T * network.causal)
            e = np.exp(A - np.max(A, axis=1, keepdims=True)) * network.causal
            Z = put("Z", put("alpha", e / np.add.reduce(e, axis=1, keepdims=True)) @ h)
        else:
            put("Z", h)
        yhat = put("yhat", softmax(put("Omega", Z @ P["V"].T + P["c"])))
        put("L", -np.log(np.add.reduce(yhat * y, axis=1)))
        delta = put("dL/dOmega", yhat - y, noted=False)
        v = put("v", signed(delta, self.rule) @ P["V"], noted=False)
        if network.attention:
            v = put("dL/dZ", v, noted=False)
            s = put("s", v @ h.T - np.vecdot(v, Z)[:, None], noted=False)
            by_weight = put("dL/dalpha", v @ h.T * network.causal, noted=False)
            if "dL/dalpha" in self._rows:  # who writes these down goes on from them, not from Z
                s = by_weight - np.vecdot(used["alpha"], by_weight)[:, None]
            put("dL/dA", used["alpha"] * s, noted=False)
        return computed, used

    @cached_property
    @np.errstate(all="ignore")
    def _back(self) -> tuple[dict[str, Array], dict[str, Array]]:
        """Timestep by timestep, T×H each (∂L/∂x T×D): ∂L/∂h, ∂L/∂a and what goes on to the timestep before."""
        G, P, D = self._asked(np.ones(self.network.T)), self.parameters, self._used["D"]
        computed, used = ({name: np.zeros(G.shape) for name in ("dL/dh", "dL/da", "dhnext")} for _ in range(2))
        own = {name: dict(self._rows.get(name, ())) for name in used}

        def put(name: str, row: int, value: Array) -> Array:
            computed[name][row] = value
            used[name][row] = own[name].get((row,), value)
            return np.asarray(used[name][row])

        T, cuts = len(G), self.rule.cuts(len(G))
        asked = self._asked_one_by_one if cuts else []
        after = np.zeros((1, G.shape[1]))  # a row a loss where the rule tells them apart, else of all together
        for row in range(T - 1, -1, -1):
            last = self.rule.last_loss(row + 1, T)
            parts = np.array([g[row] for g in asked[row:last]]) if cuts else G[row : row + 1].copy()
            rest = after[: len(parts) - 1] if cuts else after
            parts[len(parts) - len(rest) :] += rest
            at_h = put("dL/dh", row, np.add.reduce(parts))
            at_a = put("dL/da", row, D[row] * at_h)
            parts = _with_sum(D[row] * _with_sum(parts, at_h), at_a)
            after = _with_sum(parts @ P["W"], put("dhnext", row, at_a @ P["W"]))
        computed["dL/dx"] = used["dL/da"] @ P["U"]
        used["dL/dx"] = self._taken("dL/dx", computed["dL/dx"], noted=False)
        return computed, used

    @cached_property
    @np.errstate(all="ignore")
    def _recurrence(self) -> dict[str, tuple[Array, Array]]:
        """The inputs, a_t and h_t, as computed and as used."""
        P, one_hot = self.parameters, self.network.one_hot_inputs
        xo = self._taken("xo", one_hot)
        embedded = xo if "E" not in P else xo @ P["E"]
        x = self._taken("x", embedded)
        inputs, before = x @ P["U"].T + P["b"], np.zeros(self.network.H)
        own_a, own_h = (dict(self._rows.get(name, ())) for name in ("a", "h"))
        a, used_a, h, used_h = (np.zeros(inputs.shape) for _ in range(4))
        for row in range(len(inputs)):
            a[row] = inputs[row] + P["W"].dot(before)
            used_a[row] = own_a.get((row,), self._noted(a[row]))
            h[row] = np.tanh(used_a[row])
            used_h[row] = before = own_h.get((row,), self._noted(h[row]))
        return {"xo": (one_hot, xo), "x": (embedded, x), "a": (a, used_a), "h": (h, used_h)}

    def _taken(self, name: str, value: Array, *, noted: bool = True) -> Array:
        """*value* of every timestep as it is used: as it is noted, or one's own."""
        used = self._noted(value) if noted else value
        if name in self._rows:
            used = np.array(used)
            for at, number in self._rows[name]:
                used[at] = number
        return used

    @cached_property
    def _states(self) -> Array:
        """h_0 … h_T as used, (T+1)×H."""
        return np.concatenate([np.zeros((1, self.network.H)), self._used["h"]])

    def _noted(self, value: Array) -> Array:
        return value if self.places is None else np.round(value, self.places)

    # -- whole values ---------------------------------------------------------------------------------------

    def _used_whole(self, name: str) -> Array:
        own = self.own.get(name)
        return self._whole(name) if own is None else own

    def _whole(self, name: str) -> Array:
        """The total loss, a gradient or a parameter after the update, as computed."""
        if name == "L":
            return np.asarray(np.add.reduce(self._used["L"]))
        meaning = symbols.meaning_in(name, self.network)
        if meaning.gradient_of:
            return self._gradients[meaning.gradient_of]
        if meaning.clipped_of or name == "dnorm":
            of_all = {each: self._used_whole(f"dL/d{each}") for each in self.parameters}
            return self._noted(left_by_clip(meaning.clipped_of or "norm", of_all, self.rule.clip))
        parameter = meaning.new_of
        slope = symbols.taken(parameter, self.rule)
        return np.asarray(self.parameters[parameter] - self.learning_rate * self._used_whole(slope))

    @cached_property
    @np.errstate(all="ignore")
    def _gradients(self) -> dict[str, Array]:
        """∂L/∂P of every parameter, as computed."""
        used, places = self._used, self.places
        state = used["Z"] if self.rule.output_state == "Z" else used["h"]
        if places is None:
            found = {"V": used["dL/dOmega"].T @ state, "c": np.add.reduce(used["dL/dOmega"], axis=0)}
        else:
            terms = self._noted(used["dL/dOmega"][:, :, None] * state[:, None])
            found = {"V": np.add.reduce(terms), "c": np.add.reduce(self._noted(used["dL/dOmega"]), axis=0)}
        return found | (self._chained() if places is None else self._chained_in_terms())

    def _chained(self) -> dict[str, Array]:
        """∂L/∂W, U, b and E by one sweep."""
        used, U = self._used, self.parameters["U"]
        used_back = self._back[1]
        r = used_back["dL/da"]
        found = {"W": r.T @ self._states[:-1], "U": r.T @ used["x"], "b": np.add.reduce(r, axis=0)}
        if "E" not in self.parameters:
            return found
        if self.rule.embedding_row == "k":
            return found | {"E": used["xo"].T @ used_back["dL/dx"]}
        letters = self.network.input_indices
        E = np.zeros(self.network.parameter_shapes["E"])
        for letter in np.unique(letters):
            E[letter] = np.add.reduce(self._swept(np.asarray(letters == letter, dtype=float)) @ U, axis=0)
        return found | {"E": E}

    def _swept(self, losses: Array) -> Array:
        """r_k summed over all chains of the *losses* (T, 1 for those that count), T×H."""
        G, W, D = self._asked(losses), self.parameters["W"], self._used["D"]
        if self.rule.cuts(len(G)):
            g, T = self._asked_one_by_one, len(G)
            return D * cut_chains(
                self.rule,
                G.shape,
                lambda far: np.array([losses[m + far] * g[m + far][m] for m in range(T - far)]),
                lambda at_h: (D * at_h) @ W,
            )
        r, after = np.zeros(G.shape), np.zeros(G.shape[1])
        for row in range(len(G) - 1, -1, -1):
            r[row] = after = D[row] * (after.dot(W) + G[row])
        return r

    def _asked(self, losses: Array) -> Array:
        """G_m, T×H: what the *losses* (T, 1 for those that count) ask of every hidden state."""
        used, rule = self._used, self.rule
        v = used["dL/dZ" if self.network.attention else "v"] * losses[:, None]
        G: Array = np.zeros(v.shape) if self.network.attention else v
        if self.network.attention:
            if "value" in rule.paths:
                G += (used["A"] if rule.weight == "score" else used["alpha"]).T @ v
            slope = used["dL/dA"] * losses[:, None]
            if "key" in rule.paths:
                G += slope.T @ used["h"]
            if "query" in rule.paths:
                G += slope @ used["h"]
        for (row, column), number in self._rows.get("g", ()):
            if losses[row]:
                G = np.array(G)
                G[column] += number - self._asked_by(row + 1)[column]
        return G

    def _asked_by(self, t: int) -> Array:
        """g_{t,m} for m = 1 … t as computed, t×H."""
        used, rule, at_t = self._used, self.rule, np.zeros((t, self.network.H))
        if not self.network.attention:
            at_t[-1] = used["v"][t - 1]
            return at_t
        v, h, alpha = used["dL/dZ"][t - 1], used["h"][:t], used["alpha"][t - 1, :t]
        slope = used["dL/dA"][t - 1, :t]
        if "value" in rule.paths:
            at_t += np.outer(used["A"][t - 1, :t] if rule.weight == "score" else alpha, v)
        if "key" in rule.paths:
            at_t += np.outer(slope, h[-1])
        if "query" in rule.paths:
            at_t[-1] += slope @ h
        return at_t

    @cached_property
    def _asked_one_by_one(self) -> list[Array]:
        """g_{t,m} for m = 1 … t of every loss t, t×H each, as used."""
        found = [np.array(self._noted(self._asked_by(t))) for t in range(1, self.network.T + 1)]
        for (row, column), number in self._rows.get("g", ()):
            found[row][column] = number
        return found

    # -- every term rounded ---------------------------------------------------------------------------------

    def _chained_in_terms(self) -> dict[str, Array]:
        """∂L/∂W, U, b and E as sums of rounded terms."""
        used, U, network = self._used, self.parameters["U"], self.network
        names = ("W", "U", "b") if "E" not in self.parameters else ("W", "U", "b", "E")
        total = {name: np.zeros(network.parameter_shapes[name]) for name in names}
        for t, k, r in self._chains():
            total["W"] += self._noted(np.outer(r, self._states[k - 1]))
            total["U"] += self._noted(np.outer(r, used["x"][k - 1]))
            total["b"] += r
            if "E" in total:
                total["E"][network.inputs[(t if self.rule.embedding_row == "t" else k) - 1]] += self._noted(U.T @ r)
        return total

    def _chains(self) -> Iterator[tuple[int, int, Array]]:
        """t, k and r_{t,m,k} (H) of every term, each link rounded."""
        if self.network.T > MOST_ROUNDED:
            raise ValueError(f"only up to {MOST_ROUNDED} timesteps are rounded term by term")
        D, W = self._used["D"], self.parameters["W"]
        for t, g in enumerate(self._asked_one_by_one, 1):
            for m in range(1, t + 1) if self.network.attention else (t,):
                after = g[m - 1]
                for k in range(m, self.rule.first_use(t) - 1, -1):
                    after = self._noted((after if k == m else self._noted(after @ W)) * D[k - 1])
                    yield t, k, after


def _with_sum(rows: Array, total: Array) -> Array:
    """*rows*, of which the first is such that they add up to *total*."""
    return np.concatenate([(total - np.add.reduce(rows[1:], axis=0))[None], rows[1:]])
