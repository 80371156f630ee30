"""The environment of a test or of a process it starts: no AWS around, or a deployment on AWS."""

from __future__ import annotations

import os
from pathlib import Path

NOBODY = "http://127.0.0.1:9"
"""An address at which nothing listens."""
KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLEOFTESTS", "AWS_SECRET_ACCESS_KEY": "a-secret-of-tests"}
REGION = {"AWS_DEFAULT_REGION": "us-east-1"}


def without_aws(home: Path) -> dict[str, str]:
    """The variables of this process, but none of AWS, Sirocco or a proxy; files are looked for in `home`."""
    prefixes = ("AWS_", "SIROCCO_", "BEDROCK_", "STREAMLIT_")
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith(prefixes) and not name.upper().endswith("_PROXY")
    }
    return {
        **kept,
        "HOME": str(home),
        "AWS_CONFIG_FILE": str(home / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(home / "credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def aws_settings(endpoint_url: str, listing_url: str = NOBODY) -> dict[str, str]:
    """A deployment on AWS whose models answer at `endpoint_url` and are listed at `listing_url`."""
    return {
        "SIROCCO_BACKEND": "aws",
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": endpoint_url,
        "AWS_ENDPOINT_URL_BEDROCK": listing_url,
        "SIROCCO_DAILY_USD": "none",  # a page test has no connection, so nobody knows that it is at home
        **KEYS,
        **REGION,
    }
