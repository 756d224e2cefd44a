"""A person in between: an issue frozen before its slot, edited, and mailed as it was last shown."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest

from tests.cli.conftest import ANNA, BEN, NEWS, Office, edition, fingerprint, parse, part

EARLY, SLOT, LATER, NEXT = "2026-11-22T07:00", "2026-11-22T08:00", "2026-11-22T08:05", "2026-11-23T08:00"


def titles(shown: str) -> list[str]:
    """The headlines that digest issue show lists, in their order."""
    return [line.split(". ", 1)[1].rpartition("  (")[0] for line in shown.splitlines() if ". " in line[:6]]


def test_what_was_shown_is_what_is_mailed(office: Office) -> None:
    """Frozen at seven, mailed at eight: the text part is the shown text to the last character."""
    frozen = office("preview", "--freeze", "--text", now=EARLY)
    assert frozen.code == 0
    assert "frozen: the issue of 2026-11-22 08:00" in frozen.err
    shown = office("issue", "show", "--text", now=EARLY)
    assert shown.out == frozen.out
    assert office("run", now=EARLY).code == 0
    assert office.smtp.received == []
    (office.news / "neu.txt").write_text(
        "夜里才到的消息\n这条消息在七点以后才写进文件夹，所以不在冻结的一期里。", encoding="utf-8"
    )
    assert office("run", now=SLOT).code == 0
    assert sorted(office.smtp.recipients) == [ANNA, BEN]
    text = part(parse(office.smtp.received[0]), "plain")
    assert text.replace("\r\n", "\n").rstrip("\n") == shown.out.rstrip("\n")
    office("run", now=NEXT)
    assert "夜里才到的消息" in part(parse(office.smtp.received[-1]), "plain")


def test_an_editor_drops_moves_and_remarks(office: Office) -> None:
    """The mail has the remaining items in the new order with the remark; what was dropped never comes again."""
    office("preview", "--freeze", now=EARLY)
    first, second, third = titles(office("issue", "show", now=EARLY).out)
    assert {first, second, third} == {"岚川大桥通车", "自来水价格调整", "新医院开诊"}
    dropped = office("issue", "drop", "2", now=EARLY)
    assert titles(dropped.out) == [first, third]
    assert titles(office("issue", "move", "2", "1", now=EARLY).out) == [third, first]
    noted = office("issue", "note", "1", "请民生处留意。", now=EARLY)
    assert "编者按：请民生处留意。" in noted.out
    office("run", now=LATER)
    message = parse(office.smtp.received[0])
    for kind in ("plain", "html"):
        text = part(message, kind)
        assert second not in text
        assert 0 < text.rindex(third) < text.rindex(first)
        assert "编者按" in text
        assert "请民生处留意。" in text
    assert "编辑撤下 1" in part(message, "plain")
    before = len(office.smtp.received)
    office("run", now=NEXT)
    assert all(second not in part(parse(m), "plain") for m in office.smtp.received[before:])


def test_a_reviewed_edition_waits_for_its_release(office: Office) -> None:
    """Due, it is composed and held, with exit code 4 until a person lets it go; then it is mailed once."""
    office.configure(editions=edition(more="review = true"))
    held = office("run", now=LATER)
    assert (held.code, office.smtp.received) == (4, [])
    assert "digest issue release" in held.err
    assert office("run", now=LATER).code == 4
    released = office("issue", "release", now=LATER)
    assert (released.code, office.smtp.received) == (0, [])
    assert "goes out" in released.err
    assert office("run", now=LATER).code == 0
    assert sorted(office.smtp.recipients) == [ANNA, BEN]
    office("run", now=LATER)
    assert len(office.smtp.received) == 2


def test_a_frozen_issue_is_not_frozen_over(office: Office) -> None:
    """An editor's work is not lost to a second --freeze; given up, it makes room, and its articles are still there."""
    office("preview", "--freeze", now=EARLY)
    again = office("preview", "--freeze", now=EARLY)
    assert again.code == 2
    assert "frozen already" in again.err
    assert office("issue", "discard", now=EARLY).code == 0
    assert office("issue", "show", now=EARLY).code == 2
    office("run", now=SLOT)
    text = part(parse(office.smtp.received[0]), "plain")
    assert all(NEWS[name].split("\n", 1)[0].lstrip("# ") in text for name in NEWS)


def test_looking_changes_nothing(office: Office) -> None:
    """show, export and a dry run leave every byte of the state as it is."""
    office("preview", "--freeze", now=EARLY)
    office("issue", "show", now=EARLY)
    before = fingerprint(office.data)
    for words in (("issue", "show"), ("issue", "export"), ("run", "--dry-run"), ("send", "--to", "c@example.cn")):
        office(*words, now=LATER)
    assert fingerprint(office.data) == before
    assert office.smtp.recipients == ["c@example.cn"]


def test_send_takes_the_frozen_issue(office: Office) -> None:
    """digest send mails what was frozen, before its slot; the slot itself then has nothing more to send."""
    office("preview", "--freeze", now=EARLY)
    office("issue", "note", "1", "先行送出。", now=EARLY)
    assert office("send", now=EARLY).code == 0
    assert "先行送出。" in part(parse(office.smtp.received[0]), "plain")
    office("run", now=SLOT)
    assert len(office.smtp.received) == 2


@pytest.mark.parametrize("words", [("drop", "9"), ("move", "1", "9"), ("note", "0", "x")])
def test_an_item_that_is_not_there(office: Office, words: tuple[str, ...]) -> None:
    """It is a mistake of usage that says how many there are, and changes nothing."""
    office("preview", "--freeze", now=EARLY)
    before = office("issue", "show", now=EARLY).out
    result = office("issue", *words, now=EARLY)
    assert result.code == 2
    assert "the issue has 3" in result.err
    assert office("issue", "show", now=EARLY).out == before


def test_an_issue_leaves_as_a_document(office: Office) -> None:
    """Markdown and plain text on stdout, Word and HTML in a file; each holds every headline."""
    office("preview", "--freeze", now=EARLY)
    for form in ("markdown", "text", "html"):
        out = office("issue", "export", "--format", form, now=EARLY).out
        assert all(title in out for title in ("岚川大桥通车", "自来水价格调整", "新医院开诊")), form
    path = office.terminal.folder / "out" / "issue.docx"
    assert office("issue", "export", "--format", "docx", "--output", path, now=EARLY).code == 0
    document = zipfile.ZipFile(BytesIO(path.read_bytes())).read("word/document.xml").decode()
    assert "岚川大桥通车" in document


@pytest.mark.parametrize(("form", "suffix"), [("html", ".html"), ("markdown", ".md"), ("docx", ".docx")])
def test_a_preview_is_a_document_too(office: Office, form: str, suffix: str) -> None:
    """--format chooses what is written; its path is the product."""
    made = office("preview", "--format", form, "--output", office.terminal.folder / "out")
    assert made.out.rstrip().endswith(f"daily-2026-11-22{suffix}")
    assert (office.terminal.folder / "out" / f"daily-2026-11-22{suffix}").stat().st_size > 500


def test_freezing_takes_no_paths(office: Office) -> None:
    """What is frozen is what the configured sources give."""
    result = office("preview", "--freeze", office.news, now=EARLY)
    assert result.code == 2
    assert "--freeze" in result.err


def test_a_frozen_issue_survives_a_new_schedule(office: Office) -> None:
    """Frozen for eight and due at half past six: it is what is mailed, once, and the days after it go on."""
    office("preview", "--freeze", now=EARLY)
    office("issue", "note", "1", "编者的话。", now=EARLY)
    office.configure(editions=edition().replace("08:00", "07:30"))
    assert office("run", now="2026-11-22T07:31").code == 0
    assert "编者的话。" in part(parse(office.smtp.received[0]), "plain")
    for moment in (LATER, "2026-11-23T09:00", "2026-11-24T09:00"):
        assert office("run", now=moment).code == 0
    assert office.smtp.recipients.count(ANNA) == 3


def test_what_comes_while_an_issue_is_held_is_not_missed(office: Office) -> None:
    """An article that is there for one day only, while another issue waits for its release, is printed later."""
    office.configure(editions=edition(more="review = true"))
    office("run", now=LATER)
    passing = office.news / "kuai.txt"
    passing.write_text(
        "短暂发布的通知\n这条通知只在来源里放了一天，第二天就被撤下了，读者仍然应当看到。", encoding="utf-8"
    )
    office("run", now=NEXT)
    passing.unlink()
    office("issue", "release", now=NEXT)
    office("run", now="2026-11-23T08:10")
    office("run", now="2026-11-24T08:10")
    office("issue", "release", now="2026-11-24T08:11")
    office("run", now="2026-11-24T08:12")
    assert any("短暂发布的通知" in part(parse(mail), "plain") for mail in office.smtp.received)


def test_nothing_is_frozen_where_nothing_could_be_read(office: Office) -> None:
    """A source that is away for a moment does not make an empty issue that is mailed the next morning."""
    away = office.news.rename(office.news.with_name("away"))
    assert office("preview", "--freeze", now=EARLY).code == 1
    assert office("issue", "show", now=EARLY).code == 2
    away.rename(office.news)
    office("run", now=SLOT)
    assert "岚川大桥通车" in part(parse(office.smtp.received[0]), "plain")


def test_an_issue_held_for_days_can_be_looked_at_by_mail(office: Office) -> None:
    """send --to mails the held issue to one address, also when its articles are no candidates any more."""
    office.configure(editions=edition(more="review = true"))
    office("run", now=LATER)
    office("issue", "drop", "3", now=LATER)
    for day in range(23, 28):
        office("run", now=f"2026-11-{day}T09:00")
    assert office("send", "--to", "c@example.cn", now="2026-11-27T10:00").code == 0
    assert office.smtp.recipients == ["c@example.cn"]
