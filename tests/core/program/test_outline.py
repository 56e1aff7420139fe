"""The tree of the program: every node's children are its steps, once and in order."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.program.outline import Outline
from core.program.program import Address, Phase, Program
from tests.strategies import KINDS, of_kind, plain_network

CASES = [(T, kind, order) for T in (1, 2, 4, 14) for kind in KINDS for order in ("timestep", "stage", "back")]
MILLION = Outline(Program(plain_network(1000, embedded=True)))


def outline(T, kind, order="timestep"):
    """The tree of a program; *order* ``back``: by timestep, and back timestep by timestep."""
    network = plain_network(T, embedded=kind[0], attention=kind[1])
    return Outline(Program(network, way="timesteps") if order == "back" else Program(network, order))


def children(tree, node):
    return [tree.child(node, index) for index in range(tree.child_count(node))]


def nodes(tree, node=None):
    node = node or tree.root
    yield node
    for child in children(tree, node):
        yield from nodes(tree, child)


def leaves(tree):
    return [node.span.first for node in nodes(tree) if node.level == "step"]


@pytest.mark.parametrize(("T", "kind", "order"), CASES)
def test_which_children_are_steps_is_known_without_making_them(T, kind, order):
    tree = outline(T, kind, order)
    for node in nodes(tree):
        kinds = [child.level == "step" for child in children(tree, node)]
        assert [tree.is_step(node, index) for index in range(len(kinds))] == kinds


@pytest.mark.parametrize(("T", "kind", "order"), CASES)
def test_every_step_is_found_among_the_children(T, kind, order):
    tree = outline(T, kind, order)
    for node in nodes(tree):
        for index, child in enumerate(children(tree, node)):
            for position in (child.span.first, child.span.last):
                assert tree.index_of(node, position) == index


@pytest.mark.parametrize(("T", "kind", "order"), CASES)
def test_children_divide_the_steps_of_their_parent(T, kind, order):
    tree = outline(T, kind, order)
    for node in nodes(tree):
        inside = children(tree, node)
        if node.level == "step":
            assert not inside
            assert len(node.span) == 1
            continue
        assert inside[0].span.first == node.span.first
        assert inside[-1].span.last == node.span.last
        for one, following in pairwise(inside):
            assert following.span.first == one.span.last + 1
        for index, child in enumerate(inside):
            assert child.parent == node
            assert tree.child(node, index) == child
    assert leaves(tree) == list(range(1, len(tree.program) + 1))


@pytest.mark.parametrize(("T", "kind", "order"), CASES)
def test_paths_lead_down_to_their_step(T, kind, order):
    tree = outline(T, kind, order)
    for position in range(1, len(tree.program) + 1):
        path = tree.path_to(position)
        assert path[0] == tree.root
        assert path[-1].level == "step"
        assert path[-1].span.first == position
        for node, child in pairwise(path):
            assert child.parent == node
            assert position in child.span


@pytest.mark.parametrize("order", ["timestep", "stage"])
def test_groups_and_blocks_are_those_of_the_program(order):
    tree = outline(4, (True, True), order)
    for node in nodes(tree):
        if node.level in ("group", "block"):
            span = (tree.program.group if node.level == "group" else tree.program.block)(node.span.first)
            assert span == node.span


@given(st.integers(1, 669_179_513))
def test_any_step_of_a_long_program_is_found_at_once(position):
    path = MILLION.path_to(position)
    assert path[-1].span.first == path[-1].span.last == position
    assert len(path) <= 6
    for node in path[1:]:
        assert node.parent is not None
        assert MILLION.child(node.parent, MILLION.index_of(node.parent, node.span.first)) == node
        assert MILLION.label(node)


def test_large_blocks_are_nested_by_the_state_they_pass():
    tree = outline(14, (False, True))
    path = tree.path_to(tree.program.position(Address(Phase.BACKWARD, "W", (13, 9, 5))))
    assert [node.level for node in path] == ["epoch", "phase", "group", "block", "nest", "step"]
    assert [tree.label(node).text for node in path] == [
        "Epoch",
        "Backward",
        "∂L/∂W",
        "L₁₃   91 terms",
        "via h₉",
        "(13, 9, 5)",
    ]
    flat = tree.path_to(tree.program.position(Address(Phase.BACKWARD, "W", (12, 9, 5))))
    assert [node.level for node in flat] == ["epoch", "phase", "group", "block", "step"]


def test_the_tree_of_sheet_a_reads_like_the_mockup(sheet_a):
    tree = Outline(Program(sheet_a[0]))
    assert [tree.label(node).text for node in children(tree, tree.root)] == ["Forward", "Backward", "Update"]
    forward, backward, update = children(tree, tree.root)
    assert [tree.label(node).text for node in children(tree, forward)] == [
        "t = 1   h → e",
        "t = 2   e → l",
        "t = 3   l → l",
        "t = 4   l → o",
        "Total loss",
    ]
    assert [tree.label(node).text for node in children(tree, backward)] == [
        f"∂L/∂{name}" for name in ("Ω", "V", "c", "W", "U", "b")
    ]
    assert [tree.label(node).text for node in children(tree, update)] == [f"{name} new" for name in "VcWUb"]
    W = children(tree, backward)[3]
    assert [tree.label(node).text for node in children(tree, W)] == [
        "L₁   1 term",
        "L₂   3 terms",
        "L₃   6 terms",
        "L₄   10 terms",
        "Σ   sum",
    ]
    assert [tree.label(node).text for node in children(tree, children(tree, W)[2])][-2] == "(3, 3, 2)"
    timestep = children(tree, forward)[1]
    assert [tree.label(node).text for node in children(tree, timestep)] == [
        *("letter", "h₂", "A₂,₁", "A₂,₂", "α₂", "Z₂", "Ω₂", "ŷ₂", "L₂")
    ]


def test_the_sheets_own_order_has_its_states_first(sheet_a):
    tree = Outline(Program(sheet_a[0], "stage"))
    labels = [tree.label(node).text for node in children(tree, tree.child(tree.root, 0))]
    assert labels == [
        *("h₁   reads h", "h₂   reads e", "h₃   reads l", "h₄   reads l"),
        *("t = 1   h → e", "t = 2   e → l", "t = 3   l → l", "t = 4   l → o"),
        "Total loss",
    ]


def test_without_attention_terms_are_labelled_by_loss_and_use(sheet_b):
    tree = Outline(Program(sheet_b[0]))
    path = tree.path_to(tree.program.position(Address(Phase.BACKWARD, "W", (3, 3, 2))))
    assert tree.label(path[-1]).text == "(3, 2)"
    assert tree.label(path[-2]).text == "L₃   3 terms"
    losses = [tree.label(node) for node in children(tree, path[-3])][:3]
    assert [label.note for label in losses] == ["1 term", "2 terms", "3 terms"]
    assert [label.spoken for label in losses] == ["L₁, 1 term", "L₂, 2 terms", "L₃, 3 terms"]
    assert tree.label(path[-1]).spoken == "(3, 2)"


def test_letters_of_any_script_stand_in_the_labels():
    network, _ = of_kind((False, False))
    tree = Outline(Program(network))
    label = tree.label(tree.child(tree.child(tree.root, 0), 0)).text
    assert label == f"t = 1   {network.input_letter(1)} → {network.target_letter(1)}"
