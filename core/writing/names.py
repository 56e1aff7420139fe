r"""A name without its typography: ``\hat{y}_1``, ``ŷ₁`` and ``y_hat[1]`` are one, and so is what it is made of."""

from __future__ import annotations

import re
from unicodedata import normalize

from core.writing.foreign import without_modules

# Known by what it is: its square, before or behind the timestep, is no index.
_POWER = r"(?:²|(?:\^|\*\*)\s*\{?2\}?)"
_SLOPE = re.compile(
    rf"\(?1\s*[-−–]\s*(?:h\s*{_POWER}|\(?h((?:\s*\[[0-9]+\]|\s*_?\{{?[0-9]+\}}?|[₀-₉]+))\s*\)?\s*{_POWER})\)?"
)
_USUAL = re.compile(r"\s*((?:dL/d)?[A-Za-z]+)(?:_|\[)?([0-9]+)\]?\s*", re.ASCII)  # which needs no rewriting
_TRANSPOSED = re.compile(r"\s*(?:ᵀ|\.T|\^\s*\{?\s*(?:T|⊤|\\(?:top|intercal))\s*\}?)\s*$")
# What a quantity is made of, and what it is.
_YHAT = r"(?:\\(?:wide)?hat\s*(?:\{\s*y\s*\}|y)|y\N{COMBINING CIRCUMFLEX ACCENT}|ŷ|y_?(?:hat|pred)|p)"
_AT = r"[\s_\[{(]*([0-9]+|[₀-₉]+)[\s\]})]*"
_MADE = [
    (re.compile(pattern, re.IGNORECASE), name)
    for pattern, name in (
        (rf"\s*\\?softmax\s*[({{]?\s*\(?\s*(?:Ω|\\?omega|logits|o|z)\s*{_AT}\)*", "yhat_"),
        (rf"\s*\\?tanh\s*\(?\s*(?:a|z)\s*{_AT}\)*", "h_"),
        (rf"\s*(?:1\s*[-−–]\s*\\?tanh\s*{_POWER}|(?:\\?tanh|[fgφϕ])\s*['′’])\s*\(\s*(?:a|z|net)?\s*{_AT}\)*", "D"),
        (rf"\s*\(?\s*{_YHAT}\s*{_AT}\s*[-−–]\s*y(?:_?true)?\s*[\s_\[{{(]*\1[\s\]}})]*", "dL/dOmega_"),
    )
]
_BRACED = r"\{((?:[^{}]|\{[^{}]*\})*+)\}"
_REWRITTEN = [
    (re.compile(pattern), written)
    for pattern, written in (
        (r"^['‘]([^'’]*)['’]$", r"\1"),
        (r"^a(?=\s*\^?\s*\{?\s*[<⟨〈])", "h"),  # of lectures that write the timestep so, the state is a
        (r"[<⟨〈]\s*([0-9]+)\s*[>⟩〉]", r"[\1]"),
        (r"(?<=[\[({])\s*t\s*=\s*(?=[0-9])", ""),
        (rf"\\[dt]?frac\s*{_BRACED}\s*{_BRACED}", r"\1/\2"),
        (r"\\(?:wide)?hat\s*(?:\{\s*y\s*\}|y)|[ŷŶ]", "yhat"),
        (r"^y\s*\^", "yhat"),
        (r"\\(?:math(?:cal|rm|bf|it)|text(?:bf)?|vec|bm|boldsymbol|left|right)\b", ""),
        (r"\\?∇|\\nabla", "grad"),
        (r"∂|\\partial", "d"),
        (r"[αΩωδη]", lambda greek: {"α": "alpha", "Ω": "Omega", "ω": "omega", "δ": "delta", "η": "eta"}[greek[0]]),
        (r"^\s*d\s*(?:J|C|E|[Ll]oss|[Cc]ost|ℒ|ℓ|\\ell)\s*/\s*d(?=\s*\w)", "dL/d"),  # what others call the loss
        (r"^grads?\s*\[\s*['\"]d?(\w+)['\"]\s*\]", r"d\1"),
        (r"^param(?:eter)?s?\s*\[\s*['\"](\w+)['\"]\s*\]", r"\1"),
        (r"°|\\circ", "o"),
        (r"[′’]|\\prime", "'"),
        (r"\]\s*\[|\)\s*\(|(?<=[0-9])[\s_;\]})^]*[\s_;\[({]+(?=[0-9])", ","),
        (r"[\s_{}\[\]()^$\\*`\"“”]+", ""),
        (r"^(?:the)?gradientof", "grad"),
        (r"t\+1$", "new"),
        (r"^dL([0-9]+)/dOmega(?=\1$)", "dL/dOmega"),  # no other loss depends on Omega_t
    )
]


def compact(spelling: str) -> str:
    """*spelling* without its typography: ``alpha3,1``, ``dL/dW``, ``Wnew``."""
    usual = _USUAL.fullmatch(spelling)
    if usual is not None:
        return f"{usual[1]}{usual[2]}"
    spelling = _TRANSPOSED.sub("", spelling)
    for pattern, name in _MADE:
        spelling = pattern.sub(rf"{name}\1", spelling) if pattern.fullmatch(spelling) else spelling
    text = normalize("NFKC", without_modules(_SLOPE.sub(r"D\1", spelling.strip())))
    for pattern, written in _REWRITTEN:
        text = pattern.sub(written, text)
    return text


def transposed(spelling: str) -> bool:
    """Whether *spelling* ends in the mark of a transposed matrix."""
    return _TRANSPOSED.search(spelling) is not None
