"""Putting a workspace together from its state directory."""

import os

from runner.emulator.auth.guard import Guard
from runner.emulator.blob.files import BlobStore
from runner.emulator.endpoint import Endpoint
from runner.emulator.jobs.components import Components
from runner.emulator.jobs.crew import Crew
from runner.emulator.jobs.dispatch import Dispatcher
from runner.emulator.jobs.environments import Environments
from runner.emulator.jobs.expansion import Expansion
from runner.emulator.jobs.order import Orders
from runner.emulator.jobs.pools import Pools
from runner.emulator.jobs.resolution import Resolver
from runner.emulator.jobs.submission import Submissions
from runner.emulator.jobs.uris import Locator
from runner.emulator.secrets import Secrets
from runner.emulator.settings import (
    ARTIFACT_CONTAINER,
    CLOUD,
    DATASTORE_CONTAINER,
    RESOURCE_GROUP,
    STORAGE_SUFFIX,
    SUBSCRIPTION_ID,
    WORKSPACE_NAME,
    StateDir,
)
from runner.emulator.store.assets import Assets
from runner.emulator.store.computes import Computes, Operations
from runner.emulator.store.database import Database, now
from runner.emulator.store.datastores import Datastores
from runner.emulator.store.jobs import Jobs
from runner.emulator.store.named import Named
from runner.emulator.tls import Certificates
from runner.emulator.tracking.service import Tracking
from runner.emulator.workspace import Workspace


def open_workspace(state: StateDir, port: int, certificates: Certificates, version: str) -> Workspace:
    """Open the records and put everybody who works on them together. Nothing runs yet."""
    secrets = Secrets.load_or_draw(state.secrets)
    endpoint = _endpoint(port, secrets, certificates, version)
    guard = Guard(secrets, port)
    database = Database(state.database)
    assets, computes, jobs, datastores = Assets(database), Computes(database), Jobs(database), Datastores(database)
    blobs = BlobStore(state.blobs, state.uploads, database)
    for container in (DATASTORE_CONTAINER, ARTIFACT_CONTAINER):
        blobs.create_container(container)
    environments, locator = Environments(assets), Locator(assets, datastores, jobs, state.blobs)
    components = Components(assets, environments)
    resolver = Resolver(computes, assets, environments, components, locator)
    tracking = Tracking(state.root, state.artifacts)
    orders = Orders(state, endpoint, guard.tokens, assets, environments, locator, jobs)
    crew = Crew(jobs, assets, orders, locator, tracking, state.environments, state.artifacts)
    return Workspace(
        endpoint=endpoint,
        secrets=secrets,
        guard=guard,
        database=database,
        assets=assets,
        computes=computes,
        operations=Operations(database),
        datastores=datastores,
        connections=Named(database, "connections"),
        schedules=Named(database, "schedules"),
        jobs=jobs,
        blobs=blobs,
        environments=environments,
        components=components,
        locator=locator,
        tracking=tracking,
        submissions=Submissions(jobs, resolver, Expansion(resolver, components)),
        dispatcher=Dispatcher(Pools(computes), crew),
    )


def _endpoint(port: int, secrets: Secrets, certificates: Certificates, version: str) -> Endpoint:
    base = f"https://127.0.0.1:{port}"
    return Endpoint(
        pid=os.getpid(),
        base_url=base,
        metadata_url=f"{base}/metadata/{secrets.discovery_key}/endpoints",
        identity_endpoint=f"{base}/msi/token",
        identity_header=secrets.identity_header,
        ca_file=str(certificates.bundle),
        cloud=CLOUD,
        subscription_id=SUBSCRIPTION_ID,
        resource_group=RESOURCE_GROUP,
        workspace_name=WORKSPACE_NAME,
        storage_suffix=STORAGE_SUFFIX,
        started_at=now(),
        version=version,
    )
