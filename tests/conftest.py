"""What all tests share: the two worksheets, and one way of drawing examples."""

from __future__ import annotations

import sys
from pathlib import Path

if sys.dont_write_bytecode:
    # To compile the libraries takes every process longer than to import them: what may not lie beside them lies here.
    sys.pycache_prefix = str(Path(__file__).parents[1] / ".pytest_cache" / "compiled")
    sys.dont_write_bytecode = False

import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, settings

from core.network.network import Network, Parameters
from tests.strategies import Start

settings.register_profile(
    "chainrule",
    deadline=None,  # slow shared machines
    derandomize=True,  # the same examples everywhere
    database=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("chainrule")


def _hello(parameters: dict[str, npt.ArrayLike], *, attention: bool) -> Start:
    size = 2 if "E" in parameters else None
    network = Network.from_letters("helo", "hell", "ello", hidden_size=1, embedding_size=size, attention=attention)
    return network, Parameters.checked(network, parameters)


@pytest.fixture(scope="session")
def sheet_a() -> Start:
    """The sheet with attention and one-hot input."""
    return _hello(
        {
            "U": [[0.1442, -0.2315, -0.669, 1.1585]],
            "W": [[-0.587]],
            "b": [0.0],
            "V": [[-0.2246], [-0.3053], [0.4905], [0.2768]],
            "c": [0.0, 0.0, 0.0, 0.0],
        },
        attention=True,
    )


@pytest.fixture(scope="session")
def sheet_b() -> Start:
    """The sheet with an embedding and no attention."""
    return _hello(
        {
            "E": [[0.8175, 0.4613], [-0.3599, -0.4824], [0.1268, 0.154], [-0.0358, -0.5677]],
            "U": [[0.1442, -0.2315]],
            "W": [[-0.5352]],
            "b": [0.0],
            "V": [[0.6951], [-0.4402], [-0.2246], [-0.3053]],
            "c": [0.0, 0.0, 0.0, 0.0],
        },
        attention=False,
    )
