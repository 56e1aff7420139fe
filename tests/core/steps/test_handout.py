"""Steps as LaTeX: complete, escaped, with the step's numbers or with blanks."""

import re

import mathra
import numpy as np
import pytest

from core.epoch.epoch import run_epoch
from core.network.rule import EXACT
from core.program.program import Address, Phase, Program
from core.sources.opening import open_source
from core.steps.evaluate import evaluate
from core.steps.handout import escaped, handout
from core.writing.form import NumberFormat
from tests.strategies import KINDS, of_kind

FORM = NumberFormat("significant", 17)
BLANK = r"\underline{\hspace{2cm}}"


@pytest.mark.parametrize("way", ["terms", "timesteps"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_results_are_those_of_the_steps(kind, way):
    network, parameters = of_kind(kind, T=3)
    epoch, program = run_epoch(network, parameters, EXACT, 0.1), Program(network, way=way)
    steps = range(1, len(program) + 1)
    paragraphs = handout(epoch, program, steps, FORM, blanks=False).split(r"\paragraph")[1:]
    assert len(paragraphs) == len(program)
    for position, text in zip(steps, paragraphs, strict=True):
        step = evaluate(epoch, program[position], way)
        if step.address.quantity == "letter":
            continue
        result = text.split("\n& ")[-1].rpartition(r"\end{aligned}")[0].partition(" = ")[2]
        found = [
            float(n) * 10.0 ** int(p or 0) for n, p in re.findall(r"(-?\d+\.?\d*)(?:\\times 10\^\{(-?\d+)\})?", result)
        ]
        assert np.array(found) == pytest.approx(np.ravel(step.value), rel=1e-14)


@pytest.mark.parametrize("blanks", [False, True])
def test_every_group_is_closed(blanks):
    network, parameters = of_kind((True, True), T=3)
    epoch, program = run_epoch(network, parameters, EXACT, 0.1), Program(network)
    text = handout(epoch, program, range(1, len(program) + 1), FORM, blanks=blanks)
    open_groups = []
    for kind, name in re.findall(r"\\(begin|end)\{(\w+)\}", text):
        if kind == "begin":
            open_groups.append(name)
        else:
            assert open_groups.pop() == name
    assert not open_groups
    assert text.count("{") == text.count("}")
    assert len(re.findall(r"\\left\b", text)) == len(re.findall(r"\\right\b", text))
    assert text.isascii()


def test_what_is_asked_of_all_weights_is_named_as_a_whole_and_a_sum_by_its_way():
    network, parameters = of_kind((False, True), T=3)
    epoch, program = run_epoch(network, parameters, EXACT, 0.1), Program(network, way="timesteps")
    steps = [program.position(Address(Phase.BACKWARD, *at)) for at in (("alpha", (2,)), ("A", (1,)), ("W", ()))]
    weights, score, total = handout(epoch, program, steps, FORM, blanks=True).split(r"\paragraph")[1:]
    assert rf"\frac{{\partial L}}{{\partial \alpha_{{2}}}} = {BLANK}" in weights
    assert rf"\frac{{\partial L}}{{\partial A_{{1}}}} = {BLANK}" in score
    assert r"\sum_{k=1}^{3}" in total


def test_blanks_give_no_result_away():
    source = open_source("attention")
    epoch, program = run_epoch(source.network, source.parameters, EXACT, 0.01), Program(source.network)
    for position in (2, 63, 74):
        step = evaluate(epoch, program[position])
        text = handout(epoch, program, [position], FORM, blanks=True)
        assert r"\underline" in text
        assert FORM.latex(float(step.value.ravel()[0])) not in text


def test_letters_and_signs_are_escaped():
    assert escaped(r"50% of $x_1 & {y} \ ∂L/∂W h₁₂") == (
        r"50\% of \$x\_1 \& \{y\} \textbackslash{} $\partial$L/$\partial$W h$_{12}$"
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("blanks", [False, True])
def test_every_kind_of_step_can_be_typeset(kind, blanks):
    network, parameters = of_kind(kind, T=3)
    epoch, program = run_epoch(network, parameters, EXACT, 0.1), Program(network)
    kinds = {(address.phase, address.quantity, address.is_sum): place for place, address in enumerate(program, 1)}
    for paragraph in handout(epoch, program, kinds.values(), FORM, blanks=blanks).split(r"\paragraph")[1:]:
        formula = paragraph[paragraph.index("\\[") + 2 : paragraph.rindex("\\]")]
        assert mathra.tex_to_svg(formula.replace(BLANK, r"\mathrm{blank}"), strict=True).startswith("<svg")
