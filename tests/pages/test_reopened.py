"""What the page Shared lets the browser keep of a file or recording, and what it makes of what comes back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.records.links import to_file
from lib.records.markdown_file import to_markdown
from lib.records.shared import share
from lib.ui.app.session import Session
from lib.ui.app.startup import ROOT
from lib.ui.share.gallery import gallery
from lib.ui.shared import open_link
from tests.support.app_page import opened, run
from tests.support.environment import NOBODY
from tests.support.makers import DAY, answered, recipe

pytestmark = pytest.mark.usefixtures("pages_open_fast")
WORDS = "Words of a file."
NAME = "a.recipe.json"
TOO_LARGE = "too large for this browser to keep"


def visit() -> AppTest:
    """The page, once the browser has told that the address has no link."""
    opened({"SIROCCO_BACKEND": "local", "SIROCCO_LOCAL_URL": NOBODY})
    at = AppTest.from_file(str(ROOT / "pages" / "shared.py"), default_timeout=15)
    run(at).session_state["session"].shared_link_state.heard = True
    return run(at)


def held(at: AppTest) -> Session:
    session: Session = at.session_state["session"]
    return session


def to_keep(at: AppTest) -> dict[str, Any] | None:
    """What the last run has sent to the browser."""
    (proto,) = [each.proto for each in at.get("bidi_component") if "shared_link" in each.proto.component_name]
    keep: dict[str, Any] | None = json.loads(proto.json)["keep"]
    return keep


def drop(at: AppTest, data: bytes, name: str = NAME) -> AppTest:
    at.file_uploader(key="shared-file").set_value((name, data, "application/json"))
    return run(at)


def file(text: str = WORDS) -> bytes:
    return to_file(share("answer", [answered(recipe(), text)], on=DAY))


def texts(at: AppTest) -> str:
    found: list[Any] = [*at.markdown, *at.caption, *at.text]
    return "\n".join(element.value for element in found)


def tell(at: AppTest, what: object, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The browser tells what it has kept."""
    with monkeypatch.context() as patched:
        patched.setattr(open_link.session, "current", lambda: held(at))
        open_link._on_kept(what)
    return at


def reloaded(what: object, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """A new session, to which the browser has told what it has kept."""
    return run(tell(visit(), what, monkeypatch))


def test_a_file_is_sent_to_be_kept_with_a_few_runs_only() -> None:
    at = visit()
    assert to_keep(at) is None
    drop(at, data := file())
    assert to_keep(at) == {"number": 1, "what": {"name": NAME, "text": data.decode()}}
    for _ in range(3):
        run(at)
    assert to_keep(at) is None
    assert TOO_LARGE not in texts(at)


def test_a_file_that_is_too_large_is_not_kept_and_says_so() -> None:
    shared = share("answer", [answered(recipe(), WORDS)], on=DAY)
    at = drop(visit(), b"x" * 2_000_000 + to_markdown(shared).encode(), "a.md")
    assert WORDS in texts(at)
    assert to_keep(at) == {"number": 1, "what": None}
    assert TOO_LARGE in texts(at)


def test_a_file_that_cannot_be_opened_is_not_kept() -> None:
    at = drop(visit(), b"{")
    assert to_keep(at) == {"number": 1, "what": None}
    assert TOO_LARGE not in texts(at)


def test_what_was_kept_opens_and_is_not_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    at = reloaded({"name": NAME, "text": file().decode()}, monkeypatch)
    assert WORDS in texts(at)
    assert to_keep(at) is None
    assert to_keep(drop(at, file("Others."))) == {
        "number": 1,
        "what": {"name": NAME, "text": file("Others.").decode()},
    }


def test_a_recording_that_was_kept_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    recording = gallery()[0]
    found = held(tell(visit(), {"recording": recording.name}, monkeypatch)).opened
    assert found
    assert found.of_gallery
    assert found.shared == recording.shared


@pytest.mark.parametrize(
    "what",
    [None, 7, [], {}, {"recording": "nobody"}, {"recording": []}, {"name": NAME}, {"name": NAME, "text": 7}],
)
def test_what_a_browser_should_not_tell_opens_nothing(what: object, monkeypatch: pytest.MonkeyPatch) -> None:
    at = reloaded(what, monkeypatch)
    assert held(at).opened is None
    assert at.title[0].value == "Open a shared answer"


@pytest.mark.parametrize("text", ["", "{", "\ud800", "x" * 3_000_000])
def test_a_file_that_was_changed_in_the_browser_gives_one_sentence(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "This file" in texts(reloaded({"name": NAME, "text": text}, monkeypatch))


def test_what_is_open_already_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    others = {"name": NAME, "text": file("Others.").decode()}
    at = tell(drop(visit(), file()), others, monkeypatch)
    assert WORDS in texts(run(at))
