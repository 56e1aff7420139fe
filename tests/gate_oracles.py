"""What slips make of gated cells, by plain loops from the mathematics: an LSTM, and a GRU as PyTorch has it.

Each of the loops goes forward and back once, through small functions that a slip puts others in the place of. Both are
judged by half of a squared error of the state, at every timestep.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from tests.cells import sigma


def relu(a):
    return np.maximum(a, 0.0)


SLOPES = {
    np.tanh: lambda value, _a: 1 - value**2,
    sigma: lambda value, _a: value * (1 - value),
    relu: lambda value, _a: np.where(value > 0, 1.0, 0.0),
}


def as_it_is(a):
    return a


class Loops:
    """An epoch of a gated cell on parameters *P*, *xs* read and *ys* wanted."""

    gates: str
    right: dict[str, Callable[..., np.ndarray]]  # the function of each gate

    def __init__(self, P, xs, ys):
        self.P, self.xs, self.ys = {name: np.array(value) for name, value in P.items()}, xs, ys
        self.act = dict(self.right)
        self.slope = {g: SLOPES[function] for g, function in self.right.items()}
        self.name = {g: g for g in self.gates}  # whose parameters a gate has
        self.error = lambda h, y: h - y
        self.judged = lambda _before, now: now
        self.turned = dict.fromkeys(self.gates, as_it_is)  # of W, forwards
        self.back = lambda W, da: W.T @ da
        self.beside = lambda h, t: h[t - 1]
        self.input = lambda t: xs[t - 1]
        self.going = lambda da, _dv: da  # what goes back through W of what is asked
        self.slope_at = lambda t: t  # whose slope of tanh
        self.counts = lambda _name, _t: 1.0
        self.of_loss = lambda _t: 1.0
        self.carried = dict.fromkeys(self.gates, 1.0)  # what is asked of h through each gate
        self.bias = dict.fromkeys([name for name in P if name[0] == "b"], 1.0)
        self.memory = dict.fromkeys(self.gates, 1.0)
        self.values: dict[str, np.ndarray] = {}

    def run(self) -> dict[str, np.ndarray]:
        """The values of all steps, by symbol."""
        raise NotImplementedError

    def W(self, g):
        return self.P[f"W_{self.name[g]}"]

    def read(self, g, x):
        return self.P[f"U_{self.name[g]}"] @ x + self.bias[f"b_{self.name[g]}"] * self.P[f"b_{self.name[g]}"]

    def add(self, t, name, term):
        self.values[f"dL/d{name}"] = self.values.get(f"dL/d{name}", 0.0) + self.counts(name, t) * term

    def sloped(self, t, dv, v, a):
        """What is asked of what stands in the function of each gate."""
        at = {g: self.slope_at(t) if self.right[g] is np.tanh else t for g in dv}
        return {g: dv[g] * self.slope[g](v[at[g]][g], a[at[g]][g]) for g in dv}

    def put(self, t, **values):
        for name, value in values.items():
            self.values[f"{name}[{t}]"] = value

    def asked(self, t, **values):
        for name, value in values.items():
            self.values[f"dL/d{name}[{t}]"] = value


class Lstm(Loops):
    gates, right = "ifoq", {"i": sigma, "f": sigma, "o": sigma, "q": np.tanh}

    def __init__(self, P, xs, ys):
        super().__init__(P, xs, ys)
        self.before = lambda h, _C: h  # what the gates read of the timestep before
        self.carry = lambda v, C, _h: v["f"] * C + v["i"] * v["q"]
        self.squash, self.slope_of_C = np.tanh, lambda tanh, _C: 1 - tanh**2
        self.out = lambda v, C, _before: v["o"] * self.squash(C)
        self.of_h = lambda v, dh, tanh, C: dh * v["o"] * self.slope_of_C(tanh, C)
        self.of_o = lambda dh, tanh: dh * tanh
        self.of_f = lambda dC, before, _now: dC * before
        self.of_i = lambda dC, v: dC * v["q"]
        self.of_q = lambda dC, v: dC * v["i"]
        self.of_C = lambda dC, v: dC * v["f"]

    def run(self):
        H, T = len(self.P["b_i"]), len(self.xs)
        nothing = dict.fromkeys(self.gates, np.zeros(H))
        h, C, v, a = {0: np.zeros(H)}, {0: np.zeros(H)}, {0: nothing}, {0: nothing}
        for t, x in enumerate(self.xs, 1):
            read = self.before(h[t - 1], C[t - 1])
            a[t] = {g: self.read(g, x) + self.memory[g] * (self.turned[g](self.W(g)) @ read) for g in self.gates}
            v[t] = {g: self.act[g](a[t][g]) for g in self.gates}
            C[t] = self.carry(v[t], C[t - 1], h[t - 1])
            h[t] = self.out(v[t], C[t], C[t - 1])
            self.put(t, **v[t], C=C[t], h=h[t], yhat=self.judged(h[t - 1], h[t]))
        dh, dC = np.zeros(H), np.zeros(H)
        for t in range(T, 0, -1):
            tanh = self.squash(C[t])
            s = self.slope_at(t)
            dh = dh + self.of_loss(t) * self.error(self.judged(h[t - 1], h[t]), self.ys[t - 1])
            dC = dC + self.of_h(v[t], dh, self.squash(C[s]), C[s])
            dv = {"o": self.of_o(dh, tanh), "f": self.of_f(dC, C[t - 1], C[t]), "i": self.of_i(dC, v[t])}
            dv["q"] = self.of_q(dC, v[t])
            self.asked(t, h=dh, C=dC, **dv)
            da = self.sloped(t, dv, v, a)
            for g in self.gates:
                self.add(t, f"U_{self.name[g]}", np.outer(da[g], self.input(t)))
                self.add(t, f"W_{self.name[g]}", np.outer(da[g], self.beside(h, t)))
                self.add(t, f"b_{self.name[g]}", da[g])
            dh = sum(self.carried[g] * self.back(self.W(g), self.going(da[g], dv[g])) for g in self.gates)
            dC = self.of_C(dC, v[t])
        return self.values


class Gru(Loops):
    gates, right = "rzn", {"r": sigma, "z": sigma, "n": np.tanh}

    def __init__(self, P, xs, ys):
        super().__init__(P, xs, ys)
        self.within = lambda r, W, h, b: r * (W @ h + b)
        self.mixed = lambda v, h: (1 - v["z"]) * v["n"] + v["z"] * h
        self.of_n = lambda dh, v: dh * (1 - v["z"])
        self.of_z = (self.minus, self.own)
        self.of_h = lambda dh, v: dh * v["z"]
        self.of_r = lambda da, W, before, _now, b: da * (W @ before + b)
        self.through_r = lambda da, r: da * r

    @staticmethod
    def minus(dh, v, _before, _now):
        return -dh * v["n"]

    @staticmethod
    def own(dh, _v, before, _now):
        return dh * before

    def run(self):
        P, H, T = self.P, len(self.P["b_r"]), len(self.xs)
        nothing = dict.fromkeys(self.gates, np.zeros(H))
        h, v, a = {0: np.zeros(H)}, {0: nothing}, {0: nothing}
        for t, x in enumerate(self.xs, 1):
            a[t] = {g: self.read(g, x) + self.memory[g] * (self.turned[g](self.W(g)) @ h[t - 1]) for g in "rz"}
            v[t] = {g: self.act[g](a[t][g]) for g in "rz"}
            W, b = self.turned["n"](P["W_n"]), self.bias["b_hn"] * P["b_hn"]
            a[t]["n"] = self.read("n", x) + self.within(v[t]["r"], self.memory["n"] * W, h[t - 1], b)
            v[t]["n"] = self.act["n"](a[t]["n"])
            h[t] = self.mixed(v[t], h[t - 1])
            self.put(t, **v[t], h=h[t], yhat=self.judged(h[t - 1], h[t]))
        dh = np.zeros(H)
        for t in range(T, 0, -1):
            dh = dh + self.of_loss(t) * self.error(self.judged(h[t - 1], h[t]), self.ys[t - 1])
            dv = {"n": self.of_n(dh, v[t]), "z": sum(of(dh, v[t], h[t - 1], h[t]) for of in self.of_z)}
            da = self.sloped(t, dv, v, a)
            dv["r"] = self.of_r(da["n"], P["W_n"], h[t - 1], h[t], P["b_hn"])
            da |= self.sloped(t, {"r": dv["r"]}, v, a)
            self.asked(t, h=dh, **dv)
            state = self.beside(h, t)
            through = da["n"] * v[t]["r"]
            for g in self.gates:
                self.add(t, f"U_{self.name[g]}", np.outer(da[g], self.input(t)))
                self.add(t, f"b_{self.name[g]}", da[g])
                self.add(t, f"W_{self.name[g]}", np.outer(through if g == "n" else da[g], state))
            self.add(t, "b_hn", through)
            dh = self.carried.get("h", 1.0) * self.of_h(dh, v[t])
            for g in "rz":
                dh = dh + self.carried[g] * self.back(self.W(g), self.going(da[g], dv[g]))
            going = self.going(da["n"], dv["n"])
            dh = dh + self.carried["n"] * self.back(P["W_n"], self.through_r(going, v[t]["r"]))
        return self.values


@dataclass(frozen=True)
class Told:
    """A slip of the table by its *name*, made in one way; *words*: what is said of that way alone."""

    name: str
    words: str
    make: Callable[[Loops], None]


def put(**others):
    """The slip by which these functions of the loops are others."""
    return lambda loops: loops.__dict__.update(others)


def at(attribute, *places):
    """The slip by which *places* (names and what stands there) of an attribute are others."""

    def make(loops):
        for name, other in places:
            getattr(loops, attribute)[name] = other

    return make


def of_length(slip):
    """The slip that *slip* says of so many timesteps."""
    return lambda loops: slip(len(loops.xs))(loops)


def both(*slips):
    def make(loops):
        for slip in slips:
            slip(loops)

    return make


TIMESTEPS = (1, 2, 3)  # of the exercise


def of_both(right: dict[str, Callable[..., np.ndarray]]) -> Iterator[Told]:
    """What an LSTM and a GRU have alike."""
    for g, function in right.items():
        own, line = "tanh" if function is np.tanh else "sigmoid", f"line of {g}"
        yield Told(f"no {own}", line, at("act", (g, as_it_is)))
        others = {"sigmoid": sigma, "ReLU": relu} if own == "tanh" else {"tanh": np.tanh}
        for name, other in others.items():
            yield Told(f"{name} for {own}", f"{line}, on the way back with the slope of", at("act", (g, other)))
            consistently = both(at("act", (g, other)), at("slope", (g, SLOPES[other])))
            yield Told(f"{name} for {own}", f"{line}, on the way back with its own", consistently)
        yield Told("Wᵀ for W", f"W_{g}ᵀ", at("turned", (g, np.transpose)))
        yield Told("b left out", f"b_{g} ", at("bias", (f"b_{g}", 0.0)))
        yield Told("b counted twice", f"b_{g} ", at("bias", (f"b_{g}", 2.0)))
        yield Told("no memory", f"W_{g} hₜ₋₁", at("memory", (g, 0.0)))
    yield Told("W for Wᵀ", "", put(back=lambda W, da: W @ da))
    yield Told("W left out of the chain", "", put(back=lambda _W, da: da))
    yield Told("hₖ for hₖ₋₁", "", put(beside=lambda h, t: h[t]))
    yield Told("hₖ₊₁ for hₖ₋₁", "", put(beside=lambda h, t: h[min(t + 1, len(h) - 1)]))
    yield Told("the last state everywhere", "", put(beside=lambda h, _t: h[len(h) - 1]))
    for k in TIMESTEPS:
        yield Told("hₖ for hₖ₋₁ at one timestep", f"k = {k} ", put(beside=lambda h, t, k=k: h[t if t == k else t - 1]))
    yield Told("xₖ₋₁ for xₖ", "", lambda each: put(input=lambda t: each.xs[t - 2] if t > 1 else 0 * each.xs[0])(each))
    yield Told("the slope only at k", "", put(going=lambda _da, dv: dv))
    yield Told("the slope one timestep later", "", of_length(lambda T: put(slope_at=lambda t: min(t + 1, T))))
    yield Told("the slope one timestep before", "", put(slope_at=lambda t: t - 1))
    yield Told("the last term missing", "", of_length(lambda T: put(counts=lambda _name, t: t < T)))
    yield Told("overwritten, term by term", "", of_length(lambda T: put(counts=lambda _name, t: t == T)))
    yield Told("overwritten in a reversed loop", "", put(counts=lambda _name, t: t == 1))
    yield Told("b not counted at t = 1", "", put(counts=lambda name, t: name[0] != "b" or t > 1))
    yield Told("overwritten, loss by loss", "", of_length(lambda T: put(of_loss=lambda t: t == T)))
    yield Told("the state before", "ŷ reads hₜ₋₁", put(judged=lambda before, _now: before))
    yield Told("the sign of the error", "", put(error=lambda h, y: y - h))
    yield Told("2(ŷ − y)", "", put(error=lambda h, y: 2 * (h - y)))
    yield Told("the slope of a sigmoid at the output", "", put(error=lambda h, y: (h - y) * h * (1 - h)))
    sigmoids = [g for g, function in right.items() if function is sigma]
    wrong = {
        "no sigmoid′": lambda _s, _a: 1.0,
        "the slope of tanh for a sigmoid’s": lambda s, _a: 1 - s**2,
        "the sigmoid twice in the slope": lambda s, _a: sigma(s) * (1 - sigma(s)),
        "s for the slope": lambda s, _a: s,
        "1 − s for the slope": lambda s, _a: 1 - s,
    }
    for name, slope in wrong.items():
        yield Told(name, "", at("slope", *((g, slope) for g in sigmoids)))
    for name in ("no sigmoid′", "the slope of tanh for a sigmoid’s"):
        for g in sigmoids:
            yield Told(name, f"line of {g}", at("slope", (g, wrong[name])))


TANHS = {
    "no tanh′": lambda h, _a: np.ones(h.shape),
    "tanh′ of a as 1 − a²": lambda _h, a: 1 - a**2,
    "tanh twice in the slope": lambda h, _a: 1 - np.tanh(h) ** 2,
    "divided by the slope": lambda h, _a: 1 / (1 - h**2),
    "h for the slope": lambda h, _a: h,
    "1 − h for the slope": lambda h, _a: 1 - h,
    "the slope of a sigmoid": lambda h, _a: h * (1 - h),
    "1 + h² for the slope": lambda h, _a: 1 + h**2,
    "−2h for the slope": lambda h, _a: -2 * h,
    "the slope of ReLU": lambda h, _a: np.where(h > 0, 1.0, 0.0),
}


def exchanged(one, other):
    return at("name", (one, other), (other, one))


def of_lstm() -> Iterator[Told]:
    yield from of_both(Lstm.right)
    for name, slope in TANHS.items():
        yield Told(name, "", both(at("slope", ("q", slope)), put(slope_of_C=slope)))
    yield Told("no tanh′", "line of q", at("slope", ("q", TANHS["no tanh′"])))
    yield Told("no tanh′", "line of h", put(slope_of_C=TANHS["no tanh′"]))
    # forwards tanh(C) otherwise, with ∂L/∂o as the right lines ask it: tanh(C) of what C has become
    yield Told("no tanh", "line of h", put(out=lambda v, C, _before: v["o"] * C))
    for other, function in (("sigmoid", sigma), ("ReLU", relu)):
        words = "line of h, on the way back with "
        forwards = put(out=lambda v, C, _b, function=function: v["o"] * function(C))
        yield Told(f"{other} for tanh", f"{words}the slope", forwards)
        yield Told(f"{other} for tanh", f"{words}its own", put(squash=function, slope_of_C=SLOPES[function]))
    yield Told("no memory", "f Cₜ₋₁", put(carry=lambda v, _C, _h: v["i"] * v["q"]))
    yield Told("a gate left out", "f is left out of the line of C", put(carry=lambda v, C, _h: C + v["i"] * v["q"]))
    yield Told("a gate left out", "i is left out", put(carry=lambda v, C, _h: v["f"] * C + v["q"]))
    yield Told("a gate left out", "q is left out", put(carry=lambda v, C, _h: v["f"] * C + v["i"]))
    yield Told("a gate left out", "o is left out", put(out=lambda _v, C, _before: np.tanh(C)))
    yield Told("gates swapped", "C, f and i", put(carry=lambda v, C, _h: v["i"] * C + v["f"] * v["q"]))
    for one, other in ("if", "io", "iq", "fo", "fq", "oq"):
        yield Told("the order of the gates", f"{one} and {other}", exchanged(one, other))
    yield Told("another state", "Cₜ₋₁ stands for hₜ₋₁ beside every matrix", put(before=lambda _h, C: C))
    yield Told("another state", "hₜ₋₁ stands for Cₜ₋₁", put(carry=lambda v, _C, h: v["f"] * h + v["i"] * v["q"]))
    yield Told("the state before", "reads Cₜ₋₁", put(out=lambda v, _C, before: v["o"] * np.tanh(before)))
    yield Told("a way back left out", "the line of C at the next timestep asks of C", put(of_C=lambda dC, _v: 0 * dC))
    for g in "ifoq":
        yield Told("a way back left out", f"the line of {g} at the next timestep asks of h", at("carried", (g, 0.0)))
    nothing = at("carried", *((g, 0.0) for g in "ifoq"))
    yield Told("a state not carried back", "asks of h", nothing)
    yield Told("only k = m", "", both(nothing, put(of_C=lambda dC, _v: 0 * dC)))
    factor = "a factor left out on the way back"
    yield Told(factor, "Cₜ₋₁ is left out of what the line of C asks of f", put(of_f=lambda dC, _before, _now: dC))
    yield Told(factor, "f is left out of what the line of C asks of Cₜ₋₁", put(of_C=lambda dC, _v: dC))
    yield Told(factor, "q is left out of what the line of C asks of i", put(of_i=lambda dC, _v: dC))
    yield Told(factor, "i is left out of what the line of C asks of q", put(of_q=lambda dC, _v: dC))
    yield Told(factor, "tanh(C) is left out of what the line of h asks of o", put(of_o=lambda dh, _tanh: dh))
    without_o = put(of_h=lambda _v, dh, tanh, _C: dh * (1 - tanh**2))
    yield Told(factor, "o is left out of what the line of h asks of C", without_o)
    later = put(of_f=lambda dC, _before, now: dC * now)
    yield Told("a state one timestep later on the way back", "Cₜ₋₁", later)


def of_gru() -> Iterator[Told]:
    yield from of_both(Gru.right)
    for name, slope in TANHS.items():
        yield Told(name, "", at("slope", ("n", slope)))
    yield Told("b left out", "b_hn", at("bias", ("b_hn", 0.0)))
    yield Told("b counted twice", "b_hn", at("bias", ("b_hn", 2.0)))
    yield Told("no memory", "r (W_n hₜ₋₁ + b_hn)", put(within=lambda _r, _W, h, _b: 0 * h))
    yield Told("no memory", "z hₜ₋₁", put(mixed=lambda v, _h: (1 - v["z"]) * v["n"]))
    yield Told("a gate left out", "r is left out", put(within=lambda _r, W, h, b: W @ h + b))
    yield Told("a gate left out", "n is left out", put(mixed=lambda v, h: (1 - v["z"]) + v["z"] * h))
    yield Told("a gate left out", "1 − z is left out", put(mixed=lambda v, h: v["n"] + v["z"] * h))
    yield Told("a gate left out", "z is left out", put(mixed=lambda v, h: (1 - v["z"]) * v["n"] + h))
    yield Told("gates swapped", "1 − z and z", put(mixed=lambda v, h: v["z"] * v["n"] + (1 - v["z"]) * h))
    yield Told("the order of the gates", "r and z", exchanged("r", "z"))
    inside = "the gate inside or outside"
    yield Told(inside, "stands W_n (r hₜ₋₁) + b_hn", put(within=lambda r, W, h, b: W @ (r * h) + b))
    yield Told(inside, "stands r (W_n hₜ₋₁) + b_hn", put(within=lambda r, W, h, b: r * (W @ h) + b))
    minus, own = Gru.minus, Gru.own
    yield Told("a way back left out", "the line of h asks of z", put(of_z=(own,)))
    yield Told("a way back left out", "the line of h asks of z", put(of_z=(minus,)))
    for g in "rznh":
        yield Told("a way back left out", f"the line of {g} at the next timestep asks of h", at("carried", (g, 0.0)))
    yield Told("only k = m", "", at("carried", *((g, 0.0) for g in "rznh")))
    factor = "a factor left out on the way back"
    yield Told(factor, "n is left out of what the line of h asks of z", put(of_z=(lambda dh, *_: -dh, own)))
    yield Told(factor, "hₜ₋₁ is left out of what the line of h asks of z", put(of_z=(minus, lambda dh, *_: dh)))
    yield Told(factor, "1 − z is left out of what the line of h asks of n", put(of_n=lambda dh, _v: dh))
    yield Told(factor, "z is left out of what the line of h asks of hₜ₋₁", put(of_h=lambda dh, _v: dh))
    yield Told(factor, "r is left out of what the line of n asks of hₜ₋₁", put(through_r=lambda da, _r: da))
    later = put(of_z=(minus, lambda dh, _v, _before, now: dh * now), of_r=lambda da, W, _h, now, b: da * (W @ now + b))
    yield Told("a state one timestep later on the way back", "hₜ₋₁", later)


TABLES = {"lstm": (Lstm, [*of_lstm()]), "gru": (Gru, [*of_gru()])}
