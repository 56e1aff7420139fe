"""Names in plain words as they are typeset: what stands below a letter, after an underscore, is lowered."""

from __future__ import annotations

import re
from html import escape

_OF_DERIVATIVE = re.compile(r"∂L/∂([^\W\d_]+_[A-Za-z0-9]+)")
_NAME = re.compile(r"(?<!\w)([^\W\d_]+)_([A-Za-z0-9]+)")


def lowered(text: str, *, named: bool = False) -> str:
    """*text* as rich text, ∂L/∂W_i with its i below; "" where nothing stands below. *named*: whether it is all of names
    of the network, which what is read and wanted may look like.
    """
    if "_" not in text:
        return ""
    names = {found[0] for found in _NAME.finditer(text)} if named else set(_OF_DERIVATIVE.findall(text))
    if not names:
        return ""
    either = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))

    def below(found: re.Match[str]) -> str:
        letter, _, rest = found[0].partition("_")
        return f"{letter}<sub>{rest}</sub>"

    return re.sub(rf"(?<![A-Za-z0-9_])(?:{either})(?![A-Za-z0-9_])", below, escape(text, quote=False))


def in_lines(text: str) -> str:
    """*text* as rich text with the same lines, which a tooltip breaks where they are long."""
    return f"<qt>{escape(text, quote=False).replace(chr(10), '<br>')}</qt>" if text else ""
