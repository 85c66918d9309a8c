"""Pictures of windows, as small as they can be without a loss that shows."""

from collections import Counter
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

COLOURS = 256
"""In a picture: as many as one byte tells apart."""
APART = 5
"""Of 255: two colours that differ by no more, in each of their parts, are one. The edges of letters have thousands."""
SMALLEST = 0
"""Quality, for which Qt reads how hard a picture is packed."""


def save_picture(widget: QWidget, file: Path) -> None:
    """Write what *widget* looks like as a PNG."""
    in_few_colours(widget.grab().toImage()).save(str(file), quality=SMALLEST)


def in_few_colours(picture: QImage) -> QImage:
    """The same picture in the most frequent of its colours, others as the nearest of them: a third of the size."""
    plain = picture.convertToFormat(QImage.Format.Format_RGB32)
    counted = Counter(memoryview(plain.constBits()).cast("I"))
    table: list[int] = []
    for colour, _ in counted.most_common():
        if len(table) < COLOURS and all(difference(colour, other) > APART for other in table):
            table.append(colour)
    return plain.convertToFormat(QImage.Format.Format_Indexed8, table, Qt.ImageConversionFlag.ThresholdDither)


def difference(one: int, other: int) -> int:
    """How far two colours, as Qt packs them, stand apart in the part in which they differ most; 0 to 255."""
    return max(abs((one >> part & 255) - (other >> part & 255)) for part in (0, 8, 16))
