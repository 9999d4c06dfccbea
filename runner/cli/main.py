"""`aml`: the commands by name. A command's module is imported when it runs, so that `aml --help` answers at once."""

import importlib

import click

from runner import __version__

# name -> (module, what `aml --help` says). A test holds the sentences against the commands' own.
COMMANDS = {
    "init": ("init", "Begin a project in a folder, with an example that trains."),
    "validate": ("validate", "Check the specs: offline, every problem at once."),
    "render": ("render", "Print the exact YAML of each resource."),
    "schema": ("schema", "Print the JSON Schema of project.yml or of a kind."),
    "plan": ("plan", "Show what would change in the workspace, and why."),
    "apply": ("apply", "Make the workspace what the specs say."),
    "promote": ("promote", "Copy models to another workspace or a registry."),
    "status": ("status", "Show every resource and run, and where each stands."),
    "wait": ("wait", "Wait for runs, and show how they went."),
    "logs": ("logs", "Print the log of a job's run."),
    "cancel": ("cancel", "Cancel a job's run."),
    "prune": ("prune", "Archive old versions that nothing uses."),
    "destroy": ("destroy", "Take away everything that this project owns."),
    "doctor": ("doctor", "Check the set-up: git, project, sign-in, roles, storage, quota."),
    "import": ("importing", "Write specs of what is live in the workspace."),
    "history": ("history", "Show what became of a resource, commit by commit."),
    "blame": ("blame", "Tell which commit made a run, a model or a version."),
    "diff": ("diff", "Compare the runs of two commits, and say what made the difference."),
    "reproduce": ("reproduce", "Check that a run can be had again, and train it again."),
    "ledger": ("ledger", "The record of what was applied: check it, export it."),
    "ci": ("ci", "In GitHub Actions: comments, checks, reports, drift."),
    "workspace": ("workspace", "The embedded workspace: start, stop, status, env, reset."),
}


class Lazy(click.Group):
    """A group that knows its commands by name and loads one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"runner.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.command(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", prog_name="aml")
@click.option("-C", "directory", type=click.Path(exists=True, file_okay=False), default=".", help="Run in this folder.")
@click.pass_context
def cli(ctx: click.Context, directory: str) -> None:
    """Your repository is the workspace.

    YAML in specs/ says what should exist in an Azure Machine Learning workspace. `aml plan` says what would change and
    why, `aml apply` makes it so, and training that was already done for the same content is never done twice.
    """
    ctx.obj = directory
