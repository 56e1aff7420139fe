"""Words for quantities, phases and parts of a gradient, as people say them who look for a step."""

from __future__ import annotations

import re
from typing import Literal

from core.program.program import Phase

Kind = Literal["sum", "update", "term", "last term"]

PHASES = {
    **dict.fromkeys(("forward", "forward pass", "forward propagation"), Phase.FORWARD),
    **dict.fromkeys(("backward", "backward pass", "way back", "backprop", "backpropagation", "bptt"), Phase.BACKWARD),
    **dict.fromkeys(("update", "updates", "gradient descent", "sgd"), Phase.UPDATE),
}
_STAGES = {
    ("letter",): "letter letters input inputs character target targets one-hot onehot timestep",
    ("x",): "embedding|embedded letter|input vector",
    ("a",): "preactivation|pre-activation|before tanh",
    ("h",): "tanh|hidden|hidden state|hidden states|state|states|hidden layer",
    ("A", "Omega"): "score scores",
    ("A",): "attention score|attention scores|dot product|similarity",
    ("alpha", "yhat"): "softmax",
    ("alpha",): "attention weight|attention weights|attention softmax",
    ("Z",): "context|context vector|weighted mean|mix",
    ("Omega",): "output scores|output score|before softmax",
    ("yhat",): "output|outputs|probability|probabilities|output softmax",
    ("L",): "cross entropy|cross-entropy|negative log likelihood|nll|losses",
    ("dL/dOmega",): "error|output error|output gradient",
    ("dL/dW", "dL/dU", "dL/db"): "hidden gradient|recurrent gradient",
    ("C",): "cell state|cell states|cell|long-term memory",
    ("f",): "forget gate|forget gates",
    ("i",): "input gate|input gates",
    ("o",): "output gate|output gates",
    ("z",): "update gate|update gates",
    ("r",): "reset gate|reset gates",
    ("q", "n"): "candidate|candidates|candidate state|new gate",
    ("U",): "input weights|input matrix",
    ("W",): "recurrent weights|hidden weights|recurrent matrix",
    ("V",): "output weights|output matrix",
    ("dL/dh",): "hidden error|backpropagated error",
}
# The names in the table of symbols, by what is said.
STAGES = {
    word: names for names, words in _STAGES.items() for word in words.split("|" if "|" in words else " ")
}  # fmt: skip

_OF = r"(?:\s+(?:of|for|in))?\s+"
_PATTERNS: tuple[tuple[Kind, str], ...] = (
    ("sum", rf"(?:the\s+)?(?:sum|total|gradient|grad|derivative){_OF}(.+)"),
    ("sum", r"(.+?)\s+(?:sum|total|gradient|grad)"),
    ("update", rf"(?:the\s+)?(?:update|new|updated){_OF}(.+)"),
    ("update", r"(.+?)\s+(?:update|new|updated)"),
    ("last term", rf"(?:the\s+)?last\s+term{_OF}(.+)"),
    ("term", rf"(?:the\s+)?(?:first\s+)?(?:terms?|paths?|addends?){_OF}(.+)"),
    ("term", r"(.+?)\s+(?:terms?|paths?|addends?)"),
)
KINDS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _PATTERNS)
_INDICES = r"\(?[\d\s,;]*\d\)?"
TERM = re.compile(
    rf"(?:the\s+)?term\s*(?P<before>{_INDICES}){_OF}(?P<of>\S+)|(?P<name>[^\s,]+),?\s+term\s*(?P<indices>{_INDICES})",
    re.IGNORECASE,
)
