r"""One table entry a step kind: its formula, what it reads and writes, its arithmetic, plain words.

What is displayed is what is computed: the arithmetic may read only the operands that the entry declares.
A term of W, U, b or E is a chain: its `Link` rows are both what the ladder shows and the products that are
taken. Templates are those of `core.steps.template`; the formulas are those of sheets A and B, sections 2 and 3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import numpy as np

from core.epoch.epoch import Epoch
from core.epoch.memo import latest
from core.network.arrays import Array
from core.network.held import open_at
from core.network.network import Network
from core.network.rule import Clip, Rule, cut, is_zero, scale
from core.network.symbols import NORM, clipped, subscript, taken, text
from core.program.program import Address, Phase, Program, Way
from core.program.terms import Terms
from core.steps import outputs
from core.steps.entry import MANY, Formula, Read, Where, plus, summed_over
from core.steps.ladder import chained_term
from core.steps.line import flowing, heard_at
from core.steps.recursion import adjoint_step, term_of_use
from core.steps.stages import STAGES, cell_line, total_loss
from core.writing.shown import visible

_KEPT = 256  # formulas of one epoch; a step asks for about twenty
_ALL = clipped("norm")


@latest
def formulas(epoch: Epoch, way: Way) -> Callable[[Address], Formula]:
    """The `formula` of a step of *epoch*: the latest are kept, since steps ask for those of their neighbours."""
    network, rule = epoch.network, epoch.rule
    return lru_cache(maxsize=_KEPT)(lambda address: formula(network, rule, address, way))


def formula(network: Network, rule: Rule, address: Address, way: Way = "terms") -> Formula:
    """The entry of the step at *address*; *way* decides which terms a sum adds up."""
    entry = _entry(Where(network, rule, address, way))
    if not network.reads_words:
        return entry
    return replace(entry, title=network.spoken(entry.title), sentence=network.spoken(entry.sentence))


def _entry(where: Where) -> Formula:
    network, address = where.network, where.address
    if address.phase is Phase.CLIP:
        return _norm(where) if address.quantity == "norm" else _clipped(where)
    if address.phase is Phase.UPDATE:
        return _update(where)
    if address.phase is Phase.BACKWARD:
        if address.is_sum:
            return _sum(where)
        if address.is_chained:
            return chained_term(where)
        if address.quantity in _OF_LOSS:
            return _OF_LOSS[address.quantity](where)
        return term_of_use(where) if address.is_term_of(network) else adjoint_step(where)
    if not address.indices:
        return total_loss(where)
    return STAGES.get(address.quantity, cell_line)(where)


def _output_error(where: Where) -> Formula:
    if not _is_as_always(where):
        return outputs.output_error(where)
    t, target = where.t, where.network.targets[where.t - 1]
    wanted = visible(where.network.target_letter(t))
    body = f"⟦yhat[{t}]⟧ - ⟦y[{t}]⟧"
    return Formula(
        title=f"∂L/∂Ω: loss {t}",
        symbolic=(rf"⟦dL/dOmega[{t}]⟧ = {body}",),
        numbers=(f"= {body}",),
        reads=(f"yhat[{t}]", f"y[{t}]"),
        writes=(f"dL/dOmega[{t}]",),
        arithmetic=lambda read: read(f"yhat[{t}]") - read(f"y[{t}]"),
        sentence="What was predicted minus what was wanted: "
        + (
            f"negative only at “{wanted}”, whose score should rise."
            if where.network.K > 1
            else "0, because the only letter there is always has probability 1."
        ),
        picks=((f"y[{t}]", target),),
    )


def _is_as_always(where: Where) -> bool:
    """Whether the loss of the timestep is as the sheets have it, and asks of its scores what it always does."""
    network, t = where.network, where.t
    return network.is_as_sheets and heard_at(network, t) is None and open_at(network, "yhat", t) is None


def _term_V(where: Where) -> Formula:
    t = where.t
    if not _is_as_always(where):
        return _of_output(where, f"{where.state}[{t}]")
    state = f"{where.state if where.rule.output_state == 'Z' else where.network.state}[{t}]"
    return Formula(
        title=f"∂L/∂V: loss {t}",
        symbolic=(rf"\left(⟦yhat[{t}]⟧ - ⟦y[{t}]⟧\right) ⟦{state}|^{{\top}}⟧",),
        numbers=(rf"= ⟦dL/dOmega[{t}]⟧ \, ⟦{state}|^{{\top}}⟧",),
        reads=(f"yhat[{t}]", f"y[{t}]", f"dL/dOmega[{t}]", state),
        writes=(),
        arithmetic=lambda read: np.outer(_flowing_error(where, read), read(state)),
        beside=state,
        before=f"dL/dOmega[{t}]",
        sentence=f"How fast the loss of timestep {t} changes with V: the error of every letter "
        "times the state that V read."
        if where.is_derivative
        else f"What the rule counts for V in the loss of timestep {t}: the error of every letter "
        f"times {text(state)}, though V read Z{subscript(t)}.",
    )


def _term_c(where: Where) -> Formula:
    t = where.t
    if not _is_as_always(where):
        return _of_output(where)
    return Formula(
        title=f"∂L/∂c: loss {t}",
        symbolic=(rf"⟦yhat[{t}]⟧ - ⟦y[{t}]⟧",),
        numbers=(f"= ⟦dL/dOmega[{t}]⟧",),
        reads=(f"yhat[{t}]", f"y[{t}]", f"dL/dOmega[{t}]"),
        writes=(),
        arithmetic=lambda read: _flowing_error(where, read),
        sentence=f"How fast the loss of timestep {t} changes with c: the error itself, since c is added to the scores.",
    )


def _of_output(where: Where, state: str = "") -> Formula:
    """A term of V, beside the *state* that it read, or of c: from ∂L/∂Ω, however that was asked."""
    t, name = where.t, where.address.quantity
    if state and where.rule.output_state == "h":
        state = f"{where.network.state}[{t}]"
    error, beside = f"dL/dOmega[{t}]", rf" \, ⟦{state}|^{{\top}}⟧" if state else ""
    words = f"the error of every score{' times the state beside V' if state else ', as c is added to the scores'}"
    moved = f"How fast {outputs.loss_in_total(where.network, t)} changes with {name}"
    counted = f"What the rule counts for {name} in the loss of timestep {t}"
    return Formula(
        title=f"∂L/∂{name}: loss {t}",
        symbolic=(f"⟦{error}⟧{beside}",),
        numbers=(f"= ⟦{error}⟧{beside}",),
        reads=(error, state) if state else (error,),
        writes=(),
        arithmetic=lambda read: (
            np.outer(_flowing_error(where, read), read(state)) if state else _flowing_error(where, read)
        ),
        beside=state,
        before=error if state else "",
        sentence=f"{moved if where.is_derivative else counted}: {words}.",
    )


def _flowing_error(where: Where, read: Read) -> Array:
    return flowing(where.network, "Omega", where.t, read)(f"dL/dOmega[{where.t}]")


def _sum(where: Where) -> Formula:
    name, T = where.address.quantity, where.network.T
    signs, indices = summed_over("t", where.network.judged), "t"
    chained = name in where.network.chained
    if chained and where.way == "timesteps":
        signs, indices = summed_over("k", range(1, T + 1)), "k"
    elif chained:
        signs += r" \sum_{m=1}^{t} \sum_{k=1}^{m}" if where.network.attention else r" \sum_{k=1}^{t}"
        indices = "t,m,k" if where.network.attention else "t,k"
    terms = Terms(Program(where.network, way=where.way), name)
    return Formula(
        title=f"{text(f'dL/d{name}')}: the sum",
        symbolic=(rf"⟦dL/d{name}⟧ = {signs} \left(\mathrm{{term}}_{{{indices}}}\right)",),
        numbers=(),
        reads=terms,
        writes=(f"dL/d{name}",),
        arithmetic=lambda read: np.asarray(sum(map(read, terms))),
        sentence=f"How fast the total loss changes with the one {text(name)}: what every use adds, summed."
        if where.is_derivative
        else f"What every use of the one {text(name)} adds, by the rule in use: not the true derivative."
        + (_left_out(where.rule) if where.rule.cuts(T) and chained else ""),
    )


def _left_out(rule: Rule) -> str:
    """Which terms the rule does not count."""
    far = "" if rule.truncate is None else f" Terms with t − k ≥ {rule.truncate} are left out."
    return far + ("" if rule.chunks is None else f" Terms across an edge of the chunks of {rule.chunks} are left out.")


def _clip(where: Where) -> Clip:
    assert where.rule.clip is not None  # else no program has these steps
    return where.rule.clip


def _norm(where: Where) -> Formula:
    """The norm that the clip of Pascanu, Mikolov and Bengio 2013, algorithm 1, compares: that of all gradients."""
    most = f"{_clip(where).most:g}"
    parts = [f"{NORM}{name}" for name in where.network.parameter_shapes]
    body = rf"\sqrt{{{plus([f'⟦{each}|^{{2}}⟧' for each in parts], MANY)}}}"
    return Formula(
        title="The norm of all gradients",
        symbolic=(f"⟦{_ALL}⟧ = {body}",),
        numbers=(f"= {body}",),
        reads=tuple(parts),
        writes=(_ALL,),
        arithmetic=lambda read: np.sqrt(sum(np.square(read(each)) for each in parts)),
        sentence="The root of the sum of the squares of all entries of all gradients together. If it is larger than "
        f"{most}, every gradient is multiplied by {most} over it: together they keep their direction.",
    )


def _clipped(where: Where) -> Formula:
    """What the clip leaves of one gradient, which the update takes."""
    clip, name = _clip(where), where.address.quantity
    most, whole, made = f"{clip.most:g}", f"dL/d{name}", clipped(name)
    body = rf"\min\left( \max\left( ⟦{whole}⟧, -{most} \right), {most} \right)"
    entry = Formula(
        title=f"Clip {text(whole)}",
        symbolic=(f"⟦{made}⟧ = {body}",),
        numbers=(f"= {body}",),
        reads=(whole,),
        writes=(made,),
        arithmetic=lambda read: cut(read(whole), clip.most),
        sentence=f"Every entry beyond ±{most} is cut to it. The update takes what is left, which is not the derivative "
        "where anything was cut.",
    )
    if clip.kind == "value":
        return entry
    body = rf"\frac{{{most}}}{{\max\left( ⟦{_ALL}⟧, {most} \right)}} \cdot ⟦{whole}⟧"
    return replace(
        entry,
        symbolic=(f"⟦{made}⟧ = {body}",),
        numbers=(f"= {body}",),
        reads=(_ALL, whole),
        arithmetic=lambda read: scale(read(_ALL), clip.most) * read(whole),
        sentence=f"All gradients are multiplied by the same number: by 1 where their norm is at most {most}, else by "
        f"{most} over the norm. The update takes that.",
    )


def _update(where: Where) -> Formula:
    name = where.address.quantity
    slope = taken(name, where.rule)
    body = rf"⟦{name}⟧ - ⟦eta⟧ \cdot ⟦{slope}⟧"
    return Formula(
        title=f"Update {text(name)}",
        symbolic=(rf"⟦{name}_new⟧ = {body}",),
        numbers=(f"= {body}",),
        reads=(name, "eta", slope),
        writes=(f"{name}_new",),
        arithmetic=lambda read: read(name) - read("eta") * read(slope),
        sentence=_update_words(where),
    )


def _update_words(where: Where) -> str:
    name = where.address.quantity
    if is_zero(name, where.network, where.network.T):
        return f"The gradient is 0 whatever the numbers are: {text(name)} stays as it is."
    if where.rule.clip is not None:
        return f"η times what the clip leaves of the gradient is taken off {text(name)}."
    if where.is_derivative:
        return (
            f"η times the gradient is taken off: {text(name)} moves the way that lowers the loss, if η is small enough."
        )
    if name in where.network.chained and replace(where, rule=replace(where.rule, sign=1)).is_derivative:
        return f"η times what the rule gives is taken off: with this sign {text(name)} goes uphill."
    return f"η times what the rule gives is taken off, which is not the true derivative by {text(name)}."


_OF_LOSS: dict[str, Callable[[Where], Formula]] = {"Omega": _output_error, "V": _term_V, "c": _term_c}
