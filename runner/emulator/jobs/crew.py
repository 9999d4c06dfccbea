"""What every supervisor works with."""

from dataclasses import dataclass
from pathlib import Path

from runner.emulator.jobs.order import Orders
from runner.emulator.jobs.uris import Locator
from runner.emulator.store.assets import Assets
from runner.emulator.store.jobs import Jobs
from runner.emulator.tracking.service import Tracking


@dataclass(frozen=True, slots=True)
class Crew:
    """The records, and those who help to carry jobs out."""

    jobs: Jobs
    assets: Assets
    orders: Orders
    locator: Locator
    tracking: Tracking
    environments: Path  # built ones
    artifacts: Path  # a folder `dcid.<job>` a job
