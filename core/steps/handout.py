r"""Steps as LaTeX for a hand-out: each with its title, its formula, its numbers and its result, or blanks to fill in.

It needs amsmath. Letters of the user's text stand nowhere in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from core.epoch.epoch import Epoch
from core.network import symbols
from core.network.arrays import Array
from core.program.program import Program
from core.steps.evaluate import Step, evaluate
from core.steps.template import Pieces, operands, plain, substituted, symbolic
from core.writing.form import NumberFormat

_BLANK = r"\underline{\hspace{2cm}}"
_SUBSCRIPT = re.compile("[₀-₉]+(?:,[₀-₉]+)*")
_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_WORDS = {"∂": r"$\partial$", "Ω": r"$\Omega$", "α": r"$\alpha$", "ŷ": r"$\hat{y}$", "η": r"$\eta$", "−": "$-$"}
_SPECIAL = {c: "\\" + c for c in "#$%&_{}"} | {"\\": r"\textbackslash{}", "~": r"\~{}", "^": r"\^{}"}


def handout(epoch: Epoch, program: Program, positions: Iterable[int], form: NumberFormat, *, blanks: bool) -> str:
    """The steps at *positions*, 1-based, as paragraphs of LaTeX. *blanks*: lines to write on instead of results."""
    parts = ["% Steps of one epoch; needs \\usepackage{amsmath}"]
    for position in positions:
        step = evaluate(epoch, program[position], program.way)
        lines = _lines(step, epoch, form, blanks=blanks)
        body = " \\\\\n".join(lines)
        title = escaped(step.formula.title)
        parts.append(f"\\paragraph{{Step {position}: {title}}}\n\\[\n\\begin{{aligned}}\n{body}\n\\end{{aligned}}\n\\]")
    return "\n\n".join(parts) + "\n"


def escaped(text: str) -> str:
    """Words as LaTeX sets them: subscripts and Greek letters as formulas, what LaTeX takes for a command escaped."""
    safe = "".join(_SPECIAL.get(c) or _WORDS.get(c, c) for c in text)
    return _SUBSCRIPT.sub(lambda run: f"$_{{{run[0].translate(_DIGITS)}}}$", safe)


def _lines(step: Step, epoch: Epoch, form: NumberFormat, *, blanks: bool) -> list[str]:
    entry = step.formula
    lines = [f"& {plain(symbolic(line))}" for line in entry.symbolic]
    if step.address.quantity == "letter":
        return (
            lines if blanks else [*lines, *(f"& {plain(_valued(line, step, epoch, form))}" for line in entry.numbers)]
        )
    for line in entry.numbers:
        gives_away = not operands(line).isdisjoint(entry.writes)
        if not (blanks and gives_away):
            lines.append(f"& {plain(_valued(line, step, epoch, form))}")
    if entry.links:
        lines.append(f"& {_ladder(step, epoch, form, blanks=blanks)}")
    if step.address.quantity == "letter":  # its numbers are its result
        return lines
    return [*lines, f"& {_name(step)} = {_BLANK if blanks else _value(step.value, form)}"]


def _valued(line: str, step: Step, epoch: Epoch, form: NumberFormat) -> Pieces:
    return substituted(line, epoch.value, form, dict(step.formula.picks))


def _ladder(step: Step, epoch: Epoch, form: NumberFormat, *, blanks: bool) -> str:
    """The links of a term, a row each: the factor, its numbers, and what they come to so far."""
    rows: list[str] = []
    for link, product in zip(step.formula.links, step.products, strict=True):
        sign = {"×": r"\times ", "+": "+ ", "→": r"\to "}.get(link.sign, "")
        numbers = plain(substituted(link.numbers, epoch.value, form, dict(step.formula.picks), named=False))
        rows.append(f"{sign}{plain(symbolic(link.factor))} & {numbers} & {_BLANK if blanks else _value(product, form)}")
    return "\\begin{array}{l@{\\qquad}l@{\\qquad}r}\n" + " \\\\\n".join(rows) + "\n\\end{array}"


def _name(step: Step) -> str:
    address, writes = step.address, step.formula.writes
    if step.kind == "term":
        return rf"\mathrm{{term}}_{{{','.join(map(str, address.indices))}}}"
    made = symbols.parse(writes[0]).name
    if len(address.indices) == 1 and made in symbols.ROWS:  # a number for every state that is looked at
        return symbols.latex_at(made, str(address.indices[0]))
    return symbols.latex(writes[0])


def _value(value: Array, form: NumberFormat) -> str:
    """A number, or a matrix in brackets; a vector lies down, to save height."""
    if value.size == 1:
        return form.latex(float(np.ravel(value)[0]))
    rows = np.atleast_2d(value)
    body = r" \\ ".join(" & ".join(form.latex(float(number)) for number in row) for row in rows)
    return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}" + (r"^{\top}" if value.ndim == 1 else "")
