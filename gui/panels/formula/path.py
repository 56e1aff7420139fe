"""Where in the unrolled network a step is: from a view to the path strip. Pure functions, no widgets."""

from __future__ import annotations

from collections.abc import Sequence

from core.equations.expressions import references
from core.network.changes import number_of
from core.network.network import Network
from core.network.symbols import text
from core.network.words import whole
from core.program.program import Phase
from core.writing.shown import visible
from gui.debugger.known import timesteps_known
from gui.debugger.view import View
from gui.widgets.strip.picture import StripPicture

_MOST_LIT = 12  # edges of one step
_MOST_GATES = 8  # of a cell with more no box shows them


def strip_picture(view: View) -> StripPicture:
    """Where in the unrolled network the step is."""
    network = view.network
    path, use, computed = _route(view)
    inputs, targets = network.letters
    return StripPicture(
        inputs=inputs,
        targets=targets,
        without=frozenset(range(1, network.T + 1)).difference(network.judged),
        embedding=network.embedding_size is not None,
        attention=network.attention,
        state=network.state,
        carries="".join(network.carriers) if len(network.carriers) == 1 else "",
        others=tuple(name for name in network.states if name != network.state),
        gates=_gates(network),
        path=path,
        use=use,
        parameter=view.step.address.quantity if view.step.address.is_term_of(network) else None,
        computed=computed,
        held=frozenset(_node(network, each.name, each.t) for each in network.held),
        known=_known(view),
        headline=f"{headline(view)}{_held_words(network)}",
    )


def _gates(network: Network) -> tuple[str, ...]:
    """What the cell makes on the way to what is carried on."""
    found = tuple(name for name in network.cell_lines if name not in network.states)
    return found if len(found) <= _MOST_GATES else ()


def _node(network: Network, name: str, t: int) -> str:
    """The node of the strip at which a quantity of timestep *t* is made."""
    lines = network.lines
    if name in lines.shapes and name not in ("x", "xo"):
        name = lines.made(name).part_of or name
    if name in network.cell_lines:
        return f"{name if name in (*_gates(network), *network.states) else network.state}[{t}]"
    of_scores = {"A": "Z", "alpha": "Z", "Omega": "yhat", "xo": "x"}
    return f"{of_scores.get(name, name)}[{t}]"


def headline(view: View) -> str:
    """The word strip: what this timestep reads and should say, or what the step is about."""
    address, network = view.step.address, view.network
    if address.indices and address.phase is Phase.FORWARD:
        t = address.indices[0]
        wanted = f"should say {visible(network.target_letter(t))}" if network.has_target(t) else "no target"
        return f"reads {visible(network.input_letter(t))}, {wanted}"
    return view.step.formula.title


def _held_words(network: Network) -> str:
    """What is held, "" where nothing is."""
    names = dict.fromkeys(text(number_of(held).symbol) for held in network.held)
    return f"; held: {', '.join(names)}" if names else ""


Edge = tuple[str, str]


def _route(view: View) -> tuple[tuple[Edge, ...], Edge | None, str | None]:
    """The edges to light, the edge where the parameter is used, and the node that is computed."""
    address = view.step.address
    if not address.indices or address.phase is Phase.UPDATE:
        return (), None, None
    t = address.indices[0]
    h = view.network.state
    state = f"{'Z' if view.network.attention else h}[{t}]"
    yhat, loss = f"yhat[{t}]", f"L[{t}]"
    if address.phase is Phase.FORWARD:
        return _forward_route(view, state)
    if address.quantity == "Omega":
        return ((loss, yhat),), None, yhat
    if address.quantity == "V":
        return ((loss, yhat), (yhat, state)), (yhat, state), None
    if address.quantity == "c":
        return ((loss, yhat),), (yhat, yhat), None
    if not address.is_chained:
        return _back_route(view, state)
    _, m, k = address.indices
    edges: list[Edge] = [(loss, yhat), (yhat, state)]
    if view.network.attention:
        edges.append((state, f"{h}[{m}]"))
    if k < m:
        edges.append((f"{h}[{m}]", f"{h}[{k}]"))
    if address.quantity == "E":
        edges.append((f"{h}[{k}]", f"x[{k}]"))
    return tuple(edges), _use(view.network, address.quantity, k), None


def _use(network: Network, name: str, k: int) -> Edge:
    """Where a parameter is used at timestep *k*: beside a state of the one before, beside the input, or by itself."""
    if name == "E":
        return f"x[{k}]", f"xo[{k}]"
    edge = network.lines.edges_of(name)[0]
    reader = _node(network, edge.reader, k)
    if name in network.carriers:
        read = () if edge.asks is None else references(edge.asks)
        state = next((ref.name for ref in read if ref.offset == -1 and ref.name in network.states), network.state)
        return reader, f"{state}[{k - 1}]"
    return (reader, f"x[{k}]") if name in network.reads_input else (reader, reader)


def _back_route(view: View, state: str) -> tuple[tuple[Edge, ...], Edge | None, str | None]:
    """Timestep by timestep: what asks of the quantity, and where it stands; of a term, its use."""
    address, T = view.step.address, view.network.T
    t, name, network = address.indices[0], address.quantity, view.network
    h = f"{network.state}[{t}]"
    if name in network.chained:
        return (), _use(network, name, t), None
    if name == "Z":
        return ((f"yhat[{t}]", state),), None, state
    if name in ("alpha", "A"):
        return tuple((state, f"{network.state}[{i}]") for i in _ends(range(1, t + 1))), None, state
    here = _node(network, name, t)
    readers = [(edge.reader, t - edge.operand.offset) for edge in network.lines.edges_of(name)
               if isinstance(edge.operand.offset, int) and edge.asks is not None]  # fmt: skip
    asked = dict.fromkeys(_node(network, reader, u) for reader, u in readers if u <= T)
    later = tuple(node for node in asked if node not in (here, f"yhat[{t}]", f"L[{t}]"))
    if name != network.state:  # an input, or a part of the cell
        return tuple((each, here) for each in later), None, here
    looking = range(t, view.epoch.rule.last_loss(t, T) + 1) if network.attention else (t,)
    asking = [f"{'Z' if network.attention else 'yhat'}[{u}]" for u in _ends([*filter(network.has_target, looking)])]
    return tuple((each, h) for each in dict.fromkeys((*asking, *later))), None, h


def _ends(timesteps: Sequence[int]) -> tuple[int, ...]:
    """Few of many *timesteps*, for which alone the strip has room: the first and the last."""
    return tuple(timesteps) if len(timesteps) <= _MOST_LIT else (*timesteps[:2], *timesteps[-2:])


def _forward_route(view: View, state: str) -> tuple[tuple[Edge, ...], Edge | None, str | None]:
    address = view.step.address
    t = address.indices[0]
    network = view.network
    x, h, yhat, loss = f"x[{t}]", f"{network.state}[{t}]", f"yhat[{t}]", f"L[{t}]"
    routes: dict[str, tuple[tuple[Edge, ...], str]] = {
        "letter": ((), x),
        "x": ((), x),
        "A": (((state, f"{network.state}[{address.indices[-1]}]"), (state, h)), state),
        "alpha": (tuple((state, f"{network.state}[{i}]") for i in _ends(range(1, t + 1))), state),
        "Z": (tuple((state, f"{network.state}[{i}]") for i in _ends(range(1, t + 1))), state),
        "Omega": (((yhat, state),), yhat),
        "yhat": (((yhat, state),), yhat),
        "L": (((loss, yhat),), loss),
    }
    if address.quantity in network.cell_lines:
        h = _node(network, address.quantity, t)
        refs = references(whole(address.quantity, network.lines))
        read = dict.fromkeys(_node(network, ref.name, t + ref.offset) for ref in refs if isinstance(ref.offset, int))
        return tuple((h, node) for node in read if node != h), None, h
    edges, node = routes[address.quantity]
    return edges, None, node


def _known(view: View) -> dict[str, int]:
    """Of how many timesteps the nodes of each kind are computed."""
    made = (*_gates(view.network), *view.network.states)
    stages = {kind: kind for kind in ("x", *made, "Z", "yhat", "L")}
    if not view.network.attention:
        del stages["Z"]
    if view.network.embedding_size is None:
        stages["x"] = "letter"
    return {kind: timesteps_known(view, stage) for kind, stage in stages.items()}
