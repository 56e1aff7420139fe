"""How likely a way fits by chance: against a plain loop that counts the ways as near, number by number."""

import numpy as np
import pytest

from core.answers.chance import Crowd
from core.slips.case import Tier
from tests.slip_cases import written


def counted(right, own, values, tiers, value, tier, decimals, width=1.0):
    """The same by loops: of the two numbers farthest off, how many ways as near in both, and one."""
    unit = 10.0**-decimals
    off = [abs(mine - true) / unit for mine, true in zip(own, right, strict=True)]
    wrong = [j for j, apart in enumerate(off) if apart > 0.5]
    two = sorted(wrong, key=lambda j: -off[j])[:2]
    seen, near = set(), 1
    for other, its_tier in zip(values, tiers, strict=True):
        written_so = tuple(round((x - true) / unit) for x, true in zip(other, right, strict=True))
        same = written_so == tuple(round((x - true) / unit) for x, true in zip(value, right, strict=True))
        if written_so in seen or same or not any(written_so):
            continue
        seen.add(written_so)
        near += its_tier <= tier and all(abs(other[j] - right[j]) / unit <= off[j] + 1 for j in two)
    share = 1.0
    for j in two:
        share *= min(1.0, width / (2 * max(off[j], 1.0)))
    return near * share


@pytest.mark.parametrize("seed", range(12))
def test_the_chance_counts_the_ways_as_common_and_as_near(seed):
    rng = np.random.default_rng(seed)
    size, decimals = int(rng.integers(1, 5)), 3
    right = np.round(rng.normal(size=size), 6)
    values = right + rng.normal(size=(20, size)) * 10.0 ** rng.uniform(-3, 0, size=(20, 1))
    values[3], values[4, 0] = values[5], right[0]  # two that are one, and one that changes not every number
    tiers = np.sort(rng.integers(0, 5, 20))
    for i in (0, 4, 9, 19):
        given = written(values[i], decimals)
        crowd = Crowd.of(right, given, values, tiers)
        for width in (1.0, 30.0):
            ours = crowd.chance(values[i], Tier(int(tiers[i])), width)
            theirs = counted(right, given.values, values, tiers, values[i], tiers[i], decimals, width)
            assert ours == pytest.approx(theirs, rel=1e-9), (i, width)


def test_what_is_said_to_lie_as_near_is_what_is_counted():
    right, values = np.array(0.0), np.array([[0.0004], [0.0011], [-0.0009], [0.0012], [0.0500]])
    crowd = Crowd.of(right, written(np.array(0.0012)), values, np.array([0, 2, 2, 2, 2]))
    assert crowd.nearby(values[3], Tier.EVERYDAY) == 4
    assert crowd.chance(values[3], Tier.EVERYDAY) == pytest.approx(4 / 24)
    assert crowd.chance(values[3], Tier.NAMED) == pytest.approx(2 / 24)
