"""How likely a way fits by chance: against a plain loop that counts the ways as near, number by number."""

import numpy as np
import pytest

from core.answers.chance import Crowd
from core.slips.case import Tier
from tests.slip_cases import written


def counted(right, own, values, tiers, titles, value, tier, decimals, width=1.0):
    """The same by loops: of the two numbers farthest off, how many ways as near in both, and one; and how many hardly
    rarer ones, that are called otherwise, are five units about both.
    """
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
    called = {title for title, other in zip(titles, values, strict=True) if list(other) == list(value)}
    about = {
        tuple(other)
        for other, its_tier, title in zip(values, tiers, titles, strict=True)
        if its_tier <= tier + 1 and title not in called and all(abs(other[j] - own[j]) / unit <= 5 for j in two)
    }
    afar, here = float(near), float(len(about))
    for j in two:
        afar *= min(1.0, width / (2 * max(off[j], 1.0)))
        here *= min(1.0, width / 10)
    return afar, here


@pytest.mark.parametrize("seed", range(12))
def test_the_chance_counts_the_ways_as_common_and_as_near(seed):
    rng = np.random.default_rng(seed)
    size, decimals = int(rng.integers(1, 5)), 3
    right = np.round(rng.normal(size=size), 6)
    values = right + rng.normal(size=(20, size)) * 10.0 ** rng.uniform(-3, 0, size=(20, 1))
    values[3], values[4, 0] = values[5], right[0]  # two that are one, and one that changes not every number
    values[6:9] = values[9] + rng.uniform(-0.007, 0.007, size=(3, size))  # that gather about another
    tiers, titles = np.sort(rng.integers(0, 5, 20)), np.array([f"slip {i % 17}" for i in range(20)], dtype=object)
    for i in (0, 4, 9, 19):
        given = written(values[i], decimals)
        crowd = Crowd.of(right, given, values, tiers, titles)
        for width in (1.0, 30.0):
            ours = [each(values[i], Tier(int(tiers[i])), width) for each in (crowd.chance, crowd.gathering)]
            theirs = counted(right, given.values, values, tiers, titles, values[i], tiers[i], decimals, width)
            assert ours == pytest.approx(theirs, rel=1e-9), (i, width)


def test_what_is_said_to_lie_as_near_is_what_is_counted():
    right, values = np.array(0.0), np.array([[0.0004], [0.0031], [-0.0029], [0.0032], [0.0500]])
    titles = np.array(["a", "b", "c", "d", "e"], dtype=object)
    crowd = Crowd.of(right, written(np.array(0.0032)), values, np.array([0, 2, 2, 2, 2]), titles)
    assert crowd.nearby(values[3], Tier.EVERYDAY) == 4
    assert crowd.chance(values[3], Tier.EVERYDAY) == pytest.approx(4 / 64)
    assert crowd.chance(values[3], Tier.NAMED) == pytest.approx(2 / 64)


def test_ways_that_gather_about_a_number_make_it_likely_by_chance_unless_they_are_called_the_same():
    right, values = np.array(0.0), np.array([[0.0704], [0.0699], [0.0700], [0.0706], [-0.0700]])
    titles = np.array(["a", "b", "c", "d", "e"], dtype=object)
    tiers = np.array([3, 3, 2, 2, 2])

    def crowd(names):
        return Crowd.of(right, written(np.array(0.0700)), values, tiers, names)

    assert crowd(titles).gathered(values[2], Tier.EVERYDAY) == 2  # the fourth is six units away
    assert crowd(titles).gathering(values[2], Tier.EVERYDAY) == pytest.approx(2 / 10)
    assert crowd(titles).gathered(values[2], Tier.NAMED) == 0  # they are far rarer
    assert crowd(np.array(["a", "c", "c", "d", "e"], dtype=object)).gathered(values[2], Tier.EVERYDAY) == 1
