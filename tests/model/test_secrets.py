"""References to secrets, the places that may hold one, and what the name of a place says of what stands there."""

from typing import Any

import pytest

from runner.model.detectors import HIDDEN
from runner.model.plan import Reason
from runner.model.secrets import detector, hidden, may_hold, refused, variable

VARIABLE = ("environment_variables", "X")
TOKEN = "hf_" + "aB3dE6gH9j" * 3


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("{{ env.AML_SECRET_KEY }}", "AML_SECRET_KEY"),
        ("{{env.AML_SECRET_k2}}", "AML_SECRET_k2"),
        ("{{\tenv.AML_SECRET_KEY  }}", "AML_SECRET_KEY"),
        ("{{ env.AML_SECRET_ }}", None),
        ("{{ env.SECRET_KEY }}", None),
        ("{{ env.AML_SECRET_KEY }} ", None),
        ("Bearer {{ env.AML_SECRET_KEY }}", None),
        ("{{ env.AML_SECRET_KEY }}{{ env.AML_SECRET_KEY }}", None),
        ("{{ env.AML_SECRET_KEY | upper }}", None),
        ("${{ env.AML_SECRET_KEY }}", None),
        ("{{ env.AML_SECRET_SCHLÜSSEL }}", None),
        ("AML_SECRET_KEY", None),
        (7, None),
        (None, None),
    ],
)
def test_what_is_a_reference(value: Any, name: str | None) -> None:
    assert variable(value) == name


@pytest.mark.parametrize(
    ("path", "may"),
    [
        (("credentials", "account_key"), True),
        (("ssh_settings", "admin_password"), True),
        (VARIABLE, True),
        (("trial", *VARIABLE), True),
        (("jobs", "a", *VARIABLE), True),
        (("jobs", "a", "component", "jobs", "b", *VARIABLE), True),
        (("credentials",), False),
        (("environment_variables", "X", "deeper"), False),
        (("inputs", *VARIABLE), False),
        (("inputs", "credentials", "path"), False),
        (("ssh_settings", "admin_username"), False),
        (("jobs", "environment_variables"), False),
        (("command",), False),
        ((), False),
    ],
)
def test_where_a_reference_may_stand(path: tuple[str, ...], may: bool) -> None:
    assert may_hold(path) is may


@pytest.mark.parametrize(
    ("path", "value", "is_refused"),
    [
        (VARIABLE, "{{ env.HOME }}", True),
        (VARIABLE, "{{env}}", True),
        (VARIABLE, "Bearer {{ env.AML_SECRET_KEY }}", True),
        (VARIABLE, "{{ env.AML_SECRET_KEY }}", False),
        (VARIABLE, "${{ env.HOME }}", False),
        (VARIABLE, "{{ environment }}", False),
        (VARIABLE, 5, False),
        (("command",), "echo {{ env.HOME }}", False),
    ],
)
def test_what_looks_like_a_reference_and_is_none(path: tuple[str, ...], value: Any, is_refused: bool) -> None:
    message = refused(path, value)
    assert (message is not None) == is_refused
    assert message is None or "{{ env.AML_SECRET_NAME }}" in message


NAMES = ["PASSWORD", "DB_PASSWORD", "PGPASSWORD", "dbPassword", "MYSQL_PWD", "CLIENT_SECRET", "HF_TOKEN", "API_KEY"]
NAMES += ["apiKey", "api-key", "WANDB_API_KEY", "AWS_SECRET_ACCESS_KEY", "SECRET", "TOKEN2", "CONNECTION_STRING"]
OTHERS = [
    "MODE",
    "TOKENIZERS_PARALLELISM",
    "MAX_TOKENS",
    "TOKEN_FILE",
    "SECRET_NAME",
    "PASSWORD_LENGTH",
    "PWD",
    "OLDPWD",
]
OTHERS += ["KEY", "KEYWORD", "SECRETARY", "BETOKEN", "PUBLIC_KEY", "ssh_key_value"]
NO_SECRETS = [
    "",
    " ",
    "${{inputs.token}}",
    "$TOKEN",
    "$(cat x)",
    "{{ env.AML_SECRET_X }}",
    "/run/secrets/token",
    "./token",
]
NO_SECRETS += [
    "~/token",
    "keys/token.txt",
    "https://vault.example/secrets/x",
    "azureml:token:1",
    "<pad>",
    "[MASK]",
    "%TOKEN%",
]
NO_SECRETS += ["true", "None", "***", True, None]


@pytest.mark.parametrize("name", NAMES)
def test_names_that_say_secret(name: str) -> None:
    for path in ((name,), ("environment_variables", name), ("inputs", name)):
        assert detector(path, "hunter2") == "name"
        assert detector(path, 12345) == (None if name == "HF_TOKEN" else "name")  # a token's number, or a count
        assert hidden(path, "hunter2") == HIDDEN
        assert [detector(path, value) for value in NO_SECRETS] == [None] * len(NO_SECRETS)


@pytest.mark.parametrize("name", OTHERS)
def test_names_that_do_not(name: str) -> None:
    assert detector(("environment_variables", name), "hunter2") is None
    assert hidden(("environment_variables", name), "hunter2") == "hunter2"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<your-key>", None),
        ("XXXXXXXX", None),
        ("?xx=XXXX-XX-XX&xxx=xx:XX", None),
        ("dummy", None),
        ("example-password", None),
        ("changeme", None),
        ("Placeholder.", None),
        ("your key", None),
        ("dummies", "credentials"),
        ("exampled", "credentials"),
        ("XXX1", "credentials"),
        ("----", "credentials"),
        ("hunter2", "credentials"),
    ],
)
def test_what_says_of_itself_that_it_is_none(text: str, found: str | None) -> None:
    assert detector(("credentials", "account_key"), text) == found
    assert detector(("environment_variables", "API_KEY"), text) == (found and "name")


def test_variables_in_a_command() -> None:
    command = "HF_TOKEN=hunter2 API_KEY='a b' python main.py --token=x MODE=fast TOKEN=$TOKEN SECRET=${{inputs.x}}"
    assert detector(("command",), command) == "name"
    assert hidden(("command",), command) == command.replace("hunter2", HIDDEN).replace("'a b'", HIDDEN)
    assert detector(("command",), "TOKEN=$TOKEN EOS_TOKEN=2 python main.py --api-key=x token=x") is None


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (("credentials", "account_key"), "credentials"),
        (("credentials", "sas_token"), "credentials"),
        (("credentials", "client_secret"), "credentials"),
        (("credentials", "certificate"), "credentials"),
        (("ssh_settings", "admin_password"), "credentials"),
        (("credentials", "pat"), "credentials"),
        (("credentials", "password"), "credentials"),
        (("credentials", "secret_access_key"), "credentials"),
        (("api_key",), "credentials"),
        (("credentials", "access_key_id"), None),
        (("credentials", "username"), None),
        (("credentials", "tenant_id"), None),
        (("credentials", "client_id"), None),
        (("credentials", "thumbprint"), None),
        (("credentials", "authority_url"), None),
        (("ssh_settings", "ssh_key_value"), None),
    ],
)
def test_places_that_hold_nothing_but_secrets(path: tuple[str, ...], found: str | None) -> None:
    assert detector(path, "k") == found
    assert detector(path, 12345) == found
    for value in ("", "${{ secrets.KEY }}", "{{ env.AML_SECRET_KEY }}", None):
        assert detector(path, value) is None


def test_a_shape_goes_before_a_name() -> None:
    assert detector(("environment_variables", "HF_TOKEN"), TOKEN) == "huggingface-token"
    assert detector(("tags", "a"), f"see {TOKEN}") == "huggingface-token"


def test_hiding_keeps_the_rest() -> None:
    value = {"PASSWORD": "hunter2", "a": [1, f"x {TOKEN} y", {"b": None}], "c": 0.5}
    assert hidden((), value) == {"PASSWORD": HIDDEN, "a": [1, f"x {HIDDEN} y", {"b": None}], "c": 0.5}
    assert value["PASSWORD"] == "hunter2"


def test_a_reason_shows_none() -> None:
    """What an earlier spec wrote out, or the portal, is in no plan."""
    told = Reason("environment_variables.DB_PASSWORD", before="hunter2", after="{{ env.AML_SECRET_DB }}")
    assert (told.before, told.after) == (HIDDEN, "{{ env.AML_SECRET_DB }}")
    assert Reason("command", before=f"x {TOKEN}", after="x").before == f"x {HIDDEN}"
    assert Reason("tags.owner", before="ada", after="bob").before == "ada"
    assert Reason("inputs.rate", before=0.1, after=0.2).before == 0.1
