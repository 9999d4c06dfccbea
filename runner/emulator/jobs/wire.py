"""Steps of a pipeline come in the words of the YAML (`process_count_per_instance`), jobs in those of the wire."""

from collections.abc import Mapping
from typing import Any

from runner.emulator.errors import bad_request
from runner.emulator.jobs.searchspace import ARGUMENTS

ARGUMENT_NAMES = {
    "choice": ("values",),
    "randint": ("upper",),
    "uniform": ("min_value", "max_value"),
    "normal": ("mu", "sigma"),
}


def camel(written: Mapping[str, Any]) -> dict[str, Any]:
    """The same mapping with its own keys in camel case; what is below them stays as it is."""
    return {_camel_word(key): value for key, value in written.items()}


def limits(written: Mapping[str, Any] | None, kind: str) -> dict[str, Any]:
    """Timeouts come as seconds or as ISO durations."""
    sent = camel(written or {})
    timeouts = {
        key: f"PT{sent[key]}S" if isinstance(sent[key], int) else sent[key]
        for key in ("timeout", "trialTimeout")
        if sent.get(key) is not None
    }
    return {**sent, **timeouts, "jobLimitsType": kind}


def distribution(written: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A step says `distribution_type: PyTorch`, a component `type: pytorch`."""
    if not written:
        return None
    sent = camel(written)
    kind = str(sent.pop("type", None) or sent.get("distributionType") or "")
    names = {"pytorch": "PyTorch", "mpi": "Mpi", "tensorflow": "TensorFlow"}
    return {**sent, "distributionType": names.get(kind.lower(), kind)}


def search_space(written: Mapping[str, Any]) -> dict[str, Any]:
    """`{k: {type: uniform, min_value: 0, max_value: 1}}` as `{k: ["uniform", [0, 1]]}`."""
    return {name: _distribution_of(name, value) for name, value in written.items()}


def sampling_algorithm(written: Any) -> dict[str, Any]:
    """A name, or a mapping with the name under `type`."""
    sent = camel(written) if isinstance(written, dict) else {"type": written}
    kind = str(sent.pop("type", None) or sent.get("samplingAlgorithmType") or "")
    return {**sent, "samplingAlgorithmType": kind.capitalize()}


def early_termination(written: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not written:
        return None
    sent = camel(written)
    kind = str(sent.pop("type", None) or sent.get("policyType") or "")
    return {**sent, "policyType": "".join(word[:1].upper() + word[1:] for word in kind.split("_"))}


def _distribution_of(name: str, written: Any) -> Any:
    if not isinstance(written, dict):
        return written
    kind = str(written.get("type"))
    if kind not in ARGUMENTS:
        raise bad_request(f"search_space.{name} is of the unknown type {kind}.")
    base = kind.removeprefix("q").replace("lognormal", "normal").replace("loguniform", "uniform")
    arguments = [written.get(key) for key in (*ARGUMENT_NAMES[base], *(("q",) if kind.startswith("q") else ()))]
    return [kind, [[_option(name, value) for value in arguments[0] or []]] if kind == "choice" else arguments]


def _option(name: str, value: Any) -> Any:
    """An option of a choice may hold distributions of its own."""
    if not isinstance(value, dict):
        return value
    return {
        key: _distribution_of(f"{name}.{key}", inner) if isinstance(inner, dict) and "type" in inner else inner
        for key, inner in value.items()
    }


def _camel_word(word: str) -> str:
    first, *rest = word.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest) if first else word
