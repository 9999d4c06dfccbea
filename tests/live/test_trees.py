"""Remote folders: hashed as git does, brought here, and never led out of their folder."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from runner.azureml.rest import Rest
from runner.azureml.storage import Storage
from runner.errors import ServiceError
from runner.live import trees
from runner.model.digest import blob_id
from runner.model.limits import Limits

URL = "https://store.example/box/src"


class Bucket(Storage):
    """Storage that holds one folder."""

    def __init__(self, rest: Rest, content: Mapping[str, bytes]) -> None:
        super().__init__(rest)
        self.content = content

    def files(self, url: str) -> dict[str, int]:
        assert url == URL
        return {name: len(text) for name, text in self.content.items()}

    def read(self, url: str, name: str) -> Iterator[bytes]:
        assert url == URL
        yield from (bytes([byte]) for byte in self.content[name])


CONTENT = {"main.py": b"print()\n", "lib/util.py": b"", "lib/.gitignore": b"x"}
LEFT = {".amlignore": b"*", ".gitignore": b"*", "__pycache__/main.pyc": b"0", "lib/__pycache__/u.pyc": b"0"}
LEFT |= {".git/config": b"[core]", "lib/.GIT/hooks/x": b"!"}


def test_what_is_hashed_is_what_git_hashes(rest: Rest) -> None:
    wanted = {name: blob_id(text) for name, text in CONTENT.items()}
    assert trees.blobs(Bucket(rest, {**CONTENT, **LEFT}), URL) == wanted


def test_what_is_written_is_what_is_hashed(rest: Rest, tmp_path: Path) -> None:
    storage = Bucket(rest, {**CONTENT, **LEFT})
    assert trees.download(storage, URL, tmp_path / "here") == trees.blobs(storage, URL)
    found = {path.relative_to(tmp_path / "here").as_posix(): path for path in tmp_path.rglob("*") if path.is_file()}
    assert {name: path.read_bytes() for name, path in found.items()} == CONTENT


@pytest.mark.parametrize(
    "name",
    ["../out.py", "/etc/passwd", "a/../../b", "a//b", "./a", "a\\b", "C:a", "a\nb", "a\0b", "\u202egpj.py", "x" * 300],
)
def test_a_name_that_is_no_path_in_the_folder(rest: Rest, tmp_path: Path, name: str) -> None:
    with pytest.raises(ServiceError, match="which is no path in a folder"):
        trees.download(Bucket(rest, {"a.py": b"", name: b"x"}), URL, tmp_path / "here")
    assert [path.name for path in tmp_path.rglob("*")] == ["here"]


def test_a_file_where_a_folder_is(rest: Rest, tmp_path: Path) -> None:
    with pytest.raises(ServiceError, match="'a/b' beside another file"):
        trees.download(Bucket(rest, {"a": b"", "a/b": b""}), URL, tmp_path / "here")


@pytest.mark.parametrize("content", [{}, LEFT])
def test_nothing_to_bring(rest: Rest, content: Mapping[str, bytes]) -> None:
    with pytest.raises(ServiceError, match="holds no file"):
        trees.blobs(Bucket(rest, content), URL)


@pytest.mark.parametrize("limits", [Limits(files=1), Limits(bytes=5)])
def test_more_than_the_limits_allow(rest: Rest, tmp_path: Path, limits: Limits) -> None:
    with pytest.raises(ServiceError, match="holds more than"):
        trees.download(Bucket(rest, CONTENT), URL, tmp_path / "new", limits)


def test_one_file_of_a_folder(rest: Rest, tmp_path: Path) -> None:
    name = next(iter(CONTENT))
    assert trees.download(Bucket(rest, CONTENT), URL, tmp_path, Limits(files=1), only=name) == {
        name: blob_id(CONTENT[name])
    }
    with pytest.raises(ServiceError, match="holds no file"):
        trees.download(Bucket(rest, CONTENT), URL, tmp_path, only="other")
