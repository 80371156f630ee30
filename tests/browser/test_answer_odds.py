"""The odds of an answer in the chat, with the real model."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.support.chromium_pages import Chat


def opened(chat: Chat, app: str) -> Page:
    chat.open(f"{app}/?temperature=0&max_tokens=24").send("In one sentence, what is a volcano?")
    answer = chat.settled("tokens")
    answer.get_by_role("button", name="Odds").click()
    expect(chat.page.get_by_role("dialog").locator("button.word").first).to_be_visible()
    return chat.page


def test_the_words_of_an_answer_are_its_text_and_a_tapped_one_shows_what_it_could_have_been(
    chat: Chat, local_app: str
) -> None:
    page = opened(chat, local_app)
    text = chat.last.get_by_test_id("stMarkdown").first.inner_text()
    dialog = page.get_by_role("dialog")
    words = dialog.locator("button.word").all_inner_texts()
    assert " ".join("".join(words).split()).startswith(" ".join(text.split())[:40])
    expect(dialog.locator("ol.odds")).not_to_be_visible()  # nothing is drawn before a word is tapped
    dialog.locator("button.word:is(.luck2, .luck3, .luck4)").first.click()
    expect(dialog.get_by_role("heading", name=re.compile("^Instead of"))).to_be_visible()
    came = dialog.get_by_role("listitem").filter(has_text="this one came")
    expect(came).to_contain_text("100 %")  # at temperature 0, where the dial stands
    dialog.get_by_role("slider", name="Temperature").fill("1")
    expect(came).not_to_contain_text("100 %")


def test_branch_here_is_a_variant_that_goes_on_from_the_chosen_word(chat: Chat, local_app: str) -> None:
    page = opened(chat, local_app)
    dialog = page.get_by_role("dialog")
    words = dialog.locator("button.word").all_inner_texts()
    dialog.locator("button.word").nth(2).click()
    branch = dialog.get_by_role("button", name=re.compile("^Branch here"))
    expect(branch).to_be_disabled()
    row = dialog.get_by_role("listitem").nth(1).get_by_role("button")
    chosen = row.locator(".name").inner_text().lstrip("…")
    row.click()
    expect(branch).to_contain_text(chosen)
    branch.click()
    expect(dialog).to_have_count(0)
    answer = chat.settled(f"2/2 · goes on from “{chosen}”")
    begins = "".join([*words[:2], chosen]).strip()
    shown = " ".join(answer.get_by_test_id("stMarkdown").first.inner_text().split())
    assert re.sub(r"\s", "", shown).startswith(re.sub(r"\s", "", begins))
    assert len(shown) > len(begins) + 5
    answer.get_by_role("button", name="Odds").click()  # of the words after the chosen one
    expect(page.get_by_role("dialog").locator("button.word").first).to_be_visible()
