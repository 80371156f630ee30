"""The host's settings for models and budget, read and checked; docs/host.md has a table of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from lib.hosting.ledgers.ledger import Limits
from lib.mistral.catalog import Price, UnknownModel, find
from lib.mistral.cost import USD

LEDGER = "sqlite:.sirocco/ledger.db"
MAX_TOKENS = 512
"""The limit of tokens if a budget is set and SIROCCO_MAX_TOKENS is not. A stopped answer counts in full: with
4,096 tokens, a hundred stopped answers of the dearest model would use up five dollars."""
SHARE = Decimal("0.25")
"""The share of the daily budget that one visitor can use."""
PLACES_SHARE = 4
"""One visitor can have one in so many of the places, and at least one."""
_MOST_USD = 1_000_000
_LEDGERS = re.compile(r"sqlite:.+|(redis|rediss|unix)://.+")
_Value = TypeVar("_Value")


class SettingError(ValueError):
    """The value of a setting cannot be used; the text says what the setting takes."""


@dataclass(frozen=True)
class HostSettings:
    """`daily`: micro-dollars a day. `no_cap`: the host wants no budget. `per_minute`: calls of one visitor.
    `at_once`: calls that run at the same time. `prices`: by model id. `share`: the part of the day's budget
    that one visitor can use. `local_model`: the local model is offered beside those of AWS.

    `wrong`: a sentence for each setting that cannot be used; while there is one, no model may be called.
    """

    daily: int | None = None
    no_cap: bool = False
    per_minute: int | None = None
    at_once: int | None = None
    models: tuple[str, ...] = ()
    max_tokens: int | None = None
    prices: Mapping[str, Price] = field(default_factory=dict)
    ledger: str = LEDGER
    share: Decimal = SHARE
    local_model: bool = False
    wrong: tuple[str, ...] = ()

    @property
    def limits(self) -> Limits:
        """The limits for the calls of models that cost something."""
        return Limits(
            cap=self.daily,
            visitor_cap=None if self.daily is None else int(self.daily * self.share),
            per_minute=self.per_minute,
            places=self.at_once,
            visitor_places=None if self.at_once is None else max(1, self.at_once // PLACES_SHARE),
        )


def read(environment: Mapping[str, str]) -> HostSettings:
    """The settings in these environment variables. A blank one counts as not set."""
    wrong: list[str] = []

    def setting(name: str, parse: Callable[[str], _Value], default: _Value) -> _Value:
        text = environment.get(name, "").strip()
        if not text:
            return default
        try:
            return parse(text)
        except SettingError as error:
            shown = text if len(text) <= 60 else f"{text[:59]}…"
            # An address may have a password in it.
            wrong.append(f"{name} {'' if '://' in text else f'is “{shown}”; it '}{error}")
            return default

    no_word: tuple[int | None, bool] = (None, False)
    daily, no_cap = setting("SIROCCO_DAILY_USD", _daily, no_word)
    return HostSettings(
        daily=daily,
        no_cap=no_cap,
        per_minute=setting("SIROCCO_VISITOR_PER_MINUTE", _count, None),
        at_once=setting("SIROCCO_AT_ONCE", _count, None),
        models=setting("SIROCCO_MODELS", _models, ()),
        max_tokens=setting("SIROCCO_MAX_TOKENS", _count, None),
        prices=setting("SIROCCO_PRICES", _prices, {}),
        ledger=setting("SIROCCO_LEDGER", _ledger, LEDGER),
        share=setting("SIROCCO_VISITOR_SHARE", _share, SHARE),
        local_model=setting("SIROCCO_LOCAL_MODEL", _switch, False),
        wrong=tuple(wrong),
    )


def _daily(text: str) -> tuple[int | None, bool]:
    if text.lower() == "none":
        return None, True
    amount = _number(text, "takes a number of US dollars a day, such as 5, or none.")
    if not 0 <= amount <= _MOST_USD:
        raise SettingError(f"takes 0 to {_MOST_USD:,} US dollars, or none.")
    return int(amount * USD), False


def _count(text: str) -> int | None:
    if not re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) or int(text) < 1:
        raise SettingError("takes a whole number from 1 on.")
    return int(text)


def _switch(text: str) -> bool:
    if text not in ("0", "1"):
        raise SettingError("takes 1 or 0.")
    return text == "1"


def _share(text: str) -> Decimal:
    share = _number(text, "takes a number above 0, up to 1.")
    if not 0 < share <= 1:
        raise SettingError("takes a number above 0, up to 1.")
    return share


def _number(text: str, takes: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise SettingError(takes) from None
    if not number.is_finite():
        raise SettingError(takes)
    return number


def _models(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_model(name) for name in _list(text)))


def _prices(text: str) -> dict[str, Price]:
    """By the ids of models. Written as ID=IN/OUT or ID=IN/OUT/CACHED."""
    prices = {}
    for entry in _list(text):
        name, _, amounts = entry.rpartition("=")
        numbers = [_number(part, _PRICES) for part in amounts.split("/")]
        if not name or len(numbers) not in (2, 3) or any(number < 0 for number in numbers):
            raise SettingError(_PRICES)
        price, output, *cached = map(float, numbers)
        read = cached[0] if cached else None
        prices[find(_model(name)).id] = Price(price, output, date.today(), "SIROCCO_PRICES", read)
    return prices


_PRICES = "takes MODEL-ID=IN/OUT in US dollars per million tokens, several with commas between them."


def _model(name: str) -> str:
    try:
        if not find(name).local:
            return name
    except UnknownModel:
        pass
    raise SettingError(f"takes ids of Mistral models on Amazon Bedrock; “{name[:80]}” is none.")


def _ledger(text: str) -> str:
    if not _LEDGERS.fullmatch(text):
        raise SettingError("takes sqlite:PATH or a redis:// address.")
    return text


def _list(text: str) -> Iterator[str]:
    return (part.strip() for part in text.split(",") if part.strip())
