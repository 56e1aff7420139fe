"""Names in plain words as they are typeset: what stands below a letter, after an underscore, is lowered."""

from __future__ import annotations

import re

_ANY = r"(?<!\w)[^\W\d_]+_[A-Za-z0-9]+"
_NAME = re.compile(_ANY)
_OF_PARAMETER = re.compile(rf"(?:(?<=∂L/∂)|(?<=Update )){_ANY}|{_ANY}(?= new| moves| used)")


def lowered(text: str, *, named: bool = False) -> str:
    """*text* as rich text, ∂L/∂W_i with its i below; "" where nothing stands below. *named*: whether it is all of names
    of the network, which what is read and wanted may look like; else those count of which it says that they are
    parameters.
    """
    if "_" not in text:
        return ""
    names = set((_NAME if named else _OF_PARAMETER).findall(text))
    if not names:
        return ""
    either = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))

    def below(found: re.Match[str]) -> str:
        letter, _, rest = found[0].partition("_")
        return f"{letter}<sub>{rest}</sub>"

    return re.sub(rf"(?<![A-Za-z0-9_])(?:{either})(?![A-Za-z0-9_])", below, _escaped(text))


def names(text: str) -> str:
    """*text* that is all of names of the network, for a label."""
    return lowered(text, named=True) or text


def in_lines(text: str) -> str:
    """*text* as rich text with the same lines, which a tooltip breaks where they are long."""
    return f"<qt>{_escaped(text).replace(chr(10), '<br>')}</qt>" if text else ""


def _escaped(text: str) -> str:
    """As `html.escape` has it, whose module brings all names of characters, for which the first frame would wait."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
