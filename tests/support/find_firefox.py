"""Where Firefox is. As a script: prints it, or says how to get it and exits with 1."""

import os
import shutil
import sys
from typing import Any

MISSING = (
    "No Firefox found. Install one (Debian: apt-get install firefox-esr) or name it: FIREFOX=/path/to/firefox"
)


def find_firefox() -> str | None:
    """The path in FIREFOX, else Debian's, else any on PATH."""
    return os.environ.get("FIREFOX") or shutil.which("firefox-esr") or shutil.which("firefox")


def launch_args() -> dict[str, Any]:
    """How tests start Firefox: by WebDriver BiDi, the protocol that an unpatched Firefox speaks."""
    firefox = find_firefox()
    assert firefox, MISSING
    return {"executable_path": firefox, "channel": "moz-firefox"}


if __name__ == "__main__":
    found = find_firefox()
    print(found or MISSING, file=sys.stdout if found else sys.stderr)
    sys.exit(0 if found else 1)
