"""The files that a run logged, over all pages."""

from runner.azureml import artifacts
from runner.azureml.rest import Rest
from tests.loopback import Answer, Asked, Service

FOLDER = "history/v1.0/experiments/my iris/runs/train-1/artifacts"


def test_names_over_all_pages(rest: Rest, service: Service) -> None:
    def page(asked: Asked) -> Answer:
        more = asked.query.get("continuationToken")
        found = {"value": [{"path": "b" if more else "a"}]}
        return Answer(found if more else found | {"continuationToken": "a/b+c"})

    service.on(FOLDER.replace(" ", "%20"), page)
    assert list(artifacts.names(rest, "my iris", "train-1")) == ["a", "b"]
    assert service.asked[-1].query == {"continuationToken": "a/b+c"}
    assert list(artifacts.names(rest, "none", "train-1")) == []


def test_the_text_of_one(rest: Rest, service: Service) -> None:
    service.on("history/v1.0/experiments/e/runs/r/artifacts/contentinfo", lambda asked: content(service, asked))
    service.on("/blob/model/a.txt", Answer("naïve\n".encode()))
    assert artifacts.text(rest, "e", "r", "model/a.txt") == "naïve\n"
    assert artifacts.text(rest, "e", "r", "gone.txt") == ""
    assert artifacts.text(rest, "e", "none", "gone.txt") == ""


def content(service: Service, asked: Asked) -> Answer:
    return Answer({"contentUri": f"{service.url}/blob/{asked.query['path']}"})
