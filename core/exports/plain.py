"""Arrays as JSON can hold them."""

from __future__ import annotations

import numpy as np

from core.network.arrays import Array


def plain(array: Array) -> object:
    """*array* as nested lists; numbers that JSON lacks are ``"Infinity"``, ``"-Infinity"``, ``"NaN"``."""
    if np.isfinite(array).all():
        return array.tolist()
    if array.ndim:
        return [plain(row) for row in array]
    return "NaN" if np.isnan(array) else "Infinity" if array > 0 else "-Infinity"
