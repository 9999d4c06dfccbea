"""What is asked of the service for each deletion, and that it is waited for."""

from collections.abc import Callable

import pytest

from runner.apply.remove import await_gone, remove
from runner.azureml.rest import Rest
from runner.errors import ServiceError
from runner.model.plan import Action, Change
from tests.apply.recorder import Recorder
from tests.builders import change
from tests.loopback import Answer, Asked, Service

CPU = change("compute/cpu", Action.DELETE)


@pytest.mark.parametrize(
    ("gone", "calls"),
    [
        (CPU, ["delete compute cpu"]),
        (change("datastore/lake", Action.DELETE), ["delete datastore lake"]),
        (
            change("data/iris", Action.DELETE, removes=("iris:1", "iris:c0123")),
            ["archive data iris:1", "archive data iris:c0123"],
        ),
        (change("job/train", Action.DELETE, removes=("train-1", "train-2")), ["stop train-1", "stop train-2"]),
    ],
)
def test_each_kind_goes_in_its_way(gone: Change, calls: list[str]) -> None:
    writer = Recorder()
    remove(writer, gone)
    assert writer.calls == calls


def there_for(looks: int) -> Callable[[Asked], Answer]:
    """A compute that is there for so many looks."""
    left = iter(range(looks))
    return lambda _: Answer({"name": "cpu", "properties": {}}) if next(left, None) is not None else Answer({}, 404)


@pytest.mark.parametrize("looks", [0, 1, 3])
def test_it_is_looked_until_it_is_gone(service: Service, rest: Rest, looks: int) -> None:
    service.on("computes/cpu", there_for(looks))
    pauses: list[float] = []
    await_gone(rest, CPU, pauses.append)
    assert pauses == [0.2, 1.0, 5.0][:looks]


def test_what_never_goes_is_an_error_that_says_what_to_do(service: Service, rest: Rest) -> None:
    service.on("computes/cpu", there_for(10_000))
    pauses: list[float] = []
    with pytest.raises(ServiceError, match=r"compute/cpu is still there, .*; apply again when it is gone"):
        await_gone(rest, CPU, pauses.append)
    assert 500 < sum(pauses) < 900
