"""The plot of a line, as far as it can go wrong without a panel."""

from __future__ import annotations

import numpy as np
import pytest
from pyqtgraph import PlotWidget
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QMenu
from shiboken6 import isValid

from gui.widgets.plots.line_picture import Line, Ring
from gui.widgets.plots.line_plot import LinePlot

NAN = np.nan


@pytest.mark.parametrize("values", [[NAN], [NAN, NAN], [np.inf], [NAN, 2.0], [-1.0, 0.0]])
@pytest.mark.parametrize("logarithmic", [False, True])
def test_a_line_without_a_point_that_could_be_drawn_is_painted_all_the_same(qtbot, theme, values, logarithmic):
    plot = LinePlot(theme, "epoch", "loss")
    qtbot.addWidget(plot)
    plot.set_logarithmic(x=False, y=logarithmic)
    plot.show()
    numbers = np.array(values)
    plot.set_line(Line(np.arange(1.0, len(values) + 1), numbers, rings=(Ring(1, float(values[0]), "printed"),)))
    with qtbot.captureExceptions() as caught:
        plot.grab()
    assert not caught


def test_the_menu_that_a_plot_makes_goes_with_it_though_python_holds_it(qapp, theme):
    made = LinePlot(theme, "x", "y")
    held = made.findChild(PlotWidget)
    menus = [each for each in QApplication.topLevelWidgets() if isinstance(each, QMenu) and each.parent() is held]
    assert len(menus) == 1
    made.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert held is not None
    assert not any(map(isValid, (held, *menus)))
