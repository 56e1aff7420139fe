"""How people lay out a worksheet: what stands around a name and its numbers, and where the next line goes on.

What decorates a line is taken away here (list numbers, comments, rules of tables, LaTeX's alignment); what it says is
read in `core.answers.lines`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_UNDECORATED = re.compile(r"[A-Za-z][\w/,]*(?:\[[\w,]*\])?\s*=\s*[-\d\[][-\d., \[\]]*[\d\]]", re.ASCII)
_COMMENT = re.compile(r"(?:#|//|/\*|<!--|(?<![^\s\])},;0-9])--\s|(?<![^\s\])},;0-9])%(?=\s*[^\W\d])).*")
_PROMPT = r"(?:>>>|\.\.\.|(?:In|Out)\s*\[[0-9]*\]:|julia>|>(?=\s))"
_LISTED = (
    r"\(?(?:[0-9]{1,3}|[a-z]|[ivx]{1,4})[.)](?=\s+[^\s0-9])"
    r"|\([0-9]{1,3}\)(?=\s*[^\s0-9])|[0-9]{1,3}\)(?=[^\s0-9])|(?:step|schritt|part|teil)\s+[0-9]{1,3}\s*[.):](?=\s)"
)
_BULLET = r"[*•‣◦▪·●○■□►▶✓✔☑☐∴→➔⇒](?=\s)|[-–—+](?=\s+[^\s0-9.,])"
_WORDS = (
    r"(?:(?:so|then|thus|hence|therefore|and|now|let|const|var|double|float|(?:we|i)\s+(?:get|got|have))(?:,|(?=\s))"
    r"|hidden\s+state(?=\s+h))"
)
_BEFORE = re.compile(rf"\s*(?:(?:{_PROMPT}|{_LISTED}|{_BULLET}|\[[ xX]?\](?=\s)|{_WORDS}|[|│┃║&])\s*)+", re.IGNORECASE)
_ENVIRONMENT = (
    r"(?:align|alignat|aligned|gather|gathered|equation|eqnarray|split|displaymath|itemize|enumerate|tabular)"
)
_FURNITURE = re.compile(
    rf"\\(?:begin|end)\s*\{{{_ENVIRONMENT}\*?\}}(?:\s*\{{[lcr|@\s]*\}})?|\\(?:tag|label)\*?\s*\{{[^{{}}]*\}}"
    r"|\\(?:item|hline|toprule|midrule|bottomrule|nonumber|notag|displaystyle|quad|qquad|checkmark)(?![A-Za-z])"
    r"|\\[\[\]()](?<!\\\\\[)|\\\\\[-?[0-9.]+\s*(?:pt|em|ex|mm|cm)\]|\$"
)
_BEHIND = " \t.;,!|│┃║&"
_PICTURE = re.compile("[\u2600-\u27bf\u2b50\ufe0f\U0001f300-\U0001faff]+$")
_PROGRESS = re.compile(r"\s*[0-9]+/[0-9]+\s*\[[=>.]*\]\s*-.*?(?=\bloss\b)")  # of Keras, before what it has made
_AT = re.compile(r"^(\S+)\s+at\s+(?:t\s*=\s*|time\s?-?step\s+)([0-9]{1,6})\b")
_VARIABLE = re.compile(r"(?<=[a-z]):0(?=\s*[=(\[])")  # TensorFlow's names end so
_RULE = re.compile(r"[\s|:+=_*~.─━═┼┬┴├┤│┌┐└┘╔╗╚╝╠╣╬╦╩║-]+")
_TOP, _SIDE, _FOOT = re.compile("[⎡⎛]"), re.compile("[⎡⎢⎣⎛⎜⎝]"), re.compile("[⎣⎝]")
_NUMERIC = re.compile(r"[\s0-9.,+\-−–eE()\[\]{}|&;⎡⎢⎣⎤⎥⎦⎛⎜⎝⎞⎟⎠\\xX×^%/∞…]+")
_DIGIT = re.compile(r"\d")
_OPENS = re.compile(r"\\begin\b|[(\[{]")
_CLOSES = re.compile(r"\\end\b|[)\]}]")
_MARK = re.compile(
    r"[^\w\\]*(?:epoch|epoche)\W{0,3}?([0-9]{1,9})\s*(?:/\s*[0-9]+\s*)?(?:[=*_#–—-]+\s*|[^\w\s]\s*|$)", re.IGNORECASE
)
_STEP = re.compile(
    r"[^\w\\]*(?:(?:at|for)\s+)?(?:t\s*=\s*|time\s?-?step\s*[=:#]?\s*)([0-9]{1,6})(?![\w.,]*[0-9])"
    r"\s*(?:[^\w\s\\\[(∂∇$]+\s*|(?=\W)|$|(?<=\s))",
    re.IGNORECASE,
)
_MOST_ROWS = 512  # of one matrix in tall brackets


def is_usual(line: str) -> bool:
    """Whether *line* is a name, =, and numbers, as most are, with no other sign in it."""
    return _UNDECORATED.fullmatch(line) is not None


def plain_line(line: str) -> str:
    """*line* without what decorates it; empty where it says nothing."""
    if is_usual(line):
        return line
    if line.lstrip().startswith(("#", "//")):
        return ""
    comment = _COMMENT.search(line)
    if comment is not None:
        line = line[: comment.start()]
    before = _BEFORE.match(line)
    if before is not None:
        line = line[before.end() :]
    if "\\" in line or "$" in line:
        line = _FURNITURE.sub(" ", line)
    line = _PICTURE.sub("", _PROGRESS.sub("", line).strip()).rstrip(_BEHIND)
    while line.endswith("\\\\"):
        line = line[:-2].rstrip(_BEHIND)
    line = _AT.sub(r"\1_\2", _VARIABLE.sub("", line))
    if line.startswith("{") and line.endswith("}") and re.search("[:=]", line):
        line = line[1:-1].strip()  # an object of a program
    return "" if _RULE.fullmatch(line) else line


def epoch_mark(line: str) -> tuple[int, str] | None:
    """The epoch of which the lines from here on are, where *line* says so, and what stands behind that."""
    found = _MARK.match(line)
    return (int(found[1]), line[found.end() :]) if found else None


def step_mark(line: str) -> tuple[int, str] | None:
    """The timestep of which the lines from here on are, where *line* says so, and what stands behind that."""
    found = _STEP.match(line)
    return (int(found[1]), line[found.end() :]) if found else None


def depth(line: str) -> int:
    """How many more brackets *line* opens than it closes."""
    if "\\" in line:
        return len(_OPENS.findall(line)) - len(_CLOSES.findall(line))
    return sum(map(line.count, "([{")) - sum(map(line.count, ")]}"))


def is_numeric(line: str) -> bool:
    """Whether *line* holds numbers and nothing else."""
    return _DIGIT.search(line) is not None and _NUMERIC.fullmatch(line) is not None


def in_tall_brackets(lines: list[str], at: int) -> tuple[str, int] | None:
    """The matrix in tall brackets that begins at line *at*, after its name, wherever that stood; and where it ends."""
    if not _TOP.search(lines[at]):
        return None
    before, rows = [], []
    for end in range(at, min(at + _MOST_ROWS, len(lines))):
        side = _SIDE.search(lines[end])
        if side is None:
            return None
        before.append(lines[end][: side.start()])
        rows.append(lines[end][side.start() :])
        if _FOOT.search(lines[end]):
            return " ".join("".join(before).split()) + " " + "\n".join(rows), end + 1
    return None


def numbers_in(text: str) -> int:
    """About how many numbers *text* holds."""
    return len(re.findall(r"\d(?:[\d.,'eE]|(?<=[eE])[+-])*", text))


def separators(text: str) -> Iterator[tuple[int, int]]:
    """Where *text* may be cut in two outside of brackets: start and end of what separates, the first ones first."""
    level = 0
    for found in _SEPARATOR.finditer(text):
        if found["open"]:
            level += 1
        elif found["close"]:
            level -= 1
        elif level == 0:
            yield found.start(), found.end()


_SEPARATOR = re.compile(
    r"(?P<open>\\begin\b|[(\[{])|(?P<close>\\end\b|[)\]}])|\s*(?:[,;|&│]|\\\\|\\q?quad\b|\band\b)\s*|\s+"
)
