"""What the share dialog says and makes."""

from __future__ import annotations

import html
import re

from lib.ui.share import dialog
from lib.ui.shared import handoff
from tests.support.makers import answered, recipe
from tests.support.random_makers import HOSTILE


def test_the_frame_holds_the_link_and_nothing_can_leave_its_quotes() -> None:
    for text in HOSTILE:
        found = re.fullmatch(
            r'<iframe src="([^"<>]*)" title=.*></iframe>', dialog.frame(f"http://x/?r={text}"), re.S
        )
        assert found
        assert html.unescape(found[1]) == f"http://x/?r={text}&embed=true"


def test_only_what_is_there_is_asked_about() -> None:
    answer = answered(recipe(), "Words.")
    assert list(dialog.contents("answer", [answer])) == ["answers", "times"]
    assert "6 characters" in dialog.contents("answer", [answer])["answers"]


def test_pages_to_carry_on_to_are_there() -> None:
    assert handoff.CHAT.exists()
