"""Numbers as programs print them: ``U = […]``, ``<tf.Variable … numpy=array(…)>``, ``Parameter containing: …``; what
consoles of Python, R, Julia and MATLAB write around them.
"""

from __future__ import annotations

import re
from decimal import Decimal

_CALL = r"(?:[A-Za-z_]\w*\.)?(?:[Aa]rray|[Tt]ensor|[Mm]atrix)\("
_PRINTED = re.compile(
    rf"\s*(?:<|[\[({{]|\\begin\b|[⎡⎛]|>>>|(?:In|Out)\s*\[|[A-Za-z_][^\n\t,;=(]*[(=]|Parameter containing:"
    rf"|[A-Za-z_][\w.]*\s*:\s*[\[(<]|[A-Za-z_][\w.]*\s*:?\s+{_CALL})"
)
_PROMPT = re.compile(r"(?:(?:>>>|In\s*\[[0-9]*\]:)[^\n]*\n)?\s*(?:Out\s*\[[0-9]*\]:\s*)?")
_NAMED = re.compile(
    rf"[A-Za-z_][^\n\t,;=(<]*?(?:=\s*(?=\S)|:\s*(?=[\[(<])|:?\s+(?={_CALL}))|\{{\s*['\"][^'\"]*['\"]\s*:\s*"
)
_CONTAINING = re.compile(r"Parameter containing:\s*")
_BEHIND = re.compile(r"(?:(?:#|//)[^\n]*|<NDArray[^<>]*>)\s*$")
_TENSOR = re.compile(r"<[\w.]+\b[^<>]*?\b(?:numpy|value)=\s*(?P<inside>[^<>]*)>")

_PROMPTED = r"(?P<prompt>>>>|In\s*\[[0-9]*\]:|julia>|>)?"
_ECHOED = re.compile(rf"\s*{_PROMPTED}\s*(?P<name>[A-Za-z_][\w.]*)\s*")  # a name, and below it what it is
_ANSWERED = re.compile(
    r"\s*(?:Out\s*\[[0-9]*\]:\s*)?(?:(?=[-\d\[])|(?P<call>(?=(?:[A-Za-z_]\w*\.)?(?:[Aa]rray|[Tt]ensor)\()))"
)
_OF_R = re.compile(r"(?m)^[^\S\n]*(?:(?:\[,[0-9]+\][^\S\n]*)+$|\[[0-9]+,\]|\[[0-9]+\](?=\s+[-\d]))")
_OF_JULIA = re.compile(r"[0-9]+(?:-element |×[0-9]+ )(?:Vector|Matrix|Array)\{[^\n]*\}:?")
_SCALED = re.compile(r"\s*1\.0e([+-][0-9]+)\s*\*\s*")  # MATLAB: all numbers below times that
_NUMBERS = re.compile(r"[\s\d.eE+-]*")
_NUMBER = re.compile(r"-?[0-9]+\.[0-9]+")


def is_printed(text: str) -> bool:
    """Whether *text* is what a program wrote, or writes, of one array, rather than rows of a table."""
    return _PRINTED.match(text) is not None


def unwrapped(text: str) -> str:
    """What of *text* is numbers, without the name that they were given and what a program wrote round them."""
    text = _BEHIND.sub("", text.strip())
    for wrapping in (_PROMPT, _CONTAINING, _NAMED, _CONTAINING):
        found = wrapping.match(text)
        if found is not None and found[0].startswith("{"):
            text = text.removesuffix("}")
        text = text[found.end() :] if found else text
    return bare_tensors(text).rstrip(" \t\n;")


def bare_tensors(text: str) -> str:
    """*text* with the numbers alone of every tensor that TensorFlow printed; what stands behind stays in its line."""

    def numbers(found: re.Match[str]) -> str:
        return found["inside"] + "\n" * (found[0].count("\n") - found["inside"].count("\n"))

    return _TENSOR.sub(numbers, text) if "=" in text else text


def bare_prints(text: str) -> str:
    """The same of what consoles print too: no labels, no types, and each number as large as it is."""
    lines = _OF_JULIA.sub("", _OF_R.sub("", bare_tensors(text))).splitlines()
    power = None
    for at, line in enumerate(lines):
        scaled, echoed = _SCALED.fullmatch(line), _ECHOED.fullmatch(line)
        answered = _ANSWERED.match(lines[at + 1]) if at + 1 < len(lines) else None
        if scaled is not None:
            power, lines[at] = int(scaled[1]), ""
        elif power is not None and _NUMBERS.fullmatch(line):
            lines[at] = _times(power, line)
        else:
            power = None
        if echoed is not None and answered is not None and (echoed["prompt"] or answered["call"] is not None):
            lines[at], lines[at + 1] = f"{echoed['name']} = {lines[at + 1][answered.end() :]}", ""
        elif echoed is not None and echoed["prompt"]:
            lines[at] = f"{echoed['name']} ="
    return "\n".join(lines)


def _times(power: int, line: str) -> str:
    """*line* with its numbers times ten to a *power*, with the digits that they have."""
    return _NUMBER.sub(lambda found: f"{Decimal(found[0]).scaleb(power):f}", line)
