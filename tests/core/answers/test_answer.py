"""What is said to a learner's number: the mistakes that the worksheets' page tells, and anything without a crash."""

from __future__ import annotations

import re
from itertools import cycle

import numpy as np
import pytest

from core.answers.answer import Search, answer
from core.answers.asked import asked
from core.answers.closeness import Closeness, closeness
from core.epoch.backward import gradients
from core.epoch.training import Training
from core.network import symbols
from core.network.rule import EXACT, NAMED_RULES, PRINTED, TYPESET, Rule
from core.program.program import Address, Phase, Program
from core.slips.case import Case
from core.slips.reading import Reading
from core.slips.rounded import on_paper
from core.slips.rules import TITLES
from core.slips.table import SLIPS
from core.writing.notation import Given, NotationError
from tests.slip_cases import case_of, ways_once
from tests.slip_oracles import numbers
from tests.slow_epoch import Exercise
from tests.strategies import KINDS, Start, random_network

FORWARD, BACKWARD, _, UPDATE = Phase
POINT = "The decimal point stands one place too far to the"
SUM_W = Address(BACKWARD, "W")


def given(text):
    """The numbers of *text*: one, or a row, or rows with ``;`` between them, of equal numbers of decimals each."""
    rows = [row.split() for row in text.split(";")]
    values = np.array([[float(number) for number in row] for row in rows])
    decimals = np.array([[len(number.partition(".")[2]) for number in row] for row in rows], dtype=np.intp)
    shape = values.shape if len(rows) > 1 else values.shape[1:] if values.size > 1 else ()
    return Given(values.reshape(shape), decimals.reshape(shape), text)


def lines(array, decimals=4):
    """An array as text for `given`."""
    return " ; ".join(" ".join(f"{number:.{decimals}f}" for number in row) for row in np.atleast_2d(array))


@pytest.fixture
def ask(sheet_a, sheet_b):
    """A function that asks of a step of a sheet, under the rule and η of its printed numbers."""

    def asked(text, address=SUM_W, *, sheet="a", epoch=1, entry=(0, 0), rule=PRINTED):
        network, parameters = sheet_a if sheet == "a" else sheet_b
        eta, stated = (0.01, 0.1) if sheet == "a" else (0.1, None)
        case = case_of(Exercise(network, parameters, rule, eta, epoch, stated), address)
        return answer(case, given(text), entry)

    return asked


def only(result, kind="explained"):
    """The one match of an explained number, or of one that it could be."""
    assert result.kind == kind, result
    (match,) = result.matches
    return match


# -- the mistakes of the worksheet's last section -----------------------------------------------------------

TURNED = Rule(-1, "softmax", frozenset({"value"}), "h", "t")
MISTAKES = [
    ("-0.0274", "the sign of the error", TURNED, (2, 2, 2), 0.0307),
    ("0.0402", TITLES["exact"], EXACT, (2, 2, 2), -0.0355),
    ("-0.0327", TITLES["typeset"], TYPESET, (2, 2, 2), 0.0054),
    ("0.2210", "hₖ for hₖ₋₁", None, (1, 1, 1), 0.0534),
    ("-0.0004", "no Jacobian product", None, (3, 3, 2), -0.0220),
    ("0.0023", "the last term missing", None, (), 0.0023),
]
DOUBTED = ("-0.0004", "0.0023")  # of one digit, and of two beside 17 other ways; a fifth decimal asserts both


@pytest.mark.parametrize(("text", "title", "rule", "first", "theirs"), MISTAKES)
def test_a_mistake_of_the_worksheet_is_the_one_explanation(ask, sheet_a: Start, text, title, rule, first, theirs):
    result = ask(text)
    match = only(result, "could be" if text in DOUBTED else "explained")
    assert (match.title, match.rule, match.equal) == (title, rule, True)
    assert match.is_named == (title in TITLES.values())
    assert title in result.headline
    assert match.first.address == Address(BACKWARD, "W", first)
    assert match.first.theirs == pytest.approx(theirs, abs=5e-5)
    right = Exercise(*sheet_a, PRINTED, 0.01).right(match.first.address).item()
    assert match.first.right == pytest.approx(right, rel=1e-12)


def test_the_softmax_from_zero_first_matters_at_the_first_weights(ask):
    match = only(ask("0.0246"), "could be")
    assert (match.title, match.rule) == ("softmax from i = 0", None)
    assert match.first.address == Address(FORWARD, "alpha", (1,))
    assert match.first.name == "α₁"
    assert (match.first.theirs, match.first.right) == (pytest.approx(0.5051, abs=5e-5), 1.0)


def test_the_exact_derivative_is_told_by_path_and_as_no_slip(ask):
    result = ask("0.0402")
    match = only(result)
    assert result.headline == "This is the exact derivative, which is what autograd gives."
    assert match.detail == "0.0274 by the values + 0.0045 by the keys + 0.0083 by the query = 0.0402."
    assert match.shows_paths
    assert "true derivative" in match.right


def test_the_exact_derivative_with_rounding_on_the_way(ask):
    match = only(ask("0.0401"), "could be")
    assert match.title == "the exact derivative, which is what autograd gives, with rounding on the way"
    assert match.rule == EXACT
    assert "rounded to 4 places it comes out as 0.0401." in match.done


def test_the_number_itself_agrees_and_one_unit_off_names_rounding(ask):
    assert ask("0.0274").kind == "agrees"
    assert ask("0.0274").matches == ()
    assert ask("0.0274").headline == "Agrees to the 4 decimals given: it is 0.027415."
    near = ask("0.0273")
    assert near.kind == "agrees"
    assert near.headline.startswith("Agrees within one unit of the last digit: it is 0.027415.")
    assert near.headline.endswith("With every value on the way rounded to 4 places it comes out as 0.0273.")


@pytest.mark.parametrize("address", [SUM_W, Address(BACKWARD, "U"), Address(BACKWARD, "V")])
def test_numbers_of_another_program_agree_in_double_and_in_single_precision(ask, sheet_a: Start, address):
    right, exact = (np.ravel(Exercise(*sheet_a, rule, 0.01).right(address)) for rule in (PRINTED, EXACT))
    for number in (right * (1 + 1e-15), right.astype(np.float32), right * (1 + 1e-7)):
        result = ask(" ".join(f"{float(entry):.17f}" for entry in number), address)
        assert (result.kind, result.matches) == ("agrees", ())
    for number in (exact * (1 - 1e-15), exact.astype(np.float32)):
        assert only(ask(" ".join(f"{float(entry):.17f}" for entry in number), address)).rule == EXACT
    assert ask(" ".join(f"{float(entry):.17f}" for entry in right * (1 + 1e-4)), address).kind != "agrees"


@pytest.mark.parametrize("value", [0.0, 1e-308, 5e-324])
def test_numbers_with_more_decimals_than_there_are_powers_of_ten_are_compared(value):
    one = Given(np.array(value), np.array(400), "tiny")
    assert closeness(np.array(value), one) is Closeness.RIGHT
    assert closeness(np.array(0.5), one) is Closeness.WRONG


def test_few_decimals_agree_as_far_as_they_go(ask):
    assert ask("0.03").headline == "Agrees as far as it goes; it is 0.027415. More digits would say more."
    assert ask("0.027").headline == "Agrees to the 3 decimals given: it is 0.027415."


@pytest.mark.parametrize("text", ["0", "0.0", "1"])
def test_what_is_too_coarse_to_tell_is_neither_right_nor_wrong(ask, text):
    result = ask(text)
    assert (result.kind, result.matches) == ("too coarse", ())
    assert result.headline.endswith("Give three digits.")
    assert "0.0274" not in result.headline  # it may be hidden


@pytest.mark.parametrize("text", ["-1", "-0.1", "0.0000"])
def test_the_sign_is_not_crossed_and_a_zero_with_digits_is_a_number(ask, text):
    assert ask(text).kind not in ("agrees", "too coarse")


def test_entries_that_are_too_coarse_are_named(ask, sheet_a: Start):
    right = Exercise(*sheet_a, PRINTED, 0.01).right(Address(BACKWARD, "V")).ravel()
    text = lines(right).split()
    text[2] = "0."
    assert ask(" ".join(text), Address(BACKWARD, "V")).headline == (
        "Entry 3 is too coarse to tell; all others agree. Give three digits there."
    )
    assert ask("0 0 0 0", Address(BACKWARD, "V")).headline == "Too coarse to tell. Give three digits of each."


def test_a_zero_is_not_taken_for_an_entry_that_is_zero_anyway(ask):
    """The followed entry of the term (4, 4, 2) of U is -0.0137, all others are 0."""
    address = Address(BACKWARD, "U", (4, 4, 2))
    result = ask("0.0000", address, entry=(0, 1))
    assert (result.kind, result.place) == ("could be", "entry (1, 2)")  # two slips give 0 there, as chance does
    assert result.headline.endswith("; only your working tells.")  # each gives exactly 0, with any decimals
    assert ask("0.0000", address, entry=(0, 0)).kind == "agrees"


def test_what_nothing_gives_is_unknown(ask):
    result = ask("0.5")
    assert (result.kind, result.matches, result.headline) == ("unknown", (), "No known slip gives this.")


@pytest.mark.parametrize(("text", "pair"), [("0.0247", "74"), ("0.2074", "02"), ("0.0724", "27")])
def test_swapped_digits_are_seen(ask, text, pair):
    match = only(ask(text), "explained" if text == "0.2074" else "could be")
    assert match.title == "two digits swapped"
    assert match.sentence == f"The digits {pair} are swapped. It is 0.0274."


@pytest.mark.parametrize(
    ("text", "address", "done"),
    [
        ("0.3055", Address(FORWARD, "h", (2,)), "This has the other sign. It is −0.3055."),
        ("-0.0205", Address(FORWARD, "A", (1, 1)), "This has the other sign. It is 0.0205."),
        (
            "-3.055",
            Address(FORWARD, "h", (2,)),
            "The decimal point stands one place too far to the right. It is −0.3055.",
        ),
        ("0.2742", Address(BACKWARD, "W"), "The decimal point stands one place too far to the right. It is 0.0274."),
        (
            "0.14397",
            Address(FORWARD, "L", (1,)),
            "The decimal point stands one place too far to the left. It is 1.43966.",
        ),
    ],
)
def test_a_number_with_the_other_sign_or_point_is_known(ask, text, address, done):
    assert done in [match.sentence for match in ask(text, address).matches]


def test_a_gradient_with_the_other_sign_is_not_said_to_be_of_the_writing(ask):
    assert [match.title for match in ask("-0.0274").matches] == ["the sign of the error"]


def test_the_stated_rate_and_uphill(ask):
    match = only(ask("-0.589742", Address(UPDATE, "W")))
    assert match.title == "the stated η"
    assert "η = 0.1." in match.done
    assert match.first.address == Address(UPDATE, "W")
    assert ask("-0.5873", Address(UPDATE, "W")).kind == "agrees"
    uphill = ask("-0.586726", Address(UPDATE, "W"))  # a turned sign of the error goes uphill too
    assert [match.title for match in uphill.matches] == ["the sign of the error", "+ η"]
    assert uphill.headline.endswith("gives this: the sign of the error, or + η, which come to the same here.")


# -- how strongly -------------------------------------------------------------------------------------------


def test_fewer_digits_or_a_nearer_number_say_less(ask, sheet_a: Start):
    near = ask("0.0230")
    assert near.headline.startswith("Could be only k = m. At four decimals, ")
    assert near.headline.endswith("known ways lead as near to the right number; a fifth decimal would tell.")
    assert not near.matches[0].sure
    value = next(numbers("only k = m", Exercise(*sheet_a, PRINTED, 0.01), SUM_W)).item()
    more = ask(f"{value:.5f}")
    assert (more.kind, more.matches[0].title) == ("explained", "only k = m")


def test_an_eighth_decimal_is_said_as_it_is_spoken(ask):
    headline = ask("-0.0019509", Address(BACKWARD, "W", (4, 4, 2))).headline
    assert headline.startswith("Could be the new V in the chain. At seven decimals, ")
    assert headline.endswith("; an eighth decimal would tell.")


@ways_once()
def test_so_many_decimals_as_are_promised_do_tell(ask, sheet_a: Start):
    promised = 0
    for slip, address in zip(SLIPS, cycle((SUM_W, Address(BACKWARD, "U"), Address(UPDATE, "W"))), strict=False):
        for value in numbers(slip.name, Exercise(*sheet_a, PRINTED, 0.01, stated=0.1), address):
            digits = f"{value.ravel()[0]:.3f}"
            result = ask(digits, address)
            promise = re.search(r"(a|two|three)(?: fourth)?(?: more)? decimals? would tell", result.headline)
            if result.kind != "could be" or promise is None or slip.name not in [each.title for each in result.matches]:
                continue
            more = 3 + {"a": 1, "two": 2, "three": 3}[promise[1]]
            told = ask(f"{value.ravel()[0]:.{more}f}", address)
            assert (told.kind, slip.name in [each.title for each in told.matches]) == ("explained", True), digits
            promised += 1
    assert promised > 10


@pytest.mark.parametrize("text", ["0.05", "-0.02"])
def test_what_chance_gives_as_well_is_not_named(ask, text):
    result = ask(text)
    assert (result.kind, result.matches) == ("unknown", ())
    assert result.headline.startswith("No known slip can be told from this: ")
    assert result.headline.endswith(" would tell.")


def test_a_number_that_rounding_erases_is_not_rounding(ask):
    result = ask("0.0000")
    assert (result.kind, result.by_rounding) == ("could be", False)
    titles = {match.title for match in result.matches}
    assert titles == {"overwritten in a reversed loop", "ReLU for tanh", "the slope of ReLU"}  # only h₁ is positive


def test_rounding_on_the_way_to_the_digits_given_is_said_with_its_doubt():
    network, parameters = random_network(8, T=4, K=3, H=3)
    training = Training(network, parameters, EXACT, 0.1)
    rounded = on_paper(network, parameters, EXACT, 0.1, 3)
    found = 0
    for address in Program(network):
        right, value = (Reading.right(training.epoch(1)).value(address), rounded.value(address))
        if right.size == 1 and abs(np.round(value, 3) - np.round(right, 3)).item() * 1e3 > 1.5:
            result = answer(Case.of(training, 1, address), given(f"{value.item():.3f}"))
            assert (result.kind, result.by_rounding) == ("could be", True)
            assert any("rounded to 3 places it comes out as" in match.done for match in result.matches)
            assert result.headline.endswith("more decimals all along the way would tell.")  # of this one, none is left
            found += 1
    assert found


def test_names_for_one_number_stand_together(ask):
    headline = ask(f"{0.1442:.4f}", Address(FORWARD, "h", (1,))).headline
    assert "no tanh, or tanh left out here, or ReLU for tanh, which come to the same here" in headline


# -- the epochs ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "address", "epoch", "title"),
    [
        ("-0.5910", Address(UPDATE, "W"), 1, "the exact rule with the stated η"),
        ("5.5506", Address(FORWARD, "L"), 2, "the exact rule with the stated η"),
        ("5.7253", Address(FORWARD, "L"), 3, "the neighbouring epoch"),
        ("5.3026", Address(FORWARD, "L"), 25, TITLES["exact"]),
    ],
)
def test_other_trainings_and_epochs_are_known_at_every_epoch(ask, text, address, epoch, title):
    assert title in [match.title for match in ask(text, address, epoch=epoch).matches]


def test_a_search_far_on_is_made_in_slices(sheet_a: Start):
    case = Case.of(Training(*sheet_a, PRINTED, 0.01), 60, Address(FORWARD, "L"), 0.1)
    search = Search(case, given("4.1234"))
    slices, said = 1, set()
    while not search.run(0.0):
        slices += 1
        said.add(None if search.so_far is None else search.so_far.headline)
    assert slices > 10
    assert said == {None, "No known slip gives this."}
    assert search.answer == answer(case, given("4.1234"))


# -- at the wrong place --------------------------------------------------------------------------------------


def test_an_error_of_the_output_that_stands_elsewhere_is_listed_once_since_no_rule_changes_it(ask, sheet_a: Start):
    network, parameters = sheet_a
    epoch = Training(network, parameters, PRINTED, 0.01).epoch(1)
    for t in range(1, network.T + 1):
        number = float(epoch.value(f"dL/dOmega[{t}]")[0])
        words = [place.words for place in ask(f"{number:.6f}").elsewhere]
        assert [each for each in words if "Ω" in each] == [symbols.text(f"dL/dOmega[{t}]")]


def test_of_a_long_program_the_steps_near_by_are_looked_at_on_both_sides():
    network, parameters = random_network(3, T=30, K=3, H=2, attention=True)
    training, program = Training(network, parameters, EXACT, 0.1), Program(network)
    here = program.position(Address(BACKWARD, "W", (20, 15, 10)))
    epoch = Reading.right(training.epoch(1))
    for off, is_near in ((-30, True), (30, True), (-60, False), (60, False)):
        number = given(lines(epoch.value(program[here + off]), 9))
        found = {place.address for place in answer(Case.of(training, 1, program[here]), number).elsewhere}
        assert (program[here + off] in found) == is_near, off


def test_the_same_digits_elsewhere_are_a_list_and_no_claim(ask):
    result = ask("0.0402", Address(FORWARD, "h", (2,)))
    assert (result.kind, result.matches) == ("unknown", ())
    assert [(place.words, place.address) for place in result.elsewhere] == [("∂L/∂W by the exact rule", SUM_W)]
    assert [place.words for place in ask("0.1432").elsewhere] == ["h₁", "Z₁"]
    assert ask("0.0402").elsewhere == ()  # what is sure needs no other place
    assert ask("0.14").elsewhere == ()


def test_a_name_before_a_number_says_whose_it_is(sheet_a):
    network, _ = sheet_a
    here, value = Address(FORWARD, "h", (2,)), np.zeros(1)
    for text in ("dW 0.0402", "W.grad = 0.0402", "∂L/∂W = 0.0402"):
        question = asked(text, here, value, network)
        assert (question.address, question.symbol, question.given.values.item()) == (SUM_W, "dL/dW", 0.0402)
    question = asked("alpha_3,2 = 0.3", here, value, network)
    assert (question.address, question.entry) == (Address(FORWARD, "alpha", (3,)), (1, 0))
    question = asked("0.0402", here, value, network)
    assert (question.address, question.symbol) == (here, None)
    with pytest.raises(NotationError, match="found 'foo'"):
        asked("foo 3", here, value, network)


# -- several numbers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "places"), [("V", 4), ("U", 3)])
def test_a_whole_exact_gradient_is_explained_and_what_differs_is_listed(ask, sheet_a: Start, name, places):
    address = Address(BACKWARD, name)
    exact, right = (Exercise(*sheet_a, rule, 0.01).right(address) for rule in (EXACT, PRINTED))
    for text in (lines(exact), lines(exact.T)) if name == "V" else (lines(exact),):
        result = ask(text, address)
        assert only(result).rule == EXACT
        assert len(result.differing) == places
        yours, wanted = (f"{float(np.ravel(array)[1]):.4f}".replace("-", "−") for array in (exact, right))
        assert any(f"yours {yours}, right {wanted}" in line for line in result.differing)


def test_a_single_entry_that_differs_is_told_by_its_place(ask, sheet_a: Start):
    right = Exercise(*sheet_a, PRINTED, 0.01).right(Address(BACKWARD, "V")).ravel()
    right[2] = 0.5337
    result = ask(lines(right), Address(BACKWARD, "V"))
    assert result.kind == "unknown"
    assert result.differing == ("entry 3: yours 0.5337, right 0.5373",)


def test_rows_columns_and_the_transposed_whole_of_a_matrix(ask, sheet_b: Start):
    address = Address(BACKWARD, "E")
    exact, right = (Exercise(*sheet_b, rule, 0.1).right(address) for rule in (EXACT, PRINTED))
    for i in range(3):
        for entry in ((i, 0), (0, 1)):
            result = ask(lines(right[i]), address, sheet="b", entry=entry)
            assert (result.kind, result.place) == ("agrees", f"row {i + 1}")
        result = ask(lines(exact[i]), address, sheet="b", entry=(i, 0))
        assert (only(result).rule, result.place) == (EXACT, f"row {i + 1}")
    for j in range(2):
        result = ask(lines(right[:, j]), address, sheet="b")
        assert (result.kind, result.place) == ("agrees", f"column {j + 1}")
        result = ask(lines(exact[:, j]), address, sheet="b", entry=(0, j))
        assert (only(result).rule, result.place) == (EXACT, f"column {j + 1}")
    for whole in (right, right.T):
        result = ask(lines(whole), address, sheet="b")
        assert (result.kind, result.headline) == ("agrees", "All agree to the 4 decimals given.")
    for whole in (exact, exact.T):
        result = ask(lines(whole), address, sheet="b")
        assert only(result).rule == EXACT
        assert len(result.differing) == 6


def test_the_entry_that_is_followed_is_meant_first_and_others_only_if_they_agree(ask, sheet_b: Start):
    address = Address(BACKWARD, "E")
    exact, right = (Exercise(*sheet_b, rule, 0.1).right(address) for rule in (EXACT, PRINTED))
    result = ask(f"{right[1, 1]:.4f}", address, sheet="b", entry=(0, 0))
    assert (result.kind, result.place) == ("agrees", "entry (2, 2)")
    result = ask(f"{exact[1, 1]:.4f}", address, sheet="b", entry=(1, 1))
    assert (only(result).rule, result.place) == (EXACT, "entry (2, 2)")


def test_a_transposed_square_matrix_is_a_slip():
    network, parameters = random_network(1, T=3, H=3)
    exercise = Exercise(network, parameters, EXACT, 0.1)
    case = Case.of(Training(network, parameters, EXACT, 0.1), 1, SUM_W)
    result = answer(case, given(lines(exercise.right(SUM_W).T)))
    assert only(result).title == "transposed"
    assert len(result.differing) == 6


# -- later epochs -------------------------------------------------------------------------------------------

TOTAL = Address(FORWARD, "L")


def test_a_later_loss_under_another_rule_or_rate_is_explained(ask, sheet_a: Start, sheet_b: Start):
    for rule in (EXACT, TYPESET):
        loss = Exercise(*sheet_a, rule, 0.01, epoch=2).right(TOTAL)
        match = only(ask(f"{loss:.6f}", TOTAL, epoch=2))
        assert match.rule == rule
        assert match.done.endswith("in every epoch so far.")
    stated = Exercise(*sheet_a, PRINTED, 0.1, epoch=2).right(TOTAL)
    assert only(ask(f"{stated:.4f}", TOTAL, epoch=2)).title == "the stated η"
    uphill = Exercise(*sheet_b, PRINTED, -0.1, epoch=3).right(TOTAL)
    assert only(ask(f"{uphill:.4f}", TOTAL, sheet="b", epoch=3)).title == "+ η"
    assert ask("5.7791", TOTAL, epoch=2).kind == "agrees"


def test_a_later_step_that_no_switch_touches_is_explained_by_the_training_before_it(ask, sheet_a: Start):
    address = Address(BACKWARD, "c")
    exact = Exercise(*sheet_a, EXACT, 0.01, epoch=2).right(address)
    match = only(ask(lines(exact, 6), address, epoch=2))
    assert match.rule == EXACT
    assert match.done.endswith("in every epoch so far.")
    assert ask(lines(Exercise(*sheet_a, EXACT, 0.01).right(address), 6), address).kind == "agrees"


# -- anything ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sheet", "ab")
def test_steps_of_the_sheets_have_an_answer_to_nonsense(ask, sheet_a, sheet_b, sheet):
    network, _ = sheet_a if sheet == "a" else sheet_b
    kinds = [ask("0.1234", address, sheet=sheet).kind for address in list(Program(network))[::4]]
    assert kinds.count("unknown") > 0.9 * len(kinds)


SIZES = [{"T": 1}, {"T": 2, "K": 1}, {"T": 3, "H": 1}, {"T": 1, "K": 1, "H": 1}, {"T": 3, "K": 3, "H": 2}]


@pytest.mark.parametrize(("kind", "sizes"), [*zip(cycle(KINDS), [*SIZES, *SIZES[::-1]], strict=False)], ids=str)
def test_networks_of_any_size_have_an_answer_at_every_step_also_after_divergence(kind, sizes):
    embedded, attention = kind
    network, parameters = random_network(3, D=2 if embedded else None, attention=attention, **sizes)
    for rule, eta, epoch, text in [(EXACT, 0.1, 1, "0.1234"), (TYPESET, 100, 3, "-1.0"), (PRINTED, 1e300, 4, "1.0")]:
        training = Training(network, parameters, rule, eta)
        for address in list(Program(network))[:: 7 if epoch == 1 else 13]:
            case = Case.of(training, epoch, address, 0.5)
            result = answer(case, given(text))
            assert result.headline
            assert (result.kind == "explained") <= bool(result.matches)


@pytest.mark.parametrize("name", NAMED_RULES)
def test_a_number_of_the_rule_in_use_agrees_under_every_rule(ask, sheet_a: Start, name):
    for address in (SUM_W, Address(BACKWARD, "V"), Address(UPDATE, "U"), Address(BACKWARD, "b", (3, 2, 1))):
        right = Exercise(*sheet_a, NAMED_RULES[name], 0.01).right(address)
        assert ask(lines(right, 6), address, rule=NAMED_RULES[name]).kind == "agrees"


def test_another_rule_in_one_later_epoch_alone_is_explained_too(sheet_a):
    network, parameters = sheet_a
    training = Training(network, parameters, PRINTED, 0.01)
    address = Address(Phase.BACKWARD, "W")
    exact = gradients(training.epoch(2).tape, EXACT)["W"].item()
    throughout = gradients(Training(network, parameters, EXACT, 0.01).epoch(2).tape, EXACT)["W"].item()
    assert round(exact, 5) != round(throughout, 5)
    for number, trains in ((exact, False), (throughout, True)):
        found = answer(Case.of(training, 2, address), Given(np.array(round(number, 5)), np.array(5), f"{number:.5f}"))
        (match,) = found.matches
        assert match.title == "the exact derivative, which is what autograd gives"
        assert ("in every epoch so far" in match.done) is trains
        assert (match.rule == EXACT) is trains  # stepping with a rule trains all epochs by it
        assert match.detail.endswith(f" = {number:.5f}.")
