"""Why a number is what it is: which line made it, in which step, and what it was made of, back to what was given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from core.epoch.epoch import Epoch, made_at
from core.epoch.timesteps import jacobian_through
from core.equations.expressions import Expression, Operation, Ref, op
from core.network import routes, symbols
from core.network.changes import number_of
from core.network.described import described, ruled
from core.network.held import open_at
from core.network.number import Number
from core.network.rule import scale
from core.program.program import OUTPUTS, Address, Phase, Way
from core.steps.entry import Where
from core.steps.formulas import formula
from core.steps.line import at_entry
from core.steps.links import are_held
from core.steps.recursion import addends, count_parts
from core.steps.template import Pieces, symbolic
from core.why.chain import Head, term
from core.why.gradients import gradient
from core.why.held import unheard
from core.why.made import At, Entry, part, softmax, trail
from core.why.trail import Part, Trail, added, added_parts, given
from core.writing.shown import entry_name, visible

_DISTANCES = {
    "squared": "the squared distance of ŷ from y",
    "half-squared": "half the squared distance of ŷ from y",
    "logistic": "−y ln ŷ − (1 − y) ln(1 − ŷ), over all entries",
}


@dataclass(frozen=True, slots=True, eq=False)
class Origins:
    """Where the numbers of a network come from.

    *epoch_of*: every epoch by its number. *way*: back term by term or timestep by timestep: how a gradient is added up.
    """

    epoch_of: Callable[[int], Epoch]
    way: Way

    def value(self, number: Number) -> float:
        """The number itself."""
        return float(self.epoch_of(number.epoch).value(number.symbol)[number.entry])

    def called(self, number: Number) -> str:
        """Its name, with the entry that is meant where there are several."""
        epoch = self.epoch_of(number.epoch)
        name, shape = symbols.text(number.symbol), symbols.shape(number.symbol, epoch.network)
        if all(length == 1 for length in shape):
            return name
        return f"{name}[{entry_name(epoch.network, number.symbol, number.entry)}]"

    def part(self, number: Number) -> Part:
        """*number* as a part that can be opened."""
        return self._leaf(self.epoch_of(number.epoch), number.symbol, number.entry)

    def formula(self, number: Number) -> tuple[Pieces, ...]:
        """The lines of the formula of the step that made it; none of what was given."""
        place = self.part(number).place
        if place is None:
            return ()
        epoch = self.epoch_of(place[0])
        address = place[1]
        way: Way = "timesteps" if len(address.indices) == 1 and address.quantity not in OUTPUTS else self.way
        return tuple(map(symbolic, formula(epoch.network, epoch.rule, address, way).symbolic))

    def trail(self, number: Number) -> Trail:
        """What *number* was made of."""
        epoch, entry = self.epoch_of(number.epoch), number.entry
        found = symbols.parse(number.symbol)
        name, indices, meaning = found.name, found.indices, symbols.meaning_in(found.name, epoch.network)
        if name in epoch.network.parameter_shapes and not indices:
            if number.epoch == 1:
                return given(f"{name} was given at the start")
            before = replace(number, symbol=f"{name}_new", epoch=number.epoch - 1)
            if self.value(before) != self.value(number):
                return given(f"{name} is changed in epoch {number.epoch:,}, in the place of what the update made")
            return replace(self.trail(before), folded=f"made by the update of epoch {before.epoch:,}")
        if made_at(number.symbol, epoch.network) is None:
            return given(f"{symbols.text(number.symbol)} was given at the start")
        if meaning.new_of:
            P = Ref(meaning.new_of)
            slope = Ref(symbols.taken(P.name, epoch.rule))
            return trail(op("-", P, op("scaled", Ref("eta"), slope)), self._at(epoch, 1), entry)
        if meaning.clipped_of or name == "dnorm":
            return self._clipped(epoch, meaning.clipped_of, entry)
        if meaning.norm_of:
            return given(
                f"the root of the sum of the squares of all entries of {symbols.text(f'dL/d{meaning.norm_of}')}"
            )
        if meaning.near_of:
            return given(
                f"what the losses up to t = {epoch.rule.last_loss(indices[1], epoch.network.T)} alone ask of it"
            )
        if replace(number, epoch=0) in map(number_of, epoch.network.held):
            return given(f"{symbols.text(number.symbol)} is held, in the place of what its line makes")
        is_helper = symbols.is_of_terms(name, epoch.network) or (name == "s" and len(indices) == 2)
        if name == symbols.JACOBIAN:
            through = jacobian_through(epoch, indices[0]).items()
            ways = [Part(f"by {symbols.text(f'{reader}[{indices[0]}]')}", float(J[entry])) for reader, J in through]
            return added_parts(ways, "one for each line that reads the timestep before")
        if name.startswith(symbols.JACOBIAN):
            return given("what the lines of the timestep ask of it, when something is asked of one of the states")
        leaf = self._at(epoch, 1).leaf
        if meaning.gradient_of:
            parameter = meaning.gradient_of
            if not indices:
                return gradient(epoch, parameter, entry, leaf, by_use=self.way == "timesteps")
            if len(indices) == 3:
                return term(epoch, parameter, indices, entry, leaf)
            return self._use(epoch, parameter, indices[0], entry)
        if name == "L" and not indices:
            n, losses = epoch.network.divisor, epoch.network.judged

            def counted(place: int) -> Part:
                own = leaf(f"L[{losses[place]}]", ())
                return (
                    own
                    if n == 1
                    else Part(
                        f"{own.words} / {n}",
                        own.value / n,
                        opens=lambda: Trail("quotient", f"its share of a mean of {n}", (own, Part(str(n), n))),
                    )
                )

            said = "one for each timestep" + (" that has a target" if len(losses) < epoch.network.T else "")
            return added(epoch.tape["L"][np.array(losses) - 1] / n, counted, said)
        if meaning.adjoint_of:
            return self._asked(epoch, meaning.adjoint_of, indices, entry)
        if is_helper:
            return self._on_the_way(epoch, name, indices, entry)
        return self._line(epoch, name, indices, entry)

    # -- inside ---------------------------------------------------------------------------------------------

    def _at(self, epoch: Epoch, t: int, row: int = 0) -> At:
        return At(epoch, lambda symbol, entry: self._leaf(epoch, symbol, entry), t, row)

    def _leaf(self, epoch: Epoch, symbol: str, entry: Entry) -> Part:
        """An entry of *symbol*; of a letter's row of E that row itself."""
        network = epoch.network
        number = Number(symbol, entry, epoch.number)
        value, found = epoch.value(symbol), made_at(symbol, network)
        copied = self._copied(epoch, symbol, entry) if found is not None else None
        if copied is not None:
            return copied
        is_later = found is None and symbol in network.parameter_shapes and epoch.number > 1
        made = Address(Phase.UPDATE, symbol) if is_later else found
        place = None if made is None else (epoch.number - is_later, made)
        is_given = place is None or place[1].quantity == "letter"
        opens = None if is_given else lambda: self.trail(number)
        words = self.called(number)
        return Part(words, float(value[entry]), number, place, opens)

    def _copied(self, epoch: Epoch, symbol: str, entry: Entry) -> Part | None:
        """What *symbol* only repeats: the row that a letter picks."""
        found = symbols.parse(symbol)
        try:
            body = described(epoch.network).made(found.name).body
        except KeyError:
            return None
        match body:
            case Operation("vector·matrix", (Ref(_, 0) as letter, Ref(_, None))) if found.indices:
                at = self._at(epoch, found.indices[0])
                if at.one_hot(letter) is not None:
                    return replace(part(body, at, entry), aside=f"= {symbols.text(symbol)}, a copy")
        return None

    def _line(self, epoch: Epoch, name: str, indices: tuple[int, ...], entry: Entry) -> Trail:
        """What a line of the network makes."""
        network, (t, *rest) = epoch.network, indices
        made_by_letter = made_at(symbols.symbol(name, *indices), network)
        if made_by_letter is not None and made_by_letter.quantity == "letter":
            said = network.input_letter(t)
            what = f"the input {said}" if network.reads_numbers else f"the letter “{visible(said)}”"
            return given(f"{what} is read at t = {t}" if name != "y" else f"it is wanted at t = {t}")
        equation, at = described(network).made(name), self._at(epoch, t)
        if equation.loss == name and not network.has_target(t):
            return given(f"timestep {t} has no target, and so no loss")
        if equation.loss == name and not network.by_letter:
            entries = [at.leaf(f"{made}[{t}]", (i,)) for made in (equation.name, "y") for i in range(network.K)]
            return Trail("function", _DISTANCES[network.task.loss], tuple(entries))
        if equation.loss == name:
            target = network.targets[t - 1]
            wanted = at.leaf(f"{equation.name}[{t}]", (target,))
            return Trail("function", "−ln of the probability of the letter wanted", (wanted,))
        if equation.output and not network.by_letter:
            own = part(equation.body, at, entry)
            return Trail("function", "sigmoid of", (own,)) if network.task.output == "sigmoid" else added_parts([own])
        if equation.output:
            return softmax(at.value(equation.body), lambda i: part(equation.body, at, (i,)), entry[0])
        if rest and name == "A":
            return trail(at_entry(equation.body, t, rest[0]), at, entry)
        return trail(equation.body, at, (rest[0] - 1,) if rest else entry)

    def _clipped(self, epoch: Epoch, name: str, entry: Entry) -> Trail:
        """What the clip leaves of a gradient; without a *name* the norm of all."""
        leaf, clip, norm = self._at(epoch, 1).leaf, epoch.rule.clip, symbols.clipped("norm")
        if not name or clip is None:
            norms = tuple(leaf(f"{symbols.NORM}{each}", ()) for each in epoch.network.parameter_shapes)
            return Trail("function", "the root of the sum of the squares of", norms)
        own = leaf(f"dL/d{name}", entry)
        if clip.kind == "value":
            return Trail("function", f"cut to ±{clip.most:g}", (own,))
        larger = leaf(norm, ())
        factor = float(scale(epoch.value(norm), clip.most))
        words = f"{clip.most:g} / max({larger.words}, {clip.most:g})"
        inside = Trail("function", f"{clip.most:g} over the norm, at most 1", (larger,))
        return Trail("product", "the gradient, shortened", (Part(words, factor, opens=lambda: inside), own))

    def _use(self, epoch: Epoch, parameter: str, t: int, entry: Entry) -> Trail:
        """What one use of a parameter adds, over all losses."""
        if parameter == "E" and epoch.rule.embedding_row == "t":
            return Trail("given", "the share of this timestep in what each loss adds to the row of its own letter")
        if parameter not in OUTPUTS:
            where = Where(epoch.network, epoch.rule, Address(Phase.BACKWARD, parameter, (t,)), "timesteps")
            asked = reduce(lambda so_far, each: op("+", so_far, each), [each.shown for each in addends(where)])
            return trail(asked, self._at(epoch, t), entry)
        if not epoch.network.has_target(t):
            return given(f"timestep {t} has no target, and so no loss")
        asks = ruled(epoch.network, epoch.rule).edges_of(parameter)[0].asks
        return trail(asks or Ref(parameter), self._at(epoch, t), entry)

    def _asked(self, epoch: Epoch, name: str, indices: tuple[int, ...], entry: Entry) -> Trail:
        """∂L by a quantity of a timestep: what every line that reads it asks of it."""
        t, *rest = indices
        where = Where(epoch.network, epoch.rule, Address(Phase.BACKWARD, name, (t,)), "timesteps")
        if rest:
            entry = (rest[0] - 1,)
        found = addends(where)
        kept = [each for each in found if each.edge.asks is not None]
        left_out = len(found) - len(kept)
        if len(found) == 1 and kept:
            why = unheard(where, kept[0].edge.reader, t, entry)
            return given(why) if why else trail(kept[0].shown, self._at(epoch, kept[0].readers[0], t), entry)
        parts = []
        for each in kept:
            if why := unheard(where, each.edge.reader, t, entry):
                made = Part(why, 0.0)
            elif count_parts(where, each) and len(each.readers) > 1:
                made = self._several(epoch, each.shown, each.readers, t, entry)
            else:
                made = part(each.shown, self._at(epoch, each.readers[0], t), entry)
            parts.append(replace(made, words=f"{each.path} path" if each.path else made.words))
        words = "one for each line that reads it"
        whole = added_parts(parts, words)
        if not left_out:
            return whole
        return replace(whole, folded=", ".join(filter(None, (whole.folded, f"{left_out} left out by this rule"))))

    def _several(self, epoch: Epoch, asks: Expression, readers: Sequence[int], t: int, entry: Entry) -> Part:
        """What is asked of timestep *t* at several others."""
        values = self._at(epoch, t, t).over(asks, readers).reshape(len(readers), -1)[:, entry[0]]

        def make(place: int) -> Part:
            u = readers[place]
            return replace(part(asks, self._at(epoch, u, t), entry), words=f"from t = {u}")

        return Part("", float(np.add.reduce(values)), opens=lambda: added(values, make, "one for each timestep"))

    def _on_the_way(self, epoch: Epoch, name: str, indices: tuple[int, ...], entry: Entry) -> Trail:
        """What formulas show that no step makes by itself."""
        lines, (t, *rest) = described(epoch.network), indices
        at, leaf = self._at(epoch, t), self._at(epoch, t).leaf
        h = epoch.network.state
        state = "Z" if epoch.network.attention else h
        if name == "v":
            reader = "Omega" if epoch.network.head.scores else "L"
            edge = ruled(epoch.network, epoch.rule).edge(reader, Ref(state, 0))
            why = unheard(Where(epoch.network, epoch.rule, Address(Phase.BACKWARD, "Omega", (t,))), reader, t, entry)
            return given(why) if why else trail(edge.asks or edge.operand, at, entry)
        slope = routes.slope(epoch.network)
        if slope is not None and name == symbols.slope(epoch.network):
            flows, names = routes.open_through(epoch.network, slope, t)
            if flows is not None and not flows[entry]:
                return given(f"0, because {are_held(names, t)}: nothing flows back through it")
            return trail(slope.by, at, entry)
        if name == "dhnext":
            return trail(lines.edge("a", Ref("h", -1)).asks or Ref("h", -1), at, entry)
        if name == "g":
            return Head(epoch, leaf, t, rest[0], None).by_paths(entry)
        if open_at(epoch.network, "alpha", t) is not None:
            return given(
                "how fast the loss rises as attention turns there, by what softmax makes while a weight is held"
            )
        return trail(op("dot", op("-", Ref(h, rest[0] - t), Ref("Z", 0)), Ref("v", 0)), at, entry)
