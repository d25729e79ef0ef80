"""The picture of the card that asks a citizen for name, phone and address: drawn from share_card.html beside this file.

`SHARE_CARD=write python -m pytest tests/browser/test_share_card.py` draws it anew into static/img.
"""

import os
from io import BytesIO
from pathlib import Path
from typing import Any

import fontpkg_crimson_text
import pytest
from PIL import Image, ImageChops, ImageStat

pytestmark = pytest.mark.browser

PAGE = Path(__file__).with_name("share_card.html")
KEPT = Path(__file__).resolve().parents[2] / "static" / "img" / "chia-se-thong-tin.png"
FONTS = Path(fontpkg_crimson_text.__file__).parent / "files"
MOST_BYTES = 60_000  # old telephones load it over a slow line
# Another Chromium smooths edges another way; one letter drawn as an empty box is more than this.
MOST_DIFFERENCE = 0.5


def test_the_share_card_reads_as_its_page_draws_it(browse: Any, tmp_path: Path) -> None:
    drawn_from = tmp_path / "card.html"
    drawn_from.write_text(PAGE.read_text().replace("FONTS", FONTS.as_uri()))
    page = browse(viewport={"width": 1280, "height": 720})
    page.goto(drawn_from.as_uri())
    faces = "Promise.all([...document.fonts].map(face => face.load())).then(loaded => loaded.map(face => face.status))"
    assert page.evaluate(faces) == ["loaded", "loaded"]
    picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
    if os.environ.get("SHARE_CARD") == "write":
        picture.quantize(64, dither=Image.Dither.NONE).save(KEPT, optimize=True)
    assert KEPT.stat().st_size < MOST_BYTES
    with Image.open(KEPT) as kept:
        assert kept.size == picture.size
        difference = ImageStat.Stat(ImageChops.difference(kept.convert("RGB"), picture).convert("L")).mean[0]
    assert difference < MOST_DIFFERENCE
