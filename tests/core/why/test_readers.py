"""Where a result goes, compared with a walk through all later steps."""

import pytest

from core.epoch.epoch import run_epoch
from core.network.rule import EXACT, PRINTED, TYPESET
from core.program.program import Address, Phase, Program
from core.steps.formulas import formula
from core.why.readers import readers
from tests.strategies import KINDS, of_kind


def walked(program, rule, address):
    """The first reader of each kind, found by looking at every later step."""
    name = address.quantity
    if address.is_term_of(program.network):
        return [Address(Phase.BACKWARD, name)]
    written = [name] if address.phase is Phase.UPDATE else formula(program.network, rule, address, program.way).writes
    found: dict[tuple[Phase, str], Address] = {}
    for other in program:
        is_update = address.phase is Phase.UPDATE
        later = other.phase is Phase.FORWARD if is_update else program.position(other) > program.position(address)
        if not later:
            continue
        reads = list(formula(program.network, rule, other, program.way).reads)
        if any(symbol in reads for symbol in written):
            found.setdefault((other.phase, other.quantity), other)
    return list(found.values())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("rule", "order"),
    [(EXACT, "timestep"), (PRINTED, "stage"), (TYPESET, "timestep")],
    ids=lambda each: each if isinstance(each, str) else each.name,
)
def test_the_first_reader_of_each_kind_is_found(kind, rule, order):
    network, parameters = of_kind(kind, T=4, H=1)
    epoch, program = run_epoch(network, parameters, rule, 0.1), Program(network, order)
    for address in program:
        found = readers(program, epoch, address)
        if order == "timestep":
            assert list(found) == walked(program, rule, address), address
        else:
            assert set(found) == set(walked(program, rule, address)), address


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rule", [EXACT, PRINTED, TYPESET], ids=lambda rule: rule.name)
def test_the_first_reader_is_found_where_one_goes_back_timestep_by_timestep(kind, rule):
    network, parameters = of_kind(kind, T=4, H=1)
    epoch, program = run_epoch(network, parameters, rule, 0.1), Program(network, way="timesteps")
    for address in program:
        assert list(readers(program, epoch, address)) == walked(program, rule, address), address


def test_only_the_total_loss_goes_nowhere():
    network, parameters = of_kind((True, True))
    epoch, program = run_epoch(network, parameters, EXACT, 0.1), Program(network)
    assert [address for address in program if not readers(program, epoch, address)] == [Address(Phase.FORWARD, "L")]
