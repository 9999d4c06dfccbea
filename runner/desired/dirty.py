"""Whether what would be sent is what the commit says: compared by content, as `git status` can run filters."""

from collections.abc import Iterable
from pathlib import Path

from runner.desired import local
from runner.desired.load import Spec
from runner.desired.project import FILE, Project
from runner.git.repository import Repository
from runner.model.digest import blob_id
from runner.model.resource import Resource


def is_dirty(project: Project, repository: Repository, specs: Iterable[Spec], resources: Iterable[Resource]) -> bool:
    """Whether a spec, a conda file or a sent file differs from the commit, is missing, or is not in it."""
    recorded = repository.recorded()
    present = {path: blob_id(path.read_bytes()) for path in _spec_files(project, specs)}
    for resource in resources:
        for tree in resource.trees.values():
            root = Path(tree.root)
            present |= {root if tree.is_file else root / name: blob for name, blob in tree.files.items()}
            inside = root.relative_to(repository.root).as_posix() + "/"
            if any(name.startswith(inside) and not (repository.root / name).exists() for name in recorded):
                return True
    return any(recorded.get(path.relative_to(repository.root).as_posix()) != blob for path, blob in present.items())


def _spec_files(project: Project, specs: Iterable[Spec]) -> set[Path]:
    files = {project.specs / FILE}
    for spec in specs:
        files.add(project.root / spec.document.file)
        files |= {local.resolve(link.text, spec.folder) for link in spec.links if link.path[-1] == "conda_file"}
    return files
