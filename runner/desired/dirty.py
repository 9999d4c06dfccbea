"""Whether what would be sent is what the commit says: compared by content, as `git status` can run filters."""

from collections.abc import Iterable
from pathlib import Path

from runner.desired.files import discover
from runner.desired.place import FILE
from runner.desired.project import Project
from runner.desired.spec import Spec
from runner.desired.templates.files import is_template
from runner.git.repository import Repository
from runner.git.tree import reading
from runner.model.resource import Resource


def is_dirty(project: Project, repository: Repository, specs: Iterable[Spec], resources: Iterable[Resource]) -> bool:
    """Whether a spec, a file it was made from or a sent file differs from the commit, is missing, or is not in it.

    What git ignores is in no commit and does not count. Without a commit everything differs.
    """
    resources = list(resources)
    paths = {project.specs / FILE}
    paths |= {project.root / spec.document.file for spec in specs}
    paths |= {path for path in discover(project.specs) if is_template(path)}  # also one that gives nothing here
    paths |= {repository.root / file for resource in resources for file in resource.files}
    trees = [tree for resource in resources for tree in resource.trees.values()]
    paths |= {Path(tree.root) for tree in trees} | {Path(path) for tree in trees for path in tree.elsewhere.values()}
    readings = [reading(path, repository) for path in sorted(paths)]
    recorded = repository.recorded()  # after reading: only then it has the submodules that are used
    return not recorded or any(each.differs(recorded) for each in readings)
