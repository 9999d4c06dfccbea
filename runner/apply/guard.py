"""What a person must insist on before a plan is carried out: hazards have a flag each, and nothing else lifts them."""

from runner.errors import ConfigError
from runner.model.plan import Action, Plan


def check(made: Plan, *, allow_replace: bool, allow_delete_all: bool) -> None:
    """Raises ConfigError, naming the flag, when the plan holds a hazard that nobody insisted on."""
    replaced = [str(change.key) for change in made.pending if change.action is Action.REPLACE]
    if replaced and not allow_replace:
        raise ConfigError(
            f"{', '.join(replaced)} would be deleted and made anew: --allow-replace lets it; nothing was sent"
        )
    if made.empties and not allow_delete_all:
        raise ConfigError(
            f"nothing that {made.origin.project} owns in {made.origin.target} would be left; is this the right folder "
            "and branch? --allow-delete-all lets it; nothing was sent"
        )
    if made.withheld and not made.pending:
        left = made.withheld[0].withheld
        raise ConfigError(f"all of it is {left}: apply it there, or --allow-rollback applies it from here")
