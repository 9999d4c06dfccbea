"""Artifacts go through MLflow's own routes into the job's folder, streamed."""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING

import psutil
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mlflow.tracking import MlflowClient

    from .conftest import Mounted

MEGABYTE = 1024 * 1024
LARGE = 256


@pytest.mark.parametrize("name", ["plain.txt", "two words.txt", "50%.txt", "a+b&c=d.txt", "naïve-über.txt"])
def test_a_file_goes_to_the_jobs_folder_and_back(
    mounted: Mounted, client: MlflowClient, tmp_path: Path, name: str
) -> None:
    mounted.create("files")
    source = tmp_path / name
    source.write_text(name)
    client.log_artifact("files", str(source), "outputs/deep")
    assert (mounted.folder("files") / "outputs" / "deep" / name).read_text() == name
    assert f"outputs/deep/{name}" in [entry.path for entry in client.list_artifacts("files", "outputs/deep")]
    target = tmp_path / "back"
    target.mkdir()
    fetched = client.download_artifacts("files", f"outputs/deep/{name}", str(target))
    assert (tmp_path / fetched).read_text() == name


def test_what_the_job_wrote_itself_is_seen_by_mlflow(mounted: Mounted, client: MlflowClient) -> None:
    mounted.create("logs")
    log = mounted.folder("logs") / "user_logs" / "std_log.txt"
    log.parent.mkdir(parents=True)
    log.write_text("hello\n")
    assert [(entry.path, entry.file_size) for entry in client.list_artifacts("logs", "user_logs")] == [
        ("user_logs/std_log.txt", 6)
    ]


def test_a_large_file_is_streamed_both_ways(mounted: Mounted) -> None:
    """Neither we nor MLflow may hold it: both grow by far less than its size."""
    mounted.create("large")
    url = f"{mounted.uri}/api/2.0/mlflow-artifacts/artifacts/dcid.large/weights.bin"
    child = psutil.Process(mounted.child_pid())
    before = child.memory_info().rss, psutil.Process().memory_info().rss
    sent = hashlib.sha256()

    def blocks() -> Iterator[bytes]:
        for number in range(LARGE):
            block = bytes([number]) * MEGABYTE
            sent.update(block)
            yield block

    with mounted.http() as http:
        assert http.put(url, content=blocks()).status_code == 200
        received = hashlib.sha256()
        with http.stream("GET", url) as reply:
            for block in reply.iter_raw():
                received.update(block)
            assert reply.headers["content-length"] == str(LARGE * MEGABYTE)
    assert received.digest() == sent.digest()
    after = child.memory_info().rss, psutil.Process().memory_info().rss
    assert max(now - then for now, then in zip(after, before, strict=True)) < LARGE * MEGABYTE / 4


@pytest.mark.parametrize("path", ["../../secret", "..%2f..%2fsecret", "dcid.x/..%2f..%2f..%2fsecret"])
def test_a_path_cannot_leave_the_artifact_folder(mounted: Mounted, path: str) -> None:
    (mounted.artifacts.parent.parent / "secret").write_text("keep out")
    (mounted.artifacts.parent / "secret").write_text("keep out")
    with mounted.http() as http:
        reply = http.get(f"{mounted.uri}/api/2.0/mlflow-artifacts/artifacts/{path}")
    assert reply.status_code in {400, 404}
    assert "keep out" not in reply.text


def test_a_transfer_that_is_broken_off_leaves_nothing_behind(mounted: Mounted) -> None:
    mounted.create("broken")
    url = f"{mounted.uri}/api/2.0/mlflow-artifacts/artifacts/dcid.broken/half.bin"

    def half() -> Iterator[bytes]:
        yield bytes(MEGABYTE)
        raise InterruptedError

    with mounted.http() as http:
        with pytest.raises(InterruptedError):
            http.put(url, content=half(), headers={"content-length": str(2 * MEGABYTE)})
        assert http.put(f"{url}.whole", content=bytes(32 * MEGABYTE)).status_code == 200
        with http.stream("GET", f"{url}.whole") as reply:
            next(reply.iter_raw())
        assert http.head(f"{url}.whole").status_code in {200, 405}
    until(lambda: [path.name for path in mounted.folder("broken").iterdir()] == ["half.bin.whole"])


def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
