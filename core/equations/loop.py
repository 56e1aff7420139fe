"""What goes from timestep to timestep, as a compiled loop of a few products and functions of vectors.

What the lines of the loop read and nothing of it makes is there before (`core.equations.length`). The text that is
compiled is made of numbers and of names made here: no word of a file is in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial, reduce
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np
import numpy.typing as npt

from core.equations.description import Description, Edge
from core.equations.expressions import ADJOINT, Expression, Operation, Ref, op, references, replaced
from core.equations.operations import TABLE, Shape
from core.equations.reading import Equation

if TYPE_CHECKING:
    from core.equations.length import Length

Rows = npt.NDArray[np.float64]
_INFIX = {"-": "-", "/": "/"}
_FLAT = {"+": "+", "*": "*"}  # of which the order does not matter
_DOT = ("matrix·vector", "vector·matrix", "dot")
_ABOVE, _BESIDE = "above", "beside"  # several that the loop takes together


class _Code:
    """The body of a loop as text, and what it reads that is there before: *rows*, a row a timestep, and constants.

    *live*: the quantities that the loop itself makes, and how each is written.
    """

    def __init__(self) -> None:
        self.live: dict[Ref, str] = {}
        self.lines: list[str] = []
        self.hoisted: dict[Expression, str] = {}
        self.functions: dict[str, Callable[..., Any]] = {}
        self._made: dict[Expression, str] = {}

    def is_still(self, expression: Expression) -> bool:
        """Whether *expression* reads nothing of the loop."""
        return not any(ref in self.live for ref in references(expression))

    def written(self, expression: Expression) -> str:
        """*expression* by the name of its value; what is read of the loop must have been made."""
        if self.is_still(expression):
            return self.hoisted.setdefault(expression, f"r{len(self.hoisted)}")
        if isinstance(expression, Ref):
            return self.live[expression]
        assert isinstance(expression, Operation)
        if expression not in self._made:
            self._made[expression] = self.named(self._text(expression))
        return self._made[expression]

    def named(self, text: str) -> str:
        """A name for what *text* comes to."""
        self.lines.append(f"v{len(self.lines)}={text}")
        return f"v{len(self.lines) - 1}"

    def added(self, parts: Sequence[Expression]) -> list[str]:
        """The names of *parts*, to be added up; of several matrices beside vectors one product."""
        products = [part for part in parts if _is_product(part) and not self.is_still(part)]
        if len(products) < 2:
            return [self.written(part) for part in parts]
        matrices, vectors = zip(*(part.operands for part in products), strict=True)
        together = ",".join(self.written(vector) for vector in vectors)
        self.functions["joined"] = np.concatenate
        found = self.named(f"{self.written(op(_BESIDE, *matrices))}.dot(joined(({together})))")
        return [found, *(self.written(part) for part in parts if part not in products)]

    def alike(self, bodies: Sequence[Operation]) -> tuple[str, list[str]]:
        """The name of what *bodies*, which `form` finds alike, come to side by side, and that of each.

        One product and one function for all. Of a sigmoid e^-a is wanted: what it is made of is negated before.
        """
        sums = [_flattened(body.operands[0], "+") for body in bodies]
        still: Sequence[Expression] = [_sum([part for part in parts if self.is_still(part)]) for parts in sums]
        products = [part for parts in sums for part in parts if _is_product(part) and not self.is_still(part)]
        matrices: Sequence[Expression] = [part.operands[0] for part in products]
        kind = bodies[0].kind
        if kind == "sigmoid":
            still, matrices = [op("negated", each) for each in still], [op("negated", each) for each in matrices]
        block = self.named(f"{self.written(op(_ABOVE, *matrices))}.dot({self.written(products[0].operands[1])})")
        self.lines.append(f"{block}+={self.written(op(_BESIDE, *still))}")
        if kind == "sigmoid":
            self.functions |= {"exp": np.exp, "reciprocal": np.reciprocal}
            for line in (f"exp({block},{block})", f"{block}+=1.0", f"reciprocal({block},{block})"):
                self.lines.append(line)
        else:
            block = self.named(self.function(kind, block))
        names = [f"{block}_{i}" for i in range(len(bodies))]
        self.lines.append(f"{','.join(names)}={block}.reshape({len(bodies)},-1)")
        return block, names

    def form(self, body: Expression) -> tuple[str, Expression] | None:
        """What bodies that are alike have in common: a function, of one product with a state and what stands still."""
        if not isinstance(body, Operation) or len(body.operands) != 1:
            return None
        parts = _flattened(body.operands[0], "+")
        live = [part for part in parts if not self.is_still(part)]
        if len(live) != 1 or len(parts) == 1:
            return None
        (product,) = live
        if not _is_product(product):
            return None
        state = product.operands[1]
        return (body.kind, state) if isinstance(state, Ref) and state.offset == -1 else None

    def function(self, kind: str, operands: str) -> str:
        """A call of the function of *kind*."""
        name = next((name for name, each in self.functions.items() if each is _fast(kind)), f"k{len(self.functions)}")
        self.functions[name] = _fast(kind)
        return f"{name}({operands})"

    def _text(self, expression: Operation) -> str:
        kind = expression.kind
        if kind in _FLAT:
            parts = list(_flattened(expression, kind))
            still = [part for part in parts if self.is_still(part)]
            live = [part for part in parts if not self.is_still(part)]
            whole = [reduce(partial(op, kind), still)] if still else []
            return kind.join(self.added([*whole, *live]) if kind == "+" else map(self.written, [*whole, *live]))
        operands = [self.written(operand) for operand in expression.operands]
        if kind in _INFIX:
            return _INFIX[kind].join(operands)
        if kind == "negated":
            return f"-{operands[0]}"
        if kind in _DOT:
            return f"{operands[0]}.dot({operands[1]})"
        return self.function(kind, ",".join(operands))


def _flattened(expression: Expression, kind: str) -> Sequence[Expression]:
    if isinstance(expression, Operation) and expression.kind == kind:
        return [part for operand in expression.operands for part in _flattened(operand, kind)]
    return [expression]


def _sum(parts: Sequence[Expression]) -> Expression:
    return reduce(partial(op, "+"), parts)


def _is_product(expression: Expression) -> TypeGuard[Operation]:
    """Whether it is a matrix, the same at every timestep, beside a vector."""
    if not isinstance(expression, Operation) or expression.kind != "matrix·vector":
        return False
    return all(ref.offset is None for ref in references(expression.operands[0]))


def _sigmoid(a: Rows) -> Rows:
    """As the table has it, to the last bit, with fewer arrays made."""
    e = np.exp(-a)
    e += 1.0
    return np.asarray(np.reciprocal(e))


def _fast(kind: str) -> Callable[..., Any]:
    return _sigmoid if kind == "sigmoid" else TABLE[kind].value


class _Loop:
    """A loop over the timesteps: what it makes, from what is there before."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names, self._code = names, _Code()

    def compiled(self, made: Sequence[str], carried: Mapping[str, str]) -> Callable[..., Any]:
        """The function of the loop: *made* is put down at every timestep, *carried* is given new values after it."""
        code = self._code
        rows = "".join(f"{name}," for name in (*code.hoisted.values(), *(f"o{i}" for i in range(len(made)))))
        text = "\n".join(
            [
                "def run(timesteps,rows,start):",
                f" {''.join(f'{name},' for name in carried)}=start" if carried else " pass",
                f" for _,{rows} in zip(timesteps,*rows):",
                *(f"  {line}" for line in code.lines),
                *(f"  o{i}[:]={name}" for i, name in enumerate(made)),
                f"  {','.join(carried)}={','.join(carried.values())}" if carried else "  pass",
            ]
        )
        space: dict[str, Any] = dict(code.functions)
        exec(compile(text, "<timesteps>", "exec"), space)
        found: Callable[..., Any] = space["run"]
        return found

    def hoisted(self, length: Length, step: int, outside: Mapping[Expression, Rows]) -> list[Any]:
        """What the loop reads and does not make, in its order, a row a timestep: from the last where *step* is -1.

        *outside*: of some of it what it is.
        """
        found: list[Any] = []
        for expression in self._code.hoisted:
            value, timed = (
                (outside[expression], True) if expression in outside else _beside_each_other(expression, length)
            )
            found.append(value[::step] if timed else [value] * length.T)
        return found


def _beside_each_other(expression: Expression, length: Length) -> tuple[Rows, bool]:
    """The value of an expression, and of several that the loop takes together."""
    if not isinstance(expression, Operation) or expression.kind not in (_ABOVE, _BESIDE):
        return length.value(expression)
    found, timed = zip(*map(length.value, expression.operands), strict=True)
    if any(timed):
        found = tuple(np.broadcast_to(each, (length.T, each.shape[-1])) for each in found)
    return np.concatenate(found, axis=0 if expression.kind == _ABOVE else -1), any(timed)


class ForwardLoop(_Loop):
    """What the lines of the loop make."""

    def __init__(self, loop: Sequence[Equation], shapes: Mapping[str, Shape]) -> None:
        super().__init__([each.name for each in loop])
        code = self._code
        self._read = sorted(
            {ref.name for each in loop for ref in references(each.body) if ref.offset == -1} & {*self.names}
        )
        self._blocks: list[tuple[list[str], str]] = []  # what is put down together, and how it is written
        code.live = {Ref(name, -1): f"p{i}" for i, name in enumerate(self._read)}
        code.live |= dict.fromkeys((Ref(name, 0) for name in self.names), "")
        forms = {each.name: (form, shapes[each.name]) for each in loop if (form := code.form(each.body))}
        for each in loop:
            if code.live[Ref(each.name, 0)]:
                continue
            alike = [other for other in loop if each.name in forms and forms.get(other.name) == forms[each.name]]
            bodies = [other.body for other in alike if isinstance(other.body, Operation)]
            block, names = code.alike(bodies) if len(bodies) > 1 else ("", [code.written(each.body)])
            together = [other.name for other in alike] if block else [each.name]
            code.live |= {Ref(name, 0): written for name, written in zip(together, names, strict=True)}
            self._blocks.append((together, block or names[0]))
        made = [written for _, written in self._blocks]
        self._run = self.compiled(made, {f"p{i}": code.live[Ref(name, 0)] for i, name in enumerate(self._read)})

    def run(self, length: Length) -> None:
        """Make the rows of the loop."""
        start = [length.starts[name] for name in self._read]
        made = [np.concatenate([length.empty(name) for name in names], axis=1) for names, _ in self._blocks]
        self._run(range(length.T), [*self.hoisted(length, 1, {}), *made], start)
        for (names, _), rows in zip(self._blocks, made, strict=True):
            for name, own in zip(names, np.split(rows, len(names), axis=1), strict=True):
                length.rows[name] = own.reshape(length.T, *length.shape(name))


class BackwardLoop(_Loop):
    """What is asked of the lines of the loop: from outside, by the later lines of a timestep, by the timestep after."""

    def __init__(self, loop: Sequence[Equation], description: Description) -> None:
        super().__init__([each.name for each in reversed(loop)])
        code, within, self._description = self._code, set(self.names), description
        code.live = dict.fromkeys((Ref(ADJOINT + name, 0) for name in self.names), "")
        self._carried = [name for name in self.names if any(e.operand.offset == -1 for e in self._inside(name, within))]
        self._outside: dict[str, Expression] = {
            name: Ref(name, "entry") for name in self.names if self._from_outside(name, within)
        }
        instead: dict[Ref, Expression] = {}  # what is asked of those that hand on what one line asks of them
        self._kept: list[str] = []

        def asks_of(name: str, offset: int) -> list[Expression]:
            found = [e.asks for e in self._inside(name, within) if e.operand.offset == offset]
            return [replaced(asks, instead) for asks in found if asks is not None]

        for name in self.names:
            asks = asks_of(name, 0)
            if len(asks) == 1 and name not in self._outside and name not in self._carried:
                instead[Ref(ADJOINT + name, 0)] = asks[0]
                continue
            self._kept.append(name)
            parts = code.added(asks)
            parts += [code.written(self._outside[name])] if name in self._outside else []
            parts += [f"p{self._carried.index(name)}"] if name in self._carried else []
            code.live[Ref(ADJOINT + name, 0)] = code.named("+".join(parts) or "0")
        made = [code.live[Ref(ADJOINT + name, 0)] for name in self._kept]
        carried = {f"p{i}": code.named("+".join(code.added(asks_of(name, -1)))) for i, name in enumerate(self._carried)}
        self._run = self.compiled(made, carried)

    def _inside(self, name: str, within: set[str]) -> list[Edge]:
        return [e for e in self._description.edges_of(name) if e.reader in within and e.asks is not None]

    def _from_outside(self, name: str, within: set[str]) -> list[Edge]:
        return [e for e in self._description.edges_of(name) if e.reader not in within and e.asks is not None]

    def run(self, length: Length) -> None:
        """Make the rows of what is asked."""
        within = set(self.names)
        asked = {
            mark: length.asked(self._from_outside(name, within), length.shape(name))
            for name, mark in self._outside.items()
        }
        start = [np.zeros(length.shape(name)) for name in self._carried]
        made = {name: length.empty(name) for name in self._kept}
        rows = [*self.hoisted(length, -1, asked), *(each[::-1] for each in made.values())]
        self._run(range(length.T), rows, start)
        length.rows |= {ADJOINT + name: each.reshape(length.T, *length.shape(name)) for name, each in made.items()}
        for name in self.names:
            if name not in self._kept:
                length.ask(name)
