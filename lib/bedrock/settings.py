"""Loads a host's settings from the environment, the file `.env` and Streamlit's secrets."""

import codecs
import io
import os
from collections.abc import Mapping
from pathlib import Path

from dotenv import load_dotenv

_notes: list[str] = []
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", ""),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_PROXIES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
_BUNDLES = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE")


def load_settings(root: Path, secrets: Mapping[str, object]) -> None:
    """Fill `os.environ` from `.env` in `root`, then from `secrets`. Variables that are already set are kept.
    `notes` says what could not be read.

    White space around `AWS_*` variables is removed, and so are blank variables, because boto3 would use them
    as they are. If `AWS_DEFAULT_REGION` is not set, it gets the value of `AWS_REGION`, which botocore 1.44.8
    ignores.
    """
    _notes.clear()
    text = _env_file(root / ".env")
    try:
        load_dotenv(stream=io.StringIO(text))
    except (OSError, ValueError):
        _notes.append("A line of the file .env cannot be used: a name or value contains a null character.")
    for name, value in secrets.items():
        if isinstance(value, (str, int, float)):
            os.environ.setdefault(name, str(value))
    for name, value in list(os.environ.items()):
        if not name.startswith("AWS_") or value == value.strip():
            continue
        os.environ[name] = value.strip()
    for name in [name for name, value in os.environ.items() if name.startswith("AWS_") and not value]:
        del os.environ[name]
    if "AWS_REGION" in os.environ:
        os.environ.setdefault("AWS_DEFAULT_REGION", os.environ["AWS_REGION"])


def notes() -> tuple[str, ...]:
    """Sentences about settings that should be corrected, found by the last `load_settings`."""
    broken = broken_lines()
    lines = (f"{name} contains a line break: set it again, on one line." for name in broken)
    return (*_notes, *lines)


def broken_lines() -> list[str]:
    """The AWS variables with a line break inside, which no request can carry."""
    return [
        name for name, value in os.environ.items() if name.startswith("AWS_") and len(value.splitlines()) > 1
    ]


def unreadable_proxy() -> str | None:
    """The variable whose address of a proxy cannot be read, if there is one."""
    from urllib3.exceptions import LocationParseError
    from urllib3.util import parse_url

    for name in _PROXIES:
        address = os.environ.get(name, "").strip()
        try:
            parts = parse_url(address) if address else None
        except LocationParseError:
            return name
        # A "#" or "/" in a password ends the host for the parser: the host is missing, or an "@" follows it.
        if parts and (not parts.host or "@" in f"{parts.path}{parts.fragment}"):
            return name
    return None


def missing_bundle() -> str | None:
    """The variable that names a file of certificates which is not there, if there is one."""
    for name in _BUNDLES:
        path = os.environ.get(name, "").strip()
        if path and not Path(path).exists():
            return name
    return None


def _env_file(path: Path) -> str:
    """The text of the file; an empty text, and a note, if it cannot be read."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return ""
    except OSError:
        if path.parent.exists():
            _notes.append(f"The file {path.name} cannot be opened, so its settings are not used.")
        return ""
    for mark, encoding, name in _MARKS:
        if data.startswith(mark):
            if name:
                _notes.append(f"The file {path.name} is in {name}. It was read; save it as UTF-8.")
            return data.decode(encoding, errors="replace")
    if b"\0" in data:
        _notes.append(f"The file {path.name} is not a text in UTF-8, so its settings are not used.")
        return ""
    try:
        return data.decode()
    except UnicodeDecodeError:
        _notes.append(f"The file {path.name} is not in UTF-8. It was read; save it as UTF-8.")
        return data.decode("latin-1")
