"""Clipped gradients: what the update takes of them, where the rule clips.

They hold for traced numbers too, so that training and the step that is shown share one arithmetic.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import add
from typing import Any

import numpy as np
import numpy.typing as npt

from core.equations.operations import larger
from core.network.rule import Clip

Numbers = npt.NDArray[Any]


def clipped(gradients: Mapping[str, Numbers], clip: Clip) -> dict[str, Numbers]:
    """*gradients*, of all parameters, as *clip* leaves them."""
    if clip.kind == "value":
        return {name: cut(gradient, clip.most) for name, gradient in gradients.items()}
    factor = scale(norm(gradients), clip.most)
    return {name: np.asarray(gradient * factor) for name, gradient in gradients.items()}


def made(name: str, gradients: Mapping[str, Numbers], clip: Clip | None) -> Numbers:
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
