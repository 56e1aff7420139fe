"""A worksheet done by plain loops, line by line, with numbers of one's own in it or rounded on the way."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np

from core.answers.lines import OwnLine, read_lines
from core.answers.worksheet import explanation, judge
from core.epoch.training import Training
from core.network.symbols import symbol
from tests.oracles import dot, softmax, times, values

SLOPES = ("V", "c", "W", "U", "b", "E")
COMPARED = 6  # digits that programs in single precision have
STANDS = ("right", "one unit off", "too coarse", "follows")

# -- the worksheet -------------------------------------------------------------------------------------------


def as_it_is(value):
    return value


class Sheet:
    """Every line of one epoch, by symbol and in the order of the program, computed from the lines above it.

    *own*: numbers that are written in the place of the computed ones. *note*: what becomes of a number as it is
    written down.
    """

    h: list[Any]
    x: list[Any]
    A: list[Any]
    alpha: list[Any]
    Z: list[Any]
    delta: list[Any]

    def __init__(self, network, P, rule, eta, own=None, note=as_it_is):
        self.network, self.P, self.rule = network, P, rule
        self.own, self.note = own or {}, note
        self.lines: dict[str, np.ndarray] = {}
        self.parts: dict[str, np.ndarray] = {}
        self.slopes = [name for name in SLOPES if name in P]
        eye = np.eye(network.K)
        self.h, self.x, self.A, self.alpha, self.Z, self.delta = (
            [np.zeros(network.H)],
            [None],
            [None],
            [None],
            [None],
            [None],
        )
        for t in range(1, network.T + 1):
            self.timestep(t, eye[network.inputs[t - 1]], eye[network.targets[t - 1]])
        self.put(sum(self.lines[f"L[{t}]"] for t in range(1, network.T + 1)), "L")
        for t in range(1, network.T + 1):
            self.delta[t] = self.put(self.delta[t], "dL/dOmega", t)
        for name, total in self.sums().items():
            self.put(total, f"dL/d{name}")
        for name in self.slopes:
            self.put(P[name] - eta * self.lines[f"dL/d{name}"], f"{name}_new")

    def put(self, value, name, *indices):
        each = symbol(name, *indices)
        self.lines[each] = np.array(self.own[each] if each in self.own else self.note(value), dtype=float)
        return self.lines[each]

    def part(self, value, name, *indices):
        """A part of a step, which is no line of the program."""
        each = symbol(name, *indices)
        self.parts[each] = np.array(self.own.get(each, value), dtype=float)
        return self.parts[each]

    def slope(self, k):
        return self.part(1 - self.h[k] ** 2, "D", k)

    def wish(self, t, m, v):
        """How much loss t would fall with more attention to h_m."""
        return self.part(dot(self.h[m] - self.Z[t], v), "s", t, m)

    def timestep(self, t, letter, wanted):
        P, h = self.P, self.h
        self.x.append(self.put(letter if self.network.embedding_size is None else times(P["E"].T, letter), "x", t))
        a = self.put(times(P["U"], self.x[t]) + times(P["W"], h[t - 1]) + P["b"], "a", t)
        h.append(self.put([np.tanh(number) for number in a], "h", t))
        self.Z.append(h[t])
        if self.network.attention:
            up_to = range(1, t + 1)
            A = [self.put(dot(h[i], h[t]), "A", t, i) for i in up_to]
            alpha = [self.put(weight, "alpha", t, i) for i, weight in zip(up_to, softmax(A), strict=True)]
            self.A.append([None, *A])
            self.alpha.append([None, *alpha])
            self.Z[t] = self.put(sum(alpha[i - 1] * h[i] for i in up_to), "Z", t)
        Omega = self.put(times(P["V"], self.Z[t]) + P["c"], "Omega", t)
        yhat = self.put(softmax(list(Omega)), "yhat", t)
        self.put(-np.log(dot(yhat, wanted)), "L", t)
        self.delta.append(yhat - wanted)

    def asked(self, t, m, v):
        if not self.network.attention:
            return v
        alpha, h, g = self.alpha[t], self.h, np.zeros(self.network.H)
        if "value" in self.rule.paths:
            g += (alpha if self.rule.weight == "softmax" else self.A[t])[m] * v
        if "key" in self.rule.paths:
            g += alpha[m] * self.wish(t, m, v) * h[t]
        if "query" in self.rule.paths and m == t:
            g += sum(alpha[i] * self.wish(t, i, v) * h[i] for i in range(1, t + 1))
        return g

    def sums(self):
        total = {name: np.zeros(self.P[name].shape) for name in self.slopes}
        for t in range(1, self.network.T + 1):
            total["V"] += np.outer(self.delta[t], (self.Z if self.rule.output_state == "Z" else self.h)[t])
            total["c"] += self.delta[t]
            v = self.part(self.rule.sign * times(self.P["V"].T, self.delta[t]), "v", t)
            for m in range(1, t + 1) if self.network.attention else (t,):
                r = self.part(self.asked(t, m, v), "g", t, m)
                for k in range(m, 0, -1):
                    r = (r if k == m else times(self.P["W"].T, r)) * self.slope(k)
                    total["W"] += np.outer(r, self.h[k - 1])
                    total["U"] += np.outer(r, self.x[k])
                    total["b"] += r
                    if "E" in self.P:
                        row = self.network.inputs[(t if self.rule.embedding_row == "t" else k) - 1]
                        total["E"][row] += times(self.P["U"].T, r)
        return total


class ByTimestep(Sheet):
    """The same, going back as code does: dh, dhraw and dhnext of every timestep, from the last to the first."""

    def sums(self):
        total = {name: np.zeros(self.P[name].shape) for name in self.slopes}
        T, P = self.network.T, self.P
        asked = [np.zeros(self.network.H) for _ in range(T + 1)]
        for t in range(T, 0, -1):
            total["V"] += np.outer(self.delta[t], (self.Z if self.rule.output_state == "Z" else self.h)[t])
            total["c"] += self.delta[t]
            v = self.rule.sign * times(P["V"].T, self.delta[t])
            if self.network.attention:
                self.through_attention(t, v, asked)
            else:
                asked[t] = v
        dhnext = np.zeros(self.network.H)
        for t in range(T, 0, -1):
            dh = self.put(asked[t] + dhnext, "dL/dh", t)
            dhraw = self.put((1 - self.h[t] ** 2) * dh, "dL/da", t)
            dhnext = self.put(times(P["W"].T, dhraw), "dhnext", t)
            total["W"] += np.outer(dhraw, self.h[t - 1])
            total["U"] += np.outer(dhraw, self.x[t])
            total["b"] += dhraw
            if "E" in P:
                total["E"][self.network.inputs[t - 1]] += self.put(times(P["U"].T, dhraw), "dL/dx", t)
        return total

    def through_attention(self, t, v, asked):
        up_to, h, alpha = range(1, t + 1), self.h, self.alpha[t]
        v = self.put(v, "dL/dZ", t)
        by_weight = [self.put(dot(h[i], v), "dL/dalpha", t, i) for i in up_to]
        mean = sum(alpha[i] * by_weight[i - 1] for i in up_to)
        by_score = [self.put(alpha[i] * (by_weight[i - 1] - mean), "dL/dA", t, i) for i in up_to]
        for m in up_to:
            if "value" in self.rule.paths:
                asked[m] = asked[m] + (alpha if self.rule.weight == "softmax" else self.A[t])[m] * v
            if "key" in self.rule.paths:
                asked[m] = asked[m] + by_score[m - 1] * h[t]
        if "query" in self.rule.paths:
            asked[t] = asked[t] + sum(by_score[i - 1] * h[i] for i in up_to)


class Learner:
    """Someone who does an epoch of a training on paper, and has it judged.

    *searched*: the kinds of lines of which one was searched for what explains it.
    """

    def __init__(self, network, parameters, rule, eta, epoch=1, sheet=Sheet):
        self.network, self.rule, self.eta, self.epoch = network, rule, eta, epoch
        self.sheet = sheet
        self.training, self.searched = Training(network, parameters, rule, eta), set[str]()
        self.P = values(parameters)
        for _ in range(1, epoch):
            lines = Sheet(network, self.P, rule, eta).lines
            self.P = {name: lines[f"{name}_new"] for name in self.P}
        self.right = self.lines()

    def lines(self, own=None, note=as_it_is):
        return self.sheet(self.network, self.P, self.rule, self.eta, own, note).lines

    def parts(self):
        return Sheet(self.network, self.P, self.rule, self.eta).parts

    def judged(self, text):
        read = read_lines(text, self.network, self.epoch)
        lines = [line for line in read if isinstance(line, OwnLine)]
        assert len(lines) == len(read), read
        return judge(self.training, lines)

    def explained(self, found, stated=None):
        return explanation(self.training, found, stated)

    def expected(self, written, decimals):
        """The verdict on a number that is not wrong by itself."""
        found = {}
        for name, value in written.items():
            pairs = zip(np.ravel(self.right[name]), np.ravel(value), strict=True)
            found[name] = max((stands(float(true), f"{own:.{decimals}f}") for true, own in pairs), key=STANDS.index)
        return found


@lru_cache(maxsize=20_000)  # most lines of a sheet with another wrong number in it are what they were
def stands(value, text):
    """How a finite number as written stands to a double, by exact fractions."""
    digits, places = int(text.replace(".", "")), len(text.partition(".")[2])
    exact = Fraction(value) * 10**places
    off, known = abs(digits - exact), len(str(abs(digits)))
    if value == 0 or digits * value < 0:
        return "follows" if digits else "right"
    if digits == 0 or (known == 1 and off > Fraction(1, 2)):
        return "too coarse" if off <= Fraction(3, 2) else "follows"
    if off > Fraction(3, 2):
        off /= 10 ** max(known - COMPARED, 0)
    return "right" if off <= Fraction(1, 2) else "one unit off" if off <= Fraction(3, 2) else "follows"


def printed(lines, decimals):
    return "\n".join(f"{name} = {numbers(value, decimals)}" for name, value in lines.items())


def numbers(value, decimals):
    value = np.asarray(value)
    return f"{value:.{decimals}f}" if value.ndim == 0 else f"[{', '.join(numbers(part, decimals) for part in value)}]"


def verdicts(judged):
    return {found.line.symbol: found.verdict for found in judged}


def wrong_number(value, draw, decimals, name):
    """*value* with one entry wrong by far; a probability stays one."""
    wrong = np.array(np.round(value, decimals))
    entry = tuple(draw.randrange(size) for size in wrong.shape)
    if name in ("alpha", "yhat", "L"):
        wrong[entry] = round(float(wrong[entry]) * draw.uniform(0.6, 0.8), decimals)
    else:
        wrong[entry] = round(float(wrong[entry]) + draw.choice((-1, 1)) * draw.uniform(0.02, 0.2), decimals)
    return wrong
