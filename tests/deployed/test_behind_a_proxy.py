"""Two replicas behind nginx and behind Caddy with TLS, used by visitors in Chromium."""

from __future__ import annotations

import re
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.deployed.cluster import Bedrock, Cluster, Proxy, cluster
from tests.support.chromium_pages import READY, Chat, wait_until
from tests.support.redis_server import RedisServer

pytestmark = pytest.mark.timeout(150)
NOTED = "Object.entries(localStorage).some(([key, text]) => key.endsWith('/live') && text.includes('w20 '))"
"""Whether the browser has stored a running answer up to this word."""
LIVE = "Object.entries(localStorage).find(([key]) => key.endsWith('/live'))[1]"
SECRET = "please-keep-this-prompt"


def words(count: int) -> list[str]:
    return [f"w{number}" for number in range(1, count + 1)]


def replica_of(deployed: Cluster) -> int:
    """The replica that has the only tab."""
    (port,) = [port for port in deployed.ports if deployed.serving(port)]
    return port


def shared_link(chat: Chat) -> str:
    """The link of the newest answer, as the dialog gives it."""
    chat.last.get_by_role("button", name="More").click()
    chat.page.get_by_role("menuitem", name="Share").click()
    box = chat.page.get_by_role("dialog").get_by_text(re.compile("^https://")).first
    link = box.inner_text().strip()
    chat.page.keyboard.press("Escape")
    return link


def test_the_outside_check_finds_nothing_wrong(deployed: Cluster) -> None:
    report = deployed.doctor()
    assert report.returncode == 0, report.stdout
    assert "Everything that was checked works." in report.stdout


def test_a_chat_streams_and_comes_back_after_a_reload(deployed: Cluster, tab: Page) -> None:
    chat = Chat(tab).open(deployed.url)
    chat.send(f"chunks=60 rate=30 {SECRET}")
    expect(chat.last).to_contain_text("w5 ")
    assert len(chat.words()) < 60
    chat.settled("finished")
    assert chat.words() == words(60)
    port = replica_of(deployed)
    tab.reload()
    chat.settled("finished")
    assert chat.words() == words(60)
    wait_until(lambda: replica_of(deployed) == port, 20)
    cookies = {cookie["name"]: cookie for cookie in tab.context.cookies()}
    assert cookies["_streamlit_xsrf"]["secure"]


def test_a_link_opens_in_another_browser_and_in_a_frame(deployed: Cluster, tab: Page, other: Page) -> None:
    chat = Chat(tab).open(deployed.url)
    chat.send("chunks=12 rate=0")
    chat.settled("finished")
    link = shared_link(chat)
    assert link.startswith(deployed.url)
    for address in (link, link.replace("#", "?embed=true#"), link.replace("#", "?")):
        other.goto(address)
        expect(other.get_by_text("w12").first).to_be_visible()


def test_a_comparison_runs_and_a_file_is_accepted(deployed: Cluster, tab: Page, tmp_path: Path) -> None:
    tab.goto(f"{deployed.url}/compare")
    expect(tab.locator(READY)).to_be_visible()
    tab.get_by_role("textbox").first.fill("chunks=15 rate=30")
    tab.get_by_role("button", name="Run").click()
    expect(tab.get_by_text("w15").nth(1)).to_be_visible()
    large = tmp_path / "large.recipe.json"
    large.write_text("x" * 1_500_000, encoding="utf-8")
    tab.goto(f"{deployed.url}/shared")
    expect(tab.locator(READY)).to_be_visible()
    with tab.expect_response(lambda reply: "upload_file" in reply.url) as uploaded:
        tab.locator("input[type=file]").set_input_files(large)
    assert uploaded.value.status < 300


def test_after_the_kill_of_a_replica_the_text_is_there_and_the_next_prompt_works(
    deployed: Cluster, tab: Page
) -> None:
    chat = Chat(tab).open(deployed.url)
    chat.send("chunks=20 rate=0")
    chat.settled("finished")
    chat.send("chunks=400 rate=20")
    wait_until(lambda: tab.evaluate(NOTED), 20)
    port = replica_of(deployed)
    noted = len(re.findall(r"\bw\d+\b", tab.evaluate(LIVE)))
    deployed.kill(port)
    try:
        wait_until(lambda: deployed.serving(next(p for p in deployed.ports if p != port)) == 1, 30)
        expect(tab.locator(READY)).to_be_visible()
        messages = tab.get_by_test_id("stChatMessage")
        expect(messages).to_have_count(4)
        expect(messages.nth(1)).to_contain_text("w20")
        assert len(chat.words()) >= noted >= 20
        chat.send("chunks=8 rate=0")
        expect(messages).to_have_count(6)
        chat.settled("finished")
        assert chat.words() == words(8)
    finally:
        deployed.start(port)


def test_no_prompt_and_no_answer_is_in_any_file(
    deployed: Cluster, redis: RedisServer, tab: Page, other: Page
) -> None:
    """The last test that uses `deployed`, so that it also looks for the prompts of the tests before it."""
    chat = Chat(tab).open(deployed.url)
    chat.send(f"chunks=30 rate=0 {SECRET}")
    chat.settled("finished")
    link = shared_link(chat)
    other.goto(link)
    expect(other.get_by_text("w30").first).to_be_visible()
    payload = urlsplit(link).fragment[-60:]
    wait_until(lambda: "event=answer" in deployed.written(), 10)
    assert "spent" in redis.written()
    written = f"{deployed.written()}\n{redis.written()}"
    assert payload not in written
    for said in (SECRET, "w7 ", "chunks=", "AWS_SECRET", "aws4_request"):
        assert said not in written, said


@pytest.mark.parametrize("proxy", ["nginx", "caddy"])
def test_below_a_path(proxy: str, bedrock: Bedrock, tab: Page, other: Page, tmp_path: Path) -> None:
    settings = {"STREAMLIT_SERVER_BASE_URL_PATH": "demo/chat"}
    with cluster(cast(Proxy, proxy), tmp_path / proxy, bedrock, base="demo/chat", **settings) as deployed:
        assert deployed.doctor().returncode == 0, deployed.doctor().stdout
        chat = Chat(tab).open(deployed.url)
        chat.send("chunks=12 rate=0")
        chat.settled("finished")
        paths = {
            cookie["path"] for cookie in tab.context.cookies() if cookie["name"].startswith("_streamlit")
        }
        assert paths == {"/demo/chat"}
        link = shared_link(chat)
        assert link.startswith(f"{deployed.url}/shared#")
        other.goto(link)
        expect(other.get_by_text("w12").first).to_be_visible()


PATH = "tools/sirocco"
CUTS_THE_PATH = {
    "    location / {\n        proxy_pass http://sirocco;": f"    location /{PATH}/ {{\n        proxy_pass http://sirocco/;",
}


def test_behind_a_proxy_that_removes_its_path_from_addresses(
    bedrock: Bedrock, tab: Page, other: Page, tmp_path: Path
) -> None:
    with cluster("nginx", tmp_path / "cut", bedrock, spoil=CUTS_THE_PATH) as deployed:
        here = f"{deployed.url}/{PATH}"
        chat = Chat(tab).open(f"{here}/")
        chat.send("chunks=12 rate=0")
        chat.settled("finished")
        link = shared_link(chat)
        assert link.startswith(f"{here}/shared#r=")
        other.goto(link)
        expect(other.get_by_text("w12").first).to_be_visible()


LOGGED = "$request_method $uri $status $body_bytes_sent $request_time"
LOGS_ALL = {LOGGED: "$request $http_referer $http_cookie $request_body $status"}


def test_the_log_of_a_proxy_that_logs_everything_has_no_part_of_a_link(
    bedrock: Bedrock, tab: Page, other: Page, tmp_path: Path
) -> None:
    with cluster("nginx", tmp_path / "log", bedrock, spoil=LOGS_ALL) as deployed:
        chat = Chat(tab).open(deployed.url)
        chat.send(f"chunks=12 rate=0 {SECRET}")
        chat.settled("finished")
        link = shared_link(chat)
        payload = urlsplit(link).fragment.removeprefix("r=")
        for _ in range(2):
            other.goto(link)
            expect(other.get_by_text("w12").first).to_be_visible()
            other.reload()
        log = tmp_path / "log" / "nginx" / "sirocco.access.log"
        assert "GET /shared HTTP" in log.read_text(encoding="utf-8")
        assert payload[:60] not in deployed.written()
        assert SECRET not in deployed.written()

        other.goto(link.replace("#", "?"))  # as version 0.1 made it: its first request has all of it
        expect(other.get_by_text("w12").first).to_be_visible()
        wait_until(lambda: other.evaluate("location.href") == link, 20)
        assert deployed.written().count(payload) == 1
        other.reload()
        expect(other.get_by_text("w12").first).to_be_visible()
        assert deployed.written().count(payload) == 1


WITHOUT = {
    "Upgrade": ("        proxy_set_header Upgrade $http_upgrade;\n", "", "Websocket"),
    "Host": ("        proxy_set_header Host $http_host;\n", "", "Page"),
    "large bodies": ("client_max_body_size 8m;", "", "Upload"),
    "long addresses": ("large_client_header_buffers 4 16k;", "", ""),
    "scheme": ("        proxy_set_header X-Forwarded-Proto $scheme;\n", "", "Cookie"),
}


@pytest.mark.parametrize("lacking", WITHOUT)
def test_the_outside_check_names_what_a_proxy_lacks(lacking: str, bedrock: Bedrock, tmp_path: Path) -> None:
    old, new, check = WITHOUT[lacking]
    with cluster("nginx", tmp_path / "broken", bedrock, spoil={old: new}) as deployed:
        report = deployed.doctor()
    failed = [line.split()[1] for line in report.stdout.splitlines() if line.startswith("failed")]
    assert failed == [check] if check else report.returncode == 0, report.stdout
