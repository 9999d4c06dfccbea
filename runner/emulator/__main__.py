"""`python -m runner.emulator`: the embedded workspace as a command of its own."""

import sys

from runner.emulator.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
