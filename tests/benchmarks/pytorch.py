"""The same epoch in PyTorch, eager, on one thread: what the benchmarks compare with where it is installed.

It is no dependency of the project. The network is written as one would write it: a look-up for U x_t, a loop for the
recurrence, whole matrices for attention and the outputs, autograd and plain gradient descent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING

from core.network.network import Network, Parameters

if TYPE_CHECKING:
    import torch

INSTALLED = find_spec("torch") is not None


def trainer(network: Network, initial: Parameters, rate: float) -> Callable[[], float]:
    """A function that trains one epoch further, and gives the loss that the epoch started with."""
    import torch

    torch.set_num_threads(1)
    P = {name: torch.tensor(array, dtype=torch.float64, requires_grad=True) for name, array in initial.items()}
    inputs, targets = torch.tensor(network.inputs), torch.tensor(network.targets)
    future = torch.ones(network.T, network.T, dtype=torch.bool).triu(1)

    def epoch() -> float:
        loss = _loss(network, P, inputs, targets, future)
        loss.backward()
        with torch.no_grad():
            for parameter in P.values():
                parameter.sub_(parameter.grad, alpha=rate)
                parameter.grad = None
        return float(loss.item())

    return epoch


def _loss(
    network: Network,
    P: Mapping[str, torch.Tensor],
    inputs: torch.Tensor,
    targets: torch.Tensor,
    future: torch.Tensor,
) -> torch.Tensor:
    import torch
    from torch.nn.functional import cross_entropy, linear

    if network.cell == "lstm":
        scores = linear(torch.stack(_lstm_states(network, P)), P["V"], P["c"])
        return cross_entropy(scores, targets, reduction="sum")
    embedded = network.embedding_size is not None
    Ux = linear(P["E"][inputs], P["U"], P["b"]) if embedded else P["U"].T[inputs] + P["b"]
    h_t, states = torch.zeros(network.H, dtype=torch.float64), []
    for Ux_t in Ux.unbind(0):
        h_t = torch.tanh(torch.addmv(Ux_t, P["W"], h_t))
        states.append(h_t)
    Z = h = torch.stack(states)
    if network.attention:
        Z = (h @ h.T).masked_fill(future, -torch.inf).softmax(1) @ h
    return cross_entropy(linear(Z, P["V"], P["c"]), targets, reduction="sum")


def _lstm_states(network: Network, P: Mapping[str, torch.Tensor]) -> list[torch.Tensor]:
    """h_1 … h_T of an LSTM that reads one-hot letters, by a plain loop over tensors."""
    import torch

    h = C = torch.zeros(network.H, dtype=torch.float64)
    letters, states = torch.eye(network.K, dtype=torch.float64), []
    for letter in network.inputs:
        a = {gate: P[f"U_{gate}"] @ letters[letter] + P[f"W_{gate}"] @ h + P[f"b_{gate}"] for gate in "ifoq"}
        C = torch.sigmoid(a["f"]) * C + torch.sigmoid(a["i"]) * torch.tanh(a["q"])
        h = torch.sigmoid(a["o"]) * torch.tanh(C)
        states.append(h)
    return states
