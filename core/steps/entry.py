r"""What a table entry is made of: the formula of one step, its links, and the step that it is written for.

Templates are those of `core.steps.template`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.equations.description import shape_of
from core.equations.expressions import Expression
from core.network.arrays import Array
from core.network.described import described
from core.network.network import Network
from core.network.rule import EXACT, Rule, effective
from core.network.symbols import text
from core.program.program import OUTPUTS, Address, Phase, Way

_LARGEST_EXPONENT = 700.0  # e to more than this overflows
FEW, MANY = 4, 60  # addends of a sum: as it is shown at first, and opened

Read = Callable[[str], Array]
Products = list[Array]


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """One row of a ladder.

    *sign*: ``×`` or ``+``, empty on the first row. *factor*, *numbers*: templates. *note*: what the factor is.
    *apply*: the next product, from the products so far and the operands. *kind*: of a term, which link it is: the
    ``error``, a path of attention, a ``slope``, a ``matrix``, a ``timestep``, or another, ""; *symbol*: that it is by.
    """

    sign: str
    factor: str
    numbers: str
    note: str
    apply: Callable[[Products, Read], Array]
    kind: str = ""
    symbol: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Powers:
    """The columns of a softmax: n *scores*, e to each less *shift*, and the sum of these *values*.

    *shift*: 0, or the largest score where a power would overflow.
    """

    scores: Array
    shift: float
    values: Array
    total: float


@dataclass(frozen=True, slots=True, eq=False)
class SoftmaxTable:
    """The small table of a softmax: the symbols of its *scores*, and what scores and weights are called."""

    scores: tuple[str, ...]
    score_name: str
    weight_name: str

    def powers(self, read: Read) -> Powers:
        """Its columns."""
        scores = np.concatenate([np.ravel(read(symbol)) for symbol in self.scores])
        shift = float(np.max(scores)) if np.max(np.abs(scores)) > _LARGEST_EXPONENT else 0.0
        with np.errstate(all="ignore"):  # where training diverged, infinities are shown, not an error
            powers = np.exp(scores - shift)
            return Powers(scores, shift, powers, float(np.add.reduce(powers)))


@dataclass(frozen=True, slots=True, eq=False)
class Formula:
    """The table entry of one step.

    *title*; *symbolic*: lines of templates; *numbers*: lines to be substituted, *whole*: the same with all addends,
    where *numbers* leaves some out; *reads*, *writes*: symbol ids, those
    that a sum reads so many that they are never listed;
    *arithmetic*: the value written, in the declared shape (of the first symbol in *writes*, or one number for each);
    *sentence*: for a learner, with letters in quotes. *picks*: the entry that a one-hot operand picks, 0-based, by
    symbol. *beside*: of a term, the operand that stands beside r, or beside the error; *before*: the operand before it,
    where that is one.

    Of a chained term, *links*: its rows, of which the first *head* lead from the loss to h_m, and that numbered
    *reached*, 0-based, to r; *each*: how many lead one timestep back, of
    which the use of the parameter *shares* the first. *via*: m, where attention decides on it.
    *placed*: what makes its value of the last product.
    """

    title: str
    symbolic: tuple[str, ...]
    numbers: tuple[str, ...]
    reads: Sequence[str]
    writes: tuple[str, ...]
    arithmetic: Callable[[Read], Array]
    sentence: str
    picks: tuple[tuple[str, int], ...] = ()
    beside: str = ""
    before: str = ""
    links: tuple[Link, ...] = ()
    head: int = 0
    reached: int = 0
    each: int = 0
    shares: int = 0
    via: int | None = None
    placed: Callable[[Array], Array] | None = None
    table: SoftmaxTable | None = None
    whole: tuple[str, ...] = ()


def chain_products(links: tuple[Link, ...], read: Read, known: Iterable[Array] = ()) -> Products:
    """The product so far after every link; *known*: those of the first links, where they are known."""
    products = [*known]
    for link in links[len(products) :]:
        products.append(link.apply(products, read))
    return products


@dataclass(frozen=True, slots=True)
class Where:
    """The step that an entry is written for."""

    network: Network
    rule: Rule
    address: Address
    way: Way = "terms"

    @property
    def t(self) -> int:
        """The timestep, or the loss, of the step."""
        return self.address.indices[0]

    @property
    def scalar(self) -> bool:
        """Whether the hidden state is one number, so that the sheets' scalar notation holds."""
        return self.network.H == 1

    def are_numbers(self, operand: Expression) -> bool:
        """Whether what stands in a line is a single number in this network."""
        return all(self.network.sizes.get(axis) == 1 for axis in shape_of(operand, described(self.network).shapes))

    @property
    def is_derivative(self) -> bool:
        """Whether what the rule forms for this quantity is the true derivative; of a term, in losses up to its own."""
        address, cut = self.address, self.rule
        if address.phase is Phase.CLIP and cut.clip is not None:
            return False
        name = address.quantity
        if name in ("Z", "alpha", "A"):  # of one loss, by nothing but V
            return self.rule.sign == 1 or self.network.is_certain
        T = self.t if address.is_chained or (address.indices and name in OUTPUTS) else None
        k = address.indices[-1] if address.indices else 1
        if address.indices and cut.last_loss(k, T or self.network.T) == (T or self.network.T):
            cut = replace(cut, truncate=None, chunks=None)  # what it reaches is whole
        if address.indices and address.is_asked(self.network) and name != "Omega":
            name = self.network.taker  # which takes just what is asked of the cell
        mine, true = (effective(rule, name, self.network, T) for rule in (cut, EXACT))
        return mine == true

    @property
    def times(self) -> str:
        """The sign between two factors: a dot between numbers, nothing between matrices."""
        return r"\cdot " if self.scalar else r"\, "

    def hidden(self, m: int) -> str:
        """The hidden state of timestep *m* in words."""
        return text(f"{self.network.state}[{m}]")

    @property
    def state(self) -> str:
        """The name of what V reads: Z with attention, else the hidden state."""
        return "Z" if self.network.attention else self.network.state


def sums(addends: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A line that adds, and the same with all addends (with as many as can be read) where it leaves some out."""
    line, whole = (f"= {plus(addends, most)}" for most in (FEW, MANY))
    return (line,), (whole,) if whole != line else ()


def summed_over(letter: str, timesteps: Sequence[int]) -> str:
    r"""The sign of a sum over rising *timesteps*: from the first to the last, or where some between are not, a list."""
    first, last = timesteps[0], timesteps[-1]
    if len(timesteps) == last - first + 1:
        return rf"\sum_{{{letter}={first}}}^{{{last}}}"
    shown = [*map(str, timesteps[: FEW - 1]), r"\dots", str(last)] if len(timesteps) > FEW else map(str, timesteps)
    return rf"\sum_{{{letter} \in \{{{', '.join(shown)}\}}}}"


def plus(addends: list[str], most: int = FEW) -> str:
    """The addends joined; of more than *most*, the first and the last *most* / 2."""
    half = most // 2
    kept = addends if len(addends) <= most else [*addends[:half], r"\cdots", *addends[-half:]]
    return " + ".join(kept)
