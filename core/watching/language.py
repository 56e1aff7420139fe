"""The language of watches and conditions: that of the lines of a network, with indices, comparisons, and measures.

``h[2]``, ``alpha[3,1]``, ``W @ h[1]``, ``dW``, ``yhat[4,"o"]``, ``norm(∂L/∂h₁)``; ``abs(dW) > 1 and L < 2``.
Indices count from 1: first those of the quantity itself, its timestep, then, all or none, those of an entry of it, by
letter too; ``h[2][1]`` is ``h[2,1]``. Without its timestep a quantity is the latest. ``dW`` is the whole gradient,
``dW_so_far`` the sum of its terms up to the step, ``dW_term`` the latest of them, ``dW_term[3,3,2][1,1]`` an entry of
one. A comparison holds where it does for any entry.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import cast

from core.equations.description import definite
from core.equations.expressions import Expression, Operation, Ref, op
from core.equations.operations import Shape, ShapeError
from core.equations.reading import EquationError, Grammar, places, refused, tree_of
from core.network import symbols
from core.network.network import Network
from core.watching.quantities import Quantity
from core.watching.scanning import composed, scanned
from core.watching.watched import CALLED, KINDS, NUMBER, Compared, Condition, Joined, Watched, WatchError

_DEEPEST = 20  # conditions in conditions
PARTS = {"_so_far": "so far", "_term": "term"}
_ROWS = ("A", "alpha", "dL/dA", "dL/dalpha")  # a row of them is a vector over the timesteps so far
_SIGNS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<", ast.LtE: "≤", ast.Gt: ">", ast.GtE: "≥", ast.Eq: "=", ast.NotEq: "≠",
}  # fmt: skip


def read(text: str, network: Network) -> Watched:
    """What *text* says of *network*; else `WatchError`, with the place and what may stand there."""
    text = composed(text)
    if not text:
        raise WatchError("nothing is written here: expected a number to watch, such as h[2], or a condition, L < 2")
    try:
        python, at = scanned(text)
        tree = tree_of(python.strip(), "h[2]")
        match tree.body:
            case [ast.Expr(node)]:
                reader = _Reader(text, python, at, network)
                body = reader.condition(node)
            case _:
                raise EquationError(f"“{text}”: expected one expression")
    except EquationError as error:
        cause = error.__cause__
        if isinstance(cause, SyntaxError):
            where = f" at character {at[min(cause.offset - 1, len(at) - 1)] + 1}" if cause.offset else ""
            raise WatchError(f"not understood{where}: expected something such as h[2], norm(dW) or L < 2") from None
        raise WatchError(str(error)) from None
    return Watched(text, body, reader.quantities)


class _Reader(Grammar):
    """Reads the tree of a watch; gathers what it reads. *at*: the place in *text* of every character of *python*."""

    def __init__(self, text: str, python: str, at: Sequence[int], network: Network) -> None:
        super().__init__(python, CALLED)
        self._text, self._at, self._network = text, at, network
        self.quantities: dict[str, Quantity] = {}
        self._shapes: dict[str, Shape] = {}
        self._sizes = network.sizes

    def condition(self, node: ast.expr, depth: int = 0) -> Expression | Condition:
        """What stands at *node*: an expression, or where it compares or joins, a condition."""
        match node:
            case ast.Compare(left, signs, others):
                operands = [self.expression(each, depth + 1) for each in (left, *others)]
                written = [_SIGNS.get(type(sign)) for sign in signs]
                if None in written:
                    raise self.refused(node, f"numbers are compared by {', '.join(_SIGNS.values())}")
                return Compared(self._alike(node, operands), tuple(filter(None, written)))
            case ast.BoolOp(joint, parts):
                word = "and" if isinstance(joint, ast.And) else "or"
                return Joined(word, tuple(self._part(part, depth) for part in parts))
            case ast.UnaryOp(ast.Not(), part):
                return Joined("not", (self._part(part, depth),))
        return self.expression(node, depth)

    def expression(self, node: ast.expr, depth: int = 0) -> Expression:
        """The expression at *node*, whose operands fit one another."""
        if isinstance(node, ast.Compare | ast.BoolOp) or isinstance(getattr(node, "op", None), ast.Not):
            raise self.refused(node, "what is compared can be joined by and, or, not, but not computed with")
        return self._fitted(node, super().expression(node, depth))

    def quantity(self, node: ast.expr, depth: int) -> Expression | None:
        """A quantity, its row, its entry, or the transpose of a matrix."""
        match node:
            case ast.Attribute(inner, "T"):
                return op("transposed", self.expression(inner, depth + 1))
            case ast.Name(word):
                return self._named(node, word, [])
            case ast.Subscript():
                brackets, base = list[list[ast.expr]](), cast(ast.expr, node)
                while isinstance(base, ast.Subscript):
                    inside = base.slice
                    brackets.insert(0, inside.elts if isinstance(inside, ast.Tuple) else [inside])
                    base = base.value
                if isinstance(base, ast.Name):
                    return self._named(node, base.id, brackets)
                raise self.refused(node, "indices stand behind the name of a quantity")
        return None

    def refused(self, node: ast.expr, why: str) -> EquationError:
        """That what stands at *node* cannot be, and *why*, with its place in the text as it was written."""
        python = self._line.encode()
        first, last = (len(python[:place].decode(errors="replace")) for place in places(node))
        first, last = (self._at[min(place, len(self._at) - 1)] for place in (first, last))
        return refused(self._text, first, last, why)

    # -- inside ---------------------------------------------------------------------------------------------

    def _part(self, node: ast.expr, depth: int) -> Condition:
        if depth > _DEEPEST:
            raise self.refused(node, "too many conditions one in another")
        found = self.condition(node, depth + 1)
        if isinstance(found, Compared | Joined):
            return found
        raise self.refused(node, "expected a comparison, such as L < 2")

    def _fitted(self, node: ast.expr, found: Expression) -> Expression:
        """*found* made definite; what has a single entry may stand for a number."""
        try:
            try:
                return definite(found, self._shapes, KINDS)[0]
            except ShapeError:
                if not isinstance(found, Operation):
                    raise
                operands = tuple(map(self._as_number, found.operands))
                kind = "*" if found.kind == "@" and operands != found.operands else found.kind
                return definite(Operation(kind, operands), self._shapes, KINDS)[0]
        except ShapeError as error:
            raise self.refused(node, str(error)) from None

    def _alike(self, node: ast.expr, operands: list[Expression]) -> tuple[Expression, ...]:
        """*operands* that can be compared: all of one shape, or single numbers, as which one entry alone counts."""
        shapes = {self._shape(operand) for operand in operands}
        alike = operands if len(shapes) == 1 else list(map(self._as_number, operands))
        largest = max(alike, key=lambda operand: len(self._shape(operand)))
        for operand in alike:
            self._fitted(node, op("-", largest, operand))
        return tuple(alike)

    def _shape(self, operand: Expression) -> Shape:
        return definite(operand, self._shapes, KINDS)[1]

    def _as_number(self, operand: Expression) -> Expression:
        shape = self._shape(operand)
        is_one = bool(shape) and all(self._sizes.get(axis) == 1 for axis in shape)
        return op(NUMBER, operand) if is_one else operand

    def _named(self, node: ast.expr, word: str, brackets: list[list[ast.expr]]) -> Expression:
        from core.answers.spellings import SpellingError, check_there, named, table_name  # only once one is written

        part = next((part for end, part in PARTS.items() if word.endswith(end)), "")
        base = word.removesuffix(f"_{part.replace(' ', '_')}") if part else word
        name, numbers = table_name(base, self._network), [self._index(each) for indices in brackets for each in indices]
        try:
            if name is None:
                ids = named(base, self._network).ids
                if len(ids) > 1:
                    raise self.refused(node, f"which {base}? Write its indices in brackets")
                found = symbols.parse(ids[0])
                name, numbers = found.name, [*found.indices, *numbers]
            if name == "xo" and self._network.embedding_size is None:
                name = "x"
            check_there(name, self._network)
        except SpellingError as error:
            raise self.refused(node, str(error)) from None
        if part and not symbols.meaning_in(name, self._network).gradient_of:
            raise self.refused(node, f"{symbols.text(name)} is not added up term by term, as a gradient such as dW is")
        own = len(brackets[0]) if part == "term" and brackets else _own_indices(name, len(numbers), self._network)
        quantity, shape = self._quantity(node, name, part, numbers, own)
        key = str(quantity)
        self.quantities[key], self._shapes[key] = quantity, shape
        return Ref(key)

    def _index(self, node: ast.expr) -> int | str:
        match node:
            case ast.Constant(bool()):
                pass
            case ast.Constant(int() | str() as index):
                return index
            case ast.Name(letter):
                return letter
        raise self.refused(node, "expected an index from 1, or a letter in quotes")

    def _quantity(
        self, node: ast.expr, name: str, part: str, numbers: list[int | str], own: int
    ) -> tuple[Quantity, Shape]:
        """The quantity *name* with the indices *numbers*, so many of them its *own*, and the letters of its shape."""
        letters: Shape = tuple("X" if axis == "D" else axis for axis in symbols.meaning_in(name, self._network).axes)
        at = tuple(index for index in numbers[:own] if isinstance(index, int))
        if len(at) < own:
            raise self.refused(node, f"{symbols.text(name)}: expected its timestep first")
        symbol, row = symbols.symbol(name, *at), 0
        if name in _ROWS and own < 2:
            letters, symbol, row = (str(at[0]) if at else "t",), name, sum(at)
            self._check(node, symbols.symbol(name, row, 1) if at else "")
        elif symbols.is_pair(name, self._network) and own < 2:
            such = symbols.text(symbols.symbol(name, 2, 1))
            raise self.refused(node, f"{symbols.text(name)} needs two timesteps, such as {such}")
        elif at:
            self._check(node, symbol)
        entry = numbers[own:]
        if entry and len(entry) != len(letters):
            raise self.refused(node, _wrong_count(symbols.text(symbol), letters))
        spots = (self._entry(node, index, axis) for index, axis in zip(entry, letters, strict=False))
        found = Quantity(
            symbol, row, "" if own and part else part, tuple(spots), is_whole(name, self._network) or name == "L"
        )
        return found, () if entry else letters

    def _check(self, node: ast.expr, symbol: str) -> None:
        """That this network has *symbol*, which has all its indices."""
        if symbol and not symbols.exists(symbol, self._network):
            T = self._network.T
            raise self.refused(node, f"this network has no {symbols.text(symbol)}: its timesteps are 1 … {T}")

    def _entry(self, node: ast.expr, index: int | str, axis: str) -> int:
        """The 0-based place of *index* along *axis*, the letter of a size or a number of timesteps."""
        network = self._network
        if isinstance(index, str):
            if network.is_of_letters(axis) and index in network.alphabet:
                return network.alphabet.index(index)
            raise self.refused(node, f"there is no letter “{index[:20]}” here")
        if axis == "t":
            raise self.refused(node, "the latest has no fixed length: give its timestep first")
        size = int(axis) if axis.isdecimal() else self._sizes[axis]
        if not 1 <= index <= size:
            raise self.refused(node, f"expected an index from 1 to {size}, found {index}")
        return index - 1


def is_whole(name: str, network: Network) -> bool:
    """Whether there is one *name* for all timesteps together: a parameter, its gradient, its new value, η."""
    meaning = symbols.meaning_in(name, network)
    return bool(meaning.gradient_of or meaning.new_of) or name in (*network.parameter_shapes, "eta")


def _own_indices(name: str, given: int, network: Network) -> int:
    """How many of the *given* indices are the quantity's own, rather than those of an entry."""
    return 0 if is_whole(name, network) else min(given, 2 if symbols.is_pair(name, network) else 1)


def _wrong_count(shown: str, letters: Shape) -> str:
    if not letters:
        return f"{shown} is a single number and has no entries"
    words = "one index, its place" if len(letters) == 1 else "two indices, row and column"
    return f"an entry of {shown} has {words}"
