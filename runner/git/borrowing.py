"""Repositories of our own that borrow another's objects: it is not written to, and its configuration is not read."""

from pathlib import Path

from runner.git.repository import Repository


def borrow(repository: Repository, place: Path, head: str, config: str) -> None:
    """Makes a git directory at `place`, with a HEAD of this content and this configuration."""
    objects = repository.ask("rev-parse", "--path-format=absolute", "--git-path", "objects")
    hashed_by = repository.ask("rev-parse", "--show-object-format")
    (place / "objects" / "info").mkdir(parents=True)
    (place / "refs").mkdir()
    (place / "objects" / "info" / "alternates").write_text(f"{objects}\n", "utf-8")
    (place / "HEAD").write_text(f"{head}\n", "utf-8")
    config += f"[core]\n\trepositoryFormatVersion = {0 if hashed_by == 'sha1' else 1}\n"
    if hashed_by != "sha1":
        config += f"[extensions]\n\tobjectFormat = {hashed_by}\n"
    (place / "config").write_text(config, "utf-8")
