"""What a step from one version to the next computes from the rows that are there, in plain SQL as the steps are."""

from __future__ import annotations

import json

from sqlalchemy import Connection

from digest.model import Article
from digest.store.identity import identity_of

_REFERENCES = ("articles SET key", "aliases SET article", "versions SET key", "visits SET key", "ledger SET key")

_ADDRESSES = {
    "articles": "SELECT rowid, identity, url, source FROM articles WHERE url <> ''",
    "aliases": """
        SELECT aliases.rowid, aliases.identity, aliases.url, articles.source
        FROM aliases JOIN articles ON articles.key = aliases.article WHERE aliases.url <> ''
    """,
    "visits": "SELECT rowid, identity, url, source FROM visits WHERE url <> ''",
}

_ITEM = """
    INSERT INTO items (edition, slot, number, key, title, section, standing, score, terms, sentences, added,
                       told_number, note)
    SELECT ?, ?, ?, key, ?, '', 'new', 0.0, '{}', ?, '[]', 0, '' FROM articles WHERE key = ?
"""


def fill_identities(connection: Connection) -> None:
    """Writes what the spellings of every article's URL share."""
    rows = connection.exec_driver_sql("SELECT key, url, source FROM articles WHERE url <> ''").all()
    filled = [(_writable(identity_of(_readable(url), _readable(source))), key) for key, url, source in rows]
    if filled:
        connection.exec_driver_sql("UPDATE articles SET identity = ? WHERE key = ?", filled)


def renew_identities(connection: Connection) -> None:
    """Writes under every URL what its spellings share by now, where an earlier program wrote it otherwise.

    The first programs of version 2 left the source out of it: an article of theirs was not known by another spelling,
    and might have been printed a second time.
    """
    if connection.dialect.name != "sqlite":  # on a server no program before version 6 has kept anything
        return
    for table, question in _ADDRESSES.items():
        rows = connection.exec_driver_sql(question).all()
        known = (
            (number, old, _writable(identity_of(_readable(url), _readable(source))))
            for number, old, url, source in rows
        )
        renewed = [(new, number) for number, old, new in known if old != new]
        if renewed:
            # of two visits to one page, which are told apart no more, the one that has the name already counts
            renew = f"UPDATE OR IGNORE {table} SET identity = ? WHERE rowid = ?"  # noqa: S608 -- our tables
            connection.exec_driver_sql(renew, renewed)


def renew_keys(connection: Connection) -> None:
    """Writes every article under the key it has by now; the one of before becomes its alias.

    In version 1 a key was made of the URL alone, without the source.  Such an article could be a candidate of an issue
    but not be placed in one: it called itself by a name that the ledger did not know.
    """
    texts = "CASE url WHEN '' THEN title ELSE '' END, CASE url WHEN '' THEN text ELSE '' END"
    rows = connection.exec_driver_sql(f"SELECT key, url, source, {texts} FROM articles")  # noqa: S608 -- columns
    keys = {key: _key_of(*map(_readable, columns)) for key, *columns in rows}
    renewed = list({new: old for old, new in keys.items() if new not in keys}.items())
    if not renewed:
        return
    connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")  # until the end of this transaction
    for reference in _REFERENCES:
        connection.exec_driver_sql(f"UPDATE {reference} = ? WHERE {reference.split()[-1]} = ?", renewed)
    connection.exec_driver_sql("DELETE FROM aliases WHERE key IN (SELECT key FROM articles)")
    alias = "INSERT OR IGNORE INTO aliases SELECT ?, key, '', '', first_seen FROM articles WHERE key = ?"
    connection.exec_driver_sql(alias, [(old, new) for new, old in renewed])
    connection.exec_driver_sql("DELETE FROM listings")  # lists of keys: they are read again


def _key_of(url: str, source: str, title: str, text: str) -> str:
    return Article(title=title, text=text, url=url, source=source).key


def fill_items(connection: Connection) -> None:
    """Writes what earlier issues printed, from their manifests, so that what was told is known from the first day."""
    renamed = connection.exec_driver_sql("SELECT key, article FROM aliases").all()
    new_names = {row.key: row.article for row in renamed}
    for edition, slot, manifest in connection.exec_driver_sql("SELECT edition, slot, manifest FROM issues").all():
        for number, item in enumerate(json.loads(manifest).get("items", ()), 1):
            key = new_names.get(item["key"], item["key"])
            columns = (edition, slot, number, _heading(connection, key), json.dumps(item["sentences"]), key)
            connection.exec_driver_sql(_ITEM, columns)


def _heading(connection: Connection, key: str) -> str | bytes:
    row = connection.exec_driver_sql("SELECT title, text FROM articles WHERE key = ?", (key,)).one_or_none()
    title, text = map(_readable, row) if row else ("", "")
    return _writable(title or text.strip().partition("\n")[0][:48])


def _readable(text: str | bytes) -> str:
    return text if isinstance(text, str) else text.decode("utf-8", "surrogatepass")


def _writable(text: str) -> str | bytes:
    """The text, or its bytes where it is not well-formed, as `columns.Words` writes it."""
    data = text.encode("utf-8", "surrogatepass")
    return text if data.decode("utf-8", "ignore").encode() == data else data
