"""The script of the page "Next word" in Node."""

from __future__ import annotations

import base64
import json
import subprocess
from typing import Any

from lib.ui.answer.live_odds import source
from lib.ui.next_word import next_word_page
from tests.support.javascript import NODE


def evaluate(expression: str, **given: Any) -> Any:
    """The value of a JavaScript expression that may use what the script exports, and `given`."""
    encoded = base64.b64encode(source(next_word_page.SCRIPT).encode()).decode()
    program = (
        f"import * as script from 'data:text/javascript;base64,{encoded}';"
        f"const {{ weigh, roll, percent, shownText, readHash, writeHash }} = script;"
        f"const given = {json.dumps(given)};"
        f"console.log(JSON.stringify({expression}));"
    )
    command = [NODE, "--no-warnings", "--input-type=module", "-"]
    done = subprocess.run(command, input=program, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
