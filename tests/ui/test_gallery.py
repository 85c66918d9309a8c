"""The gallery: one of everything, in every theme, named for assistive technology like the pages."""

from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from tests.ui.gallery import draw, gallery, main
from tests.ui.looking import mislabelled, settle, too_small, unnamed
from ui.theme import CHOICES, Theme


def test_a_picture_for_each_theme(theme: Theme, tmp_path: Path) -> None:
    pictures = draw(tmp_path / "new", theme, (100,))
    assert len(pictures) == len(CHOICES) - 1
    images = [QImage(str(picture)) for picture in pictures]
    assert all(image.width() > 1000 for image in images)
    assert len({image.pixelColor(2, 2).rgb() for image in images}) == len(images)


def test_everything_in_it_is_named_and_large_enough(theme: Theme) -> None:
    page = gallery()
    page.show()
    settle()
    assert unnamed(page) == []
    assert mislabelled(page) == []
    assert too_small(page) == []


def test_bad_input_is_one_sentence_and_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert capsys.readouterr().err == "usage: python -m tests.ui.gallery FOLDER\n"
