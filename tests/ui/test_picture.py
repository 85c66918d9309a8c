"""Pictures for the documents: small enough to keep, and as sharp as the window."""

from pathlib import Path

from PySide6.QtGui import QImage

from tests.architecture.test_documents import PICTURE_BYTES
from tests.ui.cards import desk, found, recovery, reverse_passed
from tests.ui.looking import settle
from tests.ui.stage import Stage
from ui.picture import COLOURS, difference, in_few_colours, save_picture

UNSEEN = 24
"""Of 255: how far a colour may stand from the one on the screen, at the edge of a letter, without being seen."""


def test_a_picture_of_a_full_window_is_small(stage: Stage, tmp_path: Path) -> None:
    _full(stage)
    file = tmp_path / "caller.png"
    save_picture(stage.window, file)
    kept = QImage(str(file))
    assert kept.size() == stage.window.grab().toImage().size()
    assert kept.format() is QImage.Format.Format_Indexed8
    assert len(kept.colorTable()) <= COLOURS
    assert file.stat().st_size < PICTURE_BYTES / 2


def test_a_picture_is_as_sharp_as_the_window(stage: Stage) -> None:
    _full(stage)
    seen = stage.window.grab().toImage()
    pairs = set(zip(_points(seen), _points(in_few_colours(seen)), strict=True))
    assert len({one for one, _ in pairs}) > COLOURS
    assert max(difference(one, other) for one, other in pairs) <= UNSEEN


def _full(stage: Stage) -> None:
    stage.show(desk(found(reverse_passed(), proven=True, recoveries=(recovery(),))))
    settle(6)


def _points(picture: QImage) -> memoryview:
    """Its colours, copied while the picture is held: a look at its memory does not keep it from being freed."""
    plain = picture.convertToFormat(QImage.Format.Format_RGB32)
    return memoryview(bytes(plain.constBits())).cast("I")
