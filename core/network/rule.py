"""The rule by which a gradient is formed: its switches, and the settings that have names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce
from math import isfinite
from operator import add
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from core.equations.operations import larger
from core.network.network import Network

Numbers = npt.NDArray[Any]  # of traced numbers too, so that training and the step that is shown clip alike
Path = Literal["value", "key", "query"]
ClipKind = Literal["value", "norm"]


PATHS: tuple[Path, ...] = ("value", "key", "query")
_CLIPS: tuple[ClipKind, ...] = ("norm", "value")


@dataclass(frozen=True, slots=True)
class Clip:
    """What becomes of the gradients before the update takes them (Pascanu et al. 2013, "On the difficulty").

    *kind*: ``value`` cuts every entry to -most … most; ``norm`` multiplies all gradients by most / norm where their
    norm, the root of the sum of the squares of all entries of all of them, is larger. *most*: finite, above 0.
    """

    kind: ClipKind
    most: float

    def __post_init__(self) -> None:
        if not (isfinite(self.most) and self.most > 0):
            raise ValueError("expected a finite number above 0")


@dataclass(frozen=True, slots=True)
class Rule:
    """How the gradient is formed: independent switches, each valid on every network.

    *sign*: 1 for (ŷ - y), -1 for (y - ŷ), in W, U, b and E. *weight*: of the value path, the softmax weight
    or the raw score. *paths*: the ways through attention that are differentiated. *output_state*: what
    stands beside the error in ∂L/∂V. *embedding_row*: whose letter's row of ∂L/∂E a term goes to.
    *truncate*: τ, a loss at t reaches only uses at k with t - k < τ. *chunks*: n, a loss reaches only uses in its own
    chunk of n timesteps, as with states detached at its edges: forwards they are handed on. *clip*: of the gradients,
    before the update. None: as if it were not there.
    """

    sign: Literal[1, -1] = 1
    weight: Literal["softmax", "score"] = "softmax"
    paths: frozenset[Path] = frozenset(PATHS)
    output_state: Literal["Z", "h"] = "Z"
    embedding_row: Literal["k", "t"] = "k"
    truncate: int | None = None
    chunks: int | None = None
    clip: Clip | None = None

    def __post_init__(self) -> None:
        for timesteps in (self.truncate, self.chunks):
            if timesteps is not None and timesteps < 1:
                raise ValueError("expected at least 1")

    def cuts(self, T: int) -> bool:
        """Whether a loss, of *T*, does not reach all uses before it."""
        return self.window is not None and self.window < T

    @property
    def clips(self) -> ClipKind | None:
        """How gradients are clipped, None where they are not."""
        return None if self.clip is None else self.clip.kind

    @property
    def window(self) -> int | None:
        """To how many timesteps a chain is cut, None where it is not."""
        return min((n for n in (self.truncate, self.chunks) if n is not None), default=None)

    def first_use(self, t: int) -> int:
        """The first timestep whose use of a parameter a loss at *t* reaches."""
        first = 1 if self.chunks is None else (t - 1) // self.chunks * self.chunks + 1
        return first if self.truncate is None else max(first, t - self.truncate + 1)

    def last_loss(self, k: int, T: int) -> int:
        """The last loss, of *T*, that reaches a use at timestep *k*."""
        last = T if self.chunks is None else min(T, -(-k // self.chunks) * self.chunks)
        return last if self.truncate is None else min(last, k + self.truncate - 1)

    def reaches(self, t: int, k: int) -> bool:
        """Whether the terms of loss *t* and a use at timestep *k* count."""
        return self.first_use(t) <= k

    @property
    def name(self) -> str:
        """``exact``, ``printed``, ``typeset`` or ``custom``."""
        return next((name for name, rule in NAMED_RULES.items() if rule == self), "custom")


EXACT = Rule()


PRINTED = Rule(paths=frozenset({"value"}), output_state="h", embedding_row="t")


TYPESET = Rule(sign=-1, weight="score", paths=frozenset({"value"}), output_state="h")


NAMED_RULES = {"exact": EXACT, "printed": PRINTED, "typeset": TYPESET}


Switch = Literal["truncate", "chunks", "clip by norm", "clip by value"]
SWITCHED_ON: tuple[Switch, ...] = ("truncate", "chunks", "clip by norm", "clip by value")  # these need a number


def turned(rule: Rule, switch: Switch, T: int) -> Rule:
    """*rule* with a switch that needs a number off where it is on, else on, with a number to begin with at *T*
    timesteps.
    """
    some = max(1, min(T // 2, 25))
    if switch == "truncate":
        return replace(rule, truncate=some if rule.truncate is None else None)
    if switch == "chunks":
        return replace(rule, chunks=some if rule.chunks is None else None)
    kind: ClipKind = "norm" if switch == "clip by norm" else "value"
    return replace(rule, clip=None if rule.clips == kind else Clip(kind, 1.0))


def rule_object(rule: Rule) -> Mapping[str, Any]:
    """The switches of *rule* as JSON has them."""
    clip = None if rule.clip is None else {rule.clip.kind: rule.clip.most}
    cuts = {"truncate": rule.truncate, "chunks": rule.chunks, "clip": clip}
    return {
        "sign": rule.sign,
        "weight": rule.weight,
        "paths": [path for path in PATHS if path in rule.paths],
        "output_state": rule.output_state,
        "embedding_row": rule.embedding_row,
        **{name: value for name, value in cuts.items() if value is not None},
    }


def refined(rule: Rule, said: Mapping[str, Any]) -> Rule:
    """*rule*, or the one that is named, with the cuts and the clip that are *said*, by the names of options."""
    found = NAMED_RULES[said["rule"]] if "rule" in said else rule
    cuts = {name: said[name] for name in ("truncate", "chunks") if name in said}
    clips: list[Clip] = [Clip(kind, said[f"clip_{kind}"]) for kind in _CLIPS if f"clip_{kind}" in said]
    return replace(found, **cuts, clip=clips[-1] if clips else found.clip)


def options(rule: Rule) -> str:
    """How the command line says *rule*; "" where it cannot."""
    named = replace(rule, truncate=None, chunks=None, clip=None).name
    if named not in NAMED_RULES:
        return ""
    cuts = [(name, value) for name, value in (("truncate", rule.truncate), ("chunks", rule.chunks)) if value]
    clip = [(f"clip-{rule.clip.kind}", f"{rule.clip.most:g}")] if rule.clip else []
    return " ".join(f"--{name} {value}" for name, value in [("rule", named), *cuts, *clip])


def effective(rule: Rule, name: str, network: Network, T: int | None = None) -> Rule:
    """*rule*, with every switch that cannot change ∂L/∂name of *network* as in the exact rule; so its clip.

    Two rules that agree in this give the same gradient on all parameters. *T*: of the first T timesteps alone.
    """
    T = network.T if T is None else T
    if is_zero(name, network, T):
        return EXACT
    rule = rule if network.head.scores else replace(rule, sign=1)  # the state itself is compared: no Ω is read
    if not _cuts(rule, name, network, T):
        rule = replace(rule, truncate=None, chunks=None)
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
        rule.truncate,
        rule.chunks,
    )


def _cuts(rule: Rule, name: str, network: Network, T: int) -> bool:
    """Whether *rule* leaves out a term of ∂L/∂name that may count."""
    if rule.window is None or name not in network.chained:
        return False
    first = 2 if name in network.idle_at_start else 1
    return any(rule.first_use(t) > first for t in range(1, T + 1) if network.has_target(t))


def is_zero(name: str, network: Network, T: int) -> bool:
    """Whether ∂L/∂name of the first *T* timesteps must be 0: one letter is always right, and h_0 is 0."""
    return network.is_certain or (T == 1 and name in network.idle_at_start)


def clipped(gradients: Mapping[str, Numbers], clip: Clip) -> dict[str, Numbers]:
    """*gradients*, of all parameters, as *clip* leaves them."""
    if clip.kind == "value":
        return {name: cut(gradient, clip.most) for name, gradient in gradients.items()}
    factor = scale(norm(gradients), clip.most)
    return {name: np.asarray(gradient * factor) for name, gradient in gradients.items()}


def left_by_clip(name: str, gradients: Mapping[str, Numbers], clip: Clip | None) -> Numbers:
    """What *clip* leaves of the gradient by *name*; of ``norm`` the norm of all *gradients*."""
    if name == "norm":
        return norm(gradients)
    return gradients[name] if clip is None else clipped(gradients, clip)[name]


def cut(gradient: Numbers, most: float) -> Numbers:
    """Every entry, no further from 0 than *most*."""
    return larger(-larger(-gradient, -most), -most)


def norm(gradients: Mapping[str, Numbers]) -> Numbers:
    """The root of the sum of the squares of all entries of all *gradients*."""
    return np.asarray(np.sqrt(reduce(add, [(gradient * gradient).sum() for gradient in gradients.values()])))


def scale(length: Numbers, most: float) -> Numbers:
    """What gradients whose norm is *length* are multiplied by, so that it is at most *most*."""
    return np.asarray(most / larger(length, most))
