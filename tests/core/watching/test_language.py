"""Watches and conditions: what they come to, what is refused and where, and that nothing else ever happens."""

from __future__ import annotations

import os
import random
import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.epoch.epoch import Epoch, run_epoch
from core.network.rule import EXACT
from core.program.program import Program
from core.sources.opening import open_source
from core.watching.language import read
from core.watching.watched import WatchError
from tests.strategies import random_network

NETWORK, PARAMETERS = random_network(5, T=4, K=3, H=2, attention=True)
WIDE, WIDE_PARAMETERS = random_network(6, T=4, K=3, H=2, D=2, attention=False)
LETTERS = NETWORK.alphabet
FUZZED = int(os.environ.get("FUZZED_WATCHES", "2000"))


@pytest.fixture(scope="module")
def epoch() -> Epoch:
    return run_epoch(NETWORK, PARAMETERS, EXACT, 0.1)


def at_end(text: str, epoch: Epoch):
    watched, program = read(text, epoch.network), Program(epoch.network)
    look = watched.holds if watched.is_condition else watched.value
    return look(epoch, program, len(program))


VALUES = {
    "h[2]": lambda e: e.tape["h"][2],
    "h₂": lambda e: e.tape["h"][2],
    "h2": lambda e: e.tape["h"][2],
    "h[2][1]": lambda e: e.tape["h"][2][0],
    "h[2,1]": lambda e: e.tape["h"][2][0],
    "alpha[3,1]": lambda e: e.tape["alpha"][2, 0],
    "α₃,₁": lambda e: e.tape["alpha"][2, 0],
    "alpha[3]": lambda e: e.tape["alpha"][2, :3],
    "W @ h[1]": lambda e: e.tape.parameters["W"] @ e.tape["h"][1],
    "W.T @ h[1]": lambda e: e.tape.parameters["W"].T @ e.tape["h"][1],
    "h[1] @ h[2]": lambda e: e.tape["h"][1] @ e.tape["h"][2],
    "dW": lambda e: e.gradients["W"],
    "dL/dW": lambda e: e.gradients["W"],
    "∂L/∂W": lambda e: e.gradients["W"],
    "dWhh": lambda e: e.gradients["W"],
    "dW[2,1]": lambda e: e.gradients["W"][1, 0],
    "W'": lambda e: e.updated["W"],
    "W_new - W": lambda e: e.updated["W"] - e.tape.parameters["W"],
    "L": lambda e: e.tape.total,
    "L[2] × 2": lambda e: e.tape["L"][1] * 2,
    "ŷ₄": lambda e: e.tape["yhat"][3],
    f'yhat[4,"{LETTERS[1]}"]': lambda e: e.tape["yhat"][3, 1],
    "yhat[4,2]": lambda e: e.tape["yhat"][3, 1],
    f"yhat[4,{LETTERS[0]}]": lambda e: e.tape["yhat"][3, 0],
    "norm(dL/dh[1])": lambda e: np.sqrt((e.value("dL/dh[1]") ** 2).sum()),
    "max(abs(dU)) - min(dU)": lambda e: np.abs(e.gradients["U"]).max() - e.gradients["U"].min(),
    "sum(yhat[1]) / mean(yhat[1])": lambda _e: 3.0,
    "tanh(a[2]) − h[2]": lambda _e: np.zeros(2),
    "log(exp(L))": lambda e: e.tape.total,
    "-(eta)": lambda e: -e.learning_rate,
    "dW_so_far": lambda e: e.gradients["W"],
    "dW_term": lambda e: e.value("dL/dW[4,4,4]"),
    "dW_term[3,2,1]": lambda e: e.value("dL/dW[3,2,1]"),
    "dV_term[2]": lambda e: e.value("dL/dV[2]"),
    "h": lambda e: e.tape["h"][4],
    "alpha": lambda e: e.tape["alpha"][3],
    "A": lambda e: e.tape["A"][3, 3],
    "g[3,2][1]": lambda e: e.value("g[3,2]")[0],
    "h[0]": lambda _e: np.zeros(2),
}


@pytest.mark.parametrize("text", VALUES)
def test_a_watch_comes_to_what_it_says(text, epoch):
    np.testing.assert_allclose(at_end(text, epoch), VALUES[text](epoch), rtol=1e-12, atol=1e-15)


HOLDS = {
    "abs(dW) > 1e9": False,
    "abs(dW) > 1e-9": True,
    "h[2] = h[2]": True,
    "h[2] ≠ h[2]": False,
    "L < 2 or L >= 2": True,
    "not L < 2 and L < 2": False,
    "-1 < h[2] <= 1": True,
    "1 < 2": True,
    "yhat[1] > 0.999999 or (L > 0 and norm(h) ≤ 2)": True,
}


@pytest.mark.parametrize(("text", "holds"), HOLDS.items())
def test_a_condition_holds_where_it_does_for_any_entry(text, holds, epoch):
    assert at_end(text, epoch) is holds


def test_of_a_matrix_any_one_entry_is_enough(epoch):
    middle = float(np.sort(epoch.gradients["W"], axis=None)[1])
    assert at_end(f"dW > {middle:.17f}", epoch)
    assert at_end(f"dW < {middle:.17f}", epoch)


def test_where_the_state_is_one_number_it_is_multiplied_like_one():
    source = open_source("attention")
    epoch = run_epoch(source.network, source.parameters, source.rule, 0.1)
    expected = float(epoch.tape.parameters["W"][0, 0] * epoch.tape["h"][2][0])
    for text in ("W * h[2]", "W @ h[2]", "h[2] * W", "W[1,1] * h[2,1]"):
        assert np.ravel(at_end(text, epoch)) == pytest.approx([expected])


REFUSED = {
    "h[9]": "“h[9]” at character 1: this network has no h₉",
    "2 + h[1:2]": "“:” at character 8: this sign has no meaning here",
    "W * h[1]": "“W * h[1]” at character 1: H×H does not fit H",
    "L + (W @ yhat[1])": "“W @ yhat[1]” at character 6",
    "dW[1]": "two indices, row and column",
    "dW[3,1]": "expected an index from 1 to 2, found 3",
    "L[2][1]": "L₂ is a single number and has no entries",
    'yhat[1,"zz"]': "there is no letter “zz”",
    'h[1,"é"]': "there is no letter “é” here",
    "∂L/∂Q": "unknown name",
    "dh_so_far": "is not added up term by term",
    "L < 2 + (1 < 2)": "“1 < 2” at character 10: what is compared can be joined",
    "L < 2 and 3": "“3” at character 11: expected a comparison",
    "a[1] < 2 < yhat[1]": "H does not fit K",
    "L in 2": "numbers are compared by <, ≤, >, ≥, =, ≠",
    "tanh(h[1], h[2])": "tanh takes one operand",
    "open(2)": "expected one of abs, norm",
    "W ** 2": "expected names, numbers, + − * / @ and brackets",
    "L if L else L": "expected names, numbers",
    "h[2": "not understood at character 2",
    "": "nothing is written here",
    "E": "this network has no E, since it has no embedding",
    "g[2]": "g needs two timesteps, such as g₂,₁",
    "alpha[1,1.5]": "expected an index from 1, or a letter in quotes",
    "alpha[0]": "this network has no α₀",
    "alpha[1]": None,
    "x.real": "expected names, numbers",
    "L; L": "“;” at character 2",
    "L # 2": "“#” at character 3",
    "(W)[1,1]": None,
    "(W @ h[1])[1]": "indices stand behind the name of a quantity",
}


@pytest.mark.parametrize(("text", "words"), REFUSED.items())
def test_what_is_not_understood_is_refused_at_its_place_in_words(text, words):
    if words is None:
        read(text, NETWORK)
        return
    with pytest.raises(WatchError) as caught:
        read(text, NETWORK)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_this_network_lacks_is_said():
    with pytest.raises(WatchError, match="has no α, since it has no attention"):
        read("alpha[2,1]", WIDE)


@pytest.mark.parametrize("way", ["terms", "timesteps"])
@pytest.mark.parametrize("text", ["h[2]", "dW", "W_new", "alpha[3]", "L", "norm(dL/dOmega[2])", "W @ h[1] + h[3]"])
def test_it_is_known_from_the_step_that_writes_the_last_of_what_it_reads(text, way):
    from core.epoch.epoch import made_at

    watched, program = read(text, NETWORK), Program(NETWORK, way=way)
    symbols = {"alpha[3]": ["alpha[3,1]"], "norm(dL/dOmega[2])": ["dL/dOmega[2]"], "W @ h[1] + h[3]": ["h[3]"],
               "dW": ["dL/dW"]}.get(text, [text])  # fmt: skip
    made = [made_at(symbol, NETWORK) for symbol in symbols]
    position = next(place for place, address in enumerate(program, 1) if address in made)
    assert watched.first(program) == position
    assert watched.after(program, 0) == watched.before(program, len(program) + 1) == position
    assert watched.after(program, position) is watched.before(program, position) is None


# -- hostile --------------------------------------------------------------------------------------------------

HOSTILE = [
    "__import__('os').system('true')", "().__class__.__bases__[0].__subclasses__()", "(lambda: 1)()", "open('x')",
    "[0 for i in range(9)]", "9**9**9**9", "9" * 999, "9" * 5000, "-" * 999 + "1", "(" * 400 + "1" + ")" * 400,
    "(" * 999, "not " * 249 + "L < 2", "W" + ".T" * 490, "h" + "[1]" * 330, "L" + "<1" * 499,
    "abs(" * 200 + "L" + ")" * 200, "L" + "+L" * 490, "L" + "@L" * 400, "h[" * 300, "1e999", "1e-999", "nan", "inf",
    "0x" + "f" * 900, "1_000", "1j", "h[-1]", "h[True]", "h[1e3]", "h[99999999999999999999]", "h[1,2,3,4,5,6]",
    "alpha[" + "1," * 300 + "]", "h[]", "h[()]", "h[h[1]]", "h[*h]", "h[1:]", "h[...]", "L.T", "h[2].T", "W.T.T",
    "W.T[1,1]", "W.x", "L := 2", "L = = 2", "L === 2", "'", '"', "''", '""', "'a' 'b'", "f'{L}'", "b'x'", "r'x'",
    "\\", "\x00", "\ud800", "\u202eL", "L\nL", "L;L", "#", "@", "@ L", "L @", "*", "**", "L ** L", "L // 2", "L % 2",
    "~L", "L << 2", "L | 2", "L & 2", "L and", "and", "or L", "not", "not L", "L not in L", "L is L", "L in [L]",
    "lambda", "if", "yield", "await L", "print(L)", "eval('1')", "tanh()", "tanh(*h)", "tanh(x=h)", "tanh(h)(h)",
    "abs", "norm", "tanh(tanh)", "max(h, h)", "softmax(W)", "softmax(L)", "log(-1)", "log(0)", "1/0", "0/0",
    "exp(exp(exp(exp(L))))", "h / 0", "L < nan", "(1).real", "1 .real", "1if 2else 3", "0or 1", "dW_so_far_so_far",
    "_so_far", "_term", "W_term", "dW_term[9,9,9]", "dW_term[1,2,3]", "dW_term[1,1]", "dE_term", "d", "dL", "dL/d",
    "dL/dW/dW", "∂", "∂L/∂", "∂L/∂∂L", "₁", "h₁₂₃₄₅₆₇₈₉", "α", "αα", "ŷ", "y\u0302[1]", "ʹ", "W''", "W′′", "x°",
    "1−h²", "h²", "h ^ 2", "½", "①", "Ⅷ", "h①", "ℎ[1]", "𝐖", "é", "日", "👩‍👩‍👧", "L 👩", "𝟙", "١", "h[١]", "L<٢", "{}",
    "{1}", "[1]", "[]", "()", "(L,)", "L, L", "...", "None", "True", "False", "True < 2", "None is None",
    "h[1] < h[1] < h[1] > h[1] = h[1] ≠ h[1]", "W < h[1]", "W < W.T", "W < 1 < h[1]", "alpha < alpha[2]", "a@A@a",
    "U @ x[1] @ x[2]", "W @ W", "h[1] @ W @ h[2]", "dW @ W", "g", "s", "s[3,2]", "v", "dhnext", "D", "xo[1]", "y[1]",
    "E[1,1]", "eta[1]", "b[9]", "c[0]", "V[3,3]", "V['é',1]", "U[1,'']", "yhat['é']", "yhat['é',1]", "loss[2]",
    "p[1]", "weight_ih_l0", "rnn.weight_hh_l0", "fc.weight", "self.W", "W_hh.grad", "mWxh", "kernel",
    "recurrent_kernel", "h" * 999, "_" * 999, "d" * 999, "1" + "." * 900, "L" + " " * 990 + "L", "\t\t\t",
    "L\u00a0<\u00a02", "𝓛", "l", "w", "LOSS",
]  # fmt: skip


def understood(text: str, network=NETWORK):
    """What a text says, None where it is refused in our own words."""
    try:
        return read(text, network)
    except WatchError as error:
        refusal = str(error)
    assert "\n" not in refusal
    assert len(refusal) < 1500
    return None


def test_two_hundred_hostile_watches_are_refused_or_computed_and_do_nothing_else(epoch):
    assert len(set(HOSTILE)) >= 200
    program = Program(NETWORK)
    tracemalloc.start()
    for text in HOSTILE:
        before = time.process_time()
        watched = understood(text)
        if watched is not None:
            (watched.holds if watched.is_condition else watched.value)(epoch, program, len(program))
        assert time.process_time() - before < 1, text[:40]
    assert tracemalloc.get_traced_memory()[1] < 20e6
    tracemalloc.stop()


PIECES = [
    "h", "W", "dW", "dW_so_far", "dU_term", "alpha", "A", "L", "yhat", "Ω", "∂L/∂h₁", "dL/d", "[2]", "[3,1]", "[1,1]",
    '["é"]', "₂", "'", "norm(", "abs(", "max(", "tanh(", "softmax(", "(", ")", "]", "[", "1", "2.5", "1e-3", "1e400",
    " ", "+", "-", "−", "*", "×", "/", "@", ".T", "<", ">", "<=", "≥", "=", "==", "!=", "≠", " and ", " or ", "not ",
    ",", ":", ";", "\\", "{", "👩", "if", "lambda", ".", "_", "=h", "\u0302", "°",
]  # fmt: skip
TEMPLATES = ["{0} {1} {2}", "norm({0}) {1} {2}", "abs({0}) {1} {2}", "not {0} {1} {2}", "({0} {1} {2}) {1} {0}"]
OPERANDS = ["h[2]", "W", "dW", "L", "alpha[3]", "yhat[4]", "h", "2", "dW_so_far", "W.T", "V", "c", "dL/dh[1]", "W[1,1]"]
SIGNS = ["+", "-", "*", "/", "@", "<", ">", "=", "and", "≤"]


def fuzzed(chance: random.Random) -> str:
    """Something like a watch: pieces in any order, or one that nearly makes sense, with a piece of it overwritten."""
    if chance.random() < 0.4:
        return "".join(chance.choices(PIECES, k=chance.randint(1, 12)))
    parts = chance.choice(OPERANDS), chance.choice(SIGNS), chance.choice(OPERANDS)
    text = chance.choice(TEMPLATES).format(*parts)
    if chance.random() < 0.5:
        at = chance.randrange(len(text))
        text = text[:at] + chance.choice(PIECES) + text[at + chance.randint(0, 2) :]
    return text


def test_fuzzed_watches_are_refused_in_our_words_or_computed(epoch):
    chance, program, computed = random.Random(7), Program(NETWORK), 0
    for _ in range(FUZZED):
        text = fuzzed(chance)
        watched = understood(text)
        if watched is None:
            continue
        computed += 1
        (watched.holds if watched.is_condition else watched.value)(epoch, program, len(program))
        assert read(watched.text, NETWORK).body == watched.body
    assert computed > FUZZED / 10


@given(st.text(max_size=40))
def test_any_text_is_refused_in_our_words_or_computed(text):
    understood(text)


@pytest.mark.parametrize(
    ("text", "symbol"),
    [("dL/db_o", "dL/db_o"), ("db_o", "dL/db_o"), ("dL/db_q", "dL/db_q"), ("dL/dC[1]", "dL/dC[1]"),
     ("dC[2]", "dL/dC[2]"), ("dL/dW_f", "dL/dW_f"), ("dL/dh[2]", "dL/dh[2]"), ("C[1]", "C[1]")],
)  # fmt: skip
def test_gates_and_their_biases_are_no_output_bias_of_another_world(text, symbol):
    watched = read(text, open_source("lstm").network)
    assert [each.symbol for each in watched.quantities.values()] == [symbol]
