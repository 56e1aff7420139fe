r"""The table entries where numbers are read or wanted, or some timesteps have no target: what is given, ŷ, L, ∂L/∂Ω."""

from __future__ import annotations

import numpy as np

from core.equations.expressions import Expression, Number, Operation, Ref, op
from core.equations.outputs import OUTPUTS
from core.network.described import described
from core.network.held import open_at
from core.network.network import Network
from core.network.symbols import subscript, text
from core.steps.entry import Formula, Where
from core.steps.line import as_made, computed, heard_at, lost, predicted, reads, template
from core.writing.shown import visible

_LOSS_WORDS = {
    "cross-entropy": "The surprise at the wanted letter “{wanted}”: 0 if certain, larger the less likely it was.",
    "squared": "The squared distance of the prediction from what was wanted, {wanted}: 0 if that was hit.",
    "half-squared": "Half the squared distance of the prediction from what was wanted, {wanted}: 0 if that was hit.",
    "logistic": "The surprise at what was wanted, {wanted}: the further the prediction is from it, the larger.",
}
_PREDICTED_WORDS = {
    "linear": "The scores themselves are the prediction.",
    "sigmoid": "Sigmoid squashes every score by itself into 0 … 1.",
    "none": "The hidden state itself is the prediction: no output layer stands behind it.",
}


def loss_in_total(network: Network, t: int) -> str:
    """The loss of a timestep as the total counts it, in words: of a mean its share."""
    words = f"the loss of timestep {t}"
    return words if network.divisor == 1 else f"1/{network.divisor} of {words}, its share in the mean,"


def given(where: Where) -> Formula:
    """What a timestep reads, and what it should say, where one of these is no letter."""
    t, network = where.t, where.network
    x, y = ("x" if network.embedding_size is None else "xo") + f"[{t}]", f"y[{t}]"
    has_target = network.has_target(t)
    names = (x, y) if has_target else (x,)
    of = {x: "input", y: "target"}
    picks = () if network.reads_numbers else ((x, network.inputs[t - 1]),)
    if has_target and network.by_letter:
        picks = (*picks, (y, network.targets[t - 1]))
    one_hot = dict(picks)
    read = f"reads “{visible(network.input_letter(t))}”" if x in one_hot else f"reads {network.input_letter(t)}"
    wanted = f" and should say {_wanted(where)}." if has_target else ". It has no target, and so no loss."
    values = {x: network.one_hot_inputs[t - 1], y: network.one_hot_targets[t - 1]}
    together = len({values[name].shape for name in names}) == 1
    return Formula(
        title=f"{'Input' if network.reads_numbers else 'Letter'} at t = {t}",
        symbolic=(
            r", \qquad ".join(
                rf"⟦{name}⟧ = "
                + (rf"\operatorname{{onehot}}(\mathrm{{{of[name]}}}_{{{t}}})" if name in one_hot
                   else rf"\mathrm{{{of[name]}}}_{{{t}}}")
                for name in names
            ),
        ),
        numbers=(r" \qquad ".join(rf"⟦{name}|^{{\top}}⟧" for name in names),),
        reads=(),
        writes=names,
        arithmetic=lambda _read: np.stack([values[name] for name in names if together or name == x]),
        sentence=f"Timestep {t} {read}{wanted}",
        picks=picks,
    )  # fmt: skip


def prediction(where: Where) -> Formula:
    """ŷ of scores that are no letters', or of the state itself."""
    t, network = where.t, where.network
    equation = described(network).made("yhat")
    body = template(equation.body, where, t)
    return Formula(
        title=f"Prediction ŷ{subscript(t)}",
        symbolic=(rf"⟦yhat[{t}]⟧ = {_in(OUTPUTS[equation.output].latex, body)}",),
        numbers=(rf"= {_in(OUTPUTS[equation.output].latex, body)}",),
        reads=reads(equation.body, t),
        writes=(f"yhat[{t}]",),
        arithmetic=lambda read: predicted(where, read),
        sentence=_PREDICTED_WORDS[network.task.output],
    )


def loss(where: Where) -> Formula:
    """L of one timestep, where numbers are wanted or some timesteps have no target."""
    t, network = where.t, where.network
    title, made = f"Loss L{subscript(t)}", f"L[{t}]"
    equation = described(network).made("L")
    function, one = OUTPUTS[equation.output].loss_latex, network.K == 1
    function = function.replace(r"\left\|", r"\left(").replace(r"\right\|", r"\right)") if one else function
    yhat, y = f"⟦yhat[{t}]⟧", f"⟦y[{t}]⟧"
    function = (
        function.replace("{1}^{", f"⟦y[{t}]|^{{").replace(r"\top} \ln", r"\top}⟧ \ln")
        if not one
        else (function.replace(r"^{\top}", ""))
    )
    body = _in(function, yhat, y)
    return Formula(
        title=title,
        symbolic=(rf"⟦{made}⟧ = {body}",),
        numbers=(f"= {body}",),
        reads=tuple(dict.fromkeys((f"y[{t}]", f"yhat[{t}]", *reads(equation.body, t)))),
        writes=(made,),
        arithmetic=lambda read: lost(where, read),
        sentence=_LOSS_WORDS[network.task.loss].format(wanted=_wanted(where).strip("“”")),
        picks=((f"y[{t}]", network.targets[t - 1]),) if network.by_letter else (),
    )


def output_error(where: Where) -> Formula:
    """∂L/∂Ω of one timestep, as the output and its loss ask it."""
    t, network, made = where.t, where.network, f"dL/dOmega[{where.t}]"
    title = f"∂L/∂Ω: loss {t}"
    cut, left = why_cut(where), heard_at(network, t)
    if cut:
        nothing = np.zeros(network.K)
        return Formula(title, (f"⟦{made}⟧ = 0",), (), (), (made,), lambda _read: nothing, cut)
    asks = asked_of_scores(where)
    sentence = "What was predicted minus what was wanted"
    if network.task.loss == "squared":
        sentence = f"Twice {sentence[0].lower()}{sentence[1:]}, as the square has it"
    if network.task.output == "sigmoid" and network.task.loss != "logistic":
        sentence += ", times the slope of the sigmoid, ŷ(1 − ŷ)"
    mean = f" It counts for 1/{network.divisor}, as the total is a mean." if network.divisor > 1 else ""
    held = ""
    if left is not None:
        held = " 0 where the prediction is held: there the loss follows from the number that is held."
    elif open_at(network, "yhat", t) is not None:
        held = " What is held of the prediction is not read by the loss: the scores are asked as they make it."
    return Formula(
        title=title,
        symbolic=(rf"⟦{made}⟧ = {template(asks, where, t)}",),
        numbers=(f"= {template(asks, where, t)}",),
        reads=reads(asks, t),
        writes=(made,),
        arithmetic=lambda read: computed(asks, t, read) * (1.0 if left is None else left),
        sentence=f"{sentence}.{mean}{held}",
        picks=((f"y[{t}]", network.targets[t - 1]),) if network.by_letter else (),
    )


def why_cut(where: Where) -> str:
    """Why the loss of the timestep asks nothing of its scores while numbers are held, "" where it does."""
    t, left = where.t, heard_at(where.network, where.t)
    if left is None or left.any():
        return ""
    low, scores = subscript(t), text(f"{'Omega' if where.network.head.scores else where.network.state}[{t}]")
    if any((each.name, each.t) == ("L", t) for each in where.network.held):
        return f"0, because L{low} is held: it stays as it is, whatever {scores} is."
    return (
        f"0, because ŷ{low} is held where it decides the loss: ŷ and L are one operation, and L{low} follows from the "
        f"number that is held, not from {scores}."
    )


def asked_of_scores(where: Where) -> Expression:
    """What the loss asks of the scores."""
    asks = described(where.network).edge("L", Ref("Omega", 0)).asks or Ref("Omega", 0)
    return shared(as_made(asks, where.network, "L", where.t), where)


def shared(asks: Expression, where: Where) -> Expression:
    """*asks* with the share of a loss in the total as a number: 1/n in a mean, and of a sum nothing."""
    match asks:
        case Operation("scaled", (Ref("share"), inside)):
            n = float(where.network.divisor)
            return inside if n == 1 else op("scaled", op("/", Number(1.0), Number(n)), inside)
        case Operation(kind, operands):
            return op(kind, *(shared(operand, where) for operand in operands))
    return asks


def _wanted(where: Where) -> str:
    """What is wanted at the timestep: a letter in quotes, or numbers."""
    said = where.network.target_letter(where.t)
    return f"“{visible(said)}”" if where.network.by_letter else said


def _in(latex: str, *operands: str) -> str:
    """*latex* with *operands* in its places."""
    for place, operand in enumerate(operands):
        latex = latex.replace(f"{{{place}}}", operand)
    return latex
