"""Whether work grows in proportion to what it is given: measured so that a busy machine cannot spoil it."""

import gc
import time
from collections.abc import Callable


def grows_in_proportion(work: Callable[[int], object], size: int) -> bool:
    """Whether *work* at *size* takes less than 8 times a quarter of it: quadratic work takes 16 times as long.

    The least of some runs of each in turn, without the garbage collector, which a whole suite's objects make slow.
    """
    work(size // 100)
    gc.disable()
    try:
        small = whole = float("inf")
        for _ in range(5):
            small, whole = min(small, _seconds(work, size // 4)), min(whole, _seconds(work, size))
            if whole < 8 * small + 0.05:
                return True
        return False
    finally:
        gc.enable()


def _seconds(work: Callable[[int], object], size: int) -> float:
    start = time.process_time()
    work(size)
    return time.process_time() - start
