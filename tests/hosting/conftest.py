"""Fixtures that run the Doctor's command in an environment without AWS settings."""

from __future__ import annotations

import io
import logging
import os
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from pathlib import Path
from unittest.mock import patch

import pytest

from lib.hosting.doctor import main
from tests.support.doctor_command import Doctor, Run, checked, run_doctor
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
    """The same in a process of its own, as a script runs it."""

    return partial(run_doctor, tmp_path)
