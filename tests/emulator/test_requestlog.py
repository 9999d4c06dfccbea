"""The request log is bounded."""

import json
from pathlib import Path

import pytest

from runner.emulator import requestlog
from runner.emulator.requestlog import RequestLog


def test_rotates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requestlog, "MAX_BYTES", 500)
    log = RequestLog(tmp_path / "requests.jsonl")
    for number in range(50):
        log.write("GET", f"/{number}", 200, "", 0.1)
    log.close()
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == ["requests.jsonl", "requests.jsonl.1"]
    assert sum(file.stat().st_size for file in files) < 1500
    assert json.loads(files[1].read_text().splitlines()[-1])["method"] == "GET"
