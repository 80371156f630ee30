"""How soon the script of every page looks at what has been drawn, and double clicks."""

from __future__ import annotations

from tests.support.browser_tab import Browser
from tests.support.page_script import BOX, ScriptedPage

DRAFT = {"sirocco/1/draft/chat": "kept"}


def draw_box(page: ScriptedPage, ms: float) -> str:
    """What is in a chat input so many milliseconds after it was drawn."""
    page.add("div", **{"data-testid": "stChatInput"})
    page.add("textarea", inside='[data-testid="stChatInput"]', **{"data-testid": "stChatInputTextArea"})
    return page.settle(ms).box


def test_the_script_looks_at_once_if_a_look_takes_no_time(node_browser: Browser) -> None:
    assert draw_box(ScriptedPage(node_browser, DRAFT).run(), 31) == "kept"


def test_the_script_looks_later_but_not_much_later_if_a_look_takes_long(node_browser: Browser) -> None:
    page = ScriptedPage(node_browser, DRAFT).run()
    page.ask("slow", ms=3)
    page.run(asked=1)
    assert draw_box(page, 100) == ""
    page.settle(101)
    assert page.value(BOX) == "kept"


def test_a_double_click_on_a_button_is_one_click_but_two_between_variants(node_browser: Browser) -> None:
    page = ScriptedPage(node_browser).run()
    for name in ("compare-run", "temperature-live", "later-1"):
        page.add("div", **{"class": f"st-key-{name}"})
        page.add("div", inside=f".st-key-{name}", **{"data-testid": "stButton", "class": f"of-{name}"})
        page.add("button", inside=f".of-{name}", **{"class": name})
    for name in ("compare-run", "temperature-live"):
        assert [page.click(f".{name}", number) for number in (1, 2, 1)] == [False, True, False]
    assert not page.click(".later-1", 2)
