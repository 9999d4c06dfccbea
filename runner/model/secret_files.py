"""Files whose names say that they hold secrets."""

import re
from fnmatch import translate

_SECRET = {".env", ".env.*", "*.pem", "*.key", "*.pfx", "*.p12", "*.jks", "*.keystore", "*.kdbx", "*.ppk", "_netrc"}
_SECRET |= {"id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", ".netrc", ".pypirc", ".npmrc", ".pgpass", ".htpasswd"}
_SECRET |= {".git-credentials", ".dockercfg", "credentials", "credentials.json", "client_secret*.json", "kaggle.json"}
_SECRET |= {"service[-_]account*.json", "secrets.y*ml", "secrets.json", "secrets.toml"}
_EXAMPLES = {"*.example", "*.sample", "*.template", "*.dist"}  # these only show how to write one


def _any_of(globs: set[str]) -> re.Pattern[str]:
    return re.compile("|".join(translate(glob) for glob in sorted(globs)))


_NAMES, _SHOWN = _any_of(_SECRET), _any_of(_EXAMPLES)


def is_secret(path: str) -> bool:
    """Whether the last part of a path is such a name, in whatever case."""
    name = path.rpartition("/")[2].lower()
    return _NAMES.match(name) is not None and _SHOWN.match(name) is None
