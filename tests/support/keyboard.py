"""The keyboard of a visitor who has no pointer."""

from __future__ import annotations

from playwright.sync_api import Page

_LOOKS = """element => { const s = getComputedStyle(element);
  return [s.outline, s.boxShadow, s.color, s.backgroundColor, s.borderColor, s.textDecoration].join() }"""


_NAMES = """e => e.matches('button, input, a, summary')
  ? (e.getAttribute('aria-label') || e.innerText).split('\\n') : []"""


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the focus is on what is called so; it must look different there.

    Raises AssertionError if Tab does not reach it.
    """
    for _ in range(80):
        page.keyboard.press("Tab")
        focused = page.evaluate_handle("document.activeElement").as_element()
        assert focused
        if name in focused.evaluate(_NAMES):
            looks = focused.evaluate(_LOOKS)
            focused.evaluate("e => e.blur()")
            assert focused.evaluate(_LOOKS) != looks, f"{name} does not show its focus"
            focused.focus()
            return
    raise AssertionError(f"Tab never reached {name}")
