"""The switches of the rule as readings of a step: the named rules, and each switch turned alone.

A sheet's formulas, its numbers and the true derivative are settings of the switches, so a number that one of them
gives is no mistake in itself; it is another rule's number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

from core.network.rule import EXACT, NAMED_RULES, PATHS, Path, Rule, effective
from core.program.program import Phase
from core.slips.case import Case, Tier
from core.steps.entry import Where

TITLES = {
    "exact": "the exact derivative, which is what autograd gives",
    "printed": "what the rule of the sheets’ own numbers gives",
    "typeset": "what the sheets’ formulas give, taken as they are typeset",
}
_SWITCHES = ("sign", "weight", "paths", "output_state", "embedding_row", "truncate", "chunks", "clip")
_CALLED = {"exact": "exact", "printed": "as printed", "typeset": "as typeset", "custom": "custom"}
_SWITCHED = {
    "sign": "the sign of the error",
    "weight": "the weight of the value path",
    "output_state": "the state in ∂L/∂V",
    "embedding_row": "the row of the embedding",
}
_DOES: dict[tuple[str, object], str] = {
    ("sign", 1): "takes ŷ − y for the error of the output",
    ("sign", -1): "takes y − ŷ for the error of the output, as the sheets typeset it",
    ("weight", "softmax"): "weighs the value path with the softmax weight α",
    ("weight", "score"): "weighs the value path with the raw score A, as the sheets typeset it",
    ("output_state", "Z"): "puts Z beside the error",
    ("output_state", "h"): "puts h beside the error",
    ("embedding_row", "k"): "adds a term to the row of the letter at k, where it was read",
    ("embedding_row", "t"): "adds a term to the row of the letter at t, of the loss",
}
_PATH_WORDS = {"value": "the values", "key": "the keys", "query": "the query"}
_SUBSETS = tuple(frozenset(paths) for size in (1, 2, 3) for paths in combinations(PATHS, size))


@dataclass(frozen=True, slots=True)
class RuleReading:
    """Another rule than the one in use; *title*: what to call it."""

    title: str
    rule: Rule

    @property
    def is_named(self) -> bool:
        """Whether it is a rule of its own, no slip: exact, printed or typeset."""
        return self.title in TITLES.values()

    @property
    def tier(self) -> Tier:
        """How common it is."""
        return Tier.NAMED if self.is_named else Tier.SWITCH


def rule_readings(case: Case) -> Iterator[RuleReading]:
    """Every other named rule, and the rule in use with one switch turned, once for every effect on the step."""
    base = case.right.rule
    seen = {_seen(case, base)}
    for reading in _candidates(base):
        effect = _seen(case, reading.rule)
        if effect not in seen:
            seen.add(effect)
            yield reading


def described(case: Case, rule: Rule) -> tuple[str, str]:
    """What *rule* does otherwise than the rule in use at the step of *case*, and what that one does, as sentences."""
    base = case.right.rule
    mine, yours = _phrases(case, base, rule), _phrases(case, rule, base)
    done = f"Your number {_joined(yours)}."
    right = f"The rule in use, {_CALLED[base.name]}, {_joined(mine)}."
    where = (replace_rule(case, rule), replace_rule(case, base))
    if case.is_trained:
        return f"{done[:-1]}, in every epoch so far.", right
    if where[0].is_derivative:
        return done, f"{right} Yours is the true derivative; the rule in use gives something else."
    if where[1].is_derivative:
        return done, f"{right} That is the true derivative."
    if not set(differing(case, rule, base)) & set(differing(case, EXACT, base)):
        right += " So does the true derivative."
    return done, right


def replace_rule(case: Case, rule: Rule) -> Where:
    """The step of *case* under *rule*."""
    return Where(case.network, rule, case.address)


def path_names(paths: frozenset[Path]) -> str:
    """``the values, the keys and the query``."""
    return _joined([_PATH_WORDS[path] for path in PATHS if path in paths]) or "no path"


def _by(paths: frozenset[Path]) -> str:
    """``the values only``; all three without the only."""
    return path_names(paths) if paths == EXACT.paths else f"{path_names(paths)} only"


def _candidates(base: Rule) -> Iterator[RuleReading]:
    for name, rule in NAMED_RULES.items():
        yield RuleReading(TITLES[name], rule)
    yield RuleReading(_SWITCHED["sign"], replace(base, sign=1 if base.sign == -1 else -1))
    yield RuleReading(_SWITCHED["weight"], replace(base, weight="score" if base.weight == "softmax" else "softmax"))
    for paths in _SUBSETS:
        yield RuleReading(f"attention by {_by(paths)}", replace(base, paths=paths))
    yield RuleReading(_SWITCHED["output_state"], replace(base, output_state="h" if base.output_state == "Z" else "Z"))
    yield RuleReading(
        _SWITCHED["embedding_row"], replace(base, embedding_row="t" if base.embedding_row == "k" else "k")
    )


def differing(case: Case, rule: Rule, other: Rule) -> tuple[str, ...]:
    """The switches by which the step of *case* comes out otherwise under *rule* than under *other*."""
    seen = tuple(zip(_seen(case, rule), _seen(case, other), strict=True))
    return tuple(
        switch
        for switch in _SWITCHES
        if getattr(rule, switch) != getattr(other, switch)
        and any(getattr(mine, switch) != getattr(its, switch) for mine, its in seen)
    )


def _seen(case: Case, rule: Rule) -> tuple[Rule, ...]:
    """What the step of *case* sees of *rule*: in its own gradient, or in all where updates before it decide it too."""
    names: tuple[str, ...] = (case.address.quantity,)
    if case.is_trained:
        names = tuple(case.network.parameter_shapes)
    elif case.address.phase is Phase.FORWARD:
        names = ()
    found = tuple(_of_adjoint(rule, name, case) or effective(rule, name, case.network) for name in names)
    clips = case.is_trained or case.address.phase in (Phase.CLIP, Phase.UPDATE)
    return tuple(replace(each, clip=rule.clip) for each in found) if clips else found


def _of_adjoint(rule: Rule, name: str, case: Case) -> Rule | None:
    """What ∂L/∂name of a quantity sees of *rule*: of states as ∂L/∂b, before them its sign; None where it is none."""
    if name not in case.network.asked:
        return None
    at_state = effective(rule, "b", case.network)
    return at_state if name in ("h", "a", "x") else Rule(sign=at_state.sign if name != "Omega" else 1)


def _phrases(case: Case, rule: Rule, other: Rule) -> list[str]:
    """What *rule* does where it differs from *other*."""
    edge = "across the edge of a chunk"
    numbered = {
        "paths": f"lets the gradient pass attention by {_by(rule.paths)}",
        "truncate": f"counts uses with t − k < {rule.truncate} only"
        if rule.truncate
        else "counts uses however far back",
        "chunks": f"counts no use {edge} of {rule.chunks} timesteps" if rule.chunks else f"counts uses {edge} too",
        "clip": f"clips the gradients by {rule.clip.kind} to {rule.clip.most:g}" if rule.clip else "clips no gradient",
    }
    return [
        numbered[switch] if switch in numbered else _DOES[switch, getattr(rule, switch)]
        for switch in differing(case, rule, other)
    ]


def _joined(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
