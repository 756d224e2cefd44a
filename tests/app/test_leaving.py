"""How a reader leaves: what stands in the header and at the foot."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from digest.app.mail.leaving import own_ways, shared_way
from digest.config import MailSettings, load_settings
from digest.deliver.tokens import find_issue, find_owner, find_request
from digest.model import Issue

KEY = bytes(32)
SLOT = datetime(2026, 11, 20, tzinfo=UTC)
ISSUE = Issue("daily", "每日摘要", SLOT, date(2026, 11, 20))


def mail_with(tmp_path: Path, lines: str = "") -> MailSettings:
    """The mail settings of a file that has these lines as well."""
    path = tmp_path / "digest.toml"
    mail = f'[mail]\nhost = "mail.example.cn"\nfrom = "me@example.cn"\n{lines}\n'
    rest = '[[source]]\nname = "s"\nkind = "folder"\npath = "."\n[[edition]]\nname = "daily"\n'
    path.write_text(f"version = 1\n{mail}{rest}", "utf-8")
    return load_settings(path, {}, tmp_path).require_mail()


def subject_of(address: str) -> str:
    """The subject that a mailto: address fills in."""
    return parse_qs(urlsplit(address).query)["subject"][0]


def test_a_reader_leaves_by_a_mail_that_names_him(tmp_path: Path) -> None:
    """Without an https address there is one way out, and its token is his alone."""
    (way,) = own_ways(mail_with(tmp_path), "daily", "A@example.cn", KEY)
    request = find_request(subject_of(way))
    assert way.startswith("mailto:me@example.cn?subject=")
    assert request is not None
    assert request[0] == "daily"
    assert find_owner(KEY, "daily", request[1], ["b@example.cn", "a@example.cn"]) == "a@example.cn"
    assert find_owner(bytes(31) + b"x", "daily", request[1], ["a@example.cn"]) is None


def test_an_https_address_comes_first_with_its_holes_filled(tmp_path: Path) -> None:
    """The token and the address stand where the settings want them, escaped for a URL."""
    mail = mail_with(tmp_path, 'unsubscribe = "https://lists.example.cn/leave?t={token}&a={address}"')
    web, by_mail = own_ways(mail, "daily", "a+b@example.cn", KEY)
    query = parse_qs(urlsplit(web).query)
    assert unquote(web).startswith("https://lists.example.cn/leave?t=")
    assert query["a"] == ["a+b@example.cn"]
    assert find_owner(KEY, "daily", query["t"][0], ["a+b@example.cn"])
    assert by_mail.startswith("mailto:")


def test_the_foot_names_the_issue_and_nobody(tmp_path: Path) -> None:
    """All recipients share the body, so what stands there proves only that one has the issue."""
    mail = mail_with(tmp_path, 'unsubscribe = "https://lists.example.cn/leave?t={token}"')
    request = find_request(subject_of(shared_way(mail, ISSUE, KEY)))
    assert request is not None
    assert find_issue(KEY, "daily", request[1], [SLOT]) == SLOT
    assert find_issue(KEY, "daily", request[1], [SLOT.replace(day=21)]) is None
    assert shared_way(None, ISSUE, KEY) == ""


def test_a_page_to_leave_by_is_for_all(tmp_path: Path) -> None:
    """An https address without holes stands at the foot as it is."""
    mail = mail_with(tmp_path, 'unsubscribe = "https://lists.example.cn/leave"')
    assert shared_way(mail, ISSUE, KEY) == "https://lists.example.cn/leave"
