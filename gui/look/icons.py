"""Our own icons, drawn as strokes on a 24 by 24 grid and tinted with the theme's ink."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from gui.look.theme import Theme

SIZE = 20
_RATIOS = (1, 2)


def icon(name: str, theme: Theme, *, on_accent: bool = False) -> QIcon:
    """The icon *name* in the theme's ink, or in the ink of the primary button, crisp at both pixel ratios.

    It keeps its colours: ask again on `theme.changed`.
    """
    palette = theme.palette
    ink = palette.on_accent if on_accent else palette.ink
    result = QIcon()
    for mode, colour in ((QIcon.Mode.Normal, ink), (QIcon.Mode.Disabled, palette.dim)):
        for ratio in _RATIOS:
            result.addPixmap(QPixmap.fromImage(_drawn(name, colour.name(), theme.px(SIZE), ratio)), mode)
    return result


def application_icon() -> QIcon:
    """The picture of the program itself, in its own colours."""
    return QIcon(str(path("chainrule")))


@cache
def _folder() -> Path:
    return Path(str(files("resources").joinpath("icons")))


def path(name: str) -> Path:
    """Where the drawing of icon *name* lies, for style sheets, which take only files."""
    return _folder() / f"{name}.svg"


@cache
def _drawing(name: str) -> str:
    return path(name).read_text(encoding="utf-8")


@lru_cache(maxsize=512)
def _drawn(name: str, colour: str, size: int, ratio: int) -> QImage:
    """An image, not a pixmap: the cache outlives the application, which a pixmap must not."""
    drawing = _drawing(name).replace("currentColor", colour)
    image = QImage(size * ratio, size * ratio, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(drawing.encode())).render(painter)
    painter.end()
    image.setDevicePixelRatio(ratio)
    return image
