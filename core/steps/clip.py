r"""The entries of the steps between the gradients and the update: the norm of all gradients, and what the clip leaves.

Pascanu, Mikolov and Bengio 2013, "On the difficulty of training recurrent neural networks", algorithm 1.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.epoch.clipping import cut, scale
from core.network.rule import Clip
from core.network.symbols import NORM, clipped, text
from core.steps.entry import MANY, Formula, Where, plus

_ALL = clipped("norm")


def _clip(where: Where) -> Clip:
    assert where.rule.clip is not None  # else no program has these steps
    return where.rule.clip


def norm_step(where: Where) -> Formula:
    """The root of the sum of the squares of all entries of all gradients."""
    most = f"{_clip(where).most:g}"
    parts = [f"{NORM}{name}" for name in where.network.parameter_shapes]
    body = rf"\sqrt{{{plus([f'⟦{each}|^{{2}}⟧' for each in parts], MANY)}}}"
    return Formula(
        title="The norm of all gradients",
        symbolic=(f"⟦{_ALL}⟧ = {body}",),
        numbers=(f"= {body}",),
        reads=tuple(parts),
        writes=(_ALL,),
        arithmetic=lambda read: np.sqrt(sum(np.square(read(each)) for each in parts)),
        sentence="The root of the sum of the squares of all entries of all gradients together. If it is larger than "
        f"{most}, every gradient is multiplied by {most} over it: together they keep their direction.",
    )


def clip_step(where: Where) -> Formula:
    """What the clip leaves of one gradient, which the update takes."""
    clip, name = _clip(where), where.address.quantity
    most, whole, made = f"{clip.most:g}", f"dL/d{name}", clipped(name)
    body = rf"\min\left( \max\left( ⟦{whole}⟧, -{most} \right), {most} \right)"
    entry = Formula(
        title=f"Clip {text(whole)}",
        symbolic=(f"⟦{made}⟧ = {body}",),
        numbers=(f"= {body}",),
        reads=(whole,),
        writes=(made,),
        arithmetic=lambda read: cut(read(whole), clip.most),
        sentence=f"Every entry beyond ±{most} is cut to it. The update takes what is left, which is not the derivative "
        "where anything was cut.",
    )
    if clip.kind == "value":
        return entry
    body = rf"\frac{{{most}}}{{\max\left( ⟦{_ALL}⟧, {most} \right)}} \cdot ⟦{whole}⟧"
    return replace(
        entry,
        symbolic=(f"⟦{made}⟧ = {body}",),
        numbers=(f"= {body}",),
        reads=(_ALL, whole),
        arithmetic=lambda read: scale(read(_ALL), clip.most) * read(whole),
        sentence=f"All gradients are multiplied by the same number: by 1 where their norm is at most {most}, else by "
        f"{most} over the norm. The update takes that.",
    )
