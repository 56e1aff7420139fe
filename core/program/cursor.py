"""Where the debugger stands, and the commands that move it: pure functions (program, cursor, command) → cursor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

from core.program.program import Address, Program, Span

Skip = Callable[[Address], bool]


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """Steps 1 … *position* of *epoch* are computed, and step *position* is shown. Both are 1-based."""

    epoch: int = 1
    position: int = 1


class Command(Enum):
    """What a user asks for; each goes one way."""

    INTO = "into"
    BACK = "back"
    OVER = "over"
    OVER_BACK = "over back"
    OUT = "out"
    OUT_BACK = "out back"
    START = "start"
    END = "end"
    NEXT_GROUP = "next group"
    PREVIOUS_GROUP = "previous group"
    NEXT_EPOCH = "next epoch"
    PREVIOUS_EPOCH = "previous epoch"


def move(program: Program, cursor: Cursor, command: Command, skip: Skip | None = None) -> Cursor:
    """Where *command* leads from *cursor*; the same cursor where it cannot go.

    Into crosses epochs both ways; all others but the epoch commands stop at the epoch's ends. *skip* names steps
    that into and back pass by, never a first or last step.
    """
    position, length = cursor.position, len(program)
    if command is Command.INTO:
        return _passed(program, cursor, 1, skip)
    if command is Command.BACK:
        return _passed(program, cursor, -1, skip)
    if command is Command.NEXT_EPOCH:
        return replace(cursor, epoch=cursor.epoch + 1)
    if command is Command.PREVIOUS_EPOCH:
        return replace(cursor, epoch=max(cursor.epoch - 1, 1))
    if command is Command.START:
        return replace(cursor, position=1)
    if command is Command.END:
        return replace(cursor, position=length)
    if command is Command.NEXT_GROUP:
        last = program.group(position).last
        return replace(cursor, position=min(last + 1, length))
    if command is Command.PREVIOUS_GROUP:
        first = program.group(position).first
        return replace(cursor, position=first if first < position else program.group(max(first - 1, 1)).first)
    spans: dict[Command, Callable[[int], Span]] = {
        Command.OVER: program.block,
        Command.OVER_BACK: program.block,
        Command.OUT: program.outer,
        Command.OUT_BACK: program.outer,
    }
    span = spans[command]
    if command in (Command.OVER, Command.OUT):
        last = span(position).last
        return replace(cursor, position=last if last > position else span(min(position + 1, length)).last)
    return replace(cursor, position=max(span(position).first - 1, 1))


def can(program: Program, cursor: Cursor, command: Command) -> bool:
    """Whether *command* leads anywhere from *cursor*."""
    return move(program, cursor, command) != cursor


def to_address(program: Program, cursor: Cursor, address: Address) -> Cursor:
    """The cursor at *address*, in the same epoch; `KeyError` where the program has no such step."""
    return replace(cursor, position=program.position(address))


def to_epoch(epoch: int) -> Cursor:
    """Step 1 of *epoch*; `ValueError` below 1."""
    if epoch < 1:
        raise ValueError(f"epoch {epoch}: expected 1 or more")
    return Cursor(epoch, 1)


def _passed(program: Program, cursor: Cursor, direction: int, skip: Skip | None) -> Cursor:
    epoch, position, length = cursor.epoch, cursor.position + direction, len(program)
    while skip is not None and 1 < position < length and skip(program[position]):
        position += direction
    if position > length:
        return Cursor(epoch + 1, 1)
    if position < 1:
        return Cursor(epoch - 1, length) if epoch > 1 else cursor
    return Cursor(epoch, position)
