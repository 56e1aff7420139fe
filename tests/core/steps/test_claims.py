"""What is said of a step: whether it is the derivative, the exact formula, what is elided, what is spoken."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from core.epoch.backward import gradients
from core.epoch.epoch import run_epoch
from core.epoch.forward import forward
from core.network.network import Network, Parameters
from core.network.rule import EXACT, PRINTED, TYPESET, Rule
from core.program.program import Address, Phase
from core.steps import template as tex
from core.steps.entry import Where
from core.steps.evaluate import evaluate
from core.steps.formulas import formula
from core.steps.speech import spoken
from core.writing.form import NumberFormat
from tests import oracles
from tests.strategies import KINDS, RULES, of_kind, random_network


@pytest.mark.parametrize("kind", KINDS)
def test_a_rule_is_called_the_derivative_exactly_where_it_is(kind):
    network, parameters = of_kind(kind, T=4, H=3)
    true, tape = oracles.complex_step(network, parameters), forward(network, parameters)
    for rule in RULES:
        found = gradients(tape, rule)
        for name in network.parameter_shapes:
            said = Where(network, rule, Address(Phase.BACKWARD, name)).is_derivative
            assert said == np.allclose(found[name], true[name], rtol=1e-9, atol=1e-12), f"{name} under {rule}"


def shown(network, phase, name, *indices, rule=EXACT):
    """The symbolic lines of a step, as LaTeX without its spacing."""
    lines = formula(network, rule, Address(phase, name, indices)).symbolic
    return [re.sub(r" ?\\, ?| ", "", tex.plain(tex.symbolic(line))) for line in lines]


F, B, U = Phase.FORWARD, Phase.BACKWARD, Phase.UPDATE
D = r"\qquadD_{j}=\operatorname{diag}\left(1-h_{j}^{2}\right)"
ERROR = r"\left(\hat{y}_{3}-y_{3}\right)^{\top}"


@pytest.mark.parametrize(
    ("kind", "step", "lines"),
    [
        ((False, False), (F, "h", 2), [r"h_{2}=\tanh\left(Ux_{2}+Wh_{1}+b\right)"]),
        ((True, False), (F, "x", 2), [r"x_{2}^{\top}=x_{2}^{\circ\top}E"]),
        ((False, True), (F, "A", 3, 2), [r"A_{3,2}=h_{2}\cdoth_{3}"]),
        (
            (False, True),
            (F, "alpha", 3),
            [r"\alpha_{3,i}=\frac{e^{A_{3,i}}}{\sum_{k=1}^{3}e^{A_{3,k}}}\qquadi=1,\dots,3"],
        ),
        ((False, True), (F, "Z", 3), [r"Z_{3}=\sum_{i=1}^{3}\alpha_{3,i}h_{i}"]),
        ((False, False), (F, "Omega", 3), [r"\Omega_{3}=Vh_{3}+c"]),
        ((False, True), (F, "Omega", 3), [r"\Omega_{3}=VZ_{3}+c"]),
        (
            (False, True),
            (F, "yhat", 3),
            [r"\hat{y}_{3}=\operatorname{softmax}(\Omega_{3})=\frac{e^{\Omega_{3}}}{\sum_{k=1}^{3}e^{\Omega_{3,k}}}"],
        ),
        ((False, False), (F, "L", 3), [r"L_{3}=-y_{3}^{\top}\ln\hat{y}_{3}"]),
        ((False, False), (F, "L"), [r"L=\sum_{t=1}^{4}L_{t}"]),
        ((False, False), (B, "Omega", 3), [r"\frac{\partialL}{\partial\Omega_{3}}=\hat{y}_{3}-y_{3}"]),
        ((False, True), (B, "V", 3), [r"\left(\hat{y}_{3}-y_{3}\right)Z_{3}^{\top}"]),
        ((False, False), (B, "V", 3), [r"\left(\hat{y}_{3}-y_{3}\right)h_{3}^{\top}"]),
        ((False, True), (B, "c", 3), [r"\hat{y}_{3}-y_{3}"]),
        ((False, True), (B, "c"), [r"\frac{\partialL}{\partialc}=\sum_{t=1}^{4}\left(\mathrm{term}_{t}\right)"]),
        (
            (False, True),
            (B, "W"),
            [
                r"\frac{\partialL}{\partialW}=\sum_{t=1}^{4}\sum_{m=1}^{t}\sum_{k=1}^{m}"
                r"\left(\mathrm{term}_{t,m,k}\right)"
            ],
        ),
        (
            (False, False),
            (B, "W"),
            [r"\frac{\partialL}{\partialW}=\sum_{t=1}^{4}\sum_{k=1}^{t}\left(\mathrm{term}_{t,k}\right)"],
        ),
        (
            (False, False),
            (B, "W", 3, 3, 2),
            [rf"\left[{ERROR}V\cdotD_{{3}}WD_{{2}}\right]^{{\top}}h_{{1}}^{{\top}}{D}"],
        ),
        ((True, False), (B, "E", 3, 3, 2), [rf"x_{{2}}^{{\circ}}{ERROR}V\cdotD_{{3}}WD_{{2}}U{D}"]),
        (
            (True, True),
            (B, "U", 3, 2, 2),
            [
                r"\left[g_{3,2}^{\top}\cdotD_{2}\right]^{\top}x_{2}^{\top}",
                r"g_{3,2}=\alpha_{3,2}v_{3}+\alpha_{3,2}\left((h_{2}-Z_{3})\cdotv_{3}\right)h_{3}" + D,
            ],
        ),
        (
            (True, True),
            (B, "b", 3, 3, 3),
            [
                r"\left[g_{3,3}^{\top}\cdotD_{3}\right]^{\top}",
                r"g_{3,3}=\alpha_{3,3}v_{3}+\alpha_{3,3}\left((h_{3}-Z_{3})\cdotv_{3}\right)h_{3}"
                r"+\sum_{i=1}^{3}\alpha_{3,i}\left((h_{i}-Z_{3})\cdotv_{3}\right)h_{i}" + D,
            ],
        ),
        ((False, False), (U, "W"), [r"W^{\mathrm{new}}=W-\eta\cdot\frac{\partialL}{\partialW}"]),
    ],
)
def test_every_kind_of_step_has_its_formula(kind, step, lines):
    assert shown(of_kind(kind, T=4, H=2)[0], *step) == lines


def links(*steps, rule=EXACT, kind=(False, True), H=2):
    entry = formula(of_kind(kind, T=4, H=H)[0], rule, Address(B, *steps))
    return [
        (link.sign, *(re.sub(r" ?\\, ?| ", "", tex.plain(tex.symbolic(part))) for part in (link.factor, link.numbers)))
        for link in entry.links
    ]


def test_the_paths_of_attention_are_links_of_their_own():
    head = ("", rf"{ERROR}V", r"\frac{\partialL}{\partial\Omega_{3}}")
    found = links("b", (3, 3, 3))
    assert found[0][:2] == head[:2]
    assert [link[:2] for link in found[1:4]] == [
        ("×", r"\alpha_{3,3}"),
        ("+", r"\alpha_{3,3}\left((h_{3}-Z_{3})\cdotv_{3}\right)h_{3}"),
        ("+", r"\sum_{i=1}^{3}\alpha_{3,i}\left((h_{i}-Z_{3})\cdotv_{3}\right)h_{i}"),
    ]
    assert [link[2] for link in found[1:4]] == [
        r"\alpha_{3,3}",
        r"\alpha_{3,3}\cdots_{3,3}\cdoth_{3}",
        r"\alpha_{3,1}\cdots_{3,1}\cdoth_{1}+\cdots",
    ]
    key = links("b", (3, 2, 2), rule=Rule(paths=frozenset({"key"})))
    assert key[1] == (
        "→",
        r"\alpha_{3,2}\left((h_{2}-Z_{3})\cdotv_{3}\right)h_{3}",
        r"\alpha_{3,2}\cdots_{3,2}\cdoth_{3}",
    )
    assert links("b", (3, 2, 2), rule=TYPESET)[1][:2] == ("×", "A_{3,2}")
    assert links("E", (3, 3, 2), kind=(True, False))[-1] == ("×", "U", "")


def numbers(T, name, *indices):
    """The line with numbers of a step of a text of *T* letters, in symbols."""
    network, _ = random_network(4, T=T, H=1, K=5)
    return tex.plain(tex.symbolic(formula(network, EXACT, Address(F, name, indices)).numbers[0]))


@pytest.mark.parametrize("T", [1, 3, 4, 5, 9])
def test_a_sum_shows_all_its_addends_or_the_first_two_and_the_last_two(T):
    places = list(range(1, T + 1)) if T <= 4 else [1, 2, None, T - 1, T]
    losses = [r"\cdots" if t is None else f"L_{{{t}}}" for t in places]
    assert numbers(T, "L") == "= " + " + ".join(losses)
    addends = [r"\cdots" if i is None else rf"\alpha_{{{T},{i}}} \cdot  h_{{{i}}}" for i in places]
    assert numbers(T, "Z", T) == "= " + " + ".join(addends)


@pytest.mark.parametrize(
    ("k", "states"), [(4, [6, 5, 4]), (3, [6, 5, 4, 3]), (2, [6, 5, None, 2]), (1, [6, 5, None, 1])]
)
def test_a_long_product_shows_its_first_two_slopes_and_the_last(k, states):
    network, _ = random_network(4, T=6, H=2, attention=False)
    slopes = [r"\cdots" if j is None else f"D_{{{j}}}" for j in states]
    (line,) = shown(network, B, "b", 6, 6, k)
    assert r"V\cdot" + "W".join(slopes) + r"\right]" in line


@pytest.mark.parametrize("K", [2, 3])
def test_an_error_of_many_letters_shows_the_first_and_the_last(K):
    network, _ = random_network(4, T=2, H=1, K=K, attention=False)
    first = formula(network, EXACT, Address(B, "b", (2, 2, 2))).links[0].numbers
    entries = [1, K] if K > 1 else [1]
    marks = [rf"⟦dL/dOmega[2]#{i}⟧ \cdot ⟦V#{i},1⟧" for i in entries]
    assert first == (r" + \cdots + " if K > 2 else " + ").join(marks)


def test_a_term_without_attention_is_spoken_without_a_way():
    network, parameters = random_network(0, T=3, D=2, attention=False)
    epoch, form = run_epoch(network, parameters, EXACT, 0.1), NumberFormat()
    for name, word in (("W", "W used"), ("U", "U used"), ("b", "b used"), ("E", "E read")):
        said = spoken(evaluate(epoch, Address(B, name, (3, 3, 2))), 9, 99, form)
        assert said.startswith(f"Step 9 of 99. Loss 3, {word} at t = 2. Term ")


@pytest.mark.parametrize(("K", "is_said"), [(1, True), (4, True), (5, False)])
def test_a_result_of_up_to_four_numbers_is_spoken_in_full(K, is_said):
    network, parameters = random_network(0, T=2, K=K, attention=False)
    epoch, form = run_epoch(network, parameters, EXACT, 0.1), NumberFormat()
    said = spoken(evaluate(epoch, Address(F, "Omega", (2,))), 1, 9, form)
    numbers = ", ".join(form.spoken(float(number)) for number in epoch.tape["Omega"][1])
    assert said == "Step 1 of 9. Scores of the letters Ω 2." + (f" Result {numbers}." if is_said else "")


@pytest.mark.parametrize("seed", range(4))
def test_of_a_term_that_is_not_followed_the_largest_entry_is_spoken(seed):
    network, parameters = random_network(seed, attention=False)
    epoch, form = run_epoch(network, parameters, EXACT, 0.1), NumberFormat()
    step = evaluate(epoch, Address(B, "W", (3, 3, 2)))
    said = spoken(step, 9, 99, form)
    assert step.running is not None
    for words, value in (("Term", step.value), ("Running total", step.running)):
        largest = sorted(np.ravel(value).tolist(), key=abs)[-1]
        assert f"{words} {form.spoken(largest)}." in said


def test_nothing_is_spoken_of_one_hot_vectors_and_of_hidden_results():
    network, parameters = random_network(0, T=2, K=2, attention=False)
    epoch, form = run_epoch(network, parameters, EXACT, 0.1), NumberFormat()
    assert spoken(evaluate(epoch, Address(F, "letter", (1,))), 1, 9, form) == "Step 1 of 9. Letter at t = 1."
    for address, title in (
        (Address(F, "h", (1,)), "Hidden state h 1."),
        (Address(B, "W", (1, 1, 1)), "Loss 1, W used at t = 1."),  # zero, which its reason would tell
        (Address(B, "b"), "∂L/∂b: the sum."),
    ):
        said = spoken(evaluate(epoch, address), 2, 9, form, hidden=True)
        assert said == f"Step 2 of 9. {title} The result is hidden."


def sentence(phase, name, *indices, rule=EXACT, kind=(False, True), T=3):
    return formula(of_kind(kind, T=T)[0], rule, Address(phase, name, indices)).sentence


def test_sentences_at_the_edges_say_what_is_particular_there():
    assert sentence(F, "A", 2, 2) == "The hidden state of t = 2 times itself: its squared length, so never negative."
    assert sentence(F, "A", 2, 1).startswith("Their dot product: positive where")
    assert sentence(F, "alpha", 1) == "With one timestep to look at, its weight is 1."
    assert sentence(F, "alpha", 2) == "Softmax turns the scores into weights that are positive and sum to 1."
    assert sentence(F, "h", 1).endswith("There is nothing before the first letter: h₀ = 0.")
    assert "h₀" not in sentence(F, "h", 2)
    assert "picks column" in sentence(F, "h", 2)
    assert "picks column" not in sentence(F, "h", 2, kind=(True, True))
    changes = "How fast the loss of timestep 2 changes with the b added at timestep 1"
    assert sentence(B, "b", 2, 1, 1) == f"{changes}, by way of h₁."
    assert sentence(B, "b", 2, 2, 1, kind=(False, False)) == f"{changes}."
    assert sentence(U, "W", rule=replace(EXACT, sign=-1)).endswith("with this sign W goes uphill.")
    assert sentence(U, "W", rule=TYPESET).endswith("which is not the true derivative by W.")
    assert sentence(U, "V", rule=TYPESET).endswith("which is not the true derivative by V.")
    assert sentence(U, "V", rule=EXACT).startswith("η times the gradient is taken off")


def test_a_term_of_e_names_the_row_that_the_rule_adds_it_to():
    letters = [Network(("a", "b"), inputs, (0, 1), 1, 1, False) for inputs in ((0, 1), (1, 1))]
    other, same = (formula(network, PRINTED, Address(B, "E", (2, 2, 1))).sentence for network in letters)
    assert other.endswith("Timestep 1 read row “a”, but the rule adds the term to row “b”, the letter at t = 2.")
    assert same.endswith("It goes to row “b”.")
    draw = np.random.default_rng(0)
    parameters = {name: draw.normal(size=shape) for name, shape in letters[0].parameter_shapes.items()}
    epoch = run_epoch(letters[0], Parameters.checked(letters[0], parameters), PRINTED, 0.1)
    assert evaluate(epoch, Address(B, "E", (2, 2, 1))).value.any(axis=1).tolist() == [False, True]


READ, WANTED = "abc", "def"
NAMED_LETTERS = [
    (F, "letter", (2,), "Timestep 2 reads “b” and should say “e”.", {"x[2]": "b", "y[2]": "e"}),
    (F, "h", (2,), "The one-hot x₂ picks column “b” of U.", {"x[2]": "b", "U": "b"}),
    (F, "L", (2,), "The surprise at the wanted letter “e”:", {"y[2]": "e"}),
    (B, "Omega", (2,), "negative only at “e”, whose score should rise.", {"y[2]": "e"}),
    (B, "U", (3, 3, 2), "changes with the U used at timestep 2", {"x[2]": "b"}),
]
EMBEDDED_LETTERS = [
    (F, "letter", (2,), "Timestep 2 reads “b” and should say “e”.", {"xo[2]": "b", "y[2]": "e"}),
    (F, "x", (2,), "The one-hot vector picks row “b” of E:", {"xo[2]": "b", "E": "b"}),
    (F, "h", (2,), "New input through U", {}),
    (B, "E", (3, 3, 2), "It goes to row “b”.", {"xo[2]": "b"}),
]


@pytest.mark.parametrize(
    ("size", "phase", "name", "indices", "words", "picks"),
    [*((None, *each) for each in NAMED_LETTERS), *((2, *each) for each in EMBEDDED_LETTERS)],
)
def test_the_letters_that_a_step_names_and_picks_are_its_own(size, phase, name, indices, words, picks):
    network = Network.from_letters("abcdef", READ, WANTED, hidden_size=1, embedding_size=size, attention=True)
    found = formula(network, EXACT, Address(phase, name, indices))
    assert words in found.sentence
    assert {symbol: network.alphabet[place] for symbol, place in found.picks} == picks
    assert set(re.findall("“(.)”", found.sentence)) <= {*READ[1], *WANTED[1]}


def test_the_loss_takes_the_logarithm_of_the_wanted_probability():
    network = Network.from_letters("abcdef", READ, WANTED, hidden_size=1, embedding_size=None, attention=False)
    assert formula(network, EXACT, Address(F, "L", (2,))).numbers[-1] == r"= -\ln ⟦yhat[2]#5⟧"


def test_a_gradient_of_v_by_h_says_that_v_read_the_context():
    said = sentence(B, "V", 2, rule=Rule(output_state="h"))
    assert said.endswith("the error of every letter times h₂, though V read Z₂.")
    assert sentence(B, "V", 2).endswith("times the state that V read.")
    assert sentence(B, "W").startswith("How fast the total loss changes with the one W")
    assert (
        sentence(B, "W", rule=TYPESET)
        == "What every use of the one W adds, by the rule in use: not the true derivative."
    )


@pytest.mark.parametrize("name", ["W", "U", "b", "E"])
def test_the_rows_of_a_ladder_say_where_they_lead(name):
    network, _ = of_kind((True, False), T=4)
    notes = [link.note for link in formula(network, EXACT, Address(B, name, (4, 4, 2))).links]
    way = ["tanh′ at t = 4", "back in time, to h₃", "tanh′ at t = 3", "back in time, to h₂"]
    ends = {
        "W": ["tanh′ at t = 2: r", "what W multiplied"],
        "U": ["tanh′ at t = 2: r", "what U multiplied"],
        "b": ["tanh′ at t = 2"],
        "E": ["tanh′ at t = 2: r", "from the pre-activation to the input"],
    }
    assert notes == ["v₄, the error at h₄", *way, *ends[name]]


def test_the_query_path_shows_that_more_is_added_where_there_is_more():
    network, _ = of_kind((False, True), T=3)

    def numbers(*indices):
        links = formula(network, EXACT, Address(B, "b", indices)).links
        return next(link.numbers for link in links if link.note.startswith("query path"))

    assert numbers(2, 2, 1).endswith(r"+ \cdots")
    assert r"\cdots" not in numbers(1, 1, 1)
