"""What of an epoch can be taken elsewhere: its arrays with headings, and the terms of one entry of a gradient."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.epoch.backward import asked_of, chain, counted, flowing_error, output_error, output_state
from core.epoch.chains import entry_of_chains
from core.epoch.epoch import Epoch
from core.epoch.recursion import term_of_use
from core.exports.tables import Listing, Table
from core.network.arrays import Array
from core.network.network import Network
from core.network.symbols import clipped, meaning_in
from core.program.program import OUTPUTS, Program


def tables(epoch: Epoch) -> dict[str, Table]:
    """The parameters, the gradients and the tape of *epoch*, by symbol."""
    return parameters(epoch) | gradients(epoch) | tape(epoch)


def parameters(epoch: Epoch) -> dict[str, Table]:
    """The parameters that *epoch* starts on, by symbol."""
    return {name: _table(epoch.network, name, array) for name, array in epoch.tape.parameters.items()}


def gradients(epoch: Epoch) -> dict[str, Table]:
    """The gradients of *epoch*, by symbol: ``dL/dOmega``, a row a timestep, then one for each parameter, and what a
    clip leaves of it.
    """
    found = {"dL/dOmega": _table(epoch.network, "dL/dOmega", output_error(epoch.tape), by_timestep=True)}
    for name in epoch.tape.parameters:
        found[f"dL/d{name}"] = _table(epoch.network, f"dL/d{name}", epoch.gradients[name])
    for name in epoch.tape.parameters if epoch.rule.clip is not None else ():
        found[clipped(name)] = _table(epoch.network, clipped(name), epoch.gradients.clipped[name])
    return found


def tape(epoch: Epoch) -> dict[str, Table]:
    """What the forward pass of *epoch* made, by symbol, a row a timestep; without attention no A, alpha and Z."""
    of, network = epoch.tape, epoch.network
    names = [
        "x",
        *(name for each in network.lines.equations for name in (each.name, each.loss) if name not in ("", "x")),
    ]
    arrays = {name: of[name][1:] if name in network.states else of[name] for name in ("x", *names)}
    return {name: _table(network, name, array, by_timestep=True) for name, array in arrays.items()}


def terms(epoch: Epoch, program: Program, name: str, entry: tuple[int, ...]) -> Listing:
    """Every term of one 0-based *entry* of ∂L/∂name, in program order: t, m, k and the value; for V and c t alone."""
    columns = ("t", "m", "k", "value") if program.is_chained(name) else ("t" if name in OUTPUTS else "k", "value")
    place = ",".join(str(index + 1) for index in entry)
    found = _chained if program.is_chained(name) else _of_outputs if name in OUTPUTS else _of_uses
    return Listing(f"dL/d{name}[{place}]", columns, program.term_count(name), lambda: found(epoch, name, entry))


def _of_uses(epoch: Epoch, name: str, entry: tuple[int, ...]) -> Iterator[Array]:
    uses = range(1, epoch.network.T + 1)
    yield np.column_stack([uses, [term_of_use(epoch, name, k)[entry] for k in uses]])


def _of_outputs(epoch: Epoch, name: str, entry: tuple[int, ...]) -> Iterator[Array]:
    values = flowing_error(epoch.tape)[:, entry[0]]
    if name == "V":
        values = values * output_state(epoch.tape, epoch.rule)[:, entry[1]]
    losses = np.array(epoch.network.judged)
    yield np.column_stack([losses, values[losses - 1]])


def _chained(epoch: Epoch, name: str, entry: tuple[int, ...]) -> Iterator[Array]:
    """One block for each (t, m): one chain down to k = 1 passes every k."""
    for t in epoch.network.judged:
        for m in range(1, t + 1) if epoch.network.attention else (t,):
            with np.errstate(all="ignore"):  # training that diverged is written, not an error
                values = _entries(epoch, name, entry, t, m)
            yield np.column_stack([np.full(m, t), np.full(m, m), np.arange(1, m + 1), values])


def _entries(epoch: Epoch, name: str, entry: tuple[int, ...], t: int, m: int) -> Array:
    """The *entry* of the terms (t, m, k) for k = 1 … m."""
    inputs, of = epoch.network.inputs, epoch.tape
    if not epoch.network.by_arrays:
        by_path = entry_of_chains(epoch, name, (entry[0], (*entry, 0)[1]), t, m, m)
        return np.asarray(np.add.reduce(by_path, axis=0))
    r = counted(epoch.rule, t, chain(of, asked_of(of, epoch.rule, t, m), m, 1))
    if name == "b":
        return r[:, entry[0]]
    if name != "E":
        return r[:, entry[0]] * (of["h"] if name == "W" else of["x"])[: len(r), entry[1]]
    values = np.zeros(len(r))
    for k, r_k in enumerate(r, 1):
        if inputs[(t if epoch.rule.embedding_row == "t" else k) - 1] == entry[0]:
            values[k - 1] = (of.parameters["U"].T @ r_k)[entry[1]]
    return values


def _table(network: Network, name: str, array: Array, *, by_timestep: bool = False) -> Table:
    timesteps = _numbered(network.T)
    if name in ("A", "alpha"):
        return Table(name, array, timesteps, timesteps, causal=True)
    headings = [timesteps] if by_timestep else []
    headings += [_headings(network, axis) for axis in meaning_in(name, network).axes]
    return Table(name, array, headings[0], headings[1] if headings[1:] else ())


def _headings(network: Network, axis: str) -> tuple[str, ...]:
    """Along one axis of a symbol: letters, or numbers from 1."""
    return network.alphabet if network.is_of_letters(axis) else _numbered(network.sizes.get(axis, network.input_size))


def _numbered(count: int) -> tuple[str, ...]:
    return tuple(map(str, range(1, count + 1)))
