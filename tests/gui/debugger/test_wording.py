"""What the buttons and the status bar say at each kind of step."""

import pytest

from core.program.program import Address, Phase
from core.sources.opening import open_source
from gui.debugger.model import DebuggerModel
from gui.debugger.wording import place, stepping_labels

F, B, U = Phase.FORWARD, Phase.BACKWARD, Phase.UPDATE


@pytest.fixture(scope="module")
def model(qapp):
    return DebuggerModel(open_source("attention"))


@pytest.mark.parametrize(
    ("address", "over", "out"),
    [
        (Address(F, "h", (2,)), "Finish t = 2", "Finish forward"),
        (Address(F, "L", (4,)), "Finish total loss", "Finish forward"),
        (Address(F, "L"), "Finish L₁ of ∂L/∂Ω", "Finish ∂L/∂Ω"),
        (Address(B, "V", (4,)), "Finish sum", "Finish ∂L/∂V"),
        (Address(B, "W", (3, 3, 2)), "Finish L₃", "Finish ∂L/∂W"),
        (Address(B, "W"), "Finish L₁ of ∂L/∂U", "Finish ∂L/∂U"),
        (Address(B, "b"), "Finish V new", "Finish update"),
    ],
)
def test_buttons_say_where_they_lead(model, address, over, out):
    model.jump(address)
    assert stepping_labels(model.view) == {"over": over, "out": out}


def test_at_the_end_they_lead_nowhere(model):
    model.go_to_position(121)
    assert stepping_labels(model.view) == {"over": "Finish block", "out": "Finish phase"}


def test_the_status_bar_says_where_the_cursor_stands(model):
    model.go_to_position(62)
    assert place(model.view) == "Epoch 1  ·  backward  ·  step 62 of 121"
