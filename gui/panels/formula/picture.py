"""From a view to what the formula panel shows of it: pure functions, no widgets."""

from __future__ import annotations

import numpy as np

from core.network.rule import CHAINED
from core.program.program import Phase
from core.steps.template import Pieces, substituted, symbolic
from core.writing.shown import visible
from gui.debugger.known import timesteps_known
from gui.debugger.labels import counted
from gui.debugger.view import View
from gui.widgets.formula.ladder_layout import LadderRow
from gui.widgets.strip.picture import StripPicture

_UNELIDED = 6  # links; a longer ladder shows its head, ⋯, and its last two


def subtitle(view: View) -> str:
    """The line under the title: indices, how far in the gradient, where in the sheet."""
    address, program = view.step.address, view.program
    parts: list[str] = []
    if address.is_term:
        names = "tmk" if view.network.attention else "t k"
        shown = [f"{name} = {i}" for name, i in zip(names, address.indices, strict=False) if name != " "]
        total = program.term_count(address.quantity)
        parts += [", ".join(shown), f"{program.term_number(address.indices):,} of {total:,}"]
    elif address.is_sum:
        parts.append(counted(program.term_count(address.quantity), "term"))
    elif address.indices:
        parts.append(f"t = {address.indices[0]}")
        group = program.group(view.cursor.position)
        parts.append(f"{view.cursor.position - group.first + 1} of {len(group)}")
    elif address.phase is Phase.UPDATE:
        parts.append(f"η = {view.epoch.learning_rate:g}")
    sheet = view.source.worksheet
    if sheet is not None:
        parts.append(f"sheet {sheet.letter}, {sheet.section_of(view.cursor.epoch, address).text}")
    return "  ·  ".join(parts)


def symbolic_lines(view: View) -> tuple[Pieces, ...]:
    """The formula in symbols."""
    return tuple(symbolic(line) for line in view.step.formula.symbolic)


def number_lines(view: View) -> tuple[Pieces, ...]:
    """The formula with its numbers, every number over its name."""
    picks = dict(view.step.formula.picks)
    return tuple(substituted(line, view.epoch.value, view.form, picks) for line in view.step.formula.numbers)


def ladder_rows(view: View, *, expanded: bool) -> tuple[LadderRow, ...]:
    """The links of a term with their products; beyond six its head, ⋯, and its last two, unless *expanded*."""
    links, products = view.step.formula.links, list(view.step.products)
    if view.hidden:
        # The last product is the result, and for U r holds it, since x picks a column.
        known = view.step.formula.reached if view.step.address.quantity == "U" else len(products) - 1
        products[known:] = [np.zeros(0)] * (len(products) - known)
    head = max(2, view.step.formula.head)
    kept = list(range(len(links)))
    hidden = len(links) - head - 2
    if len(links) > _UNELIDED and not expanded and hidden > 2:
        kept = [*range(head), -1, *range(len(links) - 2, len(links))]
    picks = dict(view.step.formula.picks)
    rows: list[LadderRow] = []
    for index in kept:
        if index < 0:
            rows.append(LadderRow("", (), (), products[head], f"{hidden} more links: click to show them"))
            continue
        link = links[index]
        numbers = substituted(link.numbers, view.epoch.value, view.form, picks, named=False) if link.numbers else ()
        rows.append(LadderRow(link.sign, symbolic(link.factor), numbers, products[index], link.note))
    return tuple(rows)


def strip_picture(view: View) -> StripPicture:
    """Where in the unrolled network the step is."""
    network = view.network
    path, use, computed = _route(view)
    inputs, targets = network.letters
    return StripPicture(
        inputs=inputs,
        targets=targets,
        embedding=network.embedding_size is not None,
        attention=network.attention,
        path=path,
        use=use,
        parameter=view.step.address.quantity if view.step.address.is_term else None,
        computed=computed,
        known=_known(view),
        headline=headline(view),
    )


def headline(view: View) -> str:
    """The word strip: what this timestep reads and should say, or what the step is about."""
    address, network = view.step.address, view.network
    if address.indices and address.phase is Phase.FORWARD:
        t = address.indices[0]
        return f"reads {visible(network.input_letter(t))}, should say {visible(network.target_letter(t))}"
    return view.step.formula.title


Edge = tuple[str, str]


def _route(view: View) -> tuple[tuple[Edge, ...], Edge | None, str | None]:
    """The edges to light, the edge where the parameter is used, and the node that is computed."""
    address = view.step.address
    if not address.indices or address.phase is Phase.UPDATE:
        return (), None, None
    t = address.indices[0]
    state = f"Z[{t}]" if view.network.attention else f"h[{t}]"
    x, h, yhat, loss = f"x[{t}]", f"h[{t}]", f"yhat[{t}]", f"L[{t}]"
    if address.phase is Phase.FORWARD:
        return _forward_route(view, state)
    if address.quantity == "Omega":
        return ((loss, yhat),), None, yhat
    if address.quantity == "V":
        return ((loss, yhat), (yhat, state)), (yhat, state), None
    if address.quantity == "c":
        return ((loss, yhat),), (yhat, yhat), None
    _, m, k = address.indices
    edges: list[Edge] = [(loss, yhat), (yhat, state)]
    if view.network.attention:
        edges.append((state, f"h[{m}]"))
    if k < m:
        edges.append((f"h[{m}]", f"h[{k}]"))
    h, x = f"h[{k}]", f"x[{k}]"
    if address.quantity in CHAINED[:1]:
        return tuple(edges), (h, f"h[{k - 1}]"), None
    if address.quantity == "U":
        return tuple(edges), (h, x), None
    if address.quantity == "b":
        return tuple(edges), (h, h), None
    return (*edges, (h, x)), (x, f"xo[{k}]"), None


def _forward_route(view: View, state: str) -> tuple[tuple[Edge, ...], Edge | None, str | None]:
    address = view.step.address
    t = address.indices[0]
    x, h, yhat, loss = f"x[{t}]", f"h[{t}]", f"yhat[{t}]", f"L[{t}]"
    routes: dict[str, tuple[tuple[Edge, ...], str]] = {
        "letter": ((), x),
        "x": ((), x),
        "h": (((h, x), (h, f"h[{t - 1}]")), h),
        "A": (((state, f"h[{address.indices[-1]}]"), (state, h)), state),
        "alpha": (tuple((state, f"h[{i}]") for i in range(1, t + 1)), state),
        "Z": (tuple((state, f"h[{i}]") for i in range(1, t + 1)), state),
        "Omega": (((yhat, state),), yhat),
        "yhat": (((yhat, state),), yhat),
        "L": (((loss, yhat),), loss),
    }
    edges, node = routes[address.quantity]
    return edges, None, node


def _known(view: View) -> dict[str, int]:
    """Of how many timesteps the nodes of each kind are computed."""
    stages = {kind: kind for kind in ("x", "h", "Z", "yhat", "L")}
    if not view.network.attention:
        del stages["Z"]
    if view.network.embedding_size is None:
        stages["x"] = "letter"
    return {kind: timesteps_known(view, stage) for kind, stage in stages.items()}
