"""The networks as lines of equations (`resources/lines`), and the rules as edits of the edges between them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from core.equations.description import Description, Edit
from core.equations.expressions import Ref
from core.equations.running import Held, Read
from core.network import cells
from core.network.arrays import Array
from core.network.network import Network, Parameters
from core.network.rule import Rule


def described(network: Network, *instead: str) -> Description:
    """The lines of *network*; *instead*: see `core.network.cells.described`."""
    if not instead:
        return network.lines
    return cells.described(
        network.cell,
        embedding=network.embedding_size is not None,
        attention=network.attention,
        head=network.head,
        instead=instead,
    )


def edits(rule: Rule, h: str, *, attention: bool) -> tuple[Edit, ...]:
    """What *rule* does to the edges of a network whose state is *h*; its ``embedding_row`` is no edit, since it must
    know the loss.
    """
    state = Ref("Z" if attention else h, 0)
    pasts, now = (Ref(h, "past"), Ref(h, "all")), Ref(h, 0)  # a slip may look at all timesteps
    found = [
        (rule.sign == -1, Edit("Omega", state, negated=True)),
        (rule.output_state == "h", Edit("Omega", Ref("V"), read=((state, now),))),
        ("query" not in rule.paths, Edit("A", now, cut=True)),
    ]
    for past in pasts:
        found += [
            (rule.weight == "score", Edit("Z", past, read=((Ref("alpha", "entry"), Ref("A", "entry")),))),
            ("value" not in rule.paths, Edit("Z", past, cut=True)),
            ("key" not in rule.paths, Edit("A", past, cut=True)),
        ]
    return tuple(edit for applies, edit in found if applies)


def reader(network: Network, parameters: Parameters) -> Read:
    """Reads what no line of *network* makes: parameters, inputs, targets, and states before t = 1 (and Z, as 0)."""
    letters = {"y": network.one_hot_targets, "share": network.shares}
    letters["x" if "E" not in parameters else "xo"] = network.one_hot_inputs

    def read(name: str, t: int) -> Array:
        if name in letters:
            return np.asarray(letters[name][t - 1])
        found = parameters.get(name)
        return network.start(name) if found is None else found

    return read


def by_place(network: Network, numbers: Sequence[npt.ArrayLike] | None = None) -> Held:
    """What *network* holds, as a `Run` takes it; *numbers*: others at the same places."""
    found: dict[tuple[str, int], dict[tuple[int, ...], npt.ArrayLike]] = {}
    given = [each.number for each in network.held] if numbers is None else numbers
    for each, number in zip(network.held, given, strict=True):
        found.setdefault((each.name, each.t), {})[each.entry] = number
    return found


def ruled(network: Network, rule: Rule, lines: Description | None = None) -> Description:
    """The lines of *network*, or other *lines* of it, with the way back that *rule* takes along their edges."""
    return _ruled(lines or network.lines, network.state, network.attention, rule)


@lru_cache(maxsize=1024)  # every slip has its own
def _ruled(lines: Description, state: str, attention: bool, rule: Rule) -> Description:
    return lines.edited(edits(rule, state, attention=attention))
