"""Paths, links and files of a repository that are hostile."""

import os
import socket
from collections.abc import Mapping
from pathlib import Path

from tests.hostile.rows import JOB, PLAN, D, J, Make, Row, job

CODE = f"{JOB}code: ../../src\n"
FEW = "version: 1\nproject: demo\nlimits: {files: 3, bytes: 100}\n"
FOLDER, FILE = "name: d\npath: ../../data\n", "name: d\ntype: uri_file\npath: ../../data\n"


def link(name: str, target: str) -> Make:
    """A symbolic link."""
    return lambda root: (root / name).symlink_to(target)


def pipe(name: str) -> Make:
    """A FIFO: whoever opens it waits for somebody to write."""
    return lambda root: os.mkfifo(root / name)


def bound(name: str) -> Make:
    """A socket."""

    def make(root: Path) -> None:
        with socket.socket(socket.AF_UNIX) as made:
            os.chdir(root)  # its name must be short
            made.bind(name)

    return make


def sparse(name: str, size: int) -> Make:
    """A file of that size that takes no room."""
    return lambda root: os.truncate(root / name, size)


ROWS: Mapping[str, Row] = {
    "code outside the repository": job("code: ../../../elsewhere\n"),
    "code absolute": job("code: /etc\n"),
    "code missing": job("code: src\n"),
    "code empty": Row({J: CODE}, make=lambda root: (root / "src").mkdir()),
    "code a file": Row({J: CODE, "src": ""}),
    "code too long a path": job(f"code: {'a/' * 5000}\n"),
    "code .git": Row({J: f"{JOB}code: ../../.git\n"}, PLAN),
    "symlink leaving the repository, as code": Row({J: CODE}, make=link("src", "/etc")),
    "symlink leaving the repository, in code": Row({J: CODE, "src/a": ""}, PLAN, link("src/b", "/etc/passwd")),
    "symlink leaving the repository, a folder": Row({J: CODE, "src/a": ""}, PLAN, link("src/b", "/etc")),
    "symlink leaving the repository, a spec": Row({"specs/jobs/k.yml": JOB}, make=link(J, "/etc/passwd")),
    "symlink to a device, a spec": Row({"specs/jobs/k.yml": JOB}, make=link(J, "/dev/zero")),
    "symlink loop, as code": Row({J: CODE}, make=link("src", "src")),
    "symlink loop, in code": Row({J: CODE, "src/a": ""}, PLAN, link("src/b", "b")),
    "symlink loop, to the folder around": Row({J: CODE, "src/a": ""}, PLAN, link("src/b", ".")),
    "symlink loop, a spec": Row({"specs/jobs/k.yml": JOB}, make=link(J, "j.yml")),
    "symlinks that multiply": Row(
        {"specs/project.yml": FEW.replace("3", "1_000"), J: CODE, "src/a": ""}
        | {f"l{level}/__pycache__/a": "" for level in range(20)},
        PLAN,
        lambda root: [
            (root / (f"l{level - 1}" if level else "src") / side).symlink_to(f"../l{level}")
            for level in range(20)
            for side in ("left", "right")
        ],
    ),
    "FIFO, as code": Row({J: CODE}, make=pipe("src")),
    "FIFO, a spec": Row({"specs/jobs/k.yml": JOB}, make=pipe(J)),
    "FIFO, in data": Row({D: FOLDER, "data/a": "", ".gitignore": "data/\n"}, PLAN, pipe("data/b")),
    "socket, as data": Row({D: FILE}, make=bound("data")),
    "socket, in data": Row({D: FOLDER, "data/a": "", ".gitignore": "data/\n"}, PLAN, bound("data/b")),
    "many files": Row({"specs/project.yml": FEW, J: CODE} | {f"src/{each}": "" for each in "abcd"}, PLAN),
    "many bytes": Row({"specs/project.yml": FEW, J: CODE, "src/a": "x" * 101}, PLAN),
    "gigabytes": Row({D: FILE, "data": ""}, PLAN, sparse("data", 50_000_000_000)),
    "gigabytes, a spec": Row({J: ""}, make=sparse(J, 50_000_000_000)),
    "gigabytes, of an ignore file": Row(
        {J: CODE, "src/a": "", "src/.amlignore": ""}, PLAN, sparse("src/.amlignore", 50_000_000_000)
    ),
    "a pattern that never ends": Row(
        {J: CODE, f"src/{'a' * 200}": "", "src/.amlignore": "*a*a*a*a*a*a*a*a*b\n"}, PLAN, slow=True
    ),
    "100,000 files": Row({J: CODE} | {f"src/{number}": "" for number in range(100_000)}, PLAN, slow=True),
}
