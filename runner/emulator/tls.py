"""TLS from a private certificate authority, kept over restarts so that a client's bundle stays good."""

import os
from dataclasses import dataclass
from pathlib import Path

from runner.emulator.secrets import write_private

AUTHORITY, AUTHORITY_KEY = "ca.pem", "ca.key.pem"
HOSTS = ("127.0.0.1", "localhost")


@dataclass(frozen=True, slots=True)
class Certificates:
    """Files: the server's key and chain, and the bundle clients trust (public authorities and ours)."""

    key: Path
    chain: Path
    bundle: Path


def ensure_certificates(folder: Path) -> Certificates:
    folder.mkdir(mode=0o700, exist_ok=True)
    certificates = Certificates(folder / "server.key.pem", folder / "server.pem", folder / "bundle.pem")
    authority = folder / AUTHORITY
    if not (certificates.key.exists() and certificates.chain.exists() and authority.exists()):
        _issue(folder, authority, certificates)
    write_private(certificates.bundle, _public_authorities() + "\n" + authority.read_text())
    return certificates


def _issue(folder: Path, authority: Path, certificates: Certificates) -> None:
    # Imported here: it loads all of cryptography, and only the first start needs it.
    import trustme

    authority_key = folder / AUTHORITY_KEY
    if authority.exists() and authority_key.exists():
        ca = trustme.CA.from_pem(authority.read_bytes(), authority_key.read_bytes())
    else:
        ca = trustme.CA(organization_name="aml-runner embedded workspace")
        write_private(authority_key, ca.private_key_pem.bytes().decode())
        write_private(authority, ca.cert_pem.bytes().decode())
    server = ca.issue_cert(*HOSTS)
    write_private(certificates.chain, "".join(blob.bytes().decode() for blob in server.cert_chain_pems))
    write_private(certificates.key, server.private_key_pem.bytes().decode())


def _public_authorities() -> str:
    """The authorities the caller trusts: jobs and clients reach the package index and the internet with our bundle."""
    for variable in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
        named = os.environ.get(variable)
        # The bundle of an embedded workspace, left in the shell by `env`, would grow with every start.
        if named and Path(named).is_file() and not Path(named).with_name(AUTHORITY_KEY).exists():
            return Path(named).read_text()
    import certifi

    return Path(certifi.where()).read_text()
