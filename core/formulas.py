r"""One table entry a step kind: its formula, what it reads and writes, its arithmetic, plain words.

What is displayed is what is computed: the arithmetic may read only the operands that the entry declares.
A term of W, U, b or E is a chain: its `Link` rows are both what the ladder shows and the products that are
taken. Templates are those of `core.tex`; the formulas are those of sheets A and B, sections 2 and 3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.backward import CHAINED, Rule
from core.forward import log_loss, softmax
from core.network import Array, Network
from core.program import Address, Phase
from core.symbols import subscript, text

Read = Callable[[str], Array]
Products = list[Array]


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """One row of a ladder.

    *sign*: ``×`` or ``+``, empty on the first row. *factor*, *numbers*: templates. *note*: what the factor is.
    *apply*: the next product, from the products so far and the operands.
    """

    sign: str
    factor: str
    numbers: str
    note: str
    apply: Callable[[Products, Read], Array]


@dataclass(frozen=True, slots=True, eq=False)
class SoftmaxTable:
    """The small table of a softmax: *scores* and the symbols of the entries it makes."""

    scores: tuple[str, ...]
    score_name: str
    weight_name: str


@dataclass(frozen=True, slots=True, eq=False)
class Formula:
    """The table entry of one step.

    *title*; *symbolic*: lines of templates; *numbers*: lines to be substituted; *reads*, *writes*: symbol ids;
    *arithmetic*: the value written, in the declared shape (of the first symbol in *writes*, or one number for each);
    *sentence*: for a learner, with letters in quotes. *links*: the rows of a chained term. *picks*: the entry
    that a one-hot operand picks, 0-based, by symbol.
    """

    title: str
    symbolic: tuple[str, ...]
    numbers: tuple[str, ...]
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    arithmetic: Callable[[Read], Array]
    sentence: str
    links: tuple[Link, ...] = ()
    table: SoftmaxTable | None = None
    picks: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Where:
    """The step that an entry is written for."""

    network: Network
    rule: Rule
    address: Address

    @property
    def t(self) -> int:
        """The timestep, or the loss, of the step."""
        return self.address.indices[0]

    @property
    def scalar(self) -> bool:
        """Whether the hidden state is one number, so that the sheets' scalar notation holds."""
        return self.network.H == 1

    @property
    def times(self) -> str:
        """The sign between two factors: a dot between numbers, nothing between matrices."""
        return r"\cdot " if self.scalar else r"\, "

    @property
    def state(self) -> str:
        """The name of what V reads: Z with attention, else h."""
        return "Z" if self.network.attention else "h"


def formula(network: Network, rule: Rule, address: Address) -> Formula:
    """The entry of the step at *address*."""
    where = Where(network, rule, address)
    if address.phase is Phase.UPDATE:
        return _update(where)
    if address.phase is Phase.BACKWARD:
        from core.chain import chained_term  # the chained terms have a module of their own

        if address.is_sum:
            return _sum(where)
        if address.quantity in CHAINED:
            return chained_term(where)
        return {"Omega": _output_error, "V": _term_V, "c": _term_c}[address.quantity](where)
    if not address.indices:
        return _total_loss(where)
    return _STAGES[address.quantity](where)


def _letter(where: Where) -> Formula:
    t, network = where.t, where.network
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
        sentence=f"Timestep {t} reads “{network.input_letter(t)}” and should say “{network.target_letter(t)}”. "
        f"A one-hot vector has a 1 at the letter’s place in the alphabet and 0 elsewhere.",
        picks=((x, read), (y, wanted)),
    )


def _embedding(where: Where) -> Formula:
    t = where.t
    letter = where.network.input_letter(t)
    return Formula(
        title=f"Embedding x{subscript(t)}",
        symbolic=(rf"⟦x[{t}]|^{{\top}}⟧ = ⟦xo[{t}]|^{{\top}}⟧ \, ⟦E⟧",),
        numbers=(rf"= ⟦xo[{t}]|^{{\top}}⟧ \, ⟦E⟧", rf"= ⟦x[{t}]|^{{\top}}⟧"),
        reads=(f"xo[{t}]", "E"),
        writes=(f"x[{t}]",),
        arithmetic=lambda read: read(f"xo[{t}]") @ read("E"),
        sentence=f"The one-hot vector picks row “{letter}” of E: that row is what the network reads.",
        picks=((f"xo[{t}]", where.network.inputs[t - 1]),),
    )


def _hidden_state(where: Where) -> Formula:
    t, network = where.t, where.network
    x, before = f"x[{t}]", f"h[{t - 1}]"
    inside = rf"⟦U⟧ \, ⟦{x}⟧ + ⟦W⟧ {where.times} ⟦{before}⟧ + ⟦b⟧"
    picks: tuple[tuple[str, int], ...] = ()
    words = "New input through U, memory through W, squashed by tanh into −1 … 1."
    if network.embedding_size is None:
        picks = ((x, network.inputs[t - 1]), ("U", network.inputs[t - 1]))
        words = f"The one-hot x{subscript(t)} picks column “{network.input_letter(t)}” of U. " + words
    if t == 1:
        words += " There is nothing before the first letter: h₀ = 0."
    return Formula(
        title=f"Hidden state h{subscript(t)}",
        symbolic=(rf"⟦h[{t}]⟧ = \tanh\left( {inside} \right)",),
        numbers=(rf"= \tanh\left( {inside} \right)", rf"= \tanh\left( ⟦a[{t}]⟧ \right)"),
        reads=("U", x, "W", before, "b"),
        writes=(f"h[{t}]", f"a[{t}]"),
        arithmetic=lambda read: np.tanh(read("U") @ read(x) + read("W") @ read(before) + read("b")),
        sentence=words,
        picks=picks,
    )


def _score(where: Where) -> Formula:
    t, i = where.address.indices
    product = rf"⟦h[{i}]⟧ \cdot ⟦h[{t}]⟧" if where.scalar else rf"⟦h[{i}]|^{{\top}}⟧ \, ⟦h[{t}]⟧"
    return Formula(
        title=f"Attention score {text(f'A[{t},{i}]')}",
        symbolic=(rf"⟦A[{t},{i}]⟧ = ⟦h[{i}]⟧ \cdot ⟦h[{t}]⟧",),
        numbers=(f"= {product}",),
        reads=(f"h[{i}]", f"h[{t}]"),
        writes=(f"A[{t},{i}]",),
        arithmetic=lambda read: np.asarray(read(f"h[{i}]") @ read(f"h[{t}]")),
        sentence=f"How alike are the hidden states of timesteps {i} and {t}? Their dot product says."
        if i != t
        else f"Timestep {t} also compares its hidden state with itself.",
    )


def _weights(where: Where) -> Formula:
    t = where.t
    scores = tuple(f"A[{t},{i}]" for i in range(1, t + 1))
    return Formula(
        title=f"Attention weights α{subscript(t)}",
        symbolic=(
            rf"⟦alpha[{t},{1}]|=\alpha_{{{t},i}}⟧ = \frac{{e^{{A_{{{t},i}}}}}}"
            rf"{{\sum_{{k=1}}^{{{t}}} e^{{A_{{{t},k}}}}}} \qquad i = 1, \dots, {t}",
        ),
        numbers=(),
        reads=scores,
        writes=tuple(f"alpha[{t},{i}]" for i in range(1, t + 1)),
        arithmetic=lambda read: softmax(np.array([read(score) for score in scores])),
        sentence="Softmax turns the scores into weights that are positive and sum to 1."
        if t > 1
        else "With one timestep to look at, its weight is 1.",
        table=SoftmaxTable(scores, "A", "α"),
    )


def _context(where: Where) -> Formula:
    t = where.t
    addends = [rf"⟦alpha[{t},{i}]⟧ {where.times} ⟦h[{i}]⟧" for i in range(1, t + 1)]
    return Formula(
        title=f"Context Z{subscript(t)}",
        symbolic=(rf"⟦Z[{t}]⟧ = \sum_{{i=1}}^{{{t}}} ⟦alpha[{t},1]|=\alpha_{{{t},i}}⟧ \, h_{{i}}",),
        numbers=("= " + plus(addends),),
        reads=tuple(symbol for i in range(1, t + 1) for symbol in (f"alpha[{t},{i}]", f"h[{i}]")),
        writes=(f"Z[{t}]",),
        arithmetic=lambda read: np.asarray(sum(read(f"alpha[{t},{i}]") * read(f"h[{i}]") for i in range(1, t + 1))),
        sentence="The mean of the hidden states so far, weighted by attention.",
    )


def _logits(where: Where) -> Formula:
    t, state = where.t, f"{where.state}[{where.t}]"
    body = rf"⟦V⟧ {where.times} ⟦{state}⟧ + ⟦c⟧"
    return Formula(
        title=f"Scores of the letters Ω{subscript(t)}",
        symbolic=(rf"⟦Omega[{t}]⟧ = {body}",),
        numbers=(f"= {body}",),
        reads=("V", state, "c"),
        writes=(f"Omega[{t}]",),
        arithmetic=lambda read: read("V") @ read(state) + read("c"),
        sentence="One score for every letter of the alphabet; the larger, the more the network believes in it.",
    )


def _prediction(where: Where) -> Formula:
    t = where.t
    return Formula(
        title=f"Prediction ŷ{subscript(t)}",
        symbolic=(
            rf"⟦yhat[{t}]⟧ = \operatorname{{softmax}}(⟦Omega[{t}]⟧) = "
            rf"\frac{{e^{{\Omega_{{{t}}}}}}}{{\sum_{{k=1}}^{{{where.network.K}}} e^{{\Omega_{{{t},k}}}}}}",
        ),
        numbers=(),
        reads=(f"Omega[{t}]",),
        writes=(f"yhat[{t}]",),
        arithmetic=lambda read: softmax(read(f"Omega[{t}]")),
        sentence="Softmax turns the scores into probabilities, one a letter.",
        table=SoftmaxTable((f"Omega[{t}]",), "Ω", "ŷ"),
    )


def _loss(where: Where) -> Formula:
    t, target = where.t, where.network.targets[where.t - 1]
    wanted = where.network.target_letter(t)
    return Formula(
        title=f"Loss L{subscript(t)}",
        symbolic=(rf"⟦L[{t}]⟧ = -⟦y[{t}]|^{{\top}}⟧ \ln ⟦yhat[{t}]⟧",),
        numbers=(rf"= -⟦y[{t}]|^{{\top}}⟧ \, \ln ⟦yhat[{t}]⟧", rf"= -\ln ⟦yhat[{t}]#{target + 1}⟧"),
        reads=(f"y[{t}]", f"yhat[{t}]", f"Omega[{t}]"),
        writes=(f"L[{t}]",),
        # From Ω rather than from ŷ, so that it stays finite where the probability underflows to zero.
        arithmetic=lambda read: np.asarray(log_loss(read(f"Omega[{t}]"), read(f"y[{t}]"))),
        sentence=f"The surprise at the wanted letter “{wanted}”: 0 if it was certain, larger the less likely it was.",
        picks=((f"y[{t}]", target),),
    )


def _total_loss(where: Where) -> Formula:
    T = where.network.T
    losses = [f"L[{t}]" for t in range(1, T + 1)]
    return Formula(
        title="Total loss L",
        symbolic=(rf"⟦L⟧ = \sum_{{t=1}}^{{{T}}} L_{{t}}",),
        numbers=("= " + plus([f"⟦{loss}⟧" for loss in losses]),),
        reads=tuple(losses),
        writes=("L",),
        arithmetic=lambda read: np.add.reduce(np.array([read(loss) for loss in losses])),
        sentence="What training makes smaller: the losses of all timesteps together.",
    )


def _output_error(where: Where) -> Formula:
    t, target = where.t, where.network.targets[where.t - 1]
    wanted = where.network.target_letter(t)
    body = f"⟦yhat[{t}]⟧ - ⟦y[{t}]⟧"
    return Formula(
        title=f"∂L/∂Ω: loss {t}",
        symbolic=(rf"⟦dL/dOmega[{t}]⟧ = {body}",),
        numbers=(f"= {body}",),
        reads=(f"yhat[{t}]", f"y[{t}]"),
        writes=(f"dL/dOmega[{t}]",),
        arithmetic=lambda read: read(f"yhat[{t}]") - read(f"y[{t}]"),
        sentence=f"What was predicted minus what was wanted: negative only at “{wanted}”, whose score should rise.",
        picks=((f"y[{t}]", target),),
    )


def _term_V(where: Where) -> Formula:
    t = where.t
    state = f"{'Z' if where.rule.output_state == 'Z' and where.network.attention else 'h'}[{t}]"
    return Formula(
        title=f"∂L/∂V: loss {t}",
        symbolic=(rf"\left(⟦yhat[{t}]⟧ - ⟦y[{t}]⟧\right) ⟦{state}|^{{\top}}⟧",),
        numbers=(rf"= ⟦dL/dOmega[{t}]⟧ \, ⟦{state}|^{{\top}}⟧",),
        reads=(f"yhat[{t}]", f"y[{t}]", f"dL/dOmega[{t}]", state),
        writes=(),
        arithmetic=lambda read: np.outer(read(f"dL/dOmega[{t}]"), read(state)),
        sentence=f"How much V moves the loss of timestep {t}: the error of every letter times the state that V read.",
    )


def _term_c(where: Where) -> Formula:
    t = where.t
    return Formula(
        title=f"∂L/∂c: loss {t}",
        symbolic=(rf"⟦yhat[{t}]⟧ - ⟦y[{t}]⟧",),
        numbers=(f"= ⟦dL/dOmega[{t}]⟧",),
        reads=(f"yhat[{t}]", f"y[{t}]", f"dL/dOmega[{t}]"),
        writes=(),
        arithmetic=lambda read: read(f"dL/dOmega[{t}]"),
        sentence=f"How much c moves the loss of timestep {t}: the error itself, since c is added to every score.",
    )


def _sum(where: Where) -> Formula:
    name, T = where.address.quantity, where.network.T
    signs = rf"\sum_{{t=1}}^{{{T}}}"
    if name in CHAINED:
        signs += r" \sum_{m=1}^{t} \sum_{k=1}^{m}" if where.network.attention else r" \sum_{k=1}^{t}"
    indices = {True: "t,m,k" if where.network.attention else "t,k", False: "t"}[name in CHAINED]
    return Formula(
        title=f"∂L/∂{name}: the sum",
        symbolic=(rf"⟦dL/d{name}⟧ = {signs} \left(\mathrm{{term}}_{{{indices}}}\right)",),
        numbers=(),
        reads=(f"dL/d{name}",),
        writes=(f"dL/d{name}",),
        arithmetic=lambda read: read(f"dL/d{name}"),
        sentence=f"All that the one {name} contributes to the loss, added over every use: the whole gradient.",
    )


def _update(where: Where) -> Formula:
    name = where.address.quantity
    body = rf"⟦{name}⟧ - ⟦eta⟧ \cdot ⟦dL/d{name}⟧"
    return Formula(
        title=f"Update {name}",
        symbolic=(rf"⟦{name}_new⟧ = {body}",),
        numbers=(f"= {body}",),
        reads=(name, "eta", f"dL/d{name}"),
        writes=(f"{name}_new",),
        arithmetic=lambda read: read(name) - read("eta") * read(f"dL/d{name}"),
        sentence=f"A small step against the gradient: {name} moves the way that lowers the loss.",
    )


def plus(addends: list[str], most: int = 4) -> str:
    """The addends joined; of more than *most*, the first and the last *most* / 2."""
    half = most // 2
    kept = addends if len(addends) <= most else [*addends[:half], r"\cdots", *addends[-half:]]
    return " + ".join(kept)


_STAGES: dict[str, Callable[[Where], Formula]] = {
    "letter": _letter,
    "x": _embedding,
    "h": _hidden_state,
    "A": _score,
    "alpha": _weights,
    "Z": _context,
    "Omega": _logits,
    "yhat": _prediction,
    "L": _loss,
}
