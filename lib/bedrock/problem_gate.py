"""Problems of calls that the gate refuses: nothing was sent. This module is data only.

`lib.bedrock.problems` fills the placeholders {model} {detail} {fix}.
"""

from collections.abc import Mapping

from lib.bedrock.problem_host import Entry

GATE: Mapping[str, Entry] = {
    "too-long": Entry(
        "The request is too long",
        "{detail}",
        "Shorten it, or begin a new conversation.",
    ),
    "model-not-allowed": Entry(
        "This model is not offered here",
        "The host of this page does not offer {model}.",
        "Choose a model from the list.",
    ),
    "host-settings": Entry(
        "This page is not set up correctly",
        "{detail} Until then no model is called.",
        "The host corrects the setting and starts the app again.",
    ),
    "no-budget": Entry(
        "No budget is set for visitors",
        "The host has not said what visitors may spend, so no model is called for them. Links and recordings "
        "still play.",
        "The host sets SIROCCO_DAILY_USD to a number of US dollars a day, or to none for no limit.",
        level="info",
    ),
    "no-price": Entry(
        "The price of this model is not known",
        "A budget is set, and nobody knows what a call of {model} costs.",
        "Choose another model. The host can name the price in SIROCCO_PRICES.",
    ),
    "too-dear": Entry("This costs more than may be spent", "{detail}", "{fix}", level="warning"),
    "budget-used-up": Entry(
        "The budget of today is used up",
        "{detail} It opens again at 00:00 UTC.",
        "{fix}",
        True,
        "info",
    ),
    "share-used-up": Entry(
        "Your share of today's budget is used up",
        "{detail} It opens again at 00:00 UTC.",
        "{fix}",
        True,
        "info",
    ),
    "budget-reserved": Entry(
        "The rest of the budget is reserved",
        "Answers that still arrive may need what is left of today's budget. {detail}",
        "Try again in a minute, when they have ended.",
        True,
        "info",
    ),
    "pace": Entry(
        "Too many calls in one minute",
        "One visitor may make {detail} in a minute.",
        "{fix}",
        True,
        "info",
    ),
    "busy": Entry(
        "Too many answers arrive at the moment",
        "This page lets {detail} arrive at the same time.",
        "Try again in a minute.",
        True,
        "info",
    ),
    "busy-visitor": Entry(
        "Another answer of yours still arrives",
        "One visitor may have {detail} arrive at the same time.",
        "Wait until one has ended, or stop it.",
        True,
        "info",
    ),
    "no-ledger": Entry(
        "The budget cannot be looked up",
        "The ledger of what was spent cannot be reached at the moment, so no model is called.",
        "Try again in a moment. If it stays, the host checks SIROCCO_LEDGER.",
        True,
        "warning",
    ),
}
