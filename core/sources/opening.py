"""Opens what a command or a window is asked for: a sheet by its name, a network file by its path."""

from __future__ import annotations

from pathlib import Path

from core.sources.source import SHEETS, Source


def open_source(text: str) -> Source:
    """The sheet or the network file that *text* names; `FileError` where the file is no good."""
    if text not in SHEETS:
        from core.sources import network_file

        return network_file.read(Path(text))
    from core.sources.worksheets import load

    sheet = load(text)
    title = f"Sheet {sheet.letter}: {sheet.title}"
    return Source(text, title, sheet.network, sheet.parameters, sheet.rule, sheet.learning_rate_used, sheet)
