"""One click, one call: an act belongs to the state of the page that its widget was drawn for.

A double click, a shortcut pressed while a box is being sent, a rerun of a fragment that reports a value
again: in each case Streamlit calls a callback for a page that has changed since. `once` makes such a call do
nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec

from lib.ui.app import recent, session

P = ParamSpec("P")


def once(act: Callable[P, object], instead: Callable[[], object] | None = None) -> Callable[P, None]:
    """A callback for a widget that is drawn now. It calls `act`, unless another act has happened since.

    `instead` is called if one has: to keep what was typed.
    """
    drawn_for = session.current().acts

    def callback(*args: P.args, **kwargs: P.kwargs) -> None:
        held = session.current()
        if held.acts != drawn_for:
            if instead:
                instead()
            return
        held.acts += 1
        try:
            act(*args, **kwargs)
        finally:
            recent.keep()

    return callback
