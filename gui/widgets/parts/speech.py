"""What a screen reader says at once."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


def announce(widget: QWidget, words: str) -> None:
    """Have a screen reader say *words* for *widget*, also where nothing that it follows has changed."""
    from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent  # once there is something to say

    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, words))
