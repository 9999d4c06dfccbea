"""`aml workspace`: the embedded workspace, a process of its own."""

import subprocess
import sys

import click

_HELP = {
    "start": "Start it, or find the one that runs.",
    "stop": "Stop it; jobs that run are marked Failed.",
    "status": "Say whether it runs, where, and how to open its MLflow.",
    "env": "Print the variables with which any unmodified SDK script uses it.",
    "reset": "Stop it and delete everything it holds.",
}


@click.group(name="workspace", short_help="The embedded workspace: start, stop, status, env, reset.")
def command() -> None:
    """The embedded workspace: start, stop, status, env, reset.

    It listens on loopback, and starts by itself when a target without coordinates is used. Its state lives in
    AML_STATE_DIR if set, else in the user's state directory.
    """


def _add(name: str) -> None:
    @command.command(name=name, short_help=_HELP[name], help=_HELP[name])
    @click.option("--json", "as_json", is_flag=True, hidden=name != "status", help="As one JSON object.")
    def run(as_json: bool) -> int:
        arguments = [name, *(["--json"] if as_json else [])]
        return subprocess.run([sys.executable, "-m", "runner.emulator", *arguments], check=False).returncode


for _name in _HELP:
    _add(_name)
