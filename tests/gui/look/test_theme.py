"""Texts in paint stand where they are asked to, whether they were laid out before or not."""

import weakref

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from gui.look.theme import Theme

BOX = QRectF(20, 10, 160, 30)


def painted(metrics, text, across=0.0, scale=1.0):
    """A picture of *text* in `BOX`, and the first and last column and row with ink."""
    image = QImage(200, 50, QImage.Format.Format_Grayscale8)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.scale(scale, scale)
    painter.setPen(QColor("black"))
    metrics.write(painter, BOX, text, across)
    painter.end()
    dark = [(x, y) for x in range(200) for y in range(50) if image.pixelColor(x, y).lightness() < 200]
    columns, rows = zip(*dark, strict=True) if dark else ((), ())
    return image, (min(columns, default=0), max(columns, default=0)), (min(rows, default=0), max(rows, default=0))


@pytest.mark.parametrize(("across", "left", "right"), [(0, 20, None), (0.5, None, None), (1, None, 180)])
def test_a_text_stands_at_the_left_in_the_middle_or_at_the_right(qapp, across, left, right):
    metrics = Theme().metrics(13)
    _, columns, rows = painted(metrics, "−0.3055", across)
    if left is not None:
        assert columns[0] == pytest.approx(left, abs=2)
    if right is not None:
        assert columns[1] == pytest.approx(right, abs=2)
    if left is right is None:
        assert sum(columns) / 2 == pytest.approx(BOX.center().x(), abs=1.5)
    assert columns[1] - columns[0] == pytest.approx(metrics.width("−0.3055"), abs=4)
    assert sum(rows) / 2 == pytest.approx(BOX.center().y(), abs=2)


def test_digits_stand_half_way(qapp):
    metrics = Theme().metrics(13)
    image = QImage(200, 50, QImage.Format.Format_Grayscale8)
    image.fill(QColor("white"))
    painter = QPainter(image)
    metrics.write(painter, metrics.level(BOX), "1")
    painter.end()
    rows = [y for y in range(50) if any(image.pixelColor(x, y).lightness() < 128 for x in range(200))]
    assert (rows[0] + rows[-1]) / 2 == pytest.approx(BOX.center().y(), abs=1)


@pytest.mark.parametrize("scale", [1.0, 1.3])
def test_a_text_that_is_kept_is_painted_as_a_new_one(qapp, scale):
    theme = Theme()
    kept = theme.metrics(13)
    texts = ["h₃ = −0.4540", "a & b", "<b>W</b>", "ß 語"]
    for text in texts * 2:
        painted(kept, text, 0.5)
        painted(kept, text, 0.5, 0.8)
    for text in texts:
        assert painted(kept, text, 0.5, scale)[0] == painted(Theme().metrics(13), text, 0.5, scale)[0]
    assert painted(kept, "<b>W</b>")[1][1] > painted(kept, "W")[1][1] + 10  # letters, no commands


def test_an_empty_text_leaves_no_ink(qapp):
    image, *_ = painted(Theme().metrics(13), "")
    assert image.allGray()
    assert image.pixelColor(25, 25).lightness() == 255


def test_another_zoom_lets_the_texts_of_the_one_before_go(qapp):
    theme = Theme()
    left = weakref.ref(theme.metrics(13))
    assert theme.metrics(13) is left()
    theme.set_zoom(1.25)
    assert left() is None
