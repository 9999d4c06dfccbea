"""Where a job's files are while it runs, where they are kept, and what its process is told about both."""

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from runner.emulator.execution.journal import Journal
from runner.emulator.execution.request import ExecutionRequest
from runner.emulator.execution.store import Built
from runner.emulator.execution.variables import job_variables

_DEFAULT_FOLDERS = ("outputs", "logs")  # what a job writes there is kept without being declared


class Layout:
    """The folders of one job."""

    def __init__(self, request: ExecutionRequest) -> None:
        self._request = request
        self.code = request.work_dir / "wd"
        self.inputs_dir = request.work_dir / "inputs"
        self.outputs_dir = request.work_dir / "outputs"
        self.overlay = request.work_dir / "env"
        self.temporary = request.work_dir / "tmp"
        self.system_logs = request.log_dir / "system_logs"
        self.user_log = request.log_dir / "user_logs" / "std_log.txt"
        self.lifecycle = Journal(self.system_logs / "lifecycle.txt")

    def prepare(self) -> None:
        """Begin with empty folders, whatever an earlier attempt left."""
        if self._request.work_dir.exists():
            shutil.rmtree(self._request.work_dir)
        self._request.work_dir.mkdir(parents=True, mode=0o700)
        for folder in (self.code, self.inputs_dir, self.outputs_dir, self.temporary, self.user_log.parent):
            folder.mkdir(parents=True, exist_ok=True)
        self.user_log.touch(mode=0o600)

    def outputs(self) -> dict[str, str]:
        """The path handed to the command for each output. A folder exists already, a file is the job's to create."""
        paths = {}
        for output in self._request.outputs:
            path = self.outputs_dir / output.name
            if output.type != "uri_file":
                path.mkdir(parents=True)
            paths[output.name] = str(path)
        return paths

    def kept(self) -> Iterator[tuple[Path, Path]]:
        """What is collected when the job ends, and to where."""
        for output in self._request.outputs:
            yield self.outputs_dir / output.name, output.destination
        for name in _DEFAULT_FOLDERS:
            yield self.code / name, self._request.log_dir / name


def process_variables(
    request: ExecutionRequest, built: Built, inputs: Mapping[str, str], outputs: Mapping[str, str]
) -> dict[str, str]:
    """The whole environment of the user's process. The job's own variables come last: they may override anything."""
    overlay = request.work_dir / "env"
    base = job_variables(
        os.environ,
        virtual_env=overlay,
        search_path=(overlay / "bin", built.path / "bin"),
        temporary=request.work_dir / "tmp",
        library_path=built.library_path,
    )
    data = {item.name: inputs[item.name] for item in request.inputs if item.type != "literal"}
    named = {f"AZURE_ML_INPUT_{name}": value for name, value in inputs.items()}
    named |= {f"AZUREML_DATAREFERENCE_{name}": value for name, value in (data | dict(outputs)).items()}
    named |= {f"AZURE_ML_OUTPUT_{name}": value for name, value in outputs.items()}
    return base | named | dict(request.context_variables) | dict(request.environment_variables)
