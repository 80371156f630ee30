"""The gate with a host's settings: what it lets through, and the sentences of its refusals."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from lib.bedrock.backend import Backend, Kind
from lib.bedrock.gate import HOST, Gate, Left, Refused, Visitor
from lib.hosting import start
from lib.hosting.budget import check
from lib.hosting.gate import HostGate
from lib.hosting.ledgers.ledger import DAY_S, Asked, Denied, Ended, Ledger, LedgerError, Limits, Taken, Today
from lib.hosting.ledgers.sqlite_ledger import SqliteLedger
from lib.hosting.settings import read
from lib.mistral.catalog import LOCAL_MODEL_ID, find, set_prices
from lib.mistral.cost import worst_cost
from lib.mistral.dialects import Usage
from lib.mistral.recipe import Message, Recipe

LARGE = "mistral.mistral-large-2402-v1:0"  # 4 micro-dollars a token in, 12 out
MINISTRAL = "mistral.ministral-3-8b-instruct"
NEW = "mistral.sirocco-9-v1:0"
ANN, BOB = Visitor("ann"), Visitor("bob")
AT_HOME = Visitor("home", at_home=True)
NOON = 20_000 * DAY_S + DAY_S / 2


def asked(prompt: str = "Hello", model_id: str = LARGE, **more: Any) -> Recipe:
    return Recipe(model_id=model_id, messages=(Message("user", prompt),), **{"max_tokens": 100, **more})


WORST = worst_cost(asked()) or 0
USD = f"{8 * WORST / 1e6}"  # with the default share one visitor can make two calls of `asked()`


def gate_with(kind: Kind = "aws", ledger: Ledger | None = None, **settings: str) -> HostGate:
    """SIROCCO_ is put before the names of the settings."""
    found = read({f"SIROCCO_{name}": value for name, value in settings.items()})
    return HostGate(found, ledger or SqliteLedger(":memory:", lambda: NOON), kind)


def refused(gate: Gate, *recipes: Recipe, by: Visitor = ANN) -> Refused:
    with pytest.raises(Refused) as caught:
        gate.reserve(recipes or [asked()], by)
    return caught.value


def refused_odds(gate: Gate, by: Visitor) -> str:
    with pytest.raises(Refused) as caught:
        gate.reserve_odds(by)
    return caught.value.problem.kind


def words(error: Refused) -> str:
    return f"{error.problem.title}. {error.problem.cause} {error.problem.fix}"


@pytest.fixture(autouse=True)
def catalogue_prices() -> Iterator[None]:
    yield
    set_prices({})


class TestWithoutABudget:
    def test_only_a_visitor_at_home_may_call_aws(self) -> None:
        gate = gate_with()
        error = refused(gate)
        assert error.problem.kind == "no-budget"
        assert "SIROCCO_DAILY_USD" in error.problem.fix
        assert gate.closed(ANN) == error.problem
        assert gate.closed(AT_HOME) is None
        assert gate.reserve([asked()], AT_HOME).permits
        assert gate.left(AT_HOME) is None

    def test_the_setting_none_lets_everybody_call(self) -> None:
        assert gate_with(DAILY_USD="none").reserve([asked()], ANN).permits

    def test_the_local_model_answers_everybody(self) -> None:
        gate = gate_with("local")
        assert gate.reserve([asked(model_id=LOCAL_MODEL_ID)], ANN).permits

    def test_max_tokens_stays_as_it_is_asked(self) -> None:
        assert gate_with().fitted(asked(max_tokens=4000)).max_tokens == 4000
        assert gate_with().fitted(asked(max_tokens=None)).max_tokens is None


class TestTheOrder:
    def test_the_size_comes_first(self) -> None:
        gate = gate_with(MODELS=MINISTRAL, DAILY_USD="wrong")
        assert refused(gate, asked(system="x" * 2001)).problem.kind == "too-long"
        assert refused(gate).problem.kind == "model-not-allowed"
        assert refused(gate, asked(model_id=MINISTRAL)).problem.kind == "host-settings"

    def test_a_model_is_allowed_under_each_of_its_names(self) -> None:
        gate = gate_with(MODELS="us.mistral.pixtral-large-2502-v1:0", DAILY_USD="none")
        assert gate.reserve([asked(model_id="mistral.pixtral-large-2502-v1:0")], ANN).permits

    def test_a_wrong_setting_is_named_to_everybody_who_asks(self) -> None:
        gate = gate_with(AT_ONCE="many")
        assert "SIROCCO_AT_ONCE is “many”; it takes a whole number from 1 on." in words(
            refused(gate, by=HOST)
        )


class TestMaxTokens:
    def test_with_a_budget_512_are_sent_unless_fewer_are_asked_for(self) -> None:
        gate = gate_with(DAILY_USD="5")
        sent = [gate.fitted(asked(max_tokens=most)).max_tokens for most in (4096, 512, 100, None)]
        assert sent == [512, 512, 100, 512]

    def test_the_hosts_number_wins(self) -> None:
        gate = gate_with(DAILY_USD="5", MAX_TOKENS="5000")
        assert gate.fitted(asked(max_tokens=4096)).max_tokens == 4096
        assert gate.fitted(asked(max_tokens=None)).max_tokens == 4096  # the model's highest
        assert gate_with(MAX_TOKENS="50").fitted(asked()).max_tokens == 50
        assert gate_with("local", MAX_TOKENS="50").fitted(asked(model_id=LOCAL_MODEL_ID)).max_tokens == 50

    def test_what_is_sent_is_what_the_answer_shows(self) -> None:
        here = Backend("aws", None, find(LARGE), LARGE, gate=gate_with(DAILY_USD="5"))
        reply = here.stream(asked(system="x" * 2001, max_tokens=4096), ANN)
        assert reply.answer.recipe.max_tokens == 512


class TestMoney:
    def test_the_worst_cost_is_reserved_and_the_real_one_is_spent(self) -> None:
        gate = gate_with(DAILY_USD=USD)
        first = gate.reserve([asked()], ANN).permits[0]
        left = gate.left(ANN)
        assert left == Left(WORST, 2 * WORST, 7 * WORST, 8 * WORST, 20_001 * DAY_S, unspent=2 * WORST)
        first.settle(Usage(10, 5, None, None))
        left = gate.left(ANN)
        assert left
        assert left.day == 8 * WORST - (10 * 4 + 5 * 12)

    def test_a_permit_counts_once_and_a_released_one_costs_nothing(self) -> None:
        gate = gate_with(DAILY_USD=USD)
        permit = gate.reserve([asked()], ANN).permits[0]
        permit.release()
        permit.settle(None)
        left = gate.left(ANN)
        assert left
        assert left.day == 8 * WORST

    def test_a_used_up_share_says_when_it_opens_again(self) -> None:
        gate = gate_with(DAILY_USD=USD)
        for _ in range(2):
            gate.reserve([asked()], ANN).permits[0].settle(None)
        error = refused(gate)
        assert error.problem.kind == "share-used-up"
        assert "It opens again at 00:00 UTC." in words(error)
        assert error.opens_at
        assert error.opens_at % DAY_S == 0
        assert gate.reserve([asked()], BOB).permits

    def test_a_used_up_budget_says_so_to_everybody(self) -> None:
        gate = gate_with(DAILY_USD=USD, VISITOR_SHARE="1")
        for _ in range(8):
            gate.reserve([asked()], ANN).permits[0].settle(None)
        error = refused(gate, by=BOB)
        assert error.problem.kind == "budget-used-up"
        assert error.problem.title == "The budget of today is used up"
        assert re.search(
            r"up to 0\.\d\d ¢, and 0\.00 ¢ is left\. It opens again at 00:00 UTC\.", words(error)
        )

    def test_what_is_only_reserved_is_not_called_used_up(self) -> None:
        gate = gate_with(DAILY_USD=USD)
        for _ in range(2):
            gate.reserve([asked()], ANN)
        assert refused(gate).problem.kind == "budget-reserved"

    def test_what_can_never_be_paid_names_the_max_tokens_that_fits(self) -> None:
        gate = gate_with(DAILY_USD="0.02", MAX_TOKENS="4096")
        error = refused(gate, asked(max_tokens=4096))
        assert error.problem.kind == "too-dear"
        assert error.max_tokens
        assert f"Set max_tokens to {error.max_tokens} or less." in error.problem.fix
        assert "UTC" not in words(error)
        fits = asked(max_tokens=error.max_tokens)
        assert gate.reserve([fits], ANN).permits
        assert refused(gate, asked(max_tokens=error.max_tokens + 2), by=BOB).problem.kind == "too-dear"

    def test_what_is_left_of_a_day_names_the_max_tokens_that_fits(self) -> None:
        gate = gate_with(DAILY_USD="0.02", MAX_TOKENS="4096")
        gate.reserve([asked(max_tokens=200)], ANN).permits[0].settle(None)
        error = refused(gate, asked(max_tokens=300))
        assert error.problem.kind == "share-used-up"
        assert error.max_tokens
        assert gate.reserve([asked(max_tokens=error.max_tokens)], ANN).permits

    def test_a_prompt_that_can_never_be_paid_is_to_be_shortened(self) -> None:
        error = refused(gate_with(DAILY_USD="0.001"), asked("x" * 5000))
        assert (error.max_tokens, error.problem.kind) == (None, "too-dear")
        assert error.problem.fix.startswith("Shorten the text")

    def test_a_model_without_a_price_needs_one_from_the_host(self) -> None:
        assert refused(gate_with(DAILY_USD="5"), asked(model_id=NEW)).problem.kind == "no-price"
        set_prices(read({"SIROCCO_PRICES": f"{NEW}=1/1"}).prices)
        assert gate_with(DAILY_USD="5").reserve([asked(model_id=NEW)], ANN).permits
        set_prices({})
        assert gate_with(DAILY_USD="none").reserve([asked(model_id=NEW)], ANN).permits

    def test_a_comparison_is_reserved_whole_or_not_at_all(self) -> None:
        gate = gate_with(DAILY_USD=USD)
        error = refused(gate, asked(), asked(), asked())
        assert error.problem.kind == "too-dear"
        assert error.max_tokens
        left = gate.left(ANN)
        assert left
        assert left.day == 8 * WORST
        assert len(gate.reserve([asked(), asked()], ANN).permits) == 2


class TestPaceAndPlaces:
    def test_the_pace_names_the_second_from_which_on_it_fits(self) -> None:
        gate = gate_with(DAILY_USD="none", VISITOR_PER_MINUTE="1")
        gate.reserve([asked()], ANN)
        error = refused(gate)
        assert (error.problem.kind, error.opens_at) == ("pace", NOON + 60)
        assert "One visitor may make one call in a minute. Try again at 12:01:00 UTC" in words(error)
        assert "Ask for one call at once, or fewer." in words(refused(gate, asked(), asked(), by=BOB))

    def test_the_local_model_has_pace_and_places_and_no_budget(self) -> None:
        gate = gate_with("local", DAILY_USD="0", AT_ONCE="1", VISITOR_PER_MINUTE="2")
        recipe = asked(model_id=LOCAL_MODEL_ID)
        gate.reserve([recipe], ANN)
        assert refused(gate, recipe, by=BOB).problem.kind == "busy"

    def test_the_local_model_beside_those_of_aws_is_free_and_needs_no_ledger(self) -> None:
        ledger = AwayLedger()
        ledger.away = True
        small = asked(model_id=LOCAL_MODEL_ID)
        without_cap = gate_with(ledger=ledger, LOCAL_MODEL="1", VISITOR_PER_MINUTE="1")
        assert without_cap.reserve([small], ANN).permits
        assert refused(without_cap, small).problem.kind == "pace"
        assert refused(without_cap, small, asked(), by=BOB).problem.kind == "no-budget"
        used_up = gate_with(ledger=ledger, LOCAL_MODEL="1", DAILY_USD="0", AT_ONCE="1", MODELS=MINISTRAL)
        assert used_up.reserve([small], ANN).permits
        assert refused(used_up, small, by=BOB).problem.kind == "busy"
        assert used_up.fitted(asked(model_id=LOCAL_MODEL_ID, max_tokens=1000)).max_tokens == 1000

    def test_the_local_model_beside_aws_needs_the_setting(self) -> None:
        assert refused(gate_with(DAILY_USD="5"), asked(model_id=LOCAL_MODEL_ID)).problem.kind == (
            "model-not-allowed"
        )

    def test_questions_of_next_word_have_a_pace_and_places_of_their_own_and_need_no_budget(self) -> None:
        ledger = AwayLedger()
        ledger.away = True
        gate = gate_with(ledger=ledger, VISITOR_PER_MINUTE="1", AT_ONCE="4")
        for _ in range(10):
            gate.reserve_odds(ANN).settle(None)
        assert refused_odds(gate, ANN) == "pace"
        gate.reserve_odds(BOB)
        assert refused_odds(gate, BOB) == "busy-visitor"
        assert refused_odds(gate_with(AT_ONCE="many"), ANN) == "host-settings"
        gate_with().reserve_odds(ANN)

    def test_the_place_of_an_answer_that_has_just_ended_is_free(self) -> None:
        gate = gate_with(DAILY_USD="none", AT_ONCE="4")
        for _ in range(30):
            gate.reserve([asked()], ANN).permits[0].settle(None)
        gate.reserve([asked()], ANN)
        assert refused(gate).problem.kind == "busy-visitor"

    def test_a_comparison_keeps_its_places_until_fewer_calls_are_left(self) -> None:
        gate = gate_with(DAILY_USD="none", AT_ONCE="8")
        reservation = gate.reserve([asked()] * 3, ANN, width=6)
        assert reservation.width == 2
        reservation.permits[0].settle(None)
        assert refused(gate).problem.kind == "busy-visitor"
        reservation.permits[1].release()
        gate.reserve([asked()], ANN).permits[0].release()
        reservation.permits[2].settle(None)
        assert gate.reserve([asked()] * 2, ANN, width=6).width == 2


class AwayLedger:
    """A ledger that can be switched off. `lost`: it takes holds, and its answer does not arrive."""

    def __init__(self) -> None:
        self.inner = SqliteLedger(":memory:", lambda: NOON)
        self.away = self.lost = False

    def reserve(self, asked: Asked, limits: Limits) -> Taken | Denied:
        self._check()
        answer = self.inner.reserve(asked, limits)
        if self.lost:
            raise LedgerError("time-out")
        return answer

    def settle(self, ended: list[Ended]) -> None:
        self._check()
        self.inner.settle(ended)

    def today(self, visitor: str) -> Today:
        self._check()
        return self.inner.today(visitor)

    def close(self) -> None:
        self.inner.close()

    def _check(self) -> None:
        if self.away:
            raise LedgerError("away")


class TestALedgerThatIsAway:
    def test_no_call_is_let_through_until_it_works_again(self) -> None:
        ledger = AwayLedger()
        gate = gate_with(ledger=ledger, DAILY_USD=USD)
        running = gate.reserve([asked()], ANN).permits[0]
        ledger.away = True
        assert refused(gate).problem.kind == "no-ledger"
        with pytest.raises(Refused):
            gate.left(ANN)
        running.settle(Usage(1, 1, None, None))
        ledger.away = False
        assert gate.reserve([asked()], ANN).permits
        assert ledger.today("ann").spent == 16

    def test_a_hold_whose_answer_was_lost_is_released(self) -> None:
        ledger = AwayLedger()
        gate = gate_with(ledger=ledger, DAILY_USD=USD)
        ledger.lost = True
        assert refused(gate).problem.kind == "no-ledger"
        ledger.lost = False
        gate.left(ANN)
        assert (ledger.today("ann").held, ledger.today("ann").spent) == (0, 0)

    def test_callers_that_wait_while_the_ledger_fails_are_refused_together(self) -> None:
        """Otherwise each caller in the queue would wait for a time limit of its own."""
        ledger = AwayLedger()
        gate = gate_with(ledger=ledger, DAILY_USD=USD)
        permit = gate.reserve([asked()], ANN).permits[0]
        tries, first, go = [], threading.Event(), threading.Event()

        def slow(_ended: list[Ended]) -> None:
            tries.append(1)
            first.set()
            go.wait(10)
            raise LedgerError("time-out")

        ledger.settle = slow  # type: ignore[method-assign]
        permit.settle(None)
        assert first.wait(10)
        asking = [threading.Thread(target=lambda: refused(gate)) for _ in range(20)]
        for thread in asking:
            thread.start()
        before = len(tries)
        go.set()
        for thread in asking:
            thread.join(10)
        assert len(tries) <= before + 3

    def test_without_limits_no_ledger_is_needed(self) -> None:
        ledger = AwayLedger()
        ledger.away = True
        assert gate_with(ledger=ledger, DAILY_USD="none").reserve([asked()], ANN).permits

    @pytest.mark.parametrize("counted", [{"DAILY_USD": "5"}, {"DAILY_USD": "none", "AT_ONCE": "4"}])
    def test_it_is_the_trouble_of_a_gate_that_needs_it(self, counted: dict[str, str]) -> None:
        ledger = AwayLedger()
        ledger.away = True
        trouble = gate_with(ledger=ledger, **counted).trouble()
        assert trouble
        assert trouble.kind == "no-ledger"
        ledger.away = False
        assert gate_with(ledger=ledger, **counted).trouble() is None

    def test_it_is_no_trouble_where_nothing_is_counted(self) -> None:
        ledger = AwayLedger()
        ledger.away = True
        assert gate_with(ledger=ledger, DAILY_USD="none").trouble() is None
        assert gate_with("local", ledger, DAILY_USD="5").trouble() is None


class TestDoctor:
    def say(self, kind: Kind = "aws", **settings: str) -> tuple[str, str]:
        here = Backend(kind, None, find(LARGE), LARGE, gate=gate_with(kind, **settings))
        found = check(here)
        return found.status, found.says

    def test_it_says_what_visitors_may_spend(self) -> None:
        assert self.say(DAILY_USD="5")[1] == (
            "$5.00 of $5.00 is left today. One visitor can use $1.25 in a day."
        )
        assert self.say(DAILY_USD="none")[0] == "ok"
        assert self.say("local")[0] == "skipped"

    def test_without_a_budget_it_names_the_setting(self) -> None:
        assert self.say() == ("warning", start.NO_BUDGET)

    def test_a_wrong_setting_has_failed(self) -> None:
        status, says = self.say(DAILY_USD="five")
        assert status == "failed"
        assert "SIROCCO_DAILY_USD is “five”" in says
