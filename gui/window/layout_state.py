"""A layout of docks as text of our own: taken from a window, checked, and built again.

Qt's own form is bytes that it believes: some that are damaged end the process.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Literal

import msgspec
from PySide6.QtCore import QCoreApplication, QEvent, QRect, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabBar

from gui.window.fold import tab_bars

Area = Literal["left", "right", "top", "bottom"]
Docks = Mapping[str, QDockWidget]

_AREAS: Mapping[Area, Qt.DockWidgetArea] = {
    "left": Qt.DockWidgetArea.LeftDockWidgetArea,
    "right": Qt.DockWidgetArea.RightDockWidgetArea,
    "top": Qt.DockWidgetArea.TopDockWidgetArea,
    "bottom": Qt.DockWidgetArea.BottomDockWidgetArea,
}
_AXES = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
_FARTHEST = 100_000  # pixels, of a place or a size
_DEEPEST = 16


class Stack(msgspec.Struct, forbid_unknown_fields=True, tag="stack"):
    """Docks at one place, behind tabs where they are several; *front* is seen."""

    docks: list[str]
    front: str
    size: tuple[int, int]


class Split(msgspec.Struct, forbid_unknown_fields=True, tag="split"):
    """Parts that share a place, one below or beside the other."""

    along: Literal["down", "across"]
    parts: Annotated[list[Stack | Split], msgspec.Meta(min_length=1)]


class Floating(msgspec.Struct, forbid_unknown_fields=True):
    """A dock that is a window: its left, top, width and height, and where it is docked again."""

    area: Area
    place: tuple[int, int, int, int]


class Layout(msgspec.Struct, forbid_unknown_fields=True):
    """Where every dock is: in an area, floating, or closed, and then where it comes back."""

    areas: dict[Area, Stack | Split]
    floating: dict[str, Floating]
    closed: dict[str, Area]


def taken(window: QMainWindow, docks: Docks) -> str:
    """The layout of *docks* in *window*."""
    shown = {name: dock for name, dock in docks.items() if not dock.isHidden() and not dock.isFloating()}
    layout = Layout(
        areas={area: _cut(stacks) for area in _AREAS if (stacks := list(_stacks(window, shown, area)))},
        floating={
            name: Floating(_area(window, dock), _numbers(dock.geometry()))
            for name, dock in docks.items()
            if dock.isFloating() and not dock.isHidden()
        },
        closed={name: _area(window, dock) for name, dock in docks.items() if dock.isHidden()},
    )
    return msgspec.json.encode(layout).decode()


def read(text: str, names: Sequence[str]) -> Layout | None:
    """The layout of the docks *names* that *text* holds; None where it holds none that could be."""
    try:
        layout = msgspec.json.decode(text.encode(), type=Layout)
    except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError):
        return None
    stacks = [stack for part in layout.areas.values() for stack in _leaves(part)]
    placed = [*(name for stack in stacks for name in stack.docks), *layout.floating, *layout.closed]
    fits = (
        sorted(placed) == sorted(names)
        and all(stack.front in stack.docks and all(1 <= side <= _FARTHEST for side in stack.size) for stack in stacks)
        and all(
            all(abs(number) <= _FARTHEST for number in floating.place) and min(floating.place[2:]) >= 1
            for floating in layout.floating.values()
        )
    )
    return layout if fits and all(_depth(part) <= _DEEPEST for part in layout.areas.values()) else None


def build(window: QMainWindow, docks: Docks, layout: Layout) -> None:
    """Put *docks* as *layout* has them."""
    for dock in docks.values():
        if dock.isFloating():
            window.addDockWidget(_AREAS["right"], dock)
            dock.setFloating(False)  # only once it has a place again
        window.removeDockWidget(dock)
    for area, part in layout.areas.items():
        window.addDockWidget(_AREAS[area], docks[_first(part)])
        _fill(window, docks, part)
    for name, floating in layout.floating.items():
        window.addDockWidget(_AREAS[floating.area], docks[name])
        docks[name].setFloating(True)
        docks[name].setGeometry(_in_sight(window, QRect(*floating.place)))
    for name, area in layout.closed.items():
        window.addDockWidget(_AREAS[area], docks[name])
        docks[name].hide()
    for name, dock in docks.items():
        if name not in layout.closed:
            dock.show()
    # Docks of a window in sight keep what they have: they are laid out, and then given what they should have.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    for area, part in layout.areas.items():
        axis = 0 if area in ("left", "right") else 1
        window.resizeDocks([docks[_first(part)]], [_size(part, axis)], _AXES[axis])
    for part in layout.areas.values():
        _resize(window, docks, part)
        for stack in _leaves(part):
            docks[stack.front].raise_()


# -- taking -------------------------------------------------------------------------------------------------


def _area(window: QMainWindow, dock: QDockWidget) -> Area:
    found = window.dockWidgetArea(dock)
    return next((area for area, value in _AREAS.items() if value == found), "right")


def _numbers(place: QRect) -> tuple[int, int, int, int]:
    return place.left(), place.top(), place.width(), place.height()


def _stacks(window: QMainWindow, shown: Docks, area: Area) -> Iterator[tuple[QRect, Stack]]:
    """Where the stacks of *area* are, and what is in them."""
    bars = [(bar, [bar.tabText(i) for i in range(bar.count())]) for bar in tab_bars(window)]
    seen: set[str] = set()
    for name, dock in shown.items():
        if name in seen or _area(window, dock) != area:
            continue
        others = window.tabifiedDockWidgets(dock)
        members = [other for other, found in shown.items() if found is dock or found in others]
        titles = [shown[member].windowTitle() for member in members]
        seen.update(members)
        front = next((member for member in members if not shown[member].visibleRegion().isEmpty()), members[0])
        place = shown[front].geometry()
        bar, order = next(
            ((bar, found) for bar, found in bars if set(found) == set(titles) and _is_above(bar, place)),
            (None, titles),
        )
        members.sort(key=lambda member: order.index(shown[member].windowTitle()))
        if bar is not None:  # the tabs belong to the stack
            place = place.adjusted(0, -bar.height(), 0, 0)
        yield place, Stack(members, front, (max(place.width(), 1), max(place.height(), 1)))


def _is_above(bar: QTabBar, place: QRect) -> bool:
    """Whether *bar* stands there: Qt keeps that of a single dock, and those of before, outside of the window."""
    return bar.geometry().bottom() + 1 == place.top() and bar.geometry().left() == place.left()


def _cut(stacks: Sequence[tuple[QRect, Stack]]) -> Stack | Split:
    """The tree of splits that *stacks* came about by: areas are cut from edge to edge, again and again."""
    if len(stacks) == 1:
        return stacks[0][1]
    for along, start, end in (("down", QRect.top, QRect.bottom), ("across", QRect.left, QRect.right)):
        pieces: list[list[tuple[QRect, Stack]]] = []
        reached = -_FARTHEST
        for item in sorted(stacks, key=lambda item: start(item[0])):
            if start(item[0]) > reached:
                pieces.append([])
            pieces[-1].append(item)
            reached = max(reached, end(item[0]))
        if len(pieces) > 1:
            return Split("down" if along == "down" else "across", [_cut(piece) for piece in pieces])
    return Split("down", [stack for _, stack in stacks])  # they overlap: a window that is not laid out yet


# -- building -----------------------------------------------------------------------------------------------


def _fill(window: QMainWindow, docks: Docks, part: Stack | Split) -> None:
    """Put what belongs to *part* where its first dock is."""
    if isinstance(part, Stack):
        for before, name in zip(part.docks, part.docks[1:], strict=False):
            window.tabifyDockWidget(docks[before], docks[name])
        return
    for one, other in zip(part.parts, part.parts[1:], strict=False):
        window.splitDockWidget(docks[_first(one)], docks[_first(other)], _AXES[part.along == "down"])
    for inner in part.parts:
        _fill(window, docks, inner)


def _resize(window: QMainWindow, docks: Docks, part: Stack | Split) -> None:
    """Share out the room of *part* from the outside in."""
    if isinstance(part, Split):
        axis = 0 if part.along == "across" else 1
        firsts = [docks[_first(inner)] for inner in part.parts]
        window.resizeDocks(firsts, [_size(inner, axis) for inner in part.parts], _AXES[axis])
        for inner in part.parts:
            _resize(window, docks, inner)


def _size(part: Stack | Split, axis: int) -> int:
    """How wide *part* was, or with *axis* 1 how high."""
    if isinstance(part, Stack):
        return part.size[axis]
    sizes = [_size(inner, axis) for inner in part.parts]
    return min(sum(sizes) if (part.along == "across") == (axis == 0) else max(sizes), _FARTHEST)


def _in_sight(window: QMainWindow, place: QRect) -> QRect:
    """*place*, moved and made smaller so that it lies on the window's screen where it lay on none."""
    screens = [screen.availableGeometry() for screen in window.screen().virtualSiblings()]
    if any(screen.intersects(place) for screen in screens):
        return place
    room = window.screen().availableGeometry()
    return QRect(room.topLeft(), place.size().boundedTo(room.size()))


def _leaves(part: Stack | Split) -> Iterator[Stack]:
    if isinstance(part, Stack):
        yield part
    else:
        for inner in part.parts:
            yield from _leaves(inner)


def _first(part: Stack | Split) -> str:
    return next(_leaves(part)).docks[0]


def _depth(part: Stack | Split) -> int:
    return 0 if isinstance(part, Stack) else 1 + max(map(_depth, part.parts), default=0)
