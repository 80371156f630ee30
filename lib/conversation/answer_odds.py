"""The odds of an answer of the embedded model, and what is needed to go on from another word of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lib.bedrock.answer import Answer
from lib.bedrock.odds import Candidate, NoOddsError, Odds, OddsClient
from lib.bedrock.reply import Reply
from lib.conversation.request import recipe_to_go_on
from lib.conversation.tree import Variant
from lib.mistral.recipe import Recipe

BROKEN = "\N{REPLACEMENT CHARACTER}"
"""In the text of a token that is a part of a character."""


@dataclass(frozen=True)
class AnswerOdds:
    """`beginning`: the text of the answer before `tokens`, of which no odds are known; usually "".

    `settings`: those of the sampler when the tokens were drawn.
    """

    variant_id: str
    beginning: str
    settings: Mapping[str, float]
    tokens: tuple[Odds, ...]

    def candidate(self, at: int, token_id: int) -> Candidate | None:
        """The candidate that could stand in the place of token `at`; None if there is none to go on from."""
        if not 0 <= at < len(self.tokens):
            return None
        found = (each for each in self.tokens[at].candidates if each.id == token_id)
        return next((each for each in found if not each.control and BROKEN not in each.text), None)

    def until(self, at: int, candidate: Candidate) -> str:
        """The answer up to token `at`, with the candidate in its place."""
        return self.beginning + "".join(token.text for token in self.tokens[:at]) + candidate.text


def odds_of(variant: Variant, client: OddsClient) -> AnswerOdds:
    """Fetch the odds of an answer; where it was continued, of as many of its last parts as are still kept.

    Raises NoOddsError if those of the last part are gone, and OddsError or LocalEndpointError if the endpoint
    cannot be asked.
    """
    tokens: tuple[Odds, ...] = ()
    settings: Mapping[str, float] | None = None
    answers = variant.answers
    while answers:
        try:
            weighed = client.of_answer(answers[-1].request_id or "none")
        except NoOddsError:
            break
        settings = settings or weighed.settings
        tokens = weighed.tokens + tokens
        answers.pop()
    if settings is None:
        raise NoOddsError("The odds of this answer are no longer kept.")
    return AnswerOdds(variant.id, "".join(answer.text for answer in answers), settings, tokens)


def branched(variant: Variant, text: str, word: str) -> tuple[Variant, Recipe]:
    """A variant whose first part is `text`, which ends with the chosen `word`, and the recipe that goes on.

    Raises RecipeError if the text cannot be continued.
    """
    recipe = variant.parts[0].recipe
    first = Reply.of(Answer(recipe, text, "stopped"))
    new = Variant(variant.prompt, [first], variant.sent, variant.left_out, branch=word.strip() or word)
    return new, recipe_to_go_on(new)
