"""The part of the address behind `#`, which holds what was shared and which browsers send to no server.

The script in the page (shared_link.js) sends it over the websocket.
"""

from collections.abc import Callable
from typing import Any

from lib.records.opened_link import Opened
from lib.records.storage_state import SharedLinkState
from lib.ui.app.widget_keys import SHARED_LINK as KEY
from lib.ui.browser import components

_component = components.component("shared_link")


def mount(state: SharedLinkState, opened: Opened | None, heard: dict[str, Callable[[Any], None]]) -> None:
    """Draw the invisible component, once in each run of the Shared page.

    `opened`: what the page shows. `heard`: what to do with each message of the browser, which may be
    anything, because visitors can change it: "link" with the link in the address, "kept" with the file or
    recording that the browser has kept from before a reload, "forgotten".
    """
    data = {
        "session": state.session,
        "closed": state.closed,
        "open": opened is not None,
        "shown": opened.source if opened and opened.is_link and opened.shared else "",
        "keep": state.to_keep(opened),
    }
    _component(
        key=KEY,
        data=data,
        height="content",
        **components.listeners(KEY, lambda name, told: heard[name](told), heard),
    )
