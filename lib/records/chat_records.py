"""The saved form of a conversation in the visitor's browser, and how it is read back.

Each variant is saved as two JSON texts. Its record never changes once the answer has ended. Its place
(`<id>/at`) is its position in the tree, so that adding or deleting a turn rewrites no record. A visitor can
change what is saved, so every part is checked when it is read; wrong parts are left out and counted.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

from lib.bedrock.answer import Answer, Origin, Status, joined
from lib.bedrock.problems import left
from lib.bedrock.reply import Reply
from lib.bedrock.wording import unreadable
from lib.conversation.request import recipe_to_go_on
from lib.conversation.tree import Conversation, Turn, Variant
from lib.markdown.pacing import unfinished_block
from lib.mistral.recipe import Message, Recipe
from lib.records.answer_json import answer_from_json, answer_to_json, recipe_from_json, recipe_to_json
from lib.records.json_reader import ODD, Refusal, a_count, a_list, a_text, an_object, parse

VERSION = 1
PARTS = 50
"""The most parts of an answer that are read."""
CHARACTERS = 6_000_000
"""The longest conversation that is read; localStorage holds about five million characters."""
_REBUILT_TURNS = 300_000  # of all recipes together, because each recipe repeats earlier turns
RECORDS = 1000
"""The most variants of a conversation that are read."""
RECORD_CHARACTERS = 1_000_000
_LARGEST = 10**9
_WORD = 100  # characters of a word from which an answer was branched
_ID = re.compile(r"[0-9a-f]{16}")
Place = dict[str, Any]
"""The position of a variant: the id of its parent, its index in its turn, whether it is chosen, and which
variants its recipe repeats."""
Streams = Callable[[str], Reply | None]


class Restored(NamedTuple):
    """`kept`: the saved places of the records that were restored unchanged. `incomplete`: variants whose
    recipe lacks an earlier turn. `note`: one sentence about what was left out, or ""."""

    conversation: Conversation
    kept: dict[str, Place]
    incomplete: frozenset[str]
    note: str


@dataclass
class _Read:
    """One record and its place, checked."""

    id: str
    prompt: str
    alone: Recipe  # without the turns before the prompt
    left_out: int
    replies: list[Reply]
    place: Place
    changed: bool  # since it was saved
    sent: tuple[str, ...] = ()
    branch: str = ""

    @property
    def messages(self) -> tuple[Message, ...]:
        """What the recipe of a later turn repeats; nothing if there is no answer."""
        text = "".join(reply.answer.text for reply in self.replies)
        return (Message("user", self.prompt), Message("assistant", text)) if text.strip() else ()


def record(variant: Variant) -> dict[str, Any]:
    """The part of a variant that does not change once its answer has ended."""
    return {
        "prompt": variant.prompt,
        "left_out": variant.left_out,
        "recipe": recipe_to_json(variant.parts[0].recipe, messages=()),
        "parts": [_part(answer) for answer in variant.answers],
        **({"branch": variant.branch} if variant.branch else {}),
    }


def is_id(value: object) -> bool:
    """True for what `conversation.new_id` makes; ids become keys of widgets."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def places(conversation: Conversation) -> Iterator[tuple[Variant, Place]]:
    """Every variant and its place.

    A recipe nearly always repeats the turns that the recipe of the turn before it repeats, and that turn.
    Only this relation is saved then, because all lists together would grow with the square of the length.
    """
    known = {variant.id: variant for *_, variant in conversation.variants()}
    for parent, turn, variant in conversation.variants():
        index = turn.variants.index(variant)
        place = {"parent": parent and parent.id, "index": index, "chosen": index == turn.chosen}
        yield variant, place | _sent(variant, known)


def restore(chat: object, records: object, streams: Streams, origin: Origin = "restored") -> Restored:
    """The conversation in `records` (names and JSON texts). Never raises, whatever they are.

    `streams` returns the reply of a variant that this process still has, which is then used instead of the
    saved part. `origin`: "shared" if the records come from a file, which may be a stranger's.
    """
    texts = records if isinstance(records, dict) else {}
    reads, bad = _read_all(texts, streams, origin)
    _expand_sent(reads)
    variants, incomplete = _build(reads)
    bad += len(reads) - len(variants)
    conversation = Conversation(id=str(chat)) if is_id(chat) else Conversation()
    conversation.root = _tree(variants, {key: reads[key].place for key in variants}, texts)
    kept = {key: reads[key].place for key in variants if not reads[key].changed}
    return Restored(conversation, kept, incomplete, _note(bad, isinstance(records, dict)))


def _note(bad: int, readable: bool) -> str:
    if not readable:
        return "The saved conversation could not be read and was left out."
    return unreadable(bad, "answer")


def _sent(variant: Variant, known: Mapping[str, Variant]) -> Place:
    if not variant.sent:
        return {}
    base = known.get(variant.sent[-1])
    drop = len(base.sent) + 1 - len(variant.sent) if base else -1
    if base and drop >= 0 and base.sent[drop:] == variant.sent[:-1]:
        return {"after": base.id, "drop": drop}
    return {"sent": list(variant.sent)}


def _part(answer: Answer) -> dict[str, Any]:
    if answer.status == "running":  # its text is saved at the end; until then the browser notes what it shows
        return {"status": "running"}
    return answer_to_json(answer, private=True)


def _read_all(texts: dict[Any, object], streams: Streams, origin: Origin) -> tuple[dict[str, _Read], int]:
    reads: dict[str, _Read] = {}
    bad = characters = 0
    for name, text in texts.items():
        if isinstance(name, str) and "/" in name:
            continue
        characters += len(text) if isinstance(text, str) else 0
        try:
            if not is_id(name) or len(reads) == RECORDS or characters > CHARACTERS:
                raise Refusal(ODD)
            reads[name] = _read(name, texts, streams, origin)
        except ValueError:  # also a RecipeError
            bad += 1
    return reads, bad


def _read(key: str, texts: dict[Any, object], streams: Streams, origin: Origin) -> _Read:
    saved = _object_in(texts[key])
    prompt, settings, parts = a_text(saved, "prompt"), an_object(saved.get("recipe")), a_list(saved, "parts")
    if not 0 < len(parts) <= PARTS:
        raise Refusal(ODD)
    alone = recipe_from_json(settings, (Message("user", prompt),))  # _variant adds the turns before it
    runs = isinstance(parts[-1], dict) and parts[-1].get("status") == "running"
    if saved.get("foreign") is True:  # written by version 0.1
        origin = "shared"
    replies = [Reply.of(_answer(an_object(part), alone, origin)) for part in parts[: len(parts) - runs]]
    if runs:
        shown, outage = _shown_of(key, texts, replies), f"{key}/cut" in texts
        replies.append(streams(key) or Reply.of(_cut(alone, shown, origin, outage)))
    left_out = a_count(saved, "left_out", _LARGEST) if "left_out" in saved else 0
    branch = a_text(saved, "branch")[:_WORD] if "branch" in saved else ""
    return _Read(key, prompt, alone, left_out, replies, _place_of(key, texts), runs, branch=branch)


def _object_in(text: object) -> dict[str, Any]:
    """The JSON object in `text`. Raises Refusal.

    Half surrogate pairs, which JSON can hold and UTF-8 cannot, become question marks.
    """
    if not isinstance(text, str) or len(text) > RECORD_CHARACTERS:
        raise Refusal("holds more than Sirocco opens.")
    found = parse(text.encode(errors="replace"), most=4 * RECORD_CHARACTERS)
    if "\\ud" in text or "\\uD" in text:
        found = parse(
            json.dumps(found, ensure_ascii=False).encode(errors="replace"), most=4 * RECORD_CHARACTERS
        )
    return found


def _answer(saved: dict[str, Any], recipe: Recipe, origin: Origin) -> Answer:
    """One part of an answer. If something else than its text cannot be read, the text is kept."""
    try:
        answer = answer_from_json(_of_version_0_1(saved), recipe, origin=origin, private=True)
        # What a stranger may have written is not shown as words of the service or of this app.
        return replace(answer, problem=None, request_id=None) if answer.origin == "shared" else answer
    except Refusal:
        kept = {name: saved[name] for name in ("text", "status") if name in saved}
        return answer_from_json(kept | {"duration_ms": 0}, recipe, origin=origin)


def _of_version_0_1(saved: dict[str, Any]) -> dict[str, Any]:
    """Convert what version 0.1 saved: `ms`, `usage` as a list, and `beats` in microseconds since the beat
    before."""
    if "ms" not in saved:
        return saved
    fields = {name: value for name, value in saved.items() if name not in ("ms", "beats", "usage")}
    fields["duration_ms"] = saved["ms"]
    usage, steps = saved.get("usage"), a_list(saved, "beats")
    if isinstance(usage, list):
        named = zip(("input_tokens", "output_tokens", "latency_ms", "first_byte_ms"), usage, strict=False)
        fields["usage"] = {name: value for name, value in named if value is not None}
    if not all(type(step) is int for step in steps):
        raise Refusal(ODD)
    at = [0.0, *(round(ms / 1000, 1) for ms in accumulate(steps))]
    return fields | {"times": [round(later - earlier, 1) for earlier, later in pairwise(at)]}


def _cut(recipe: Recipe, shown: object, origin: Origin, outage: bool) -> Answer:
    """An answer that was running when it was saved, with the text that the page had shown.

    `outage`: the browser has noted that the page had lost its connection to the server before.
    """
    text = shown.encode(errors="replace").decode() if isinstance(shown, str) else ""
    cut = left(outage=outage, shown=bool(text.strip()))
    status: Status = "broken" if cut.shown else "failed"
    return Answer(recipe, text, status, problem=cut, origin=origin)


def _shown_of(key: str, texts: dict[Any, object], replies: list[Reply]) -> object:
    """What the page had shown of the last part, which was running.

    With an answer that goes on, the page draws the block that it goes on with (`_show_before` in
    lib/ui/chat/turns.py), so this is at the beginning of `<id>/on`.
    """
    shown = texts.get(f"{key}/on")
    if not replies or not isinstance(shown, str):
        return texts.get(f"{key}/live")
    _, begun = unfinished_block(joined([reply.answer for reply in replies]).shown_text)
    return _without(begun, shown)


def _without(begun: str, shown: str) -> str:
    """`shown` without its beginning, which is `begun` as a page shows it: without marks of Markdown."""
    at = 0
    for character in begun:
        there = at
        while shown[there : there + 1].isspace():
            there += 1
        if character == shown[there : there + 1]:
            at = there + 1
    return shown[at:].lstrip() if begun[-1:].isspace() else shown[at:]


def _place_of(key: str, texts: dict[Any, object]) -> Place:
    try:
        return _place(_object_in(texts.get(f"{key}/at")))
    except Refusal:
        return {"parent": None, "index": RECORDS, "chosen": False}


def _place(saved: dict[str, Any]) -> Place:
    """The place of a variant without unknown fields. Raises Refusal."""
    parent, after, sent = saved.get("parent"), saved.get("after"), saved.get("sent")
    found: Place = {
        "parent": parent if is_id(parent) else None,
        "index": a_count(saved, "index", _LARGEST),
        "chosen": saved.get("chosen") is True,
    }
    if is_id(after):
        found |= {"after": after, "drop": a_count(saved, "drop", _LARGEST)}
    elif isinstance(sent, list) and len(sent) <= RECORDS and all(is_id(one) for one in sent):
        found["sent"] = sent
    return found


def _expand_sent(reads: dict[str, _Read]) -> None:
    done: set[str] = set()
    for key in reads:
        chain: dict[str, None] = {}
        at: str | None = key
        while at in reads and at not in done and at not in chain:
            chain[at] = None
            at = reads[at].place.get("after")
        for one in reversed(chain):
            place = reads[one].place
            base = place.get("after")
            if base is None:
                reads[one].sent = tuple(place.get("sent", ()))
            elif base in done:
                reads[one].sent = (*reads[base].sent[place["drop"] :], base)[-RECORDS:]
            else:
                reads[one].sent = (base,)
            done.add(one)


def _build(reads: dict[str, _Read]) -> tuple[dict[str, Variant], frozenset[str]]:
    """The variants with their recipes, and the ids of those whose recipe lacks an earlier turn."""
    messages = {key: read.messages for key, read in reads.items()}
    variants, incomplete, rebuilt = {}, set(), 0
    for key, read in reads.items():
        there = [one for one in read.sent if messages.get(one)]
        rebuilt += 2 * len(there)
        if rebuilt > _REBUILT_TURNS:
            there = []
        if len(there) < len(read.sent):
            incomplete.add(key)
        before = tuple(turn for one in there for turn in messages[one])
        try:
            variants[key] = _variant(read, before)
        except ValueError:
            continue
    return variants, frozenset(incomplete)


def _variant(read: _Read, before: tuple[Message, ...]) -> Variant:
    recipe = replace(read.alone, messages=(*before, Message("user", read.prompt)))
    variant = Variant(read.prompt, [], read.sent, read.left_out, id=read.id, branch=read.branch)
    for reply in read.replies:
        made_by = recipe_to_go_on(variant) if variant.parts else recipe
        restored = reply.answer.origin != "here"  # else it still runs, or ended in this process
        variant.parts.append(Reply.of(replace(reply.answer, recipe=made_by)) if restored else reply)
    return variant


def _tree(variants: dict[str, Variant], hung: dict[str, Place], texts: dict[Any, object]) -> Turn | None:
    """Put each variant under its parent or, if that could not be read, under the nearest ancestor."""
    above: dict[str, str | None] = {}

    def parent_of(key: str) -> str | None:
        if key not in above:
            place = hung[key] if key in hung else _place_of(key, texts)
            above[key] = place["parent"]
        return above[key]

    rooted: set[str] = set()
    turns: dict[str | None, list[Variant]] = {}
    for key, variant in variants.items():
        walked = {key}
        nearest: str | None = None
        at = parent_of(key)
        while at is not None and at not in rooted:
            if at in walked:  # a circle: this variant becomes a first turn
                above[key] = nearest = None
                break
            walked.add(at)
            nearest = nearest or (at if at in variants else None)
            at = parent_of(at)
        else:
            nearest = nearest or at
            rooted.update(one for one in walked if one in variants)
        turns.setdefault(nearest, []).append(variant)
    made = {parent: _turn(members, hung) for parent, members in turns.items()}
    for parent, turn in made.items():
        if parent:
            variants[parent].next = turn
    return made.get(None)


def _turn(members: list[Variant], hung: dict[str, Place]) -> Turn:
    members.sort(key=lambda one: hung[one.id]["index"])
    chosen = [index for index, one in enumerate(members) if hung[one.id]["chosen"]]
    return Turn(members, chosen[-1] if chosen else len(members) - 1)
