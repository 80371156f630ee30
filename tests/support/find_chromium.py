"""Where Chromium is. As a script: prints it, or says how to get it and exits with 1."""

import os
import shutil
import sys
from typing import Any

# Debian builds both from one source; the shell has no windows to paint and starts pages sooner.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = (
    "No Chromium found. Install one (Debian: apt-get install chromium) or name it: CHROMIUM=/path/to/chrome"
)


def find_chromium() -> str | None:
    """The path in CHROMIUM, else the first of the usual names on PATH."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def launch_args() -> dict[str, Any]:
    """How tests start Chromium."""
    chromium = find_chromium()
    assert chromium, MISSING
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
    return {
        "executable_path": chromium,
        "args": [*quiet, "--disable-background-networking", "--disable-component-update"],
    }


if __name__ == "__main__":
    found = find_chromium()
    print(found or MISSING, file=sys.stdout if found else sys.stderr)
    sys.exit(0 if found else 1)
