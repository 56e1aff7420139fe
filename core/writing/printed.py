"""Numbers as programs print them: ``U = […]``, ``<tf.Variable … numpy=array(…)>``, ``Parameter containing: …``."""

from __future__ import annotations

import re

_NAMED = re.compile(r"[A-Za-z_][^\n\t,;=(<]*=\s*(?=\S)")
_CONTAINING = re.compile(r"Parameter containing:\s*")
_WRAPPED = re.compile(r"<[\w.]+\b[^<>]*?\b(?:numpy|value)=\s*(?P<inside>.*)>\s*", re.DOTALL)


def unwrapped(text: str) -> str:
    """What of *text* is numbers, without the name that they were given and what a program wrote round them."""
    text = text.strip()
    for wrapping in (_NAMED, _CONTAINING):
        found = wrapping.match(text)
        text = text[found.end() :] if found else text
    found = _WRAPPED.fullmatch(text)
    return (found["inside"] if found else text).rstrip(" \t\n;")
