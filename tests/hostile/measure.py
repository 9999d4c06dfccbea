"""Runs a command and prints, as JSON, what came of it and what it and its children took.

A process of its own, small: a child's peak memory begins with that of the process that forks it.
"""

import json
import resource
import subprocess
import sys

done = subprocess.run(sys.argv[1:], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120, check=False)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
kilobytes = used.ru_maxrss / (1024 if sys.platform == "darwin" else 1)
print(
    json.dumps(
        {
            "code": done.returncode,
            "out": done.stdout,
            "err": done.stderr,
            "seconds": used.ru_utime + used.ru_stime,
            "megabytes": kilobytes / 1024,
        }
    )
)
