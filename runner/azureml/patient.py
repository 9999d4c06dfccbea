"""A session of `requests` for which a moment's trouble is not the end of an apply, as for every read of the service."""

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry


def patient() -> requests.Session:
    """Tries again what a server could not do now: three times, within some seconds."""
    session = requests.Session()
    adapter = HTTPAdapter(max_retries=Retry(3, backoff_factor=0.2, status_forcelist=(500, 502, 503, 504)))
    for scheme in ("https://", "http://"):
        session.mount(scheme, adapter)
    return session
