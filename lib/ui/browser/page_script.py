"""The script of every page: it keeps what is typed, shows the way to the newest text, and tells of outages.

All that it is sent is a state and not an event, so it does not matter if Streamlit delivers the message of a
later run first (page_script.js).
"""

from lib.mistral.size import LONGEST_PROMPT, LONGEST_SYSTEM
from lib.ui.app import session
from lib.ui.app.widget_keys import PAGE_SCRIPT as KEY
from lib.ui.browser import components

_component = components.component("page_script")


def mount() -> None:
    """Draw the invisible component, once in each run, before an answer is followed."""
    held = session.current()
    box = held.box
    data = {
        "session": box.session,
        "taken": box.taken,
        "puts": box.puts,
        "waiting": held.waiting,
        "asked": held.asked,
        "most": {"prompt": LONGEST_PROMPT, "system": LONGEST_SYSTEM},
    }
    _component(key=KEY, data=data, height="content")
