"""serve, start, stop, status, env and reset. Results on stdout, all else on stderr."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from http.client import HTTPException
from shlex import quote
from typing import Any

from runner.emulator import daemon
from runner.emulator.client import details, tracking_token
from runner.emulator.endpoint import Endpoint, client_variables
from runner.emulator.errors import CommandError
from runner.emulator.settings import StateDir

IDLE_SECONDS = 3600.0


def main(arguments: list[str]) -> int:
    """Run one command; the exit code. `status` answers 3 when nothing runs, as systemd's does."""
    options = _parser().parse_args(arguments)
    try:
        return COMMANDS[options.command](StateDir.current(), options)
    except (CommandError, OSError, HTTPException) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _serve(state: StateDir, options: argparse.Namespace) -> int:
    from runner.emulator.serve import serve  # starlette and uvicorn: the other commands do without them

    serve(state, options.idle)
    return 0


def _start(state: StateDir, options: argparse.Namespace) -> int:
    endpoint = daemon.start(state, options.idle)
    print(f"The embedded workspace runs at {endpoint.base_url}", file=sys.stderr)
    return 0


def _stop(state: StateDir, _: argparse.Namespace) -> int:
    print("Stopped." if daemon.stop(state) else "It was not running.", file=sys.stderr)
    return 0


def _reset(state: StateDir, _: argparse.Namespace) -> int:
    daemon.reset(state)
    return 0


def _status(state: StateDir, options: argparse.Namespace) -> int:
    endpoint = daemon.running(state)
    report = _report(state, endpoint)
    if options.json:
        print(json.dumps(report, indent=2))
    else:
        print("\n".join(f"{name}: {_plain(value)}" for name, value in report.items()))
    return 0 if endpoint else 3


def _report(state: StateDir, endpoint: Endpoint | None) -> dict[str, Any]:
    if endpoint is None:
        return {"running": False, "state_dir": str(state.root)}
    shown = {name: value for name, value in asdict(endpoint).items() if name != "identity_header"}
    secret_free = {**shown, "metadata_url": None, "identity_endpoint": None}
    known = {name: value for name, value in secret_free.items() if value is not None}
    return {"running": True, "state_dir": str(state.root), **known, **details(endpoint)}


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{count} {name}" for name, count in value.items()) or "none"
    return "yes" if value is True else "no" if value is False else str(value)


def _env(state: StateDir, _: argparse.Namespace) -> int:
    endpoint = daemon.running(state)
    if endpoint is None:
        raise CommandError("The embedded workspace is not running: start it first, then ask for its variables.")
    print(exports(client_variables(endpoint, tracking_token(endpoint))))
    return 0


def exports(variables: Mapping[str, str]) -> str:
    """Lines for a shell to eval. Every value is quoted, plain ones too: one shape for those who parse it."""
    return "\n".join(f"export {name}={_quoted(value)}" for name, value in variables.items())


def _quoted(value: str) -> str:
    escaped = quote(value)
    return escaped if escaped.startswith("'") else f"'{escaped}'"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m runner.emulator", description="The embedded workspace.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (("serve", "Run in the foreground."), ("start", "Run as a daemon; return once it answers.")):
        command = commands.add_parser(name, help=text)
        command.add_argument("--idle", type=float, default=IDLE_SECONDS, help="Stop after so many idle seconds.")
    commands.add_parser("stop", help="Stop the daemon; running jobs are marked Failed.")
    commands.add_parser("env", help="Print the variables with which any SDK script uses the workspace.")
    commands.add_parser("reset", help="Stop the daemon and delete everything the workspace holds.")
    status = commands.add_parser("status", help="Tell whether it runs, where, and how to open its UI.")
    status.add_argument("--json", action="store_true", help="As one JSON object.")
    return parser


COMMANDS: dict[str, Callable[[StateDir, argparse.Namespace], int]] = {
    "serve": _serve,
    "start": _start,
    "stop": _stop,
    "status": _status,
    "env": _env,
    "reset": _reset,
}
