"""The rule by which a gradient is formed: five switches, and the settings that have names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from core.network.network import Network

Path = Literal["value", "key", "query"]


PATHS: tuple[Path, ...] = ("value", "key", "query")


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


def effective(rule: Rule, name: str, network: Network, T: int | None = None) -> Rule:
    """*rule*, with every switch that cannot change ∂L/∂name of *network* as in the exact rule.

    Two rules that agree in this give the same gradient on all parameters. *T*: of the first T timesteps alone.
    """
    T = network.T if T is None else T
    if is_zero(name, network, T):
        return EXACT
    rule = rule if network.head.scores else replace(rule, sign=1)  # the state itself is compared: no Ω is read
    attended = network.attention and T > 1  # of one timestep Z_1 is h_1, and has a value path only
    if name not in network.chained:
        return Rule(output_state=rule.output_state if name == "V" and attended else "Z")
    paths: frozenset[Path] = rule.paths if attended else frozenset({"value"})
    if network.attention:
        paths &= rule.paths
        if not paths:
            return Rule(paths=paths)  # nothing is added up
    weighted = network.attention and "value" in paths
    by_row = name == "E" and len(set(network.inputs[:T])) > 1
    return Rule(
        rule.sign,
        rule.weight if weighted else "softmax",
        paths,
        "Z",
        rule.embedding_row if by_row else "k",
    )


def is_zero(name: str, network: Network, T: int) -> bool:
    """Whether ∂L/∂name of the first *T* timesteps must be 0: one letter is always right, and h_0 is 0."""
    return network.is_certain or (T == 1 and name in network.idle_at_start)
