"""Attention, forwards and backwards, on the rows of some timesteps and the columns of all up to their last.

A long text is worked through in blocks of such rows (`core.epoch.sums.causal_blocks`).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np

from core.epoch.sums import BLOCK, causal_blocks, row_sums
from core.equations.operations import TABLE
from core.network.arrays import Array

SAFE = 600  # e to this power, summed over any text, stays finite


def attended(h: Array, causal: Array) -> tuple[Array, Array, Array]:
    """A and alpha (T×T each) and Z (T×H), from h_1 … h_T: in blocks of timesteps, which spares most of the zeros."""
    T = len(h)
    if T <= BLOCK:
        A, alpha = attention(h, causal)
        return A, alpha, alpha.dot(h)
    A, alpha, Z = np.zeros((T, T)), np.zeros((T, T)), np.empty(h.shape)
    for rows, past in causal_blocks(T):
        A[rows, past], alpha[rows, past] = attention(h[past], causal[rows, past])
        Z[rows] = alpha[rows, past].dot(h[past])
    return A, alpha, Z


def attention(h: Array, causal: Array) -> tuple[Array, Array]:
    """Scores and weights of the last n timesteps over those up to them: A and alpha, n×T each, from h_1 … h_T.

    *causal*: n×T, 1 where a timestep may look; zero stands elsewhere. As |A_{t,i}| ≤ H and A_{t,t} ≥ 0, e^A neither
    overflows nor vanishes from a whole row unless H is large; only then is it shifted.
    """
    A: Array = h[-len(causal) :].dot(h.T) * causal
    shifted = A if h.shape[1] <= SAFE else A - np.maximum.reduce(A, axis=1, keepdims=True)
    e = np.exp(shifted) * causal
    return A, e / row_sums(e)


class Holding(NamedTuple):
    """Of the rows of n losses over m states, n×m each, None where nothing is held there.

    *scores*, *weights*: 0 where one is held, so that nothing flows back through it. *softmaxed*: what softmax makes.
    """

    scores: Array | None = None
    weights: Array | None = None
    softmaxed: Array | None = None


NONE = Holding()


def asked_of_scores(v: Array, h: Array, Z: Array, alpha: Array, held: Holding = NONE) -> Array:
    """∂L/∂A of n losses, n×m: see `asked_through`."""
    if held.weights is None or held.softmaxed is None:
        return np.asarray(alpha * (v.dot(h.T) - np.vecdot(v, Z)[:, None]))  # alpha_{t,m} ((h_m - Z_t) · v_t)
    return np.asarray(TABLE["softmax back"].value(v.dot(h.T) * held.weights, held.softmaxed))


def asked_through(
    v: Array,
    h: Array,
    Z: Array,
    weight: Array,
    alpha: Array,
    paths: Collection[str],
    held: Holding = NONE,
) -> Array:
    """What n losses of errors *v* (n×H) ask of the m hidden states *h* up to their own, m×H: the sum of their g.

    *Z* n×H, *weight* of the value path and *alpha* n×m are the rows of those losses; *paths*: see `Rule`.
    """
    n = len(v)
    G: Array = weight.T.dot(v) if "value" in paths else np.zeros(h.shape)
    if "key" in paths or "query" in paths:
        slope = asked_of_scores(v, h, Z, alpha, held)
        if held.scores is not None:
            slope *= held.scores
        if "key" in paths:
            G += slope.T.dot(h[-n:])
        if "query" in paths:
            G[-n:] += slope.dot(h)
    return G
