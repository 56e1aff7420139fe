"""Lines of a learner's own worksheet, in every common spelling of the names."""

from __future__ import annotations

import numpy as np
import pytest

from core.answers.lines import BadLine, OwnLine, read_lines
from core.network import symbols
from core.network.network import Network
from core.network.rule import EXACT, PRINTED, TYPESET
from core.program.program import Program
from core.sources.opening import open_source
from core.steps.formulas import formula
from tests.strategies import plain_network, random_network
from tests.timing import grows_in_proportion

SHEETS = ("attention", "embedding")
A, B = (open_source(sheet).network for sheet in SHEETS)
WIDE = random_network(1, T=12, K=3, H=2, attention=True)[0]

OTHERWISE = {  # as lectures, programs and working on the line have it
    "h[1]": ["h^{<1>}", "h⟨1⟩", "a<1>", "h_{t=1}", "h(t=1)", "h1[0]", "h[1][0]", "h_{1,1}", "tanh(a_1)", "state_1"],
    "h[4]": ["h_T", "h[T]"],
    "yhat[1]": ["softmax(Ω₁)", r"\softmax(\Omega_1)", "probabilities_1", "y_hat<1>"],
    "dL/dOmega[1]": ["ŷ₁ − y₁", "yhat_1-y_1", "p_1 - y_1", r"\hat{y}_1 - y_1"],
    "A[2,1]": ["e_{2,1}"],
    "Z[2]": ["context_2"],
    "dL/dh[1]": ["delta_h1", "∂J/∂h_1"],
    "dL/dW": ["dJ/dW", r"\frac{\partial J}{\partial W}", "∂E/∂W", "dLoss/dW", "grads['Whh']", "dW[0][0]", "dW_{1,1}"],
    "dL/db": ["db[0]"],
    "W_new": ["W_{t+1}", "W^{(t+1)}", "updated W", "W_updated", "W_neu", "W^+", "W after update"],
    "L": ["J", "E_total", "cost", "cross entropy"],
}
GIVEN = ("h[0]", "U", "W", "b", "V", "c", "E", "eta")
SPELLINGS = {
    "h[1]": ["h1", "h_1", "h_{1}", "h₁", "h[1]", "h(1)", "h 1", "H1", "$h_1$", r"\mathrm{h}_1", "**h1**"],
    "a[2]": ["a2", "a_2", "a[2]"],
    "yhat[1]": [
        r"\hat{y}_1",
        r"\hat y_1",
        r"\hat{y}_{1}",
        "ŷ1",
        "ŷ₁",
        "y\u0302₁",
        "yhat1",
        "y_hat_1",
        "y^1",
        "p1",
        "P1",
    ],
    "y[1]": ["y1", "y_1", "y[1]"],
    "alpha[3,1]": ["α₃,₁", "alpha_3,1", "alpha[3,1]", "alpha[3][1]", r"\alpha_{3,1}", "α31", "Alpha 3 1", "alpha_3_1"],
    "A[3,1]": ["A31", "A_{3,1}", "A3,1", "A_3,1", "A(3, 1)", r"\mathcal{A}_{3,1}", "𝒜₃,₁"],
    "Z[2]": ["Z₂", "z2", r"\mathcal{Z}_2"],
    "Omega[1]": ["Ω₁", "Omega_1", "omega1", "ω1", "O1", "logits1", r"\Omega_{1}", "\u2126₁"],
    "L[1]": ["L1", "L_1", "loss1", "Loss 1", "l1"],
    "L": ["L", "Loss", "total", "total loss", "L_total", "Total Loss"],
    "dL/dW": [
        "dL/dW",
        "∂L/∂W",
        "dW",
        "W.grad",
        "grad W",
        "∇W",
        "∇_W L",
        r"\nabla_W L",
        "dL / dW",
        "dl/dw",
        "gradient of W",
        r"\frac{\partial L}{\partial W}",
        r"\dfrac{\partial L}{\partial W}",
        r"\partial L/\partial W",
    ],
    "dL/db": ["dL/db", "db", "dB", "b.grad"],
    "dL/dOmega[1]": ["dL/dOmega_1", "∂L/∂Ω₁", "∂L₁/∂Ω₁", "delta1", "δ₁", r"\frac{\partial L}{\partial \Omega_{1}}"],
    "W_new": ["W_new", "Wnew", "W'", "W′", "W new", "W^{new}", r"W^{\text{new}}", "new W", "w_new", "W_{new}"],
    "x[1]": ["x1", "x₁", "xo1", "x°₁", r"x_{1}^{\circ}"],
    "D[3]": ["D3", "1−h²₃", "1 - h^2_3"],
    "v[1]": ["v1", "v₁"],
    "g[3,2]": ["g₃,₂", "g32"],
}


def read_one(line: str, network: Network = A) -> OwnLine | BadLine:
    (found,) = read_lines(line, network)
    return found


def own(line: OwnLine | BadLine) -> OwnLine:
    assert isinstance(line, OwnLine), line
    return line


def bad(line: OwnLine | BadLine) -> BadLine:
    assert isinstance(line, BadLine), line
    return line


def read_own(text: str, network: Network = A) -> list[OwnLine]:
    return [own(line) for line in read_lines(text, network)]


def numbers_for(symbol: str, network: Network) -> tuple[str, np.ndarray]:
    shape = symbols.shape(symbol, network)
    if symbol.startswith("y["):
        return "0 0 1 0", np.eye(network.K)[2]
    values = np.arange(1.0, np.prod(shape, dtype=int) + 1).reshape(shape) / 8
    return str(values.tolist()), values


@pytest.mark.parametrize(("symbol", "spelling"), [(key, name) for key, names in SPELLINGS.items() for name in names])
@pytest.mark.parametrize("sign", [" = ", "=", ": ", " ≈ ", " := ", " ", "\t"])
def test_a_symbol_is_known_by_every_common_spelling(symbol, spelling, sign):
    text, values = numbers_for(symbol, A)
    found = read_one(spelling + sign + text)
    assert isinstance(found, OwnLine), found
    assert found.symbol == symbol
    assert np.array_equal(found.given.values, values)
    assert found.given.values.shape == values.shape


@pytest.mark.parametrize(("symbol", "name"), [(key, name) for key, names in OTHERWISE.items() for name in names])
def test_a_symbol_is_known_by_what_it_is_called_elsewhere_and_by_what_makes_it(symbol, name):
    text, values = numbers_for(symbol, A)
    assert [(line.symbol, line.given.values.tolist()) for line in read_own(f"{name} = {text}")] == [
        (symbol, values.tolist())
    ]


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("c_1", "C[1]"),
        ("c<2>", "C[2]"),
        ("g_1", "q[1]"),
        (r"\tilde{c}_1", "q[1]"),
        ("c̃_1", "q[1]"),
        ("dL/dc_1", "dL/dC[1]"),
        ("o_1", "o[1]"),
    ],
)
def test_the_state_and_the_candidate_of_a_cell_with_gates_are_known_by_other_names(name, symbol):
    found = own(read_one(f"{name} = 0.5", open_source("lstm").network))
    assert (found.symbol, found.either) == (symbol, "")
    assert found.note == ("" if name == "o_1" else f"{name} is {symbols.text(symbol)} here")


def test_a_transposed_matrix_is_turned_and_pairs_are_not_read_transposed():
    for name in ("dVᵀ", "dV^T", "dV.T", r"\frac{\partial L}{\partial V}^\top"):
        (found,) = read_own(f"{name} = [[0.1, 0.2, 0.3, 0.4]]")
        assert (found.symbol, found.given.values.tolist()) == ("dL/dV", [[0.1], [0.2], [0.3], [0.4]])
    assert "not transposed" in bad(read_one(f"alpha^T = {np.eye(4).tolist()}")).problem


@pytest.mark.parametrize("network", [A, B], ids=SHEETS)
def test_every_symbol_of_a_sheet_is_read_as_the_window_shows_it(network):
    steps = [(each, formula(network, rule, each)) for rule in (EXACT, PRINTED, TYPESET) for each in Program(network)]
    # A sum reads terms, which are given at their steps.
    ids = {symbol for at, step in steps for symbol in (*(() if at.is_sum else step.reads), *step.writes)}
    computed = {symbol for symbol in ids if symbol not in GIVEN}
    assert len(computed) > 30
    assert ids - computed
    for symbol in computed:
        text, values = numbers_for(symbol, network)
        for shown in (symbols.text(symbol), symbols.latex(symbol), symbol):
            found = read_one(f"{shown} = {text}", network)
            assert isinstance(found, OwnLine), found
            assert found.symbol == symbol
            assert np.array_equal(found.given.values, values)
    for symbol in ids - computed:
        found = read_one(f"{symbols.text(symbol)} = 1", network)
        assert isinstance(found, BadLine)
        assert found.problem.startswith(f"{symbols.text(symbol)} is given, not computed")


def test_a_sheet_is_read_line_by_line():
    lines = read_own(
        "# my numbers\n\nh1 = 0.1432\n// the rest\n  ŷ₁: 0.2 0.3\t0.1 0.4\ndL/dV = [\n 0.1\n\n 0.2\n 0.3\n 0.4 ]\n"
        "L 5,78\n",
        A,
    )
    assert [(line.number, line.symbol, line.given.values.tolist()) for line in lines] == [
        (3, "h[1]", [0.1432]),
        (5, "yhat[1]", [0.2, 0.3, 0.1, 0.4]),
        (6, "dL/dV", [[0.1], [0.2], [0.3], [0.4]]),
        (12, "L", 5.78),
    ]
    assert lines[0].text == "h1 = 0.1432"
    assert lines[0].given.decimals.tolist() == [4]


@pytest.mark.parametrize(("line", "name"), [("alpha_3 = 0.3 0.3 0.4", "alpha"), ("A₃ 0.3, 0.3, 0.4", "A")])
def test_a_row_of_weights_is_a_line_for_every_entry(line, name):
    lines = read_own(line, A)
    assert [each.symbol for each in lines] == [f"{name}[3,{i}]" for i in (1, 2, 3)]
    assert [float(each.given.values) for each in lines] == [0.3, 0.3, 0.4]
    assert {(each.number, each.text, int(each.given.decimals), each.given.values.shape) for each in lines} == {
        (1, line, 1, ())
    }


def test_numbers_after_a_space_are_told_from_the_indices_before_it():
    lines = read_lines("L 2 0.99\nL 5.78\nA 3 1 0.5\nA 3 1 2 3\nyhat 1 1 0 0 0\nh 4 1", A)
    assert [own(line).symbol for line in lines[:2]] == ["L[2]", "L"]
    assert own(lines[2]).symbol == "A[3,1]"
    assert bad(lines[3]).problem == "A₃,₁ was given before, on line 3"
    assert [own(line).symbol for line in lines[4:]] == ["yhat[1]", "h[4]"]


def test_printed_tensors_are_read_over_several_lines():
    lines = read_own("c.grad tensor([1., 2.,\n   3., 4.],\n  dtype=torch.float64, grad_fn=<A>)\nh1 = tensor([0.5])", A)
    assert [line.symbol for line in lines] == ["dL/dc", "h[1]"]


def test_a_matrix_of_latex_is_read_over_several_lines():
    (line,) = read_own("\\hat{y}_1 = \\begin{pmatrix}\n0.1 \\\\\n0.2 \\\\\n0.3 \\\\\n0.4\n\\end{pmatrix}", A)
    assert line.given.values.tolist() == [0.1, 0.2, 0.3, 0.4]


def test_a_bracket_that_stays_open_spoils_no_line_that_has_a_name():
    lines = read_lines("c_new = [1 2\n3 4\nh1 = 0.5\nyhat1 = (\n1 2 3 4\nW = 3", A)
    assert [(line.number, getattr(line, "problem", "good")) for line in lines] == [
        (1, "expected ']', found the end"),
        (3, "good"),
        (4, "expected ')', found the end"),
        (6, "W is given, not computed; say W_new or ∂L/∂W"),
    ]


def test_two_digits_are_two_indices_unless_they_can_be_a_timestep():
    one = {f"A{t}{i} = 1": f"A[{t},{i}]" for t, i in ((3, 1), (9, 9))}
    for line, symbol in one.items():
        assert own(read_one(line, WIDE)).symbol == symbol
    row = " ".join(["1"] * 12)
    assert [line.symbol for line in read_own(f"A12 = {row}", WIDE)] == [f"A[12,{i}]" for i in range(1, 13)]
    assert bad(read_one("A11 = 1", WIDE)).problem == "A11 can be A₁,₁ or A₁₁: write A_1,1 for the first"
    assert own(read_one("α₁₂,₁₁ = 1", WIDE)).symbol == "alpha[12,11]"
    last, before = (random_network(1, T=T, K=3, H=2, attention=True)[0] for T in (11, 10))
    assert "can be" in bad(read_one("A11 = 1", last)).problem  # A₁₁ is a row of the eleventh timestep too
    assert own(read_one("A11 = 1", before)).symbol == "A[1,1]"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("foo = 3", "unknown name 'foo', expected one such as h1, yhat1 or dL/dW"),
        ("0.5", "unknown name '0.5', expected one such as h1, yhat1 or dL/dW"),
        ("= 0.5", "unknown name '', expected one such as h1, yhat1 or dL/dW"),
        ("hh1 = 2", "unknown name 'hh1', did you mean h_1?"),
        ("alhpa_3,1 = 2", "unknown name 'alhpa_3,1', did you mean α_3,1?"),
        (r"\hat{h}_1 = 2", r"unknown name '\hat{h}_1', expected one such as h1, yhat1 or dL/dW"),
        ("ce_1 = 2", "unknown name 'ce_1', expected one such as h1, yhat1 or dL/dW"),
        ("delta_q1 = 2", "unknown name 'delta_q1', expected one such as h1, yhat1 or dL/dW"),
        ("yhat_1[2] = 0.5", "ŷ₁,₂: expected one index, the timestep; give all its numbers together"),
        ("s_2 = 0.5", "s has two indices here, such as s₂,₁; the hidden state is h₂"),
        ("W_neww = 2", "unknown name 'W_neww', did you mean W new?"),
        ("dL1/dW = 2", "∂L/∂W has no index here, expected all its numbers together"),
        ("dL1/dOmega_2 = 2", "unknown name 'dL1/dOmega_2', expected one such as h1, yhat1 or dL/dW"),
        ("h5 = 1", "h₅: expected a timestep from 1 to 4, found 5"),
        ("h 9 0.5", "h₉: expected a timestep from 1 to 4, found 9"),
        ("yhat_0 = 1", "ŷ₀: expected a timestep from 1 to 4, found 0"),
        ("A_5,1 = 1", "A₅,₁: expected a timestep from 1 to 4, found 5"),
        ("alpha_2,3 = 1", "α₂,₃: expected a second index from 1 to 2, found 3"),
        ("alpha_3,0 = 1", "α₃,₀: expected a second index from 1 to 3, found 0"),
        ("A_1,1,1 = 1", "A₁,₁,₁ needs two indices, such as A₁,₁"),
        ("alpha = 1", "α needs two indices, such as α₁,₁"),
        ("h = 1", "h needs its timestep, such as h₁"),
        ("h 0.5", "h needs its timestep, such as h₁"),
        ("h 1", "expected a number, found nothing"),
        ("h_1,2 = 1", "h₁,₂: expected one index, the timestep; give all its numbers together"),
        ("dL/dW[1] = 3", "∂L/∂W has no index here, expected all its numbers together"),
        ("W = 3", "W is given, not computed; say W_new or ∂L/∂W"),
        ("U 1 2 3 4", "U is given, not computed; say U_new or ∂L/∂U"),
        ("η = 0.1", "η is given, not computed"),
        ("E_new = 1", "this network has no E new, since it has no embedding"),
        ("dL/dE = 1", "this network has no ∂L/∂E, since it has no embedding"),
        ("E = 1", "this network has no E, since it has no embedding"),
        ("h1 =", "expected a number, found nothing"),
        ("h1", "expected a number, found nothing"),
        ("h1 = abc", "expected a number, found 'abc'"),
        ("h1 = 1 2", "expected one number, found 2"),
        ("yhat1 1 2 3", "expected 4 numbers, found 3"),
        ("yhat 1 1 2 3", "expected 4 numbers, found 3"),
        ("dL/dV = 1 2; 3 4", "expected a 4×1 matrix or 4 numbers, found 2×2"),
        ("alpha_3 = 1 2", "expected 3 numbers, found 2"),
    ],
)
def test_a_bad_line_says_what_is_expected(line, problem):
    assert read_one(line) == BadLine(1, line, problem)


@pytest.mark.parametrize("name", ["Z1", "A21", "alpha_2", "s_2,1"])
def test_what_only_attention_has_is_refused_without_it(name):
    found = read_one(f"{name} = 1", B)
    assert bad(found).problem.endswith(", since it has no attention")


def test_the_embedded_input_is_told_from_the_one_hot_one():
    assert [line.symbol for line in read_own("x1 = 0.1 0.2\nx°1 = 1 0 0 0", B)] == ["x[1]", "xo[1]"]


def test_a_symbol_that_is_given_twice_keeps_its_first_line():
    lines = read_lines("h1 = 1\nL = 2\nh₁ = 3\nalpha_2,1 = 1\nalpha_2 = 0.5 0.5\nalpha_2,2 = 1", A)
    assert [getattr(line, "problem", "good") for line in lines] == [
        "good",
        "good",
        "h₁ was given before, on line 1",
        "good",
        "α₂,₁ was given before, on line 4",
        "good",
    ]


def test_a_bad_line_does_not_count_as_given():
    assert isinstance(read_lines("h1 = x\nh1 = 1", A)[1], OwnLine)


def test_entries_that_are_vectors_are_read_for_wider_networks():
    lines = read_lines("h1 = 0.1 0.2\ng_2 = 1 2; 3 4\nW_new = 1 2\nW' = [1 2; 3 4]", WIDE)
    assert [line.given.values.tolist() for line in lines if isinstance(line, OwnLine)] == [
        [0.1, 0.2],
        [1, 2],
        [3, 4],
        [[1, 2], [3, 4]],
    ]
    assert bad(lines[3]).problem == "expected a 2×2 matrix, found 2"


# -- how people lay it out -------------------------------------------------------------------------------------

PEOPLE = [
    "{name} = tanh(0.1442 - 0.2) = {number}",
    "{name} = tanh(U x + W h)\n   = tanh(0.1442)\n   = {number}",
    "{name} = {number} # my note",
    "{name} = {number} // 4 places = enough",
    "{name} = {number} % rounded",
    "{name} = {number} (rounded)",
    "{name} = {number} (the sheet has 0.9)",
    "{name} = {number} nats",
    "{name} = {number}, rounded to 4 places",
    "{name} = {number} ± 0.0001",
    "{name} = {number}.",
    "{name} = {number};",
    "{name} = {number} ✓",
    "{name} = ca. {number}",
    "{name} is {number}",
    "{name} =\n{number}",
    "{name}\n{number}",
    "{name} =\n\n  {number}\n",
    "{name} = ⎡{number}⎤",
    "{name} &= {number} \\\\",
    "{name} & = & {number} \\\\[2pt]",
    "\\[ {name} = {number} \\]",
    "${name} = {number}$",
    "\\begin{{align}} {name} &= {number} \\end{{align}}",
    "\\begin{{align*}}\n{name} &= \\tanh(a) \\\\\n &= {number} \\tag{{3}} \\\\\n\\end{{align*}}",
    "{name} = \\boxed{{{number}}}",
    "{name} -> {number}",
    "{name} → {number}",
    "{name} := {number}",
    "{name} == {number}",
    "{number} = {name}",
    "- {name} = {number}",
    "* {name} = {number}",
    "• {name} = {number}",
    "1) {name} = {number}",
    "2. {name} = {number}",
    "(3) {name} = {number}",
    "a) {name} = {number}",
    "- [x] {name} = {number}",
    "> {name} = {number}",
    ">>> {name} = {number}",
    "In [3]: {name} = {number}",
    "so {name} = {number}",
    "Forward pass: {name} = {number}",
    "| {name} | {number} |",
    "| name | value |\n|---|---|\n| {name} | {number} |",
    "│ {name} │ {number} │",
    "{name},{number}",
    "{name};{number}",
    "{name}\t{number}",
    '"{name}": {number},',
    "'{name}': {number}",
    '{{"{name}": {number}}}',
    "**{name}** = **{number}**",
    "`{name}` = `{number}`",
    "epoch 1: {name} = {number}",
    "Forward pass\n\n{name} = {number}\n\nBackward pass",
    "# {name} = 9\n{name} = {number}",
    "{name} = np.array([{number}])",
]


@pytest.mark.parametrize("layout", PEOPLE)
@pytest.mark.parametrize(("name", "symbol"), [("h1", "h[1]"), ("h_2", "h[2]"), ("L", "L"), ("dW", "dL/dW")])
@pytest.mark.parametrize("number", ["0.1432", "-0.3055", "−1.4e-2"])
def test_what_stands_around_a_line_changes_nothing(layout, name, symbol, number):
    if name == "L" and "[{number}]" in layout:
        pytest.skip("a list of one loss")
    plain = own(read_one(f"{name} = {number}"))
    (found,) = read_lines(layout.format(name=name, number=number), A)
    assert isinstance(found, OwnLine), found
    assert found.symbol == plain.symbol == symbol
    assert np.array_equal(found.given.values, plain.given.values)
    assert np.array_equal(found.given.decimals, plain.given.decimals)


@pytest.mark.parametrize(
    "text",
    [
        "yhat1 =\n0.2\n0.3\n0.1\n0.4",
        "yhat1\n0.2\n0.3\n0.1\n0.4",
        "yhat1 = ⎡0.2⎤\n        ⎢0.3⎥\n        ⎢0.1⎥\n        ⎣0.4⎦",
        "        ⎡0.2⎤\nyhat1 = ⎢0.3⎥\n        ⎢0.1⎥\n        ⎣0.4⎦",
        "yhat_1 = softmax(Omega_1) = [0.2 0.3 0.1 0.4]",
        "yhat1,0.2,0.3,0.1,0.4",
        "| yhat1 | 0.2 | 0.3 | 0.1 | 0.4 |",
        "yhat_1 = 0.2, 0.3, 0.1, 0.4 (sums to 1)",
        "ps[1] = [[0.2]\n [0.3]\n [0.1]\n [0.4]]",
        "yhat1 = 0.2 0.3\n        0.1 0.4",
        "yhat1 = 0.2, 0.3, 0.1,\n        0.4",
        "yhat1:\n0,2 0,3 0,1\n0,4",
    ],
)
def test_a_column_is_read_however_it_stands(text):
    found = read_own(f"h1 = 0.5\n{text}\nL = 5.8", A)
    assert [line.symbol for line in found] == ["h[1]", "yhat[1]", "L"]
    assert found[1].given.values.tolist() == [0.2, 0.3, 0.1, 0.4]


@pytest.mark.parametrize(
    "text",
    [
        "yhat1 = h: 0.2, e: 0.3, l: 0.1, o: 0.4",
        "yhat1 = {'h': 0.2, 'e': 0.3, 'l': 0.1, 'o': 0.4}",
        "yhat1: h=0,2 e=0,3 l=0,1 o=0,4",
        "yhat1 = o: 0.4, l: 0.1, e: 0.3, h: 0.2",
        "yhat1:\nh 0.2\ne 0.3\nl 0.1\no 0.4",
        "| yhat1 | |\n| h | 0.2 |\n| e | 0.3 |\n| l | 0.1 |\n| o | 0.4 |",
        "| letter | yhat1 |\n|---|---|\n| h | 0.2 |\n| e | 0.3 |\n| l | 0.1 |\n| o | 0.4 |",
        "yhat_1 = [h 20 %, e 30 %, l 10 %, o 40 %]",
    ],
)
def test_a_vector_may_say_the_letter_of_each_number(text):
    found = read_own(f"h1 = 0.5\n{text}\nL = 5.8", A)
    assert [(line.symbol, line.number) for line in found] == [("h[1]", 1), ("yhat[1]", 2), ("L", text.count("\n") + 3)]
    assert found[1].given.values.tolist() == [0.2, 0.3, 0.1, 0.4]


def test_a_column_for_each_timestep_may_have_a_row_for_each_letter():
    found = read_own("letter,yhat1,yhat2\nh,0.2,0.1\ne,0.3,0.2\nl,0.1,0.3\no,0.4,0.4\nl = 5.8", A)
    assert [(line.symbol, np.ravel(line.given.values).tolist()) for line in found] == [
        ("yhat[1]", [0.2, 0.3, 0.1, 0.4]),
        ("yhat[2]", [0.1, 0.2, 0.3, 0.4]),
        ("L", [5.8]),
    ]


@pytest.mark.parametrize("between", [", ", "; ", " and ", "  |  ", ",\\quad ", " nats, ", " \\\\ "])
def test_several_names_may_stand_on_a_line(between):
    found = read_own(between.join(["h1 = 0.1432", "h2 = tanh(-0.3156) = -0.3055", "dW = 0.0274"]), A)
    assert [(line.symbol, np.ravel(line.given.values).tolist()) for line in found] == [
        ("h[1]", [0.1432]),
        ("h[2]", [-0.3055]),
        ("dL/dW", [0.0274]),
    ]


def test_a_list_without_index_is_of_all_timesteps():
    found = read_own("h = [0.1, 0.2, 0.3, 0.4]\nL = 1, 2, 3, 4\nyhat = " + str(np.eye(4).tolist()), A)
    assert [line.symbol for line in found] == [f"{name}[{t}]" for name in ("h", "L", "yhat") for t in (1, 2, 3, 4)]
    assert [line.given.values.tolist() for line in found[:4]] == [[0.1], [0.2], [0.3], [0.4]]
    with_h0 = read_own("hs = [0, 0.1, 0.2, 0.3, 0.4]", A)
    assert [line.given.values.tolist() for line in with_h0] == [[0.1], [0.2], [0.3], [0.4]]
    triangle = read_own(f"alpha = {np.tril(np.arange(16).reshape(4, 4) / 8).tolist()}", A)
    assert [line.symbol for line in triangle][:3] == ["alpha[1,1]", "alpha[2,1]", "alpha[2,2]"]
    assert [float(line.given.values) for line in triangle][:3] == [0, 4 / 8, 5 / 8]


TABLES = [
    "t | h | yhat | L\n--|---|---|--\n1 | 0.5 | 0.2 0.3 0.1 0.4 | 1.5\n2 | -0.25 | [0.1, 0.2, 0.3, 0.4] | 0.125",
    "| t | $h_t$ | \\hat{y}_t | $L_t$ |\n|:-:|--:|---|---|\n| 1 | 0.5 | 0.2 0.3 0.1 0.4 | 1.5 |\n"
    "| 2 | -0.25 | 0.1 0.2 0.3 0.4 | 0.125 |",
    "t,h,yhat,L\n0,0,,\n1,0.5,0.2,0.3,0.1,0.4,1.5\n2,-0.25,0.1,0.2,0.3,0.4,0.125",
    "t;hs;p;loss\n1;0,5;0,2 0,3 0,1 0,4;1,5\n2;-0,25;0,1 0,2 0,3 0,4;0,125",
    "Timestep\th\tyhat\tL\n1\t0.5\t0.2 0.3 0.1 0.4\t1.5\n2\t-0.25\t0.1 0.2 0.3 0.4\t0.125",
    "t   h     yhat                L\n1   0.5   0.2 0.3 0.1 0.4   1.5\n2  -0.25  0.1 0.2 0.3 0.4   0.125",
    "t & h & yhat & L \\\\ \\hline\n1 & 0.5 & 0.2 0.3 0.1 0.4 & 1.5 \\\\\n2 & -0.25 & 0.1 0.2 0.3 0.4 & 0.125 \\\\",
    "t | letter | h | yhat | L\n1 | h | 0.5 | 0.2 0.3 0.1 0.4 | 1.5\n2 | e | -0.25 | 0.1 0.2 0.3 0.4 | 0.125",
    "t | 1 | 2\nh | 0.5 | -0.25\nyhat | 0.2 0.3 0.1 0.4 | 0.1 0.2 0.3 0.4\nL | 1.5 | 0.125",
]
BLOCKS = [
    "t = 1:\nh = 0.5\nyhat = 0.2 0.3 0.1 0.4\nL = 1.5\n\nt = 2:\nh = -0.25\nyhat = 0.1 0.2 0.3 0.4\nL = 0.125",
    "== t=1 ==\nh: 0.5\nyhat:\n0.2 0.3\n0.1 0.4\nloss: 1.5\n== t=2 ==\nh: -0.25\nyhat: 0.1 0.2 0.3 0.4\nloss: 0.125",
    "At t = 1 h = 0.5, yhat = [0.2 0.3 0.1 0.4], L = 1.5\n"
    "Time step 2 (letter e): h = -0.25, yhat = [.1 .2 .3 .4], L = 0.125",
]


@pytest.mark.parametrize("text", [*TABLES, *BLOCKS])
def test_what_stands_below_or_behind_a_timestep_is_of_it(text):
    found = read_lines(f"{text}\n\ndW = 0.5\ntotal loss = 5.75", A)
    assert [line for line in found if isinstance(line, BadLine)] == []
    assert {line.symbol: np.ravel(line.given.values).tolist() for line in map(own, found)} == {
        "h[1]": [0.5],
        "yhat[1]": [0.2, 0.3, 0.1, 0.4],
        "L[1]": [1.5],
        "h[2]": [-0.25],
        "yhat[2]": [0.1, 0.2, 0.3, 0.4],
        "L[2]": [0.125],
        "dL/dW": [0.5],
        "L": [5.75],
    }


def test_pairs_below_a_timestep_are_its_row():
    below = read_lines("t = 2\nalpha = 0.25, 0.75\ng = [1, 2]", A)
    table = read_lines("t | alpha | g\n2 | 0.25 0.75 | 1, 2", A)
    for found in (below, table):
        assert [(line.symbol, float(np.ravel(line.given.values)[0])) for line in map(own, found)] == [
            ("alpha[2,1]", 0.25),
            ("alpha[2,2]", 0.75),
            ("g[2,1]", 1),
            ("g[2,2]", 2),
        ]


def test_a_table_ends_where_a_heading_begins_and_a_zero_in_it_is_a_number():
    found = read_lines("t | h\n0 | 0\n1 | 0\nt = 2\nh = 0.5", A)
    assert [(line.symbol, line.given.values.tolist()) for line in map(own, found)] == [("h[1]", [0]), ("h[2]", [0.5])]


def test_a_list_of_all_timesteps_may_follow_their_blocks():
    found = read_lines("t = 1\na = 0.5\nt = 2\na = 0.25\nh = [0.1, 0.2, 0.3, 0.4]\nepoch 2:\nL = 5", A)
    assert [line.symbol for line in map(own, found)] == ["a[1]", "a[2]", "h[1]", "h[2]", "h[3]", "h[4]", "L"]


@pytest.mark.parametrize(
    ("text", "number", "problem"),
    [
        ("t = 2\nL = 1.5", 2, "L can be L₂ or the total: write L_t or total"),
        ("t = 5\nh = 0.5", 2, "h₅: expected a timestep from 1 to 4, found 5"),
        ("t = 0.5\nL = 1.5", 1, "unknown name 't', expected one such as h1, yhat1 or dL/dW"),
        ("t | h | L\n0 | 0.5 | ", 2, "h₀ is given, not computed: it is 0"),
        ("t | h | yhat\n1 | 0.2 | 0.3 | 0.1 | 0.4", 2, "expected 2 entries behind the timestep, found 4"),
        ("t h L\n1 0.5", 2, "expected 2 entries behind the timestep, found 1"),
        ("t | h | bar\n1 | 0.5 | 3\n2 | 0.25 | 4", 1, "bar: expected what each timestep has, such as h"),
    ],
)
def test_where_a_timestep_can_mean_two_things_it_is_asked(text, number, problem):
    bad = next(line for line in read_lines(text, A) if isinstance(line, BadLine))
    assert (bad.number, bad.problem) == (number, problem)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("h1 = 0.1432 h2 = -0.3055", "expected a comma or a new line before h2"),
        ("h1 - 0.1432", "expected a sign after h1, since the dash may be a minus"),
        ("L = 8.3779 bits", "expected nats, found bits: 1 bit is 0.6931 nats"),
        ("a1 = 0.5 h1", "entry 2: expected a number, found 'h1'"),
        ("y1 = 0.25 0.25 0.25 0.25", "y₁ is the wanted letter, 0s and a 1; for the prediction write ŷ₁"),
        ("Whh = -0.5870", "Whh is W here, which is given, not computed; say W_new or ∂L/∂W"),
        ("dhnext = 0.3", "dhnext needs its timestep, such as dhnext₁"),
        ("smooth_loss = 0.3", "smooth_loss has no line here: the loss here is L, of one epoch"),
        ("bias_ih_l0 = 0.3", "bias_ih_l0 has no line here: b here is the sum of PyTorch's two biases"),
        ("dWf = 0.3", "unknown name 'dWf', expected one such as h1, yhat1 or dL/dW"),
    ],
)
def test_what_can_mean_two_things_is_asked(line, problem):
    assert read_one(line) == BadLine(1, line, problem)


@pytest.mark.parametrize(
    ("spelling", "symbol"),
    [
        ("dWxh", "dL/dU"),
        ("dWhh", "dL/dW"),
        ("dWhy", "dL/dV"),
        ("dbh", "dL/db"),
        ("dby", "dL/dc"),
        ("Wxh_new", "U_new"),
        ("W_hh.grad", "dL/dW"),
        ("weight_ih_l0.grad", "dL/dU"),
        ("rnn.weight_hh_l0.grad", "dL/dW"),
        ("bias_hh_l0.grad", "dL/db"),
        ("fc.weight.grad", "dL/dV"),
        ("fc.bias.grad", "dL/dc"),
        ("hs[2]", "h[2]"),
        ("ps[3]", "yhat[3]"),
        ("ys[3]", "Omega[3]"),
        ("dy[1]", "dL/dOmega[1]"),
    ],
)
def test_names_of_other_programs_are_understood_and_said(spelling, symbol):
    text, values = numbers_for(symbol, A)
    found = own(read_one(f"{spelling} = {text}"))
    assert (found.symbol, found.note) == (symbol, f"{spelling} is {symbols.text(symbol)} here")
    assert np.array_equal(found.given.values, values)


def test_keras_kernels_are_read_transposed():
    found = read_own("kernel_new = [[1, 2], [3, 4], [5, 6]]\nrecurrent_kernel_new = [[1, 2], [3, 4]]", WIDE)
    assert [line.symbol for line in found] == ["U_new", "W_new"]
    assert found[0].given.values.tolist() == [[1, 3, 5], [2, 4, 6]]
    assert found[1].given.values.tolist() == [[1, 3], [2, 4]]
    assert found[1].note == "recurrent_kernel_new is W new transposed here"


def test_beside_timesteps_that_count_from_zero_one_without_brackets_counts_from_one():
    symbols_found = [own(line).symbol for line in read_lines("ps[0] = 0.2 0.3 0.1 0.4\nh_1 = 0.1432", A)]
    assert symbols_found == ["yhat[1]", "h[1]"]


def test_timesteps_that_count_from_zero_are_moved_and_it_is_said():
    found = read_lines("hs[-1] = 0\nhs[0] = 0.1432\nhs[1] = -0.3055\nps[0] = 0.2 0.3 0.1 0.4", A)
    assert bad(found[0]).problem == "h₀ is given, not computed: it is 0"
    assert [own(line).symbol for line in found[1:]] == ["h[1]", "h[2]", "yhat[1]"]
    assert own(found[1]).note == "hs[0] is h₁ here"


def test_parameters_of_a_later_epoch_and_after_an_arrow_are_those_after_an_update():
    found = read_own("W ← -0.5873\nh1 = 1\nepoch 3:\nV = 1 2 3 4\nh1 = 2\nW' = 3", A)
    assert [(line.epoch, line.symbol) for line in found] == [
        (1, "W_new"),
        (1, "h[1]"),
        (2, "V_new"),
        (3, "h[1]"),
        (3, "W_new"),
    ]
    late = read_lines("epoch 9:\nh1 = 1\nepoch 2:\nh1 = 1", A, latest=5)
    assert bad(late[0]).problem == "expected an epoch from 1 to 5, found 9; step to a later one first"
    assert [own(line).epoch for line in late[1:]] == [2]


def test_a_text_of_too_many_lines_is_read_up_to_a_limit_that_is_said():
    found = read_lines("foo = 1\n" * 6000, A)
    assert len(found) == 5001
    assert found[-1] == BadLine(5001, "foo = 1", "only the first 5,000 lines are read")


@pytest.mark.parametrize("line", ["h1 = [", "[", "h1", "x" * 50 + "\n", r"\frac{", "foo [ 1", "tensor(["])
def test_long_worksheets_take_time_in_proportion_to_their_length(line):
    assert grows_in_proportion(lambda count: read_lines(f"{line}\n" * count, plain_network(4)), 2000)
