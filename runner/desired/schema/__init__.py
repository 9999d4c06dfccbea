"""Strict models of the specs we know, one module a kind. They judge; nothing is built from them.

The fields are Azure ML's (the CLI v2 YAML schema as `azure-ai-ml` reads it); our own is `project` alone.
"""

import sys
from types import ModuleType

# pydantic asks every installed distribution for plugins when it builds its first model. That takes longer than all our
# models, and no plugin has a say in what a spec is: it is told there are none. Should pydantic move the module, this is
# merely without effect; tests/test_entry.py notices.
_no_plugins = ModuleType("pydantic.plugin._loader")
_no_plugins.get_plugins = tuple  # type: ignore[attr-defined]
sys.modules.setdefault(_no_plugins.__name__, _no_plugins)
