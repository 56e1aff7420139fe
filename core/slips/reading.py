"""One way of doing an epoch's arithmetic: the right one, or one with a slip in it.

A slip is told by what the arithmetic reads: every array of the way back that formulas make from the tape is a field
here, and a slip puts another in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import Any, Self

import numpy as np

from core.epoch.backward import cut_chains
from core.epoch.epoch import Epoch, epoch_on
from core.epoch.forward import Tape
from core.epoch.recursion import by_lines
from core.epoch.walked import on_lines
from core.equations.beside import Alone
from core.equations.description import Description, Edge
from core.equations.edges import counted_in
from core.equations.expressions import ADJOINT, MARK, Number, Operation, Ref, adjoint, is_marked, references
from core.equations.operations import value
from core.equations.running import Noted, as_computed
from core.network import symbols
from core.network.arrays import Array
from core.network.network import Network, Parameters
from core.network.rule import Rule, left_by_clip
from core.program.program import OUTPUTS, Address, Phase
from core.slips.asks import ALL, Asks, Rows
from core.slips.by_hand import lines_of, on_paper
from core.steps.evaluate import evaluate

BY_LOSS = "E by loss"
Alteration = Callable[["Reading", Address, Array], Array]


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What every step of an epoch gives, done in one way.

    *tape*: the forward pass. *asks*: what is asked of scores and states. *slopes*: T×H, of tanh. *back*: H×H, what
    carries back (W, from the right). *sloped*: whether the slopes on the way to k count too, or only that at k.
    *states*, *inputs*: T×H and T×X, what stands beside r in ∂L/∂W and U. *U*: what brings r back to the embedding.
    *counted*: how often each of the T uses counts, of those gradients where that is not once; `BY_LOSS` of the losses,
    where a rule adds them to ∂L/∂E by loss. *alter*: what becomes of a value at last. *given*: gradients and new
    parameters of one's own, by symbol. *lines*: those of the network with a slip in them, by which any other network
    than that of the sheets goes. *places*: to how many decimals values are rounded as they are written down.
    """

    tape: Tape
    rule: Rule
    learning_rate: float
    asks: Asks
    slopes: Array
    back: Array
    states: Array
    inputs: Array
    U: Array
    sloped: bool = True
    counted: Mapping[str, Array] = field(default_factory=dict)
    alter: Alteration | None = None
    given: Mapping[str, Array] = field(default_factory=dict)
    lines: Description | None = None
    places: int | None = None
    _kept: dict[str, Array] = field(default_factory=dict, init=False, repr=False)  # gradients, and r, which they read
    _epoch: list[Epoch] = field(default_factory=list, init=False, repr=False)  # of any other network, by its lines

    @classmethod
    def right(cls, epoch: Epoch) -> Reading:
        """The arithmetic of *epoch*, as it should be under its rule."""
        return cls.of(epoch.tape, epoch.rule, epoch.learning_rate)

    @classmethod
    def of(cls, tape: Tape, rule: Rule, learning_rate: float, places: int | None = None) -> Self:
        """The arithmetic that reads *tape* throughout."""
        return cls(tape=tape, rule=rule, learning_rate=learning_rate, places=places, **_read_of(tape))

    def on(self, tape: Tape) -> Self:
        """The same arithmetic on another forward pass."""
        return replace(self, tape=tape, **_read_of(tape))

    @np.errstate(all="ignore")  # a slip may divide by zero; what comes of it is shown
    def rewritten(
        self, paper: Description | None = None, network: Network | None = None, parameters: Parameters | None = None
    ) -> Self:
        """The same arithmetic on a forward pass by the lines on *paper*, of another network.

        *parameters*: what the forward pass takes for the parameters; the way back has the right ones.
        """
        lines, right = lines_of(self.network), self.parameters
        given = network or self.network, parameters or right, paper or self.lines or lines
        known = (lines, self.tape) if network is None and parameters is None and self.lines is None else None
        return self.on(replace(on_lines(*given, self.noted, known), parameters=right))

    @property
    def network(self) -> Network:
        """What is computed."""
        return self.tape.network

    @property
    def parameters(self) -> Parameters:
        """What the epoch starts with."""
        return self.tape.parameters

    @np.errstate(all="ignore")  # where training diverged, infinities are shown, not an error
    def value(self, address: Address) -> Array:
        """What the step at *address* gives, in the shape of `core.steps.evaluate.Step.value`."""
        return self._value(address)

    def _value(self, address: Address) -> Array:
        value = self._plain(address)
        value = value if self.network.by_sheets else self.written(value)
        return value if self.alter is None else self.alter(self, address, value)

    def altered(self, change: Alteration) -> Self:
        """The same arithmetic, at last altered by *change*."""
        found = replace(self, alter=change)
        found._kept.update(self._kept)
        found._epoch.extend(self._epoch)
        return found

    def edited(self, lines: Description) -> Self:
        """The same arithmetic by *lines* of its network that compute something else, or ask something else."""
        is_same = lines.equations == (self.lines or self.network.lines).equations
        if not self.network.by_sheets:
            tape = self.tape if is_same else on_lines(self.network, self.parameters, lines, self.noted)
            return replace(self, tape=tape, lines=lines)
        return (self if is_same else self.rewritten(on_paper(self.network, lines)))._asking(lines)

    def _asking(self, lines: Description) -> Self:
        """What is read on the way back from the edges of *lines*, where these are others than they should be."""
        found, tape = dict[str, Any](), self.tape
        H, K = self.network.H, self.network.K
        for edge in _otherwise(lines, self.network.lines):
            if (edge.reader, edge.operand) == ("h", Ref("a", 0)):
                found["slopes"] = np.broadcast_to(flowing(edge, tape, np.ones(H)), self.slopes.shape)
            elif (edge.reader, edge.operand) == ("a", Ref("h", -1)):
                found["back"] = flowing(edge, tape, np.eye(H)) if edge.asks else np.zeros((H, H))
                found["sloped"] = edge.asks is None or any(ref == adjoint("a") for ref in references(edge.asks))
            elif edge.operand.offset is None and (times := counted_in(edge.asks)) is not None:
                counted = np.broadcast_to(value(times, partial(_read, tape)), self.network.T)
                found["counted"] = {**found.get("counted", {}), edge.operand.name: counted}
            elif (edge.reader, edge.operand) in (("a", Ref("W")), ("a", Ref("U"))):
                beside = flowing(edge, tape, np.eye(H)[0])[:, 0]
                found["states" if edge.operand.name == "W" else "inputs"] = beside
            elif (edge.reader, edge.operand) == ("L", Ref("Omega", 0)):
                found["asks"] = replace(self.asks, errors=self.written(flowing(edge, tape, np.eye(K)[0])))
            elif (edge.reader, edge.operand) == ("A", Ref("h", 0)):
                match edge.asks:
                    case Operation("/", (_, Number(by))):

                        def divided(*given: Array, by: float = by) -> Array:
                            return self.asks.of_scores(*given) / by

                        found["asks"] = replace(self.asks, of_scores=divided)
            elif (edge.reader, edge.operand) == ("alpha", Ref("A", 0)):

                def of_scores(alpha: Array, each: Array, _mean: Array, edge: Edge = edge) -> Array:
                    return flowing(edge, tape.with_rows(alpha=alpha), each)

                found["asks"] = replace(self.asks, of_scores=of_scores)
        return replace(self, **found)

    @np.errstate(all="ignore")
    def updated(self) -> Parameters:
        """The parameters of the next epoch."""
        names = self.network.parameter_shapes
        if self.alter is None and not self.given and self.rule.clip is None:
            return Parameters({name: self._moved(name, self.gradient(name)) for name in names})
        return Parameters({name: self._value(_whole(Phase.UPDATE, name)) for name in names})

    def gradient(self, name: str) -> Array:
        """∂L/∂name, before anything is altered."""
        if name not in self._kept:
            self._kept[name] = self._summed(name)
        return self._kept[name]

    def _summed(self, name: str) -> Array:
        if not self.network.by_sheets:
            return self._by_lines().gradients[name]
        counted = self.counted.get(name)
        if name in ("V", "c"):
            delta = self.asks.errors if counted is None else self.asks.errors * counted[:, None]
            return delta.T @ self._output_states() if name == "V" else np.add.reduce(delta, axis=0)
        if name == "E" and self.rule.embedding_row == "t":
            return self._by_loss_letter(counted)
        if "a" not in self._kept:
            self._kept["a"] = self.used()
        r = self._kept["a"]
        if counted is not None:
            r = r * counted[:, None]
        if name == "b":
            return np.asarray(np.add.reduce(r, axis=0))
        if name == "E":
            return self.network.one_hot_inputs.T @ (r @ self.U)
        return r.T @ (self.states if name == "W" else self.inputs)

    def term(self, name: str, t: int, m: int = 0, k: int = 0) -> Array:
        """One addend of ∂L/∂name, before anything is altered: (t, m, k), (t) for V and c; (k) for what a use adds."""
        if name in OUTPUTS:
            delta = self.asks.errors[t - 1]
            return np.outer(delta, self._output_states()[t - 1]) if name == "V" else np.asarray(delta)
        if not m:
            return self._of_use(name, t)
        return self._beside(name, self._reached(t, m, k), t, k)

    def carried(self, *losses: Rows) -> Array:
        """∂L/∂h_k of all losses together, T×H, or of several sets of *losses* at once, T×n×H."""
        asks, rule = self.asks, self.rule
        if rule.cuts(self.network.T):
            return self._within_reach(*losses)
        each = [asks.of_states_by(rule, rows) for rows in losses]
        G = self.written(np.stack(each, axis=1) if losses else asks.of_states(rule))
        at_h, after = np.zeros(G.shape), np.zeros(G.shape[1:])
        for j in range(len(G) - 1, -1, -1):
            at_h[j] = self.written(after + G[j])
            after = self._onward(at_h[j], j)
        return at_h

    def _within_reach(self, *losses: Rows) -> Array:
        """The same where the rule cuts the chains."""
        shape, asked = self.tape.read_out.shape, self.asks.from_afar(self.rule)
        own = np.zeros((shape[0], len(losses), 1))  # which loss is of which of the sets
        for place, rows in enumerate(losses):
            own[rows, place] = 1

        def asked_from(far: int) -> Array:
            found = self.written(asked(far))
            return np.asarray(found[:, None] * own[far:]) if losses else found

        whole = (shape[0], len(losses), shape[1]) if losses else shape
        return cut_chains(self.rule, whole, asked_from, lambda at_h: self._onward(at_h, ALL))

    def used(self, *losses: Rows) -> Array:
        """r_k summed over all chains, ∂L/∂a_k, of the same."""
        at_h = self.carried(*losses)
        return self.written(self._slopes_of(at_h.ndim) * at_h)

    def _onward(self, at_h: Array, j: int | slice) -> Array:
        """What ∂L/∂h asks of the state before."""
        slopes = self.slopes[j] if isinstance(j, int) else self._slopes_of(at_h.ndim)
        return self.written((self.written(slopes * at_h) if self.sloped else at_h) @ self.back)

    def _slopes_of(self, ndim: int) -> Array:
        return self.slopes if ndim == 2 else self.slopes[:, None]

    def written(self, value: Array) -> Array:
        """*value* as it is written down."""
        return value if self.places is None else np.round(value, self.places)

    @property
    def noted(self) -> Noted:
        """The same for what the lines of any other network than that of the sheets compute."""
        return as_computed if self.places is None else rounding(self.places)

    # -- inside ---------------------------------------------------------------------------------------------

    def _moved(self, name: str, slope: Array) -> Array:
        return self.parameters[name] - self.learning_rate * slope

    def _plain(self, address: Address) -> Array:
        name, indices = address.quantity, address.indices
        if address.phase is Phase.FORWARD:
            return self._forward(name, indices)
        if address.phase is Phase.CLIP:
            own = self.given.get(symbols.clipped(name))
            return self._clipped(name) if own is None else own
        if address.phase is Phase.UPDATE:
            own = self.given.get(f"{name}_new")
            slope = _whole(Phase.BACKWARD if self.rule.clip is None else Phase.CLIP, name)
            return self._moved(name, self._value(slope)) if own is None else own
        if not indices:
            own = self.given.get(f"dL/d{name}")
            return self.gradient(name) if own is None else own
        if not self.network.by_sheets:
            epoch = self._by_lines()
            if f"dL/d{name}" in symbols.ROWS:
                return np.asarray(by_lines(epoch).read(f"dL/d{name}", *indices)[: indices[0]])
            run, _ = epoch.gradients.way_back or (None, None)
            if isinstance(run, Alone) and len(indices) == 3 and name != "E" and not self.network.attention:
                return np.asarray(run.of_loss(name, indices[0], indices[2]), np.float64)  # of all slips at once
            return np.asarray(epoch.value(symbols.symbol(f"dL/d{name}", *indices)))
        return self._adjoint(name, *indices) if name in self.network.asked else self.term(name, *indices)

    def _clipped(self, name: str) -> Array:
        """What the clip leaves of a gradient; of ``norm`` the norm of all."""
        of_all = {each: self._value(_whole(Phase.BACKWARD, each)) for each in self.network.parameter_shapes}
        return left_by_clip(name, of_all, self.rule.clip)

    def knows(self, epoch: Epoch) -> None:
        """Take *epoch* for that by the lines, which it is."""
        self._epoch.append(epoch)

    def _by_lines(self) -> Epoch:
        """Of any other network than that of the sheets: its epoch, by its lines."""
        if not self._epoch:
            tape, V = self.tape, self.asks.V
            if V.size and V is not self.parameters["V"]:  # which nothing else on the way back reads
                tape = replace(tape, parameters=Parameters({**self.parameters, "V": V}))
            self._epoch.append(epoch_on(tape, self.rule, self.learning_rate, 1, self.lines, self.noted))
        return self._epoch[0]

    def _adjoint(self, name: str, t: int) -> Array:
        """∂L/∂name of timestep *t*; of A and alpha for every timestep up to it."""
        asks, rule = self.asks, self.rule
        if name in ("h", "a", "x"):
            found = (self.carried() if name == "h" else self.used())[t - 1]
            return self.written(found @ self.U) if name == "x" else np.asarray(found)
        if name == "Omega":
            return np.asarray(asks.errors[t - 1])
        v = self.written(asks.at_state(rule, [t - 1]))
        if name == "Z":
            return np.asarray(v[0])
        row = asks.of_alpha(v) if name == "alpha" else asks.of_attention(v, [t - 1])
        return self.written(row[0, :t])

    def _forward(self, name: str, indices: tuple[int, ...]) -> Array:
        tape, network = self.tape, self.network
        if not indices:
            return np.array(tape.total)
        row = indices[0] - 1
        is_held = any((each.name, each.t) == (name, indices[0]) for each in network.held)  # then its line makes another
        if is_held or (name == "letter" and not network.by_sheets):
            return evaluate(self._by_lines(), Address(Phase.FORWARD, name, indices), "timesteps").value
        if name == "letter":
            return np.stack([network.one_hot_inputs[row], network.one_hot_targets[row]])
        if name in ("A", "alpha"):
            found = tape["A"] if name == "A" else tape["alpha"]
            if found is None:
                raise KeyError(name)
            return np.asarray(found[row, indices[1] - 1] if name == "A" else found[row, : row + 1])
        return np.asarray(tape.read_out[row]) if name == "Z" else tape.at(name, indices[0])

    def _output_states(self) -> Array:
        """s_t, T×H: what stands beside δ_t in ∂L/∂V."""
        tape = self.asks.tape
        return tape.read_out if self.rule.output_state == "Z" else tape["h"][1:]

    def _reached(self, t: int, m: int, k: int) -> Array:
        """r_{t,m,k}, H."""
        after = self.asks.of_states_by(self.rule, [t - 1])[m - 1]
        if not self.rule.reaches(t, k):
            return np.zeros(after.shape)
        for j in range(m, k, -1):
            after = (self.slopes[j - 1] * after if self.sloped else after) @ self.back
        return np.asarray(self.slopes[k - 1] * after)

    def _beside(self, name: str, r: Array, t: int, k: int) -> Array:
        """The addend at (t, m, k) from r = r_{t,m,k}, in the parameter's shape."""
        if name == "b":
            return r
        if name == "E":
            term = np.zeros(self.network.parameter_shapes["E"])
            term[self.network.inputs[(t if self.rule.embedding_row == "t" else k) - 1]] = r @ self.U
            return term
        return np.outer(r, (self.states if name == "W" else self.inputs)[k - 1])

    def _of_use(self, name: str, k: int) -> Array:
        """What the use at timestep *k* adds to ∂L/∂name, over all losses."""
        if name == "E" and self.rule.embedding_row == "t":
            return self._by_loss_letter(None, slice(k - 1, k))
        return self.written(self._beside(name, self._adjoint("a", k), k, k))

    def _by_loss_letter(self, counted: Array | None, uses: slice = ALL) -> Array:
        """∂L/∂E where a term goes to the row of the letter of its loss, or what some *uses* add to it."""
        total, letters = np.zeros(self.network.parameter_shapes["E"]), self.network.input_indices
        read, kept = list(dict.fromkeys(self.network.inputs)), self.counted.get(BY_LOSS, np.ones(self.network.T))
        r = self.used(*(np.flatnonzero((letters == letter) & (kept > 0)) for letter in read))
        total[read] = np.add.reduce((r if counted is None else r * counted[:, None, None])[uses] @ self.U, axis=0)
        return total


def rounding(places: int) -> Noted:
    """Every value of a run put down with so many decimals."""
    return lambda _name, _t, computed: np.round(computed, places)


def flowing(edge: Edge, tape: Tape, asked: Array) -> Array:
    """What *edge* asks at every timestep where *asked* is asked of its reader; of a rows of it, beside each other."""

    def at(ref: Ref) -> Array:
        return asked if ref.name.startswith(ADJOINT) else _read(tape, ref)

    return np.zeros(asked.shape) if edge.asks is None else np.asarray(value(edge.asks, at))


def _read(tape: Tape, ref: Ref) -> Array:
    """What *ref* reads at every timestep; after the last that, before the first of what is no state nothing."""
    T = tape.network.T
    if ref.offset is None:
        return tape.parameters[ref.name]
    if ref.name.startswith(MARK):
        return np.array([float(is_marked(ref, t, T)) for t in range(1, T + 1)])
    if ref.name == "y":
        return tape.network.one_hot_targets
    rows, is_state = tape[ref.name], ref.name in tape.network.states
    if ref.offset == 0:
        return rows[1:] if is_state else rows
    rows = rows if is_state else np.concatenate([np.zeros((1, *rows.shape[1:])), rows])
    return np.asarray(rows[np.minimum(np.arange(1, T + 1) + int(ref.offset), T)])


@lru_cache
def _whole(phase: Phase, name: str) -> Address:
    return Address(phase, name)


@lru_cache(maxsize=512)
def _otherwise(lines: Description, right: Description) -> tuple[Edge, ...]:
    """The edges of *lines* that are not those of the *right* ones."""
    return tuple(edge for edge in lines.edges if edge not in right.edges)


def _read_of(tape: Tape) -> dict[str, Any]:
    """What the way back reads of *tape*."""
    if not tape.network.by_sheets:  # no slip is made in its arithmetic: its values come from its lines
        none = np.zeros((0, 0))
        V = tape.parameters.get("V", none)
        return {"asks": Asks(tape, none, V), "slopes": none, "back": none, "states": none, "inputs": none, "U": none}
    h, P = tape["h"], tape.parameters
    slopes = tape.slopes(1, len(h) - 1)
    return {"asks": Asks.of(tape), "slopes": slopes, "back": P["W"], "states": h[:-1], "inputs": tape["x"], "U": P["U"]}
