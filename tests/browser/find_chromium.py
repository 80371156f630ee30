"""Where Chromium is. As a script: prints it, or says how to get it and exits with 1."""

import os
import shutil
import sys

# Debian builds both from one source; the shell has no windows to paint and starts pages sooner.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = (
    "No Chromium found. Install one (Debian: apt-get install chromium) or name it: CHROMIUM=/path/to/chrome"
)


def find_chromium() -> str | None:
    """The path in CHROMIUM, else the first of the usual names on PATH."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


if __name__ == "__main__":
    found = find_chromium()
    print(found or MISSING, file=sys.stdout if found else sys.stderr)
    sys.exit(0 if found else 1)
