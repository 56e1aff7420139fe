"""Where the matrices and biases of an exercise stand among the parameters of a cell."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np

from core.exercise.fitting import Placed, Sizes, shaped
from core.exercise.names import Role
from core.exercise.notes import Mapped, Notes
from core.network.arrays import Array, frozen
from core.network.own_cell import OwnCell
from core.sources.parameter_names import recognised

_WEIGHTS = re.compile(r"weight_(?:ih|hh)|(?:^|[/_])kernel")
INPUTS, STATES = "inputs", "states"  # what the matrix with the first letter, W beside U, stands at
_ORDERS = ("[h, x]", "[x, h]")
_AT_STATES = "R"  # a letter of matrices that always stand at the states


def placed(arrays: Mapping[str, Array], roles: Mapping[str, Role], W_at: str) -> list[Placed]:
    """As which parameters *arrays* are taken where matrices called W, beside others called U, stand at *W_at*."""
    matrices, biases = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
    found = list[Placed]()
    for name, each in roles.items():
        if each.kind in ("matrix", "bias") and each.gate == "y":
            found.append(Placed(name, arrays[name], *(("V", "KH") if each.kind == "matrix" else ("c", "K"))))
        elif each.kind in ("matrix", "bias"):
            (matrices if each.kind == "matrix" else biases)[each.gate].append(name)
    for gate, names in matrices.items():
        sides = _sides({name: roles[name] for name in names}, W_at)
        below = f"_{gate}" if gate else ""
        for name, side in sides.items():
            ours, axes = {"x": ("U", "HX"), "h": ("W", "HH")}.get(side, ("U and W", "HS"))
            ours = f"U{below} and W{below}" if side == "" else ours + below
            found.append(Placed(name, arrays[name], ours, axes))
    for gate, names in biases.items():
        below, two = f"_{gate}" if gate else "", len({roles[name].side for name in names}) > 1
        for name in names:
            side = {"x": "_ih", "h": "_hh"}[roles[name].side] if two and roles[name].side else ""
            found.append(Placed(name, arrays[name], f"b{side}{below}", "H"))
    return found


def taken_apart(arrays: Mapping[str, Array]) -> tuple[list[Placed], dict[str, Array], str]:
    """What of *arrays* has the names of PyTorch's or Keras' weights, gate by gate; the others; and the cell that these
    names tell, "" for none.
    """
    weights = [array for name, array in arrays.items() if _WEIGHTS.search(name)]
    if not weights or any(array.ndim != 2 for array in weights):
        return [], dict(arrays), ""
    found = recognised(arrays, ())
    axes = {"U": "HX", "W": "HH", "b": "H", "V": "KH", "c": "K"}
    ready = [
        Placed(found.origins[ours], array, ours, axes[ours[0]])
        for ours, array in found.parameters.items()
        if ours[0] in axes
    ]
    return ready, {name: arrays[name] for name in found.left}, found.cell


def own_placed(arrays: Mapping[str, Array], cell: OwnCell) -> list[Placed]:
    """As which parameters of one's own cell *arrays* are taken, by their names without what is only typography."""
    bare = {_bare(name): name for name in arrays}
    wanted = {ours: "".join(shape) for ours, shape in cell.parameters.items()} | {"V": "KH", "c": "K"}
    found = [(bare[_bare(ours)], ours, axes) for ours, axes in wanted.items() if _bare(ours) in bare]
    return [Placed(name, arrays[name], ours, axes) for name, ours, axes in found]


def is_told(roles: Mapping[str, Role]) -> bool:
    """Whether names tell which matrices stand at the inputs and which at the states."""
    gates = defaultdict[str, dict[str, Role]](dict)
    for name, each in roles.items():
        if each.kind == "matrix" and each.gate != "y":
            gates[each.gate][name] = each
    return all(_sides(each, INPUTS) == _sides(each, STATES) for each in gates.values())


def parameters(found: Iterable[Placed], long: Sizes, notes: Notes) -> dict[str, Array]:
    """Every array of *found* in the shape of its place; of one over states and inputs side by side, both halves."""
    made: dict[str, Array] = {}
    for each in found:
        values, turned = shaped(each, long)
        note = "transposed" if turned else ""
        if each.ours in made:
            notes.contradictions.append(f"{each.name} and another name are both {each.ours}")
            continue
        if each.axes != "HS":
            made[each.ours] = values
        else:
            order = notes.answers.get("order", _ORDERS[0])
            H, first = long.H, order == _ORDERS[0]
            states, inputs = (values[:, :H], values[:, H:]) if first else (values[:, long.X :], values[:, : long.X])
            U, W = each.ours.split(" and ")
            made |= {U: frozen(np.array(inputs)), W: frozen(np.array(states))}
            note = f"split, {order}{', transposed' if turned else ''}"
        notes.mapping.append(Mapped(each.name, each.ours, each.values.size, note))
    if any(each.axes == "HS" for each in found):
        notes.ask("order", "One matrix multiplies states and inputs together: in which order?", *_ORDERS)
    return made


def _sides(roles: Mapping[str, Role], W_at: str) -> dict[str, str]:
    """What each matrix of a gate stands at, ``x`` or ``h``; "" for both together."""
    sides = {name: each.side for name, each in roles.items()}
    left = [name for name, side in sides.items() if not side]
    if len(left) == 1 and len(roles) == 1:
        return sides
    for name in left:
        base = roles[name].base
        at_states = base == _AT_STATES or (base != "W" if W_at == INPUTS else base == "W")
        if any(roles[other].base == _AT_STATES for other in roles):
            at_states = base == _AT_STATES
        others = {side for other, side in sides.items() if other not in left}
        sides[name] = "h" if others == {"x"} or (at_states and not others) else "x"
    return sides


def _bare(name: str) -> str:
    return "".join(sign for sign in name if sign.isalnum())
