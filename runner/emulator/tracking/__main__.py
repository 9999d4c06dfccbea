"""`python -m runner.emulator.tracking`: MLflow's server on a unix socket, for as long as standard input stays open.

The daemon holds the other end of standard input. However the daemon ends, the kernel closes it, and this process
goes too.
"""

import argparse
import os
import signal
import sys
import threading
from pathlib import Path


def _leave_with_the_parent() -> None:
    os.read(sys.stdin.fileno(), 1)  # not through sys.stdin, whose lock a waiting thread would hold at exit
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Read the arguments, watch the parent, and serve until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m runner.emulator.tracking")
    parser.add_argument("--socket", type=Path, required=True, help="unix socket; its folder is removed at the end too")
    parser.add_argument("--backend", required=True, metavar="URI", help="sqlite:///... of MLflow's database")
    parser.add_argument("--artifacts", type=Path, required=True, metavar="DIR", help="folder of the dcid.<run> folders")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # so that `finally` runs, after uvicorn too
    try:
        # Before the import, which takes seconds; within `try`, as the parent may be gone already.
        threading.Thread(target=_leave_with_the_parent, daemon=True).start()
        from runner.emulator.tracking.server import serve

        serve(arguments.socket, arguments.backend, arguments.artifacts)
    finally:
        arguments.socket.unlink(missing_ok=True)
        arguments.socket.parent.rmdir()


if __name__ == "__main__":
    main()
