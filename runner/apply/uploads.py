"""Each tree is uploaded once: the service knows what it has by content, but not what is still on its way."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Lock

from runner.model.digest import tree_digest
from runner.model.resource import Tree


class Uploads:
    """Lets whoever brings a tree first finish before the next one with the same tree begins."""

    def __init__(self) -> None:
        self._known: dict[str, Lock] = {}
        self._there: set[str] = set()

    @contextmanager
    def turn(self, trees: Iterable[Tree]) -> Iterator[None]:
        """Holds the trees that were not uploaded yet until the block is through."""
        wanted = sorted({tree_digest(tree.files) for tree in trees})  # sorted: two who want two never wait in a circle
        with ExitStack() as held:
            for name in wanted:
                lock = self._known.setdefault(name, Lock())
                lock.acquire()
                if name in self._there:
                    lock.release()
                else:
                    held.callback(lock.release)
            yield
            self._there.update(wanted)
