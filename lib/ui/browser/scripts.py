"""The scripts that run in the visitor's browser; each lies beside the module that mounts it."""

from pathlib import Path


def source(name: str) -> str:
    """The script `name` with the function of clipboard.js, which every script may call, before it."""
    folder = Path(__file__).parent
    return "\n".join((folder / file).read_text(encoding="utf-8") for file in ("clipboard.js", f"{name}.js"))
