"""Open the app's page, use it and read what it shows."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.ui.app import shell
from lib.ui.app.startup import backend, odds_client
from tests.support.environment import aws_settings

_set_up: dict[str, str] = {}


def on_aws(url: str, **settings: str) -> AppTest:
    return run(opened(aws_settings(url) | settings))


def on_local(url: str, **settings: str) -> AppTest:
    return run(opened({"SIROCCO_BACKEND": "local", "SIROCCO_LOCAL_URL": url} | settings))


def opened(settings: dict[str, str]) -> AppTest:
    """The app with these settings; only another set-up makes a new backend, which takes a while."""
    if settings != _set_up:
        backend.clear()
        odds_client.clear()
    _set_up.clear()
    _set_up.update(settings)
    os.environ.update(settings)
    return AppTest.from_file(shell.__file__, default_timeout=15)


def run(at: AppTest) -> AppTest:
    at.run()
    assert not at.exception
    return at


def ask(at: AppTest, prompt: str) -> AppTest:
    at.chat_input[0].set_value(prompt)
    return run(at)


def answers(at: AppTest) -> list[str]:
    """The text of each answer on the page, without what is said about it."""
    said = [message for message in at.chat_message if message.name == "assistant"]
    return [message.markdown[0].value if message.markdown else "" for message in said]


def lines(at: AppTest) -> list[str]:
    """The line under each answer, which opens to its recipe."""
    said = [message for message in at.chat_message if message.name == "assistant"]
    return [message.expander[0].label for message in said]


def message(at: AppTest, turn: int) -> Any:
    """The answer of a turn, with all that is below it; turns count from 0."""
    return [said for said in at.chat_message if said.name == "assistant"][turn]


def more(at: AppTest, turn: int, choice: str) -> AppTest:
    """Pick from the menu below an answer."""
    menu = message(at, turn).get("menu_button")[0]
    menu.click(next(option for option in menu.options if option.endswith(choice)))
    return run(at)


def button(at: AppTest, label: str) -> Any:
    return next(button for button in at.button if button.label == label)


def put_back(at: AppTest) -> str:
    """The text that the browser was told last to put back into the chat input; "" if none."""
    puts = at.session_state["session"].box.puts
    return str(puts[-1][1]) if puts else ""


def everything(at: AppTest) -> str:
    shown = [*at.title, *at.markdown, *at.caption, *at.text, *at.warning, *at.error]
    return "\n".join([*(str(element.value) for element in shown), *(made.label for made in at.expander)])


def bodies(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """The JSON that boto3 was given to send to models, call by call."""
    made = [record.args for record in caplog.records if record.msg.startswith("Making request")]
    calls = [args for args in made if isinstance(args, tuple) and "Invoke" in str(args[0])]
    return [json.loads(args[1]["body"]) for args in calls]
