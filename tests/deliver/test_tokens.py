"""Tokens by which a reader leaves: only a mail of ours can have told one."""

from __future__ import annotations

import email
import email.policy
import re
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.deliver.tokens import (
    find_issue,
    find_owner,
    find_request,
    is_request,
    issue_token,
    leave_by_mail,
    recipient_token,
)

KEY = bytes(range(32))
SLOT = datetime(2026, 11, 20, 8, tzinfo=timezone(timedelta(hours=8)))
ANNA, BEN = "anna@example.cn", "ben@example.cn"


def test_a_token_is_plain_and_long() -> None:
    """It is 24 small letters and digits, 120 bits, and stands in an address as it is."""
    for token in (recipient_token(KEY, "daily", ANNA), issue_token(KEY, "daily", SLOT)):
        assert re.fullmatch(r"[a-z2-7]{24}", token)


def test_a_token_stands_for_one_thing() -> None:
    """Another key, edition, address, issue or kind has another token; the parts cannot run into each other."""
    tokens = {
        recipient_token(KEY, "daily", ANNA),
        recipient_token(KEY[::-1], "daily", ANNA),
        recipient_token(KEY, "weekly", ANNA),
        recipient_token(KEY, "daily", BEN),
        recipient_token(KEY, "dail", "y" + ANNA),
        recipient_token(KEY, "", "daily" + ANNA),
        issue_token(KEY, "daily", SLOT),
        issue_token(KEY, "daily", SLOT + timedelta(seconds=1)),
        issue_token(KEY, "weekly", SLOT),
        recipient_token(KEY, "daily", SLOT.astimezone(UTC).isoformat()),
    }
    assert len(tokens) == 10


def test_spelling_and_zone_make_no_difference() -> None:
    """ANNA@Example.cn is Anna, and eight in Shanghai is midnight in London."""
    assert recipient_token(KEY, "daily", ANNA) == recipient_token(KEY, "daily", "ANNA@Example.CN")
    assert issue_token(KEY, "daily", SLOT) == issue_token(KEY, "daily", SLOT.astimezone(UTC))


def test_the_owner_is_found_among_those_who_can_be() -> None:
    """The token names its address as it was given, and nobody by another edition, key or kind."""
    token = recipient_token(KEY, "daily", ANNA)
    assert find_owner(KEY, "daily", token, [BEN, "Anna@example.cn"]) == "Anna@example.cn"
    assert find_owner(KEY, "daily", token, [BEN]) is None
    assert find_owner(KEY, "weekly", token, [ANNA]) is None
    assert find_owner(KEY[::-1], "daily", token, [ANNA]) is None
    assert find_owner(KEY, "daily", issue_token(KEY, "daily", SLOT), [ANNA]) is None
    assert find_owner(KEY, "daily", token, []) is None


def test_the_issue_is_found_among_those_that_can_be() -> None:
    """The token of an issue names its slot, that of a reader none."""
    slots = [SLOT - timedelta(days=1), SLOT]
    assert find_issue(KEY, "daily", issue_token(KEY, "daily", SLOT), slots) == SLOT
    assert find_issue(KEY, "weekly", issue_token(KEY, "daily", SLOT), slots) is None
    assert find_issue(KEY, "daily", recipient_token(KEY, "daily", ANNA), slots) is None


def test_the_way_out_by_mail_leads_back() -> None:
    """What a mail program makes of the address is a subject in which the request is found again."""
    token = recipient_token(KEY, "daily-2", ANNA)
    way = leave_by_mail("brief@example.cn", "daily-2", token)
    assert re.fullmatch(r"mailto:brief@example\.cn\?subject=[A-Za-z0-9%._-]+", way)
    assert find_request(unquote(way.partition("=")[2])) == ("daily-2", token)


TOKEN = recipient_token(KEY, "daily", ANNA)


@pytest.mark.parametrize(
    "text",
    [
        f"unsubscribe daily {TOKEN}",
        f"Re: Unsubscribe DAILY {TOKEN.upper()}",
        f"回复：unsubscribe daily {TOKEN}",
        f"退订 daily {TOKEN}",
        f"退訂：daily：{TOKEN}。",
        f"你好\n\n> unsubscribe daily\r\n> {TOKEN}".replace("> ", ""),
        f"unsubscribe  daily\t{TOKEN} please",
    ],
)
def test_a_request_is_understood(text: str) -> None:
    """In a subject or a text, in capitals, folded or answered, in either script."""
    assert find_request(text) == ("daily", TOKEN)


@pytest.mark.parametrize(
    "text",
    [
        *("", "unsubscribe", "unsubscribe daily", f"daily {TOKEN}", f"subscribe daily {TOKEN}", f"unsubscribe {TOKEN}"),
        f"unsubscribe daily {TOKEN[:-1]}",
        f"unsubscribe daily {TOKEN}a",
        f"unsubscribe daily {TOKEN[:-1]}1",
        f"unsubscribe a_b {TOKEN}",
        f"unsubscribe {'a' * 65} {TOKEN}",
        "unsubscribe daily " + "\u017f" * 24,
        "unsubscribe \u017faily " + TOKEN,
    ],
)
def test_what_is_no_request_is_none(text: str) -> None:
    """A word is missing, or the token is too short, too long, or none."""
    assert find_request(text) is None


@given(st.text(max_size=80), st.binary(min_size=1, max_size=40))
@settings(deadline=None, max_examples=100)
def test_any_address_and_key_have_a_token(address: str, key: bytes) -> None:
    """No text and no key makes it fail, and the token is found again by its address."""
    token = recipient_token(key, "daily", address)
    assert find_owner(key, "daily", token, ["x", address]) in ("x", address)
    assert find_owner(key, "daily", token, [address]) == address


@given(st.text(alphabet="unsubcrie daly退订:：\n2-7", max_size=300))
@settings(deadline=None, max_examples=200)
def test_no_text_is_misread(text: str) -> None:
    """What is found is an edition and a token that stand in the text; nothing takes long."""
    found = find_request(text)
    if found:
        assert all(part in text.lower() for part in found)
        assert re.fullmatch(r"[a-z2-7]{24}", found[1])


def test_a_request_survives_the_mail_program() -> None:
    """A long subject that was folded and encoded on its way is understood after decoding."""
    raw = f"Subject: =?utf-8?b?6YCA6K6iIGRhaWx5?=\r\n {TOKEN}\r\n\r\n".encode()
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert find_request(str(message["Subject"])) == ("daily", TOKEN)


@pytest.mark.parametrize("token", ["\u017f" * 24, "退" * 24, "\udcff", ""])
def test_a_token_of_other_letters_is_nobodys(token: str) -> None:
    """It is compared as any other and breaks nothing."""
    assert find_owner(KEY, "daily", token, [ANNA]) is None
    assert find_issue(KEY, "daily", token, [SLOT]) is None


@pytest.mark.parametrize(
    ("line", "whole"),
    [
        (f"unsubscribe daily {TOKEN}", True),
        (f"Re: 回复：unsubscribe daily {TOKEN}", True),
        (f"退訂：daily：{TOKEN}。谢谢", True),
        (f"请退订 daily {TOKEN}", True),
        (f"Fwd: unsubscribe daily {TOKEN}", False),
        (f"转发：退订 daily {TOKEN}", False),
        (f"自动回复: 退订 daily {TOKEN}", False),
        (f"退订 daily {TOKEN} 是什么", False),
        (f"退订 daily {TOKEN}？", False),
        (f"不要退订 daily {TOKEN}", False),
    ],
)
def test_a_request_by_itself(line: str, whole: bool) -> None:
    """Only an answer's `Re:`, please and thanks may stand around it."""
    assert find_request(line) == ("daily", TOKEN)
    assert is_request(line) is whole
