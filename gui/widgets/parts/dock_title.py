"""The quiet title bar of a dock: Qt's own has buttons too small to hit and out of the keyboard's reach."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDockWidget, QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout

from gui.look.icons import icon
from gui.look.theme import Theme


class DockTitle(QFrame):
    """A dock's name, and its two buttons; dragging it moves the dock.

    Give it to the dock with `setTitleBarWidget`. *upright*: for a low dock, at its left, with the buttons alone.
    """

    def __init__(self, dock: QDockWidget, theme: Theme, *, upright: bool = False) -> None:
        super().__init__(dock)
        self.setObjectName("dockTitle")
        self.setProperty("upright", upright)
        self._dock = dock
        self._theme = theme
        self._name = QLabel(dock.windowTitle(), self)
        self._float = self._button("float")
        self._close = self._button("close")
        self._upright = upright
        self._layout = QVBoxLayout(self) if upright else QHBoxLayout(self)
        if upright:
            self._name.hide()
        else:
            self._layout.addWidget(self._name)
            self._layout.addStretch()
        self._layout.addWidget(self._float)
        self._layout.addWidget(self._close)
        if upright:
            self._layout.addStretch()
        dock.windowTitleChanged.connect(self._name.setText)
        self._float.clicked.connect(lambda: dock.setFloating(not dock.isFloating()))
        self._close.clicked.connect(dock.close)
        dock.featuresChanged.connect(self._offer)
        dock.topLevelChanged.connect(self._offer)
        theme.changed.connect(self._restyle)
        self._restyle()
        self._offer()

    def _button(self, name: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _offer(self) -> None:
        """Shows the buttons that the dock allows, named by what they do now."""
        features = self._dock.features()
        self._float.setVisible(bool(features & QDockWidget.DockWidgetFeature.DockWidgetFloatable))
        self._close.setVisible(bool(features & QDockWidget.DockWidgetFeature.DockWidgetClosable))
        for button, verb in ((self._float, "Dock" if self._dock.isFloating() else "Undock"), (self._close, "Hide")):
            button.setToolTip(verb)
            button.setAccessibleName(f"{verb} {self._dock.windowTitle()}")

    def _restyle(self) -> None:
        theme = self._theme
        around = theme.px(3)
        self._layout.setContentsMargins(around if self._upright else theme.px(12), around, around, 0)
        self._layout.setSpacing(theme.px(2))
        self._name.setFont(theme.font(12, bold=True))
        for button in (self._float, self._close):
            button.setIcon(icon(button.objectName(), theme))
            button.setIconSize(QSize(theme.px(14), theme.px(14)))
