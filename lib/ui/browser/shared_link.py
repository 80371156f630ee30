"""The part of the address behind `#`, which holds what was shared and which browsers send to no server.

The script in the page (shared_link.js) tells it over the websocket.
"""

from collections.abc import Callable
from typing import Any

from lib.records.storage_state import SharedLinkState
from lib.ui.app.widget_keys import SHARED_LINK as KEY
from lib.ui.browser import components

_component = components.component("shared_link")


def mount(state: SharedLinkState, shown: str, heard: dict[str, Callable[[Any], None]]) -> None:
    """Draw the invisible component, once in each run of the Shared page.

    `shown`: the link that the page shows, or "". `heard`: what to do with each message of the browser, which
    may be anything, because visitors can change it: "link" with the link in the address, "forgotten".
    """
    data = {"session": state.session, "closed": state.closed, "shown": shown}
    _component(
        key=KEY,
        data=data,
        height="content",
        **components.listeners(KEY, lambda name, told: heard[name](told), heard),
    )
