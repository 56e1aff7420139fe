"""Where training starts: how initial parameters are drawn, or that they are given."""

from __future__ import annotations

from random import SystemRandom
from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton

from core.network.initial import Scheme
from core.sources.design import MOST_SCALE, MOST_SEED
from gui.look.theme import Theme
from gui.new_network.fields.choices import stretchy
from gui.new_network.fields.parts import Card, Entry, NumberField
from gui.new_network.given.fields import GivenParameters
from gui.new_network.given.files import AskFile
from gui.widgets.parts.segments import Picker

Start = Scheme | Literal["given"]
_SCHEMES: dict[Start, tuple[str, str]] = {
    "uniform": ("Uniform within ±1/√H, as PyTorch", "U, W, b, V and c within ±1/√H; E standard normal"),
    "xavier": ("Xavier (Glorot), uniform", "Each matrix within ±√(6 / (rows + columns)); biases 0"),
    "normal": ("Normal around 0", "Each matrix normal with a standard deviation of your own; biases 0"),
    "zeros": ("All zeros", "Nothing is drawn"),
    "given": ("My own numbers", "Type, paste or read every parameter"),
}
_SEEDED = ("uniform", "xavier", "normal")
_LARGEST_DRAWN = 10_000  # a drawn seed stays short enough to tell a class


class StartCard(Card):
    """The scheme, and below it what that scheme needs.

    Attributes:
        scheme: chooses it. scale, seed: their numbers, *…_field* where they are typed. another: draws another seed.
        given: the fields of own numbers, on the card *numbers*, which stands elsewhere.

    Signals:
        edited(): something is another than before.
    """

    edited = Signal()

    def __init__(self, theme: Theme, ask_file: AskFile) -> None:
        super().__init__(theme)
        self.scheme = Picker()
        stretchy(self.scheme)
        self.scheme.setAccessibleName("Initial parameters")
        for text, tip in _SCHEMES.values():
            self.scheme.addItem(text)
            self.scheme.setItemData(self.scheme.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.scale_field = NumberField(theme, "Standard deviation", "How far the numbers spread around 0")
        self.scale_field.setText("1")
        self.scale = Entry(theme, self.scale_field, f"0 to {MOST_SCALE:,}")
        self.seed_field = NumberField(theme, "Seed", f"The same seed gives the same numbers; 0 to {MOST_SEED:,}", 96)
        self.seed_field.setText("1")
        self.another = QPushButton("Dra&w another")
        self.another.setToolTip("Draw another seed, and with it other numbers")
        self.another.clicked.connect(self._draw)
        self.seed = Entry(theme, self.seed_field, button=self.another)
        self.given = GivenParameters(theme, ask_file)
        self.add("Initial &parameters", self.scheme, self.scheme)
        self.add("Standard de&viation", self.scale, self.scale_field)
        self.add("&Seed", self.seed, self.seed_field)
        self.numbers = Card(theme)
        self.numbers.add_wide(self.given)
        self.scheme.currentIndexChanged.connect(self._chosen)
        for field in (self.scale_field, self.seed_field):
            field.textChanged.connect(self.edited)
        self.given.edited.connect(self.edited)
        self._arrange()

    @property
    def choice(self) -> Start:
        """The scheme that is chosen."""
        return list(_SCHEMES)[self.scheme.currentIndex()]

    @property
    def is_seeded(self) -> bool:
        """Whether the scheme draws, so that the seed matters."""
        return self.choice in _SEEDED

    def choose_given(self) -> None:
        """Take one's own numbers."""
        self.scheme.setCurrentIndex(list(_SCHEMES).index("given"))

    def _draw(self) -> None:
        drawn = SystemRandom().randrange(1, _LARGEST_DRAWN)
        self.seed_field.setText(str(drawn if drawn != self.seed_field.whole else drawn + 1))

    def _chosen(self) -> None:
        self._arrange()
        self.edited.emit()

    def _arrange(self) -> None:
        self.show_row(self.scale, self.choice == "normal")
        self.show_row(self.seed, self.is_seeded)
        self.numbers.setVisible(self.choice == "given")
        self.scheme.setToolTip(_SCHEMES[self.choice][1])
