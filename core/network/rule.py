"""The rule by which a gradient is formed: five switches, and the settings that have names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Path = Literal["value", "key", "query"]


PATHS: tuple[Path, ...] = ("value", "key", "query")


CHAINED = ("W", "U", "b", "E")  # the gradients whose terms are (t, m, k)


@dataclass(frozen=True, slots=True)
class Rule:
    """How the gradient is formed: five independent switches, each valid on every network.

    *sign*: 1 for (ŷ - y), -1 for (y - ŷ), in W, U, b and E. *weight*: of the value path, the softmax weight
    or the raw score. *paths*: the ways through attention that are differentiated. *output_state*: what
    stands beside the error in ∂L/∂V. *embedding_row*: whose letter's row of ∂L/∂E a term goes to.
    """

    sign: Literal[1, -1] = 1
    weight: Literal["softmax", "score"] = "softmax"
    paths: frozenset[Path] = frozenset(PATHS)
    output_state: Literal["Z", "h"] = "Z"
    embedding_row: Literal["k", "t"] = "k"

    @property
    def name(self) -> str:
        """``exact``, ``printed``, ``typeset`` or ``custom``."""
        return next((name for name, rule in NAMED_RULES.items() if rule == self), "custom")


EXACT = Rule()


PRINTED = Rule(paths=frozenset({"value"}), output_state="h", embedding_row="t")


TYPESET = Rule(sign=-1, weight="score", paths=frozenset({"value"}), output_state="h")


NAMED_RULES = {"exact": EXACT, "printed": PRINTED, "typeset": TYPESET}


def rule_object(rule: Rule) -> Mapping[str, Any]:
    """The five switches of *rule* as JSON has them."""
    return {
        "sign": rule.sign,
        "weight": rule.weight,
        "paths": [path for path in PATHS if path in rule.paths],
        "output_state": rule.output_state,
        "embedding_row": rule.embedding_row,
    }
