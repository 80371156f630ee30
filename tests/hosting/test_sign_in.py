"""The settings of the sign-in, and whom they admit."""

from __future__ import annotations

from typing import Any

import pytest

from lib.hosting.sign_in import SignIn, sign_in, subject


def rules(allowed: str) -> SignIn:
    return sign_in({"SIROCCO_SIGN_IN": "required", "SIROCCO_SIGN_IN_ALLOWED": allowed})


def test_without_settings_nobody_has_to_sign_in() -> None:
    assert sign_in({}) == SignIn()


@pytest.mark.parametrize("mode", ["off", "optional", "required", " Required "])
def test_the_three_modes_are_read(mode: str) -> None:
    assert sign_in({"SIROCCO_SIGN_IN": mode}) == SignIn(mode.strip().lower())  # type: ignore[arg-type]


def test_a_mode_that_is_not_understood_requires_sign_in() -> None:
    read = sign_in({"SIROCCO_SIGN_IN": "yes"})
    assert read.mode == "required"
    assert "SIROCCO_SIGN_IN is “yes”" in read.note


@pytest.mark.parametrize(
    ("allowed", "user", "admitted"),
    [
        ("", {}, True),
        ("ada@example.com", {"email": "Ada@Example.com"}, True),
        ("ada@example.com", {"email": "bob@example.com"}, False),
        ("example.com", {"email": "bob@example.com"}, True),
        ("@example.com, other.org", {"email": "bob@other.org"}, True),
        ("example.com", {"email": "bob@evil-example.com"}, False),
        ("example.com", {"email": "bob@sub.example.com"}, False),
        ("example.com", {"email": "example.com"}, False),
        ("example.com", {"email": "@example.com"}, False),
        ("example.com", {"email": "bob@example.com", "email_verified": True}, True),
        ("example.com", {"email": "bob@example.com", "email_verified": False}, False),
        ("example.com", {}, False),
        ("example.com", {"email": None}, False),
    ],
)
def test_the_list_admits_addresses_and_domains(allowed: str, user: dict[str, Any], admitted: bool) -> None:
    assert rules(allowed).admits(user) == admitted


def test_a_subject_counts_only_with_its_issuer() -> None:
    assert subject({"iss": "https://a.example", "sub": "7"}) == "https://a.example 7"
    assert subject({"sub": "7"}) is None
    assert subject({}) is None
