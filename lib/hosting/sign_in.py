"""Sign-in through an OpenID Connect provider: off, optional or required, with a list of who is admitted.

Streamlit's own `st.login` does the sign-in; its settings are the section [auth] of `.streamlit/secrets.toml`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

Mode = Literal["off", "optional", "required"]


@dataclass(frozen=True)
class SignIn:
    """`allowed`: mail addresses in lower case, and domains that begin with “@”; empty to admit everybody.
    `note`: a sentence about a setting that was not understood; sign-in is then required."""

    mode: Mode = "off"
    allowed: tuple[str, ...] = ()
    note: str = ""

    def admits(self, user: Mapping[str, Any]) -> bool:
        """Whether the list admits this user. `user`: the claims of the provider.

        A mail address that the provider marks as not verified does not count, because anybody can claim it.
        """
        if not self.allowed:
            return True
        address = str(user.get("email") or "").strip().lower()
        name, _, domain = address.rpartition("@")
        if not name or not domain or user.get("email_verified") in (False, "false"):
            return False
        return address in self.allowed or f"@{domain}" in self.allowed


def sign_in(environment: Mapping[str, str] | None = None) -> SignIn:
    """The host's settings. Never raises: a mode that is not understood counts as required."""
    said = os.environ if environment is None else environment
    text = said.get("SIROCCO_SIGN_IN", "").strip().lower() or "off"
    listed = said.get("SIROCCO_SIGN_IN_ALLOWED", "").replace(",", " ").lower().split()
    allowed = tuple(entry if "@" in entry else f"@{entry}" for entry in listed)
    if text in get_args(Mode):
        return SignIn(cast(Mode, text), allowed)
    note = f"SIROCCO_SIGN_IN is “{text[:40]}”; it takes off, optional or required. It counts as required."
    return SignIn("required", allowed, note)


def subject(user: Mapping[str, Any]) -> str | None:
    """Who this is, for counting: issuer and subject, which a provider never gives to anybody else."""
    claims = user.get("iss"), user.get("sub")
    return " ".join(map(str, claims)) if all(claims) else None
