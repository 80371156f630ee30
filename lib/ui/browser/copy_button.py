"""A button that copies a text in the browser, without asking the server."""

from lib.ui.browser import components

_component = components.component("copy_button", isolate_styles=True)


def button(label: str, text: str, key: str) -> None:
    """Draw it into the current container."""
    data = {"label": label, "text": text, "done": "Copied", "failed": "Not copied"}
    _component(key=key, data=data, width="content", height="content")
