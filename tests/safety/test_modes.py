"""Threat 22: on a machine that others use too, what digest keeps is closed to them, whatever the umask."""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Office, office, smtp, source, terminal
from tests.web_server import Names, WebServer, confine

__all__ = ("office", "smtp", "terminal")  # fixtures


@pytest.fixture(autouse=True)
def _usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """A network that ends on this computer."""
    return confine(monkeypatch)


def open_to_others(folder: Path) -> set[str]:
    """What lies in a folder and has permissions for anybody but its owner."""
    return {str(path) for path in (folder, *folder.rglob("*")) if stat.S_IMODE(path.lstat().st_mode) & 0o077}


def test_all_that_is_kept_is_for_its_owner(office: Office, names: Names) -> None:
    """After a run from the web the database, its lock, the pages that were fetched and their folders are 0600, 0700."""
    with WebServer() as web:
        web.routes["/a.html"] = (
            "<html><head><meta charset='utf-8'><title>岚川大桥通车</title></head><body><h1>岚川大桥通车</h1>"
            "<p>岚川大桥今日通车，全长3.2公里，双向六车道，市民出行时间大为缩短。</p></body></html>"
        )
        page = (
            f'[[source]]\nname = "web"\nkind = "page"\nurl = "{web.url("/a.html")}"\n'
            "allow_private = true\nrobots = false\ndelay = 0\n"
        )
        office.configure(sources=source(office.news) + page)
        assert office("run").code == 0
    assert {path.suffix for path in office.data.rglob("*") if path.is_file()} >= {".db", ".lock"}
    assert len([path for path in office.data.rglob("*") if path.is_file()]) >= 3
    assert open_to_others(office.data) == set()


def test_the_journal_is_private_while_a_run_writes_it(office: Office) -> None:
    """In the middle of a run, when SQLite has its -wal and -shm beside the database, they are private as well."""
    office.smtp.fail("dot", delay=1.0)
    seen: dict[str, bool] = {}
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            for path in office.data.glob("digest.db*") if office.data.exists() else ():
                try:
                    seen[path.name] = seen.get(path.name, True) and not stat.S_IMODE(path.stat().st_mode) & 0o077
                except FileNotFoundError:
                    continue
            done.wait(0.005)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        assert office("run").code == 0
    finally:
        done.set()
        watcher.join()
    assert {"digest.db", "digest.db-wal", "digest.db-shm"} <= seen.keys()
    assert [name for name, private in seen.items() if not private] == []


def test_a_configuration_keeps_the_mode_its_owner_gave_it(office: Office) -> None:
    """A digest.toml that was closed to others stays closed when a command writes into it."""
    path = office.terminal.folder / "digest.toml"
    office.configure(sources=source(office.news) + source(office.news, "more"))
    path.chmod(0o600)
    assert office("sources", "remove", "more").code == 0
    assert "more" not in path.read_text("utf-8")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
