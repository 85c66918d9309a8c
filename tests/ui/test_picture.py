"""Pictures for the documents: small enough to keep, and as sharp as the window."""

from pathlib import Path

from PySide6.QtGui import QImage

from tests.architecture.test_documents import PICTURE_BYTES
from tests.ui.cards import desk, found, recovery, reverse_passed
from tests.ui.looking import settle
from tests.ui.stage import Stage
from ui.picture import COLOURS, difference, save_picture

UNSEEN = 24
"""Of 255: how far a colour may stand from the one on the screen, at the edge of a letter, without being seen."""


def test_a_picture_of_a_full_window_is_small_and_sharp(stage: Stage, tmp_path: Path) -> None:
    stage.show(desk(found(reverse_passed(), proven=True, recoveries=(recovery(),))))
    stage.window.setFocus()  # out of any field: its caret would blink between two looks
    settle(6)
    file = tmp_path / "caller.png"
    save_picture(stage.window, file)
    seen, kept = stage.window.grab().toImage(), QImage(str(file))
    assert kept.size() == seen.size()
    assert kept.format() is QImage.Format.Format_Indexed8
    assert len(kept.colorTable()) <= COLOURS
    assert file.stat().st_size < PICTURE_BYTES / 2
    pairs = set(zip(_points(seen), _points(kept), strict=True))
    assert max(difference(one, other) for one, other in pairs) <= UNSEEN


def _points(picture: QImage) -> memoryview:
    return memoryview(picture.convertToFormat(QImage.Format.Format_RGB32).constBits()).cast("I")
