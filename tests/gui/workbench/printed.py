"""What the sheets print, read from their data."""

import json
from importlib import resources

from tests.gui.driving import number

SHEETS = {"attention": 119, "embedding": 126}


def printed(sheet):
    """What the sheet prints, from its data: every number with its epoch, symbol and entry."""
    data = json.loads(resources.files("resources").joinpath(f"{sheet}.json").read_text(encoding="utf-8"))

    def numbers(value, entry=()):
        if isinstance(value, list):
            for i, part in enumerate(value):
                yield from numbers(part, (*entry, i))
        else:
            yield entry, value

    return [
        (int(epoch), symbol, entry, value)
        for epoch, values in data["printed"].items()
        for symbol, whole in values.items()
        for entry, value in numbers(whole)
    ]


def is_near(shown, value):
    """Whether two numbers are one unit of the fourth decimal apart at the most."""
    return abs(round(number(shown) * 1e4) - round(value * 1e4)) <= 1
