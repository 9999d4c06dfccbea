"""What the server of forks imports once, for all of its children: the commands, and the SDK with what it loads late."""

import gc

import azure.ai.ml
import azure.ai.ml.entities
import azure.ai.ml.operations  # noqa: F401

import runner.__main__
import runner.cli.apply
import runner.cli.plan
import runner.cli.progress
import runner.cli.status
import runner.engine  # noqa: F401
import tests.crash.warm  # noqa: F401

gc.freeze()  # the children share these pages as long as nobody touches them
