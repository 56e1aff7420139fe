"""The panels that stand in docks: loaded once the formula is in sight, since together they take as long as it does."""

from __future__ import annotations

from gui.look.theme import Theme
from gui.panels.attention.panel import AttentionPanel
from gui.panels.contributions.panel import ContributionsPanel
from gui.panels.loss.panel import LossPanel
from gui.panels.parameters.panel import ParametersPanel
from gui.panels.program.panel import ProgramPanel
from gui.panels.rules.panel import RulesPanel
from gui.panels.sheet.panel import SheetPanel
from gui.panels.timeline.panel import TimelinePanel
from gui.panels.values.panel import ValuesPanel
from gui.panels.watch.panel import WatchPanel
from gui.panels.why.panel import WhyPanel


class Docked:
    """Every panel that has a dock, as an attribute by the dock's id."""

    def __init__(self, theme: Theme) -> None:
        self.program = ProgramPanel(theme)
        self.parameters = ParametersPanel(theme)
        self.values = ValuesPanel(theme)
        self.attention = AttentionPanel(theme)
        self.watch = WatchPanel(theme)
        self.contributions = ContributionsPanel(theme)
        self.loss = LossPanel(theme)
        self.sheet = SheetPanel(theme)
        self.rules = RulesPanel(theme)
        self.why = WhyPanel(theme)
        self.timeline = TimelinePanel(theme)
