"""The lines of the forward pass as one does it by hand: with the loss from the prediction that stands on the paper."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from core.equations.description import Description
from core.network.described import described
from core.network.network import Network

# Who works by hand reads the loss off the prediction that stands on the paper, not off the scores.
OUTPUT = "yhat[t] = softmax(Omega[t])\nL[t] = -log(y[t] @ yhat[t])"


def lines_of(network: Network) -> Description:
    """The right lines of *network*; of the sheets those by hand."""
    return described(network, OUTPUT) if network.by_sheets else network.lines


@lru_cache(maxsize=256)
def on_paper(network: Network, slipped: Description) -> Description:
    """The lines *slipped*, but the loss from the prediction."""
    paper = described(network, OUTPUT)
    bodies = {each.name: each.body for each in slipped.equations if not each.output}
    return replace(paper, shapes={**paper.shapes, **slipped.shapes}).saying(bodies)
