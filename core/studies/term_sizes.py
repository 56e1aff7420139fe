"""How large the terms of a gradient are: for every loss t and use k, and for every loss t and hidden state m.

The size of a term is its Frobenius norm. All chains of one loss go back together, one matrix product a timestep. A
chain that has faded is followed no further, by a bound that holds whatever W does to it later.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from core.epoch.backward import asked_by
from core.epoch.chains import chains_by_state
from core.epoch.epoch import Epoch
from core.network.arrays import Array
from core.studies.contributions import Grouping

NEGLIGIBLE = 1e-12  # of the largest size of a loss: no size of that loss leaves out more
_SPAN = 32  # timesteps whose product is bounded as a whole: W may stretch once what it shrinks in the long run

_ONE_THREAD = 2**18  # multiplications that OpenBLAS does not share among threads


class TermSizes:
    """The sizes of the terms of ∂L/∂name in *epoch*, computed little by little, loss after loss.

    *sizes*: T×T, row t - 1, column k - 1: Σ_m |term (t, m, k)|. *by_state*: T×T, row t - 1, column m - 1:
    Σ_k |term (t, m, k)|. Both nan where not known yet, and where there is no term. *rows_done*: how many losses
    are known. *largest*: T, of each row of *sizes*, 0 where it is not known.
    """

    def __init__(self, epoch: Epoch, name: str, negligible: float = NEGLIGIBLE) -> None:
        T = epoch.network.T
        self.sizes: Array = np.full((T, T), np.nan)
        self.by_state: Array = np.full((T, T), np.nan)
        self.largest: Array = np.zeros(T)
        self.rows_done = 0
        self.epoch, self.name, self.negligible = epoch, name, negligible
        if epoch.network.by_arrays:
            self._slopes = epoch.tape.slopes(0, T)
            self._beside = _beside(epoch, name)
        self._growth = np.zeros(T + 1)
        self._work = self._rows()

    def run(self, seconds: float = float("inf")) -> bool:
        """Compute for so many *seconds*, or to the end; whether all is known."""
        end = time.perf_counter() + seconds
        with np.errstate(all="ignore"):  # where training diverged, sizes are infinite
            return all(time.perf_counter() < end for _ in self._work)

    def added_up(self, by: Grouping, rows: int) -> Array:
        """The sizes of the terms of the first *rows* losses, added up by an index: *rows* sums."""
        parts = (self.by_state if by == "m" else self.sizes)[:rows, :rows]
        return np.asarray(np.nansum(parts, axis=1 if by == "t" else 0))

    def _rows(self) -> Iterator[None]:
        """One loss after the other, with a pause after every timestep."""
        for t in range(1, len(self.sizes) + 1):
            self.rows_done = t - 1
            if self.epoch.network.by_arrays:
                yield from self._bound_growth(t)
            if not self.epoch.network.has_target(t):
                continue
            row, by_state = np.zeros(t), np.zeros(t)
            yield from self._row(t, row, by_state)
            self.sizes[t - 1, :t], self.by_state[t - 1, :t] = row, by_state
            self.largest[t - 1] = np.max(row)
        self.rows_done = len(self.sizes)

    def _row(self, t: int, row: Array, by_state: Array) -> Iterator[None]:
        """All chains of loss *t*, from j = t down to 1: into *row* by k, into *by_state* by m."""
        tape = self.epoch.tape
        if not self.epoch.network.by_arrays:
            for k, asked, run in chains_by_state(self.epoch, t):
                terms = np.asarray(run.asked("x" if self.name == "E" else self.name, 1), np.float64)
                sizes = _norms(terms.reshape(len(asked), -1))
                row[k - 1] = np.add.reduce(sizes)
                by_state[t - len(sizes) :] += sizes
                yield
            return
        W, U = tape.parameters["W"], tape.parameters["U"] if self.name == "E" else None
        rule = self.epoch.rule
        g: Array = sum(asked_by(tape, rule, t).values(), np.zeros((t, tape.network.H)))
        starts = np.asarray(g.any(axis=1))  # without attention only the last
        # A size is at most *most* times the norm of its chain, and no more than t chains are left out.
        most = np.max(self._beside[:t]) * (1.0 if U is None else np.linalg.norm(U))
        left_out = self.negligible / (t * most) if most else 0.0
        r, m = np.zeros((0, tape.network.H)), np.zeros(0, dtype=np.intp)
        largest = 0.0
        for j in range(t, rule.first_use(t) - 1, -1):
            r = _times(r, W)
            if starts[j - 1]:
                r, m = np.concatenate([r, g[j - 1 : j]]), np.append(m, j - 1)
            r *= self._slopes[j]
            norms = _norms(r)
            sizes = (norms if U is None else _norms(_times(r, U))) * self._beside[j - 1]
            row[j - 1] = np.add.reduce(sizes)
            by_state[m] += sizes
            largest = max(largest, float(row[j - 1]))
            followed = np.flatnonzero(~(norms * self._growth[j] <= left_out * largest))  # also what is not a number
            if len(followed) < len(m):
                r, m = r[followed], m[followed]
            yield

    def _bound_growth(self, j: int) -> Iterator[None]:
        """Bound how many times larger than at *j* a chain becomes before j: by its product, over a span at a time."""
        product, bound = np.eye(self.epoch.network.H), 0.0
        for back in range(1, min(_SPAN, j - 1) + 1):
            product = product.dot(self.epoch.tape.parameters["W"]) * self._slopes[j - back]
            norm = float(np.linalg.norm(product))
            bound = max(bound, norm)
            if back == _SPAN:
                bound = max(bound, norm * float(self._growth[j - back]))
            yield
        self._growth[j] = bound


def _norms(rows: Array) -> Array:
    """The length of each row."""
    return np.asarray(np.sqrt(np.vecdot(rows, rows)))


def _times(rows: Array, matrix: Array) -> Array:
    """*rows* times *matrix*, in blocks that one thread does: on a busy processor several wait long for each other."""
    block = max(_ONE_THREAD // matrix.size, 16)
    if len(rows) <= block:
        return np.asarray(rows.dot(matrix))
    return np.concatenate([rows[start : start + block].dot(matrix) for start in range(0, len(rows), block)])


def _beside(epoch: Epoch, name: str) -> Array:
    """The size of what stands beside r (for E, beside Uᵀ r) in a term at k = 1 … T."""
    if name == "W":
        return _norms(epoch.tape["h"][:-1])
    return _norms(epoch.tape["x"]) if name == "U" else np.ones(epoch.network.T)
