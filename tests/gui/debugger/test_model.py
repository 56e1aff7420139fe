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
    assert not model.view.can_go_back


def test_scrubbing_stops_at_the_ends(model):
    model.go_to_position(10**12)
    assert cursor(model) == Cursor(1, 121)
    model.go_to_position(-5)
    assert cursor(model) == Cursor(1, 1)


def test_where_a_hand_began_that_drags_is_a_step_of_this_epoch_even_where_it_saw_another(model):
    model.go_to_position(5, origin=10**12)
    model.set_way("timesteps")
    model.go_back()
    assert cursor(model).position == len(model.state.program)


def test_back_and_forth_lead_through_every_move_of_more_than_one_step(model):
    ways = [
        lambda: model.do(Command.NEXT_GROUP),
        lambda: model.do(Command.OVER),
        lambda: model.do(Command.OUT),
        lambda: model.do(Command.NEXT_EPOCH),
        lambda: model.do(Command.START),
        lambda: model.jump(Address(Phase.BACKWARD, "W", (3, 3, 2))),
        lambda: model.jump_to_epoch(5),
        lambda: model.go_to_position(80),
        lambda: model.do(Command.END),
    ]
    places = [cursor(model)]
    for way in ways:
        way()
        places.append(cursor(model))
    assert len(set(places)) == len(places)
    back = [(model.go_back(), cursor(model))[1] for _ in ways]
    assert back == places[-2::-1]
    assert not model.view.can_go_back
    forth = [(model.go_forth(), cursor(model))[1] for _ in ways]
    assert forth == places[1:]
    assert not model.view.can_go_forth


def test_single_steps_are_not_remembered_even_into_another_epoch(model):
    model.go_to_position(119)
    for _ in range(4):
        model.do(Command.INTO)
    model.do(Command.BACK)
    assert cursor(model) == Cursor(2, 1)
    model.go_back()
    assert cursor(model) == Cursor(1, 1)


def test_a_hand_that_drags_is_remembered_once_where_it_began(model):
    model.go_to_position(74)
    for position in (75, 73, 60, 40, 20, 40):
        model.go_to_position(position, 74)
    model.go_back()
    assert cursor(model).position == 74
    model.go_back()
    assert cursor(model).position == 1


def test_going_back_leads_on_where_one_has_come_back_on_foot(model):
    model.go_to_position(4)
    for _ in range(3):
        model.do(Command.BACK)
    assert cursor(model).position == 1
    assert not model.view.can_go_back


def test_another_order_of_the_forward_pass_keeps_every_step_that_is_remembered(model):
    h3, z2, here = Address(Phase.FORWARD, "h", (3,)), Address(Phase.FORWARD, "Z", (2,)), Address(Phase.BACKWARD, "W")
    model.jump(h3)
    model.jump(z2)
    model.toggle_result()
    model.jump(here)
    model.set_order("stage")
    assert model.view.step.address == here
    model.go_back()
    assert model.view.step.address == z2
    assert model.view.hidden
    model.go_back()
    assert model.view.step.address == h3
    assert not model.view.hidden


def test_what_is_opened_again_stands_as_it_stood_by_the_choices_of_now(model):
    model.jump(Address(Phase.FORWARD, "Z", (2,)))
    model.set(model.state.toggling("h[2]"))
    before = model.state
    model.open(open_source("embedding"))
    model.go_to_position(5)
    model.set_order("stage")
    model.set_predicts(True)
    model.open(before)
    assert model.view.source.name == "attention"
    assert model.view.step.address == Address(Phase.FORWARD, "Z", (2,))
    assert model.state.watched == "h[2]"
    assert model.state.predicts
    assert model.view.can_go_back


def test_an_epoch_below_1_is_refused_in_words(model, qtbot):
    with qtbot.waitSignal(model.refused) as refused:
        model.jump_to_epoch(0)
    assert "expected 1 or more" in refused.args[0]
    assert cursor(model) == Cursor(1, 1)


def test_cancelling_keeps_what_was_reached_and_the_place(model, qtbot):
    model.go_to_position(62)
    model.jump_to_epoch(5_000_000)
    assert model.is_training
    model.do(Command.INTO)
    assert cursor(model) == Cursor(1, 62)
    qtbot.waitUntil(lambda: model.view.training.reached > 1)
    with qtbot.waitSignal(model.training_ended):
        model.cancel_training()
    assert cursor(model) == Cursor(1, 62)
    assert model.view.training.reached > 1
    model.do(Command.INTO)
    assert cursor(model) == Cursor(1, 63)


def test_the_same_rule_or_rate_again_trains_nothing(model):
    before = model.view
    model.set_rule(model.state.rule)
    model.set_learning_rate(model.state.learning_rate)
    assert model.view is before


def test_a_rule_there_and_back_gives_the_same_bits(model, qtbot):
    model.jump_to(Cursor(40, 39))
    qtbot.waitUntil(lambda: not model.is_training)
    before = model.view.epoch.tape.total
    for rule in (EXACT, TYPESET, model.state.rule):
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


def test_a_hovered_symbol_stands_before_the_watched_one(model):
    said: list[str] = []
    model.highlight_changed.connect(said.append)
    model.set(model.state.toggling("W"))
    model.hover("U")
    model.hover("")
    model.set(model.state.toggling("W"))
    assert said == ["W", "U", "W", ""]


def test_opening_lets_go_of_what_was_lit_before_the_new_view_is_shown(model):
    said: list[tuple[str, str]] = []
    model.highlight_changed.connect(lambda symbol: said.append(("lit", symbol)))
    model.view_changed.connect(lambda view: said.append(("view", view.source.name)))
    model.set(model.state.toggling("alpha[3,3]"))
    model.open(open_source("embedding"))
    assert said[-3:] == [("lit", "alpha[3,3]"), ("lit", ""), ("view", "embedding")]
    assert model.state.watched == ""
