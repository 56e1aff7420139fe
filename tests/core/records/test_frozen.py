"""Records are what the standard library's frozen dataclasses are: each is made both ways and compared."""

import copy
import dataclasses
import pickle
from dataclasses import FrozenInstanceError, field
from typing import Any, ClassVar

import pytest

from core.equations.expressions import Ref
from core.network.rule import Rule
from core.program.program import Address, Phase
from core.records import frozen as records


def made(dataclass: Any, **options: bool) -> Any:
    @dataclass(frozen=True, **options)
    class Made:
        """Says something."""

        kind: ClassVar[str] = "made"
        name: str
        size: int = 3
        parts: list[int] = field(default_factory=list)
        aside: float = field(default=0.5, compare=False, repr=False)
        kept: dict[str, int] = field(default_factory=dict, init=False, compare=False)

        def __post_init__(self) -> None:
            if self.size < 0:
                raise ValueError("a size below 0")

    return Made


OPTIONS = [{}, {"slots": True}, {"slots": True, "eq": False}, {"slots": True, "kw_only": True}, {"eq": False}]


@pytest.fixture(params=OPTIONS, ids=lambda options: "-".join(options) or "plain")
def both(request):
    return made(records.dataclass, **request.param), made(dataclasses.dataclass, **request.param)


def described(cls: Any) -> list[object]:
    one, same, other = cls(name="a"), cls(name="a", aside=2.0), cls(name="a", size=4, parts=[1])
    pairs = [(one, same), (one, other), (one, one), (one, "a")]
    return [
        repr(one), repr(other), [a == b for a, b in pairs], [a != b for a, b in pairs],
        [dataclasses.replace(one, size=9).size, one.parts is same.parts, other.kept],
        [each.name for each in dataclasses.fields(cls)], cls.__match_args__, cls.__doc__, cls.kind,
        hasattr(one, "__dict__"), dataclasses.asdict(other),
    ]  # fmt: skip


def test_a_record_says_compares_and_changes_as_the_standard_one(both):
    ours, theirs = map(described, both)
    assert ours == theirs


def test_a_record_refuses_what_the_standard_one_refuses(both):
    for cls in both:
        one = cls(name="a")
        for change in (lambda: setattr(one, "name", "b"), lambda: delattr(one, "name"), lambda: setattr(one, "x", 1)):  # noqa: B023
            with pytest.raises((FrozenInstanceError, TypeError)):
                change()
        assert one.name == "a"
        for arguments in ({}, {"name": "a", "other": 1}, {"name": "a", "kept": {}}):
            with pytest.raises(TypeError):
                cls(**arguments)
        with pytest.raises(ValueError, match="below 0"):
            cls(name="a", size=-1)


def test_a_hash_is_that_of_what_is_compared():
    plain: Any = records.dataclass(frozen=True, slots=True)(
        type("Plain", (), {"__annotations__": {"a": int, "b": str}})
    )
    usual: Any = dataclasses.dataclass(frozen=True, slots=True)(
        type("Plain", (), {"__annotations__": {"a": int, "b": str}})
    )
    assert hash(plain(1, "x")) == hash(usual(1, "x"))
    assert len({plain(1, "x"), plain(1, "x"), plain(2, "x")}) == 2


def test_records_of_the_program_are_copied_and_pickled():
    for one in (Ref("h", -1), Address(Phase.BACKWARD, "W", (3, 3, 2)), Rule(truncate=4)):
        for same in (copy.copy(one), copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
            assert same == one
            assert hash(same) == hash(one)
            assert repr(same) == repr(one)


def test_what_a_class_defines_itself_stays():
    @records.dataclass(frozen=True, slots=True)
    class Own:
        """One of its own."""

        a: int

        def __repr__(self) -> str:
            return "own"

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Own)

        def __hash__(self) -> int:
            return 7

    assert (repr(Own(1)), Own(1) == Own(2), hash(Own(1))) == ("own", True, 7)


def test_one_that_is_ordered_or_not_frozen_is_the_standard_one():
    @records.dataclass(frozen=True, order=True)
    class Ordered:
        """In order."""

        a: int

    @records.dataclass(slots=True)
    class Loose:
        """Can change."""

        a: int

    loose = Loose(1)
    loose.a = 2
    assert (Ordered(1) < Ordered(2), loose) == (True, Loose(2))
