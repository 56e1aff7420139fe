"""One epoch as JSON, every number in full precision: what other programs compare themselves with."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TextIO

import numpy as np

from core.epoch.backward import asked_of, chain, counted, output_error, term_of
from core.epoch.chains import terms_of_chain
from core.epoch.epoch import Epoch
from core.epoch.recursion import term_of_use
from core.epoch.training import Training
from core.exports.plain import plain
from core.network import symbols
from core.network.arrays import Array
from core.network.rule import Rule, rule_object
from core.program.program import OUTPUTS, Program
from core.sources.source import Source


def write_trace(source: Source, out: TextIO, *, epoch: int = 1, rule: Rule | None = None, terms: bool = False) -> None:
    """Write *epoch* of *source* to *out* as one JSON object, a key a line.

    *rule*: trains the earlier epochs too; None for the source's own. *terms*: whether every term of every
    gradient is written, in program order.
    """
    training = Training(source.network, source.parameters, rule or source.rule, source.learning_rate)
    found = training.epoch(epoch)
    out.write("{\n")
    out.write(",\n".join(f'"{key}": {_json(value)}' for key, value in _contents(found)))
    if terms:
        with np.errstate(all="ignore"):  # training that diverged is written, not an error
            _write_terms(found, out)
    out.write("\n}\n")


def _contents(epoch: Epoch) -> Iterator[tuple[str, object]]:
    network, tape = epoch.network, epoch.tape
    timesteps, task = range(1, network.T + 1), network.task
    yield (
        "network",
        {
            "alphabet": network.alphabet,
            "inputs": task.read or [network.input_letter(t) for t in timesteps],
            "targets": task.wanted or [network.target_letter(t) if network.has_target(t) else None for t in timesteps],
            "hidden_size": network.H,
            "embedding_size": network.embedding_size,
            "attention": network.attention,
        },
    )
    yield "epoch", epoch.number
    yield "rule", rule_object(epoch.rule)
    yield "learning_rate", epoch.learning_rate
    yield "parameters", _parameters(tape.parameters)
    forward: dict[str, object] = {"x": plain(tape["x"])}
    for name in network.made:
        rows = tape[name][1:] if name in network.states else tape[name]
        forward[name] = [plain(row[:t]) for t, row in enumerate(rows, 1)] if name in ("A", "alpha") else plain(rows)
    forward["L"] = [plain(L) if network.has_target(t) else None for t, L in zip(timesteps, tape["L"], strict=True)]
    forward["total"] = plain(np.array(tape.total))
    yield "forward", forward
    yield "adjoints", {name: _adjoint(epoch, name) for name in Program(network, way="timesteps").adjoints}
    gradients = {"Omega": output_error(tape), **epoch.gradients}
    yield "gradients", {name: plain(array) for name, array in gradients.items()}
    if epoch.rule.clip is not None:
        yield "clipped", _parameters(epoch.gradients.clipped)
    yield "updated", _parameters(epoch.updated)


def _adjoint(epoch: Epoch, name: str) -> list[object]:
    """∂L/∂name as the rule asks it, one a timestep; of attention's a list of numbers."""
    timesteps = range(1, epoch.network.T + 1)
    if name not in symbols.OVER_THE_PAST:
        return [plain(epoch.value(f"dL/d{name}[{t}]")) for t in timesteps]
    return [[plain(epoch.value(f"dL/d{name}[{t},{i}]")) for i in range(1, t + 1)] for t in timesteps]


def _parameters(parameters: Mapping[str, Array]) -> dict[str, object]:
    return {name: plain(array) for name, array in parameters.items()}


def _write_terms(epoch: Epoch, out: TextIO) -> None:
    """Written one by one, since a long text has millions."""
    out.write(',\n"terms": {')
    program = Program(epoch.network)
    for number, name in enumerate(program.updated):
        out.write(f'{"," if number else ""}\n"{name}": [')
        is_chained = program.is_chained(name)
        _write_list(_chained_terms(epoch, name) if is_chained else _plain_terms(epoch, name), out)
        out.write("]")
    out.write("\n}")


def _write_list(items: Iterable[object], out: TextIO) -> None:
    for number, item in enumerate(items):
        out.write(f"{',' if number else ''}\n{_json(item)}")


def _plain_terms(epoch: Epoch, name: str) -> Iterator[dict[str, object]]:
    """Of V and c one a loss; of a cell that has no terms by loss, one a use."""
    index, timesteps = ("t", epoch.network.judged) if name in OUTPUTS else ("k", range(1, epoch.network.T + 1))
    for t in timesteps:
        yield {index: t, "value": plain(term_of_use(epoch, name, t))}


def _chained_terms(epoch: Epoch, name: str) -> Iterator[dict[str, object]]:
    tape, rule = epoch.tape, epoch.rule
    for t in epoch.network.judged:
        for m in range(1, t + 1) if epoch.network.attention else (t,):
            if not epoch.network.by_arrays:
                terms = enumerate(terms_of_chain(epoch, name, t, m), 1)
                yield from ({"t": t, "m": m, "k": k, "value": plain(value)} for k, value in terms)
                continue
            g = asked_of(tape, rule, t, m)
            for k, r in enumerate(counted(rule, t, chain(tape, g, m, 1)), 1):  # one chain down to k = 1 passes every k
                yield {"t": t, "m": m, "k": k, "value": plain(term_of(tape, rule, name, r, t, k))}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
