"""Why an entry is zero, in words: only where the step does not reach it, whatever the numbers are."""

from dataclasses import replace

import numpy as np
import pytest

from core.epoch.training import Training
from core.network.network import Parameters
from core.network.rule import EXACT, PRINTED
from core.program.cursor import Cursor
from core.program.program import Address, Phase, Program
from core.sources.opening import open_source
from core.sources.source import Source
from gui.debugger.state import State
from gui.debugger.view import snapshot
from gui.panels.contributions.words import zero_words
from gui.panels.formula.explain import entry_title, paths_line
from tests.gui.views import view_at
from tests.strategies import KINDS, of_kind

pytestmark = pytest.mark.without_qt


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rule", [EXACT, PRINTED])
@pytest.mark.parametrize("dead", [False, True])
def test_an_entry_is_said_to_be_zero_for_its_place_just_where_that_is_why(kind, rule, dead):
    network, parameters = of_kind(kind, T=3)
    if dead:  # nothing comes back through V: every term is 0, in every entry
        parameters = Parameters.checked(network, dict(parameters) | {"V": np.zeros(parameters["V"].shape)})
    training, program = Training(network, parameters, rule, 0.1), Program(network)
    training.run(1)
    start = State.of(Source("", "", network, parameters, rule, 0.1))
    for address in program:
        if address.phase is Phase.FORWARD or address.quantity not in ("U", "E"):
            continue
        shape = network.parameter_shapes[address.quantity]
        for entry in np.ndindex(shape):
            state = replace(start, cursor=Cursor(1, program.position(address)), entries={address.quantity: entry})
            view = snapshot(state, training, program, hidden=False)
            t, k = (address.indices[0], address.indices[-1]) if address.is_term_of(network) else (0, 0)
            reached = {
                "U": network.embedding_size is not None or entry[1] == network.inputs[k - 1],
                "E": entry[0] == network.inputs[(t if rule.embedding_row == "t" else k) - 1],
            }[address.quantity]
            by_place = address.is_term_of(network) and not reached
            assert ("another" in entry_title(view)) == (by_place and view.step.zero is None), (address, entry)
            if by_place:
                assert view.step.value[entry] == 0
            if address.is_term_of(network):
                assert bool(zero_words(view, address, entry)) == (by_place or view.step.zero is not None)


@pytest.mark.parametrize(
    ("source", "place", "rule", "expected"),
    [
        ("attention", (3, 3, 3), EXACT, ["value: h₃ is part of the mix Z₃", "key: h₃ decides how much of it is taken",
                                         "query: h₃ decides how all are weighed"]),
        ("attention", (3, 2, 1), EXACT, ["value: h₂ is part of the mix Z₃", "key: h₂ decides how much of it is taken"]),
        ("attention", (3, 2, 1), PRINTED, []),  # of one path there is nothing to tell apart
        ("embedding", (3, 3, 1), EXACT, []),
    ],
)  # fmt: skip
def test_every_path_of_a_term_is_said_in_plain_words(source, place, rule, expected):
    made = replace(open_source(source), rule=rule)
    line = paths_line(view_at(Address(Phase.BACKWARD, "W", place), source=made))
    assert [part for part in line.split("  ·  ") if part] == expected
