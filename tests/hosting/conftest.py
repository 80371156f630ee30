"""The Doctor's command in a test that finds no AWS account."""

from __future__ import annotations

import io
import logging
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

import pytest

from lib.hosting.doctor import main
from tests.support.doctor_command import ROOT, Doctor, Run, checked
from tests.support.environment import without_aws


@pytest.fixture
def doctor(tmp_path: Path) -> Doctor:
    """`doctor("--json", AWS_DEFAULT_REGION=…)` runs the command's main function to its end."""

    def run(*options: str, **env: str) -> Run:
        out, err = io.StringIO(), io.StringIO()
        around = patch.dict(os.environ, {**without_aws(tmp_path), **env}, clear=True)
        with around, redirect_stdout(out), redirect_stderr(err):
            try:
                code = main(options)
            except SystemExit as end:  # argparse's
                code = int(end.code or 0)
            finally:
                logging.disable(logging.NOTSET)
        return checked(Run(code, out.getvalue(), err.getvalue()))

    return run


@pytest.fixture
def doctor_process(tmp_path: Path) -> Doctor:
    """The same as a script runs it: a process of its own."""

    def run(*options: str, **env: str) -> Run:
        command = [sys.executable, "-m", "lib.hosting.doctor", *options]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**without_aws(tmp_path), **env},
            capture_output=True,
            text=True,
            timeout=60,
        )
        return checked(Run(done.returncode, done.stdout, done.stderr))

    return run
