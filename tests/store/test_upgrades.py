"""Upgrades: databases as the programs of versions 1 and 2 left them, with what they hold."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path

from digest.model import Article
from digest.store import Placement, copy_for_dry_run, open_store
from digest.store.engine import make_engine
from digest.store.migrations import migrate
from digest.store.steps import STEPS
from tests.store.examples import NOW, freeze, hours, make_article

SLOT = "2026-03-01T00:00:00+00:00"
LATE = "2026-03-03T00:00:00+00:00"


def key_of_version_1(url: str | bytes) -> str:
    """The key that the program of version 1 gave an article with this URL."""
    return sha256(url if isinstance(url, bytes) else url.encode()).hexdigest()[:16]


def article_of_version_1(number: int, url: str | bytes) -> tuple[object, ...]:
    """A row as the program of version 1 wrote it."""
    title, text = "标题", f"正文{number}"
    return (
        key_of_version_1(url or f"{title}\0{text}"),
        *(title, text, "", "", url, "", "样本", "2026-03-01", 1, '["要闻"]', SLOT, f"f{number}"),
    )


def write_version_1(path: Path, urls: Sequence[str | bytes], told: int = 1) -> list[str]:
    """The keys of a database as the program of version 1 left it: articles with these URLs, an issue of the first ones.

    The first of those told leads the others' event.
    """
    engine = make_engine(path, patience=1)
    rows = [article_of_version_1(number, url) for number, url in enumerate(urls)]
    keys = [str(row[0]) for row in rows]
    manifest = {"segmenter": "jieba", "items": [{"key": keys[0], "sha256": "", "sentences": [[0, 2], [2, 3]]}]}
    states = [
        *(
            (key, "carried", f"same report as {keys[0]}" if number else "", SLOT)
            for number, key in enumerate(keys[:told])
        ),
        *((key, "new", "", None) for key in keys[told:]),
    ]
    with engine.begin() as connection:
        migrate(connection, STEPS[:1])
        connection.exec_driver_sql(f"INSERT INTO articles VALUES ({', '.join('?' * 13)})", rows)
        issue = "INSERT INTO issues VALUES ('daily', ?, '2026-03-01', '', '', '', x'00', ?, ?, 'carried')"
        connection.exec_driver_sql(issue, (SLOT, json.dumps(manifest), SLOT))
        connection.exec_driver_sql(f"INSERT INTO ledger VALUES ('daily', ?, ?, ?, ?, '{LATE}', '{SLOT}')", states)
    engine.dispose()
    return keys


def test_a_database_of_version_1_is_brought_forward(tmp_path: Path) -> None:
    """Its articles are known by their URLs in any spelling, its ledger is as it was, and no row is lost."""
    path = tmp_path / "digest.db"
    broken = "https://example.cn/\ud800".encode("utf-8", "surrogatepass")
    write_version_1(path, ["http://www.example.cn/a/1.html", "", broken, "https://example.cn/2", "http://example.cn/2"])
    with open_store(path) as store:
        found = store.find_known(
            ["https://example.cn/a/1", "https://example.cn/\ud800", "https://m.example.cn/2/"], "样本"
        )
        assert sorted(article.text[-1] for article in found.values()) in (["0", "2", "3"], ["0", "2", "4"])
        assert sorted(row.state for row in store.ledger_rows("daily")) == ["carried", "new", "new", "new", "new"]
        assert len(store.candidates("daily", NOW)) == 4
        again = Article(title="标题", text="改了", url="https://m.example.cn/a/1", origin="新华社", source="样本")
        first = found["https://example.cn/a/1"]
        assert store.record_articles([again], NOW) == {again.key: first.key}
        assert store.find_damage() == ""


def test_a_candidate_of_version_1_can_be_placed(tmp_path: Path) -> None:
    """An article is kept under the key it has today, and its first one still means it."""
    path = tmp_path / "digest.db"
    keys = write_version_1(path, ["https://example.cn/1", "", "https://example.cn/2"])
    with open_store(path) as store:
        candidates = [article.key for article in store.candidates("daily", NOW)]
        assert freeze(store, ["a@example.cn"], [Placement(key, "placed") for key in candidates], slot=hours(24))
        assert not set(keys) & {row.key for row in store.ledger_rows("daily")}
        assert [len(store.trace(key)) for key in keys] == [1, 1, 1]
        assert {store.trace(key)[0].key for key in keys[1:]} == set(candidates)


def test_what_version_1_told_is_known(tmp_path: Path) -> None:
    """The items of its issues are made from their manifests and reasons: number, title, articles and sentences."""
    path = tmp_path / "digest.db"
    keys = write_version_1(path, ["https://example.cn/1", "https://example.cn/2", "https://example.cn/3"], told=2)
    with open_store(path) as store:
        (told,) = store.told("daily", NOW)
        lead, merged = (store.trace(key)[0] for key in keys[:2])
        assert (told.day, told.number, told.title) == (NOW.date(), 1, "标题")
        assert told.articles == (lead.article, merged.article)
        assert [trace.courses[0].row.event for trace in (lead, merged)] == [lead.key, lead.key]
        assert merged.courses[0].printed == ("正文", "0")
        assert store.find_issues()[0].items == 1


def write_version_2(path: Path, told: Sequence[Article], others: Sequence[Article] = ()) -> None:
    """A database as the program of version 2 left it: an issue with one event, and an article found no room."""
    engine = make_engine(path, patience=1)
    lead = told[0].key
    manifest = {"segmenter": "jieba", "items": [{"key": lead, "sha256": "", "sentences": [[0, 2]]}]}
    columns = "key, title, text, author, site, url, language, source, published_is_day, categories, first_seen"
    with engine.begin() as connection:
        migrate(connection, STEPS[:2])
        for number, article in enumerate((*told, *others)):
            row = (article.key, article.title, article.text, article.url, article.source, SLOT, f"f{number}", "")
            values = "(?, ?, ?, '', '', ?, '', ?, 0, '[]', ?, ?, ?)"
            connection.exec_driver_sql(f"INSERT INTO articles ({columns}, fingerprint, identity) VALUES {values}", row)
        issue = "INSERT INTO issues VALUES ('daily', ?, '2026-03-01', '', '', '', x'00', ?, ?, 'carried')"
        connection.exec_driver_sql(issue, (SLOT, json.dumps(manifest), SLOT))
        states = [
            *(
                (article.key, "carried", f"same report as {lead}" if number else "")
                for number, article in enumerate(told)
            ),
            *((article.key, "left_out", "not among the first 30") for article in others),
        ]
        ledger = f"INSERT INTO ledger VALUES ('daily', ?, ?, ?, '{SLOT}', '{LATE}', '{SLOT}')"
        connection.exec_driver_sql(ledger, states)
        version = "INSERT INTO versions VALUES (?, 'f0', 'a', '样本', ?, ?, NULL, NULL)"
        connection.exec_driver_sql(version, (lead, SLOT, SLOT))
        mail = "INSERT INTO outbox VALUES ('daily', ?, 'a@example.cn', '', '<1>', x'00', 'sent', 1, 250, '', NULL, ?)"
        connection.exec_driver_sql(mail, (SLOT, SLOT))
    engine.dispose()


def test_a_database_of_version_2_is_brought_forward(tmp_path: Path) -> None:
    """Events are known by the reasons of merging, positions are unknown, and the rest is as it was."""
    path = tmp_path / "digest.db"
    lead, other, left = make_article(1), make_article(2), make_article(3)
    write_version_2(path, [lead, other], [left])
    with open_store(path) as store:
        (told,) = store.told("daily", NOW)
        assert told.articles == (lead, other)
        assert {row.key: row.event for row in store.ledger_rows("daily")} == {
            lead.key: lead.key,
            other.key: lead.key,
            left.key: "",
        }
        assert store.candidates("daily", NOW) == [left]
        (merged,) = store.trace(other.key)
        (course,) = merged.courses
        assert course.item
        assert (course.item.key, course.printed, course.mails[0].state) == (lead.key, (lead.text[:2],), "sent")
        assert (store.word_counts("daily", NOW), store.drafts()) == ((), ())
        assert len(store.versions(lead.key)) == 1
        assert store.find_damage() == ""


def test_an_untitled_item_of_version_2_is_headed_by_its_text(tmp_path: Path) -> None:
    """Its first line is its title, also where the text is not well-formed."""
    path = tmp_path / "digest.db"
    untitled = Article(text="  第一行很短\n第二行。", url="https://example.cn/1", source="样本")
    write_version_2(path, [untitled])
    with open_store(path) as store:
        assert [told.title for told in store.told("daily", NOW)] == ["第一行很短"]


def test_an_issue_of_version_2_without_a_manifest_has_no_items(tmp_path: Path) -> None:
    """An item whose article is not there any more is left out, and nothing breaks."""
    path = tmp_path / "digest.db"
    write_version_2(path, [make_article(1)])
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("INSERT INTO issues VALUES ('weekly', 's', '2026-03-01', '', '', '', x'00', '{}', 'c', 'void')")
        lost = json.dumps({"items": [{"key": "0" * 16, "sentences": []}]})
        raw.execute(
            "INSERT INTO issues VALUES ('monthly', 's', '2026-03-01', '', '', '', x'00', ?, 'c', 'void')", [lost]
        )
        raw.commit()
    open_store(path).close()
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT edition FROM items").fetchall() == [("daily",)]


def test_many_articles_of_version_1_are_brought_forward(tmp_path: Path) -> None:
    """More than one portion of them."""
    path = tmp_path / "digest.db"
    write_version_1(path, [f"https://example.cn/{number}.html" for number in range(1200)])
    with open_store(path) as store:
        assert len(store.find_known([f"http://example.cn/{number}" for number in range(1200)], "样本")) == 1200


def test_a_dry_run_brings_its_copy_forward(tmp_path: Path) -> None:
    """A database of version 1 stays one until it is opened in earnest."""
    path = tmp_path / "digest.db"
    write_version_1(path, ["https://example.cn/1"])
    before = path.read_bytes()
    with copy_for_dry_run(path) as copy:
        assert len(copy.find_known(["http://example.cn/1.html"], "样本")) == 1
    assert path.read_bytes() == before
