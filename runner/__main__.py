"""The entry of `aml`: runs a command, and turns whatever goes wrong into a line and an exit code."""

import errno
import gc
import os
import sys

import click

from runner.cli.main import cli
from runner.errors import AmlError
from runner.report.lines import one_line

OK, ERROR, INTERRUPTED = 0, 1, 130


def main() -> None:
    """Exits with 0 when all went well, 1 on an error, 2 for changes with --detailed-exitcode, 130 on Ctrl-C."""
    # Imports make many objects and hardly any garbage: collecting as often as usual takes a tenth of a command's time.
    gc.set_threshold(100_000, 20, 20)
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """One command line; the exit code."""
    try:
        code = int(cli.main(arguments, prog_name="aml", standalone_mode=False) or OK)
        sys.stdout.flush()  # here, where a full disk is still a line and an exit code
    except BrokenPipeError:
        return _drop_output()
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return ERROR  # click says 2, which here means "there are changes"
    except (KeyboardInterrupt, click.Abort):
        print("interrupted; nothing more is sent, what runs goes on", file=sys.stderr)
        return INTERRUPTED
    except AmlError as error:
        return _say(error)
    except Exception as error:
        if os.environ.get("AML_DEBUG"):
            raise
        if isinstance(error, OSError):  # the machine's trouble and no bug: a full disk, a file that may not be read
            _say(error)
            return _drop_output() if error.errno == errno.ENOSPC else ERROR
        print(one_line(f"error: this is a bug of ours: {type(error).__name__}: {error}"), file=sys.stderr)
        print("  AML_DEBUG=1 shows where; please report it", file=sys.stderr)
        return ERROR
    return code


def _drop_output() -> int:
    """What is left to print goes nowhere, also at exit: the reader (`aml plan | head`) or the room for it is gone."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return ERROR


def _say(error: Exception) -> int:
    for diagnostic in getattr(error, "diagnostics", ()):
        print(one_line(str(diagnostic)), file=sys.stderr)
    print(one_line(f"error: {error}"), file=sys.stderr)
    return ERROR


if __name__ == "__main__":
    main()
