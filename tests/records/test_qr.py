"""A QR code holds the link, to the letter."""

from __future__ import annotations

import io
import random

import pytest
import zxingcpp
from PIL import Image

from lib.records import qr
from lib.records.links import to_link
from lib.records.shared import TooLong, share
from tests.support import random_makers
from tests.support.makers import DAY

ADDRESS = "https://sirocco.example/shared?s="


def read(png: bytes) -> str:
    [found] = zxingcpp.read_barcodes(Image.open(io.BytesIO(png)).convert("L"))
    return str(found.text)


@pytest.mark.parametrize("tokens", [0, 5, 100, 200])
def test_a_code_is_read_back_as_the_link(tokens: int) -> None:
    rng = random.Random(tokens)
    url = ADDRESS + to_link(
        share("answer", [random_makers.answer(rng, random_makers.recipe(rng), tokens)], on=DAY)
    )
    assert read(qr.png(url)) == url


def test_the_largest_code_is_read_back() -> None:
    url = ADDRESS + "aB3_-" * ((qr.LIMIT - len(ADDRESS)) // 5)
    assert read(qr.png(url)) == url


def test_a_link_too_long_for_a_code_says_by_how_much() -> None:
    with pytest.raises(TooLong, match=r"A QR code takes 2,953 characters, and this link has 3,033\."):
        qr.png(ADDRESS + "x" * 3_000)
