r"""The table entries of the forward pass, one a stage (sheets A and B, section 2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from core.equations.expressions import references
from core.network.described import described
from core.network.symbols import latex_at, subscript, text
from core.network.words import made_of, whole
from core.steps import outputs
from core.steps.entry import Formula, SoftmaxTable, Where, plus, sums
from core.steps.line import at_entry, computed, lost, of_line, predicted, reads, template
from core.writing.shown import visible


def _letter(where: Where) -> Formula:
    t, network = where.t, where.network
    if not network.is_as_sheets:
        return outputs.given(where)
    x, y = ("x" if network.embedding_size is None else "xo") + f"[{t}]", f"y[{t}]"
    read, wanted = network.inputs[t - 1], network.targets[t - 1]
    return Formula(
        title=f"Letter at t = {t}",
        symbolic=(
            rf"⟦{x}⟧ = \operatorname{{onehot}}(\mathrm{{input}}_{{{t}}}), \qquad "
            rf"⟦{y}⟧ = \operatorname{{onehot}}(\mathrm{{target}}_{{{t}}})",
        ),
        numbers=(rf"⟦{x}|^{{\top}}⟧ \qquad ⟦{y}|^{{\top}}⟧",),
        reads=(),
        writes=(x, y),
        arithmetic=lambda _read: np.stack([np.eye(network.K)[read], np.eye(network.K)[wanted]]),
        sentence=f"Timestep {t} reads “{visible(network.input_letter(t))}” "
        f"and should say “{visible(network.target_letter(t))}”. "
        "A one-hot vector has a 1 at the letter’s place in the alphabet and 0 elsewhere.",
        picks=((x, read), (y, wanted)),
    )


def _embedding(where: Where) -> Formula:
    t = where.t
    letter, read = visible(where.network.input_letter(t)), where.network.inputs[t - 1]
    entry = of_line(
        where,
        "x",
        title=f"Embedding x{subscript(t)}",
        sentence=f"The one-hot vector picks row “{letter}” of E: that row is what the network reads.",
        picks=((f"xo[{t}]", read), ("E", read)),
    )
    return replace(entry, numbers=(*entry.numbers, rf"= ⟦x[{t}]|^{{\top}}⟧"))


def _hidden_state(where: Where) -> Formula:
    t, network = where.t, where.network
    picks: tuple[tuple[str, int], ...] = ()
    words = "New input through U, memory through W, squashed by tanh into −1 … 1."
    if network.embedding_size is None:
        picks = ((f"x[{t}]", network.inputs[t - 1]), ("U", network.inputs[t - 1]))
        words = f"The one-hot x{subscript(t)} picks column “{visible(network.input_letter(t))}” of U. " + words
    if t == 1 and not network.starts_elsewhere:
        words += " There is nothing before the first letter: h₀ = 0."
    return of_line(where, "h", title=f"Hidden state h{subscript(t)}", sentence=words, picks=picks)


def cell_line(where: Where) -> Formula:
    """A line of a cell: what it makes, in words from its operations."""
    t, network, name = where.t, where.network, where.address.quantity
    if network.by_arrays:
        return _hidden_state(where)
    said = made_of(name, network.lines)
    at_start = {ref.name for ref in references(whole(name, network.lines)) if ref.offset == -1} if t == 1 else set()
    given = set(network.given_at_start)
    zero = ", ".join(f"{text(f'{each}[0]')} = 0" for each in network.states if each in at_start - given)
    first = "input" if network.reads_numbers else "letter"
    begun = f"T{said[1:]}" if said.startswith("the ") else f"It is {said}"  # the name of a quantity keeps its case
    words = f"{begun}." + (f" There is nothing before the first {first}: {zero}." if zero else "")
    words += "".join(f" {text(f'{each}[0]')} is given." for each in network.states if each in at_start & given)
    lead = "Hidden state " if name == network.state else "Carried state " if name in network.states else ""
    is_one_hot = network.embedding_size is None and not network.reads_numbers
    picks = ((f"x[{t}]", network.inputs[t - 1]),) if is_one_hot else ()
    return of_line(where, name, title=f"{lead}{text(f'{name}[{t}]')}", sentence=words, picks=picks)


def _score(where: Where) -> Formula:
    t, i = where.address.indices
    alike = "have the same sign" if where.scalar else "point less than 90° apart"
    body = at_entry(described(where.network).made("A").body, t, i)
    h = where.network.state
    product = rf"⟦{h}[{i}]⟧ \cdot ⟦{h}[{t}]⟧" if where.scalar else rf"⟦{h}[{i}]|^{{\top}}⟧ \, ⟦{h}[{t}]⟧"
    return Formula(
        title=f"Attention score {text(f'A[{t},{i}]')}",
        symbolic=(rf"⟦A[{t},{i}]⟧ = {template(body, where, t)}",),
        numbers=(f"= {product}",),
        reads=reads(body, t),
        writes=(f"A[{t},{i}]",),
        arithmetic=lambda read: computed(body, t, read),
        sentence=f"Their dot product: positive where the hidden states of t = {i} and t = {t} {alike}."
        if i != t
        else f"The hidden state of t = {t} times itself: its squared length, so never negative.",
    )


def _weights(where: Where) -> Formula:
    t = where.t
    entry = of_line(
        where,
        "alpha",
        title=f"Attention weights α{subscript(t)}",
        sentence="Softmax turns the scores into weights that are positive and sum to 1."
        if t > 1
        else "With one timestep to look at, its weight is 1.",
    )
    return replace(
        entry,
        symbolic=(
            rf"⟦alpha[{t},{1}]|=\alpha_{{{t},i}}⟧ = \frac{{e^{{A_{{{t},i}}}}}}"
            rf"{{\sum_{{k=1}}^{{{t}}} e^{{A_{{{t},k}}}}}} \qquad i = 1, \dots, {t}",
        ),
        numbers=(),
        writes=tuple(f"alpha[{t},{i}]" for i in range(1, t + 1)),
        table=SoftmaxTable(tuple(entry.reads), "A", "α"),
    )


def _context(where: Where) -> Formula:
    t = where.t
    h = where.network.state
    numbers, everything = sums([rf"⟦alpha[{t},{i}]⟧ {where.times} ⟦{h}[{i}]⟧" for i in range(1, t + 1)])
    return replace(
        of_line(
            where,
            "Z",
            title=f"Context Z{subscript(t)}",
            sentence="The mean of the hidden states so far, weighted by attention.",
        ),
        symbolic=(rf"⟦Z[{t}]⟧ = \sum_{{i=1}}^{{{t}}} ⟦alpha[{t},1]|=\alpha_{{{t},i}}⟧ \, {latex_at(h, 'i')}",),
        numbers=numbers,
        whole=everything,
    )


def _logits(where: Where) -> Formula:
    if not where.network.by_letter:
        words = "What the state comes to through V: one number for every number that is wanted."
        return of_line(where, "Omega", title=f"Scores Ω{subscript(where.t)}", sentence=words)
    return of_line(
        where,
        "Omega",
        title=f"Scores of the letters Ω{subscript(where.t)}",
        sentence="One score for every letter of the alphabet: the larger it is, the larger the letter’s probability.",
    )


def _prediction(where: Where) -> Formula:
    t = where.t
    if not where.network.by_letter:
        return outputs.prediction(where)
    return Formula(
        title=f"Prediction ŷ{subscript(t)}",
        symbolic=(
            rf"⟦yhat[{t}]⟧ = \operatorname{{softmax}}(⟦Omega[{t}]⟧) = "
            rf"\frac{{e^{{\Omega_{{{t}}}}}}}{{\sum_{{k=1}}^{{{where.network.K}}} e^{{\Omega_{{{t},k}}}}}}",
        ),
        numbers=(),
        reads=(f"Omega[{t}]",),
        writes=(f"yhat[{t}]",),
        arithmetic=lambda read: predicted(where, read),
        sentence="Softmax turns the scores into probabilities, one a letter, that sum to 1.",
        table=SoftmaxTable((f"Omega[{t}]",), "Ω", "ŷ"),
    )


def _loss(where: Where) -> Formula:
    if not where.network.by_letter:
        return outputs.loss(where)
    t, target = where.t, where.network.targets[where.t - 1]
    wanted = visible(where.network.target_letter(t))
    return Formula(
        title=f"Loss L{subscript(t)}",
        symbolic=(rf"⟦L[{t}]⟧ = -⟦y[{t}]|^{{\top}}⟧ \ln ⟦yhat[{t}]⟧",),
        numbers=(rf"= -⟦y[{t}]|^{{\top}}⟧ \, \ln ⟦yhat[{t}]⟧", rf"= -\ln ⟦yhat[{t}]#{target + 1}⟧"),
        reads=(f"y[{t}]", f"yhat[{t}]", f"Omega[{t}]"),
        writes=(f"L[{t}]",),
        arithmetic=lambda read: lost(where, read),
        sentence=f"The surprise at the wanted letter “{wanted}”: 0 if it was certain, larger the less likely it was.",
        picks=((f"y[{t}]", target),),
    )


def total_loss(where: Where) -> Formula:
    """The last step of the forward pass: the sum of the losses that there are, or their mean."""
    T, n = where.network.T, where.network.divisor
    losses = [f"L[{t}]" for t in where.network.judged]
    numbers, everything = sums([f"⟦{loss}⟧" for loss in losses])
    over = rf"\sum_{{t=1}}^{{{T}}} L_{{t}}" if len(losses) == T else plus([f"⟦{loss}⟧" for loss in losses])
    if n > 1:
        over = rf"\frac{{1}}{{{n}}} " + (rf"\left( {over} \right)" if len(losses) < T else over)
        numbers, everything = (
            tuple(rf"= \frac{{1}}{{{n}}} \left( {line.removeprefix('= ')} \right)" for line in lines)
            for lines in (numbers, everything)
        )
    return Formula(
        title="Total loss L",
        symbolic=(f"⟦L⟧ = {over}",),
        numbers=numbers,
        whole=everything,
        reads=tuple(losses),
        writes=("L",),
        arithmetic=lambda read: np.asarray(np.add.reduce(np.array([read(loss) for loss in losses])) / n),
        sentence=f"{_which(losses, T, n)}: what training is to make smaller.",
    )


def _which(losses: list[str], T: int, n: int) -> str:
    if len(losses) == 1 and T > 1:
        return f"The loss of timestep {losses[0][2:-1]}, which alone has a target"
    which = "of all timesteps" if len(losses) == T else f"of the {len(losses)} timesteps that have a target"
    return f"The {'mean' if n > 1 else 'sum'} of the losses {which}"


STAGES: dict[str, Callable[[Where], Formula]] = {
    "letter": _letter,
    "x": _embedding,
    "A": _score,
    "alpha": _weights,
    "Z": _context,
    "Omega": _logits,
    "yhat": _prediction,
    "L": _loss,
}
