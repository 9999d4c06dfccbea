"""The process as the SDK should find it: it reads the environment, runs git and prints, and none of that is ours."""

import importlib
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout

from runner.azureml.workspace import Workspace


@contextmanager
def isolated(workspace: Workspace) -> Iterator[None]:
    """Runs a block with the environment and the output that the SDK gets; both are as before afterwards.

    On every submission it runs git, `git status` included, in the current directory. A hostile repository's
    configuration makes that execute commands, so git finds no repository here. The run's commit is in properties of our
    own. Both streams are swallowed: the SDK prints hints and upload bars, and ours is the only voice.
    """
    # First: while it is imported it looks up the current cloud, and ours it knows from its client only.
    importlib.import_module("azure.ai.ml")
    wanted = {"GIT_DIR": os.devnull}
    if workspace.ca_file:
        # The SDK builds many clients of its own and hands a CA to none of them; requests reads it from here.
        wanted["REQUESTS_CA_BUNDLE"] = workspace.ca_file
    if workspace.cloud:
        # The SDK sets it for good when a client is made, and asks it long after; the process may know two clouds.
        wanted["AZUREML_CURRENT_CLOUD"] = workspace.cloud
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
