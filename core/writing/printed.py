"""Numbers as programs print them: ``U = […]``, ``<tf.Variable … numpy=array(…)>``, ``Parameter containing: …``."""

from __future__ import annotations

import re

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
