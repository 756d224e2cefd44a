"""Files and folders: regular files only, inside the folder only, up to a size, in one order."""

from __future__ import annotations

import io
import os
import socket
from pathlib import Path

import pytest

from digest.collect.files import LARGEST, SUFFIXES, find_files, read_file, read_stream
from digest.errors import ReadError
from tests.collect.folders import make_deep_folder


def make_files(folder: Path, *names: str) -> None:
    """Write an article under every name, making the folders it needs."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"{name}里的正文。", encoding="utf-8")


def names_in(folder: Path) -> list[str]:
    """The files found, relative to the folder, in the order found."""
    return [path.relative_to(folder).as_posix() for path in find_files(folder)]


def test_a_file_is_its_bytes_and_its_name(tmp_path: Path) -> None:
    """Nothing is decoded and nothing is changed, not even line ends."""
    path = tmp_path / "一.txt"
    path.write_bytes(b"\xff\xfe\r\n\0")
    document = read_file(path, "样本")
    assert (document.data, document.name, document.source) == (b"\xff\xfe\r\n\0", str(path), "样本")


def test_an_empty_file_is_a_document_without_bytes(tmp_path: Path) -> None:
    """That there is no text in it is not for this room to judge."""
    (tmp_path / "empty").touch()
    assert read_file(tmp_path / "empty").data == b""


def test_a_link_given_by_name_is_followed(tmp_path: Path) -> None:
    """Who names a link means what it leads to."""
    make_files(tmp_path, "a.txt")
    (tmp_path / "link").symlink_to("a.txt")
    assert read_file(tmp_path / "link").data == read_file(tmp_path / "a.txt").data


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("missing.txt", "does not exist"),
        ("folder", "is a folder"),
        ("a.txt/b.txt", "is not a folder"),
        ("x" * 300, "cannot be read"),
    ],
)
def test_what_is_no_file_says_so(tmp_path: Path, name: str, says: str) -> None:
    """The error names the path, says what is wrong with it, and what to try."""
    make_files(tmp_path, "a.txt", "folder/b.txt")
    with pytest.raises(ReadError, match=says) as caught:
        read_file(tmp_path / name)
    assert str(tmp_path / name) in caught.value.message
    assert caught.value.hint


def test_a_link_to_nothing_does_not_exist(tmp_path: Path) -> None:
    """A dangling link is a missing file, and a link to itself cannot be read."""
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(ReadError, match="does not exist"):
        read_file(tmp_path / "dangling")
    with pytest.raises(ReadError, match="cannot be read"):
        read_file(tmp_path / "loop")


def test_a_fifo_does_not_hang(tmp_path: Path) -> None:
    """A named pipe that nobody writes to is refused at once."""
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(ReadError, match="not a regular file"):
        read_file(tmp_path / "pipe.txt")


def test_a_device_and_a_socket_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An endless device is not read, a socket is not opened."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ReadError, match="not a regular file"):
        read_file(Path("/dev/zero"))
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.txt")
        with pytest.raises(ReadError):
            read_file(Path("socket.txt"))


def test_a_file_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    """One byte more than the largest is too many; a sparse file shows it without the disk."""
    path = tmp_path / "big.txt"
    path.touch()
    os.truncate(path, LARGEST + 1)
    with pytest.raises(ReadError, match="larger than 50 MB"):
        read_file(path)
    os.truncate(path, LARGEST)
    assert len(read_file(path).data) == LARGEST


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_says_how_to_allow_it(tmp_path: Path) -> None:
    """The hint is the command."""
    make_files(tmp_path, "a.txt")
    (tmp_path / "a.txt").chmod(0)
    with pytest.raises(ReadError, match="may not be read") as caught:
        read_file(tmp_path / "a.txt")
    assert "chmod" in caught.value.hint


def test_a_stream_is_read_to_its_end() -> None:
    """Standard input is a document by that name."""
    document = read_stream(io.BytesIO("正文。".encode()))
    assert (document.data.decode(), document.name) == ("正文。", "standard input")


def test_a_stream_too_long_is_refused() -> None:
    """An endless stream ends at the limit, not in the memory; one that is just as long is read."""

    class Endless(io.RawIOBase):
        """A stream of zeros that counts what was asked for."""

        asked = 0

        def read(self, size: int = -1) -> bytes:
            """As many zeros as wanted."""
            Endless.asked += size
            return bytes(size)

    with pytest.raises(ReadError, match="longer than 50 MB"):
        read_stream(Endless(), "endless")  # type: ignore[arg-type]  # a raw stream reads just like a buffered one
    assert Endless.asked == LARGEST + 1
    assert len(read_stream(io.BytesIO(bytes(LARGEST))).data) == LARGEST


def test_files_are_found_in_the_order_of_their_names(tmp_path: Path) -> None:
    """Recursively, files and folders in one order, whatever order they were made in."""
    make_files(tmp_path, "c.txt", "b/z.md", "a.html", "b/a.json", "b.txt", "新.txt", "B.txt")
    expected = ["B.txt", "a.html", "b/a.json", "b/z.md", "b.txt", "c.txt", "新.txt"]
    assert names_in(tmp_path) == names_in(tmp_path) == expected


@pytest.mark.parametrize("suffix", [*sorted(SUFFIXES), ".TXT", ".Html"])
def test_articles_are_known_by_their_suffix(tmp_path: Path, suffix: str) -> None:
    """In small letters or large."""
    make_files(tmp_path, f"a{suffix}")
    assert names_in(tmp_path) == [f"a{suffix}"]


def test_other_files_are_no_articles(tmp_path: Path) -> None:
    """A digest.toml, a picture, a database, a file without a suffix and an editor's copy are passed over."""
    make_files(tmp_path, "digest.toml", "photo.jpg", "a.png", "digest.db", "README", "a.txt~", "a.txt.bak", "style.css")
    assert names_in(tmp_path) == []


def test_hidden_files_and_folders_are_passed_over(tmp_path: Path) -> None:
    """What begins with a point is not for readers."""
    make_files(tmp_path, ".hidden.txt", ".git/a.txt", "a/.b/c.txt", "a/d.txt")
    assert names_in(tmp_path) == ["a/d.txt"]


def test_links_are_left_alone(tmp_path: Path) -> None:
    """A link to a file or folder outside leads nowhere, nor does one to a file inside, which is found anyway."""
    outside, folder = tmp_path / "outside", tmp_path / "folder"
    make_files(tmp_path, "outside/secret.txt", "folder/a.txt")
    (folder / "b.txt").symlink_to(outside / "secret.txt")
    (folder / "c").symlink_to(outside, target_is_directory=True)
    (folder / "d.txt").symlink_to("a.txt")
    (folder / "e.txt").symlink_to("nowhere")
    assert names_in(folder) == ["a.txt"]


def test_a_loop_of_links_ends(tmp_path: Path) -> None:
    """A link to the folder that holds it is not walked round and round."""
    make_files(tmp_path, "a/b.txt")
    (tmp_path / "a" / "again").symlink_to(tmp_path, target_is_directory=True)
    assert names_in(tmp_path) == ["a/b.txt"]


def test_a_tree_deeper_than_the_stack_is_walked_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twelve hundred folders inside each other are only folders."""
    depth = 1200
    monkeypatch.chdir(tmp_path)
    make_deep_folder(tmp_path, "d", depth)
    deepest = Path(*["d"] * depth)
    article = deepest / "a.txt"
    article.touch()
    assert [len(path.parts) for path in find_files(Path("d"))] == [depth + 1]
    article.unlink()
    for folder in (deepest, *deepest.parents[:-1]):
        folder.rmdir()


def test_the_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    """Who names a link to a folder means the folder."""
    make_files(tmp_path, "real/a.txt")
    (tmp_path / "link").symlink_to("real", target_is_directory=True)
    assert names_in(tmp_path / "link") == ["a.txt"]


@pytest.mark.parametrize(("name", "says"), [("missing", "does not exist"), ("a.txt", "is not a folder")])
def test_what_is_no_folder_says_so(tmp_path: Path, name: str, says: str) -> None:
    """A missing folder, or a file in its place, is an error."""
    make_files(tmp_path, "a.txt")
    with pytest.raises(ReadError, match=says):
        list(find_files(tmp_path / name))


def test_an_empty_folder_holds_nothing(tmp_path: Path) -> None:
    """Which is no error."""
    assert names_in(tmp_path) == []


def test_a_folder_that_cannot_be_read_does_not_stop_the_others(tmp_path: Path) -> None:
    """It is told of, and what stands before and behind it is found (law 6)."""
    make_files(tmp_path, "a.txt", "z.txt")
    make_deep_folder(tmp_path)
    missed: list[ReadError] = []
    assert [path.name for path in find_files(tmp_path, missed.append)] == ["a.txt", "z.txt"]
    assert len(missed) == 1
    assert "cannot be read" in missed[0].message
    assert names_in(tmp_path) == ["a.txt", "z.txt"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_forbidden_folder_is_told_of(tmp_path: Path) -> None:
    """A folder inside is passed over and told of; the folder itself is an error."""
    make_files(tmp_path, "a.txt", "b/c.txt")
    (tmp_path / "b").chmod(0)
    missed: list[ReadError] = []
    try:
        assert [path.name for path in find_files(tmp_path, missed.append)] == ["a.txt"]
        assert len(missed) == 1
        with pytest.raises(ReadError, match="may not be read"):
            list(find_files(tmp_path / "b"))
    finally:
        (tmp_path / "b").chmod(0o700)
