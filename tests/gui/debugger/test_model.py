"""The model: jumps that return, refused requests, and choices made while training runs."""

from core.network.rule import EXACT, TYPESET
from core.program.cursor import Command, Cursor
from core.program.program import Address, Phase
from core.sources.opening import open_source


def cursor(model):
    return model.view.cursor


def test_jumps_return_in_the_opposite_order(model):
    model.jump(Address(Phase.FORWARD, "h", (3,)))
    model.jump(Address(Phase.BACKWARD, "W"))
    model.do(Command.INTO)
    model.go_back()
    assert model.view.step.address == Address(Phase.FORWARD, "h", (3,))
    model.go_back()
    assert cursor(model) == Cursor(1, 1)
    assert not model.can_return


def test_scrubbing_stops_at_the_ends_and_is_no_jump(model):
    model.go_to_position(10**12)
    assert cursor(model) == Cursor(1, 121)
    model.go_to_position(-5)
    assert cursor(model) == Cursor(1, 1)
    assert not model.can_return


def test_an_epoch_below_1_is_refused_in_words(model, qtbot):
    with qtbot.waitSignal(model.refused) as refused:
        model.jump_to_epoch(0)
    assert "expected 1 or more" in refused.args[0]
    assert cursor(model) == Cursor(1, 1)


def test_cancelling_keeps_what_was_reached_and_the_place(model, qtbot):
    model.go_to_position(62)
    model.jump_to_epoch(5_000_000)
    assert model.is_training
    assert not model.can(Command.INTO)
    qtbot.waitUntil(lambda: model.view.training.reached > 1)
    with qtbot.waitSignal(model.training_ended):
        model.cancel_training()
    assert cursor(model) == Cursor(1, 62)
    assert model.view.training.reached > 1
    model.do(Command.INTO)
    assert cursor(model) == Cursor(1, 63)


def test_the_same_rule_or_rate_again_trains_nothing(model):
    before = model.view
    model.set_rule(model.rule)
    model.set_learning_rate(model.learning_rate)
    assert model.view is before


def test_a_rule_there_and_back_gives_the_same_bits(model, qtbot):
    model.jump_to(Cursor(40, 39))
    qtbot.waitUntil(lambda: not model.is_training)
    before = model.view.epoch.tape.total
    for rule in (EXACT, TYPESET, model.rule):
        model.set_rule(rule)
        qtbot.waitUntil(lambda: not model.is_training)
        assert cursor(model) == Cursor(40, 39)
    assert model.view.epoch.tape.total == before


def test_an_entry_is_followed_until_another_network_is_opened(model):
    model.jump(Address(Phase.BACKWARD, "U", (3, 3, 2)))
    model.follow_entry(0, 3)
    model.do(Command.INTO)
    assert model.view.entry == (0, 3)
    model.open(open_source("attention"))
    model.jump(Address(Phase.BACKWARD, "U", (3, 3, 2)))
    assert model.view.entry != (0, 3)


def test_a_hovered_symbol_stands_before_the_pinned_one(model):
    said = []
    model.highlight_changed.connect(said.append)
    model.pin("W")
    model.hover("U")
    model.hover("")
    model.pin("W")
    assert said == ["W", "U", "W", ""]


def test_opening_lets_go_of_what_was_lit_before_the_new_view_is_shown(model):
    said = []
    model.highlight_changed.connect(lambda symbol: said.append(("lit", symbol)))
    model.view_changed.connect(lambda view: said.append(("view", view.source.name)))
    model.pin("alpha[3,3]")
    model.open(open_source("embedding"))
    assert said == [("lit", "alpha[3,3]"), ("lit", ""), ("view", "embedding")]
    assert model.pinned == ""
