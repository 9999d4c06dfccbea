"""Where the embedded workspace lives: its names, and the layout of its state directory."""

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from runner.emulator.errors import CommandError

CLOUD = "AmlEmbedded"
SUBSCRIPTION_ID = "00000000-0000-0000-0000-000000000000"
RESOURCE_GROUP = "local"
WORKSPACE_NAME = "embedded"
WORKSPACE_ID = "00000000-0000-0000-0000-0000000000e0"  # the guid Azure gives every workspace
TENANT_ID = "00000000-0000-0000-0000-0000000000f0"
PRINCIPAL_ID = "00000000-0000-0000-0000-0000000000a0"
LOCATION = "local"
STORAGE_SUFFIX = "core.aml.invalid"  # RFC 6761: never resolves, so nothing can leave the machine by mistake
STORAGE_ACCOUNT = "devstore"
PROVIDER = "Microsoft.MachineLearningServices"
WORKSPACE_PATH = (
    f"/subscriptions/{SUBSCRIPTION_ID}/resourceGroups/{RESOURCE_GROUP}/providers/{PROVIDER}/workspaces/{WORKSPACE_NAME}"
)
DATASTORE_CONTAINER = "azureml-blobstore"
ARTIFACT_CONTAINER = "azureml"
MARKER = "This directory is the state of an embedded Azure ML workspace (aml-runner).\n"


@dataclass(frozen=True, slots=True)
class StateDir:
    """The state directory and everything that has a fixed place in it."""

    root: Path

    @classmethod
    def current(cls) -> "StateDir":
        """The directory named by AML_STATE_DIR, else the user's own."""
        configured = os.environ.get("AML_STATE_DIR")
        root = Path(configured) if configured else platformdirs.user_state_path("aml-runner")
        return cls(root.expanduser().absolute())

    def create(self) -> None:
        """Make the directory, private to the user, and mark it as ours so that `reset` dares to delete it."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        # The mark is looked for after the look at the rest, and made before it: two that start at once agree.
        if any(self.root.iterdir()) and not self.marker.exists():
            raise CommandError(f"{self.root} holds files that are not an embedded workspace's: set AML_STATE_DIR anew.")
        self.marker.write_text(MARKER)
        self.root.chmod(0o700)
        for folder in (self.blobs, self.jobs, self.environments, self.uploads):
            folder.mkdir(mode=0o700, exist_ok=True)

    @property
    def marker(self) -> Path:
        return self.root / "README"

    @property
    def endpoint(self) -> Path:
        return self.root / "endpoint.json"

    @property
    def log(self) -> Path:
        return self.root / "daemon.log"

    @property
    def lock(self) -> Path:
        return self.root / "daemon.lock"

    @property
    def start_lock(self) -> Path:
        return self.root / "start.lock"

    @property
    def secrets(self) -> Path:
        return self.root / "secrets.json"

    @property
    def port(self) -> Path:
        return self.root / "port"

    @property
    def requests(self) -> Path:
        return self.root / "requests.jsonl"

    @property
    def tls(self) -> Path:
        return self.root / "tls"

    @property
    def database(self) -> Path:
        return self.root / "workspace.sqlite"

    @property
    def blobs(self) -> Path:
        return self.root / "blobs"

    @property
    def uploads(self) -> Path:
        """Blocks that were put and not yet committed, and files half written."""
        return self.root / "uploads"

    @property
    def jobs(self) -> Path:
        return self.root / "jobs"

    @property
    def environments(self) -> Path:
        return self.root / "envs"

    @property
    def artifacts(self) -> Path:
        """One folder `dcid.<job>` a job: its logs, outputs and MLflow artifacts."""
        return self.blobs / ARTIFACT_CONTAINER / "ExperimentRun"
