"""What is taken for a secret by its shape, and what is not. No secret here is one: all are put together from parts."""

import base64
import hashlib
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.model.detectors import HIDDEN, finds, masked

MIXED = "aB3dE6gH9jK2mN5pQ8sT1vW4"  # 24 letters and digits
KEY = base64.b64encode(bytes(range(100, 164))).decode()
SIGNED = f"sv=2023-01-03&se=2030-01-01&sp=r&sig={MIXED}%2Bx%3D"
JWT = f"eyJ{MIXED}.eyJ{MIXED}.{MIXED}"
PEM = "-----BEGIN {}PRIVATE KEY-----\n" + MIXED * 3 + "\n-----END {}PRIVATE KEY-----"

# detector -> texts in which it, and it alone, finds a secret
SECRETS: dict[str, list[str]] = {
    "private-key": [PEM.format(kind, kind) for kind in ("", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED ")],
    "azure-storage-key": [KEY, f"key is {KEY}.", f'az storage --account-key "{KEY}"'],
    "azure-key": [MIXED * 2 + "abcd" + "JQQJ99" + MIXED],
    "azure-connection-string": [
        f"DefaultEndpointsProtocol=https;AccountName=a;AccountKey={MIXED};EndpointSuffix=core.windows.net",
        f"Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey={MIXED}=",
    ],
    "azure-sas": [
        SIGNED,
        f"?{SIGNED}",
        f"https://a.blob.core.windows.net/c/b.csv?{SIGNED}",
        f"curl 'https://a/b?{SIGNED}'",
    ],
    "azure-client-secret": ["x1Y8Q~" + MIXED + "abcdefghij"],
    "database-password": ["Server=tcp:a.database.windows.net;Database=d;User ID=u;Password=hunter2;Encrypt=yes"],
    "aws-access-key": ["AKIA" + "ABCDEFGHIJKLMNOP", "export K=ASIA" + "ABCDEFGHIJKLMN77"],
    "signed-url": ["https://b.s3.amazonaws.com/k?X-Amz-Signature=" + "0a" * 32],
    "github-token": [f"gh{kind}_" + MIXED + "abcdefghijkl" for kind in "posur"] + ["github_pat_" + MIXED + "_" + MIXED],
    "gitlab-token": ["glpat-" + MIXED, "gldt-" + MIXED],
    "slack-token": ["xoxb-1234567890-" + MIXED, "https://hooks.slack.com/services/T0/B0/" + MIXED],
    "huggingface-token": ["hf_" + MIXED + "abcdefghij"],
    "openai-key": ["sk-" + MIXED * 2, "sk-proj-" + MIXED * 2],
    "anthropic-key": ["sk-ant-api03-" + MIXED],
    "google-key": ["AIza" + MIXED + "abcdefghijk", "GOCSPX-" + MIXED + "abcd", "ya29." + MIXED],
    "pypi-token": ["pypi-AgE" + MIXED * 3],
    "npm-token": ["npm_" + MIXED + "abcdefghijkl"],
    "databricks-token": ["dapi" + "0a" * 16, "dapi" + "0a" * 16 + "-2"],
    "conda-token": ["https://conda.anaconda.org/t/ab-" + "0a" * 12 + "/team/label/main"],
    "jwt": [JWT, f"token={JWT}"],
    "authorization-header": [f"Authorization: Bearer {MIXED}", f"-H 'authorization: basic {MIXED}'"],
    "basic-auth-url": [
        "https://user:hunter2@host/x",
        "--extra-index-url https://__token__:hunter2@pkgs.example/simple",
        "git+https://me:hunter2@github.com/o/r.git",
        "postgresql://user:hunter2@db:5432/x",
        "redis://:hunter2@cache",
    ],
}
HARMLESS = [
    "",
    "azureml:lightgbm-env@latest",
    "azureml://registries/azureml/environments/sklearn-1.5/labels/latest",
    "azureml://datastores/workspaceblobstore/paths/raw/2024",
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.MachineLearningServices/x",
    "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu20.04@sha256:" + "0a" * 32,
    "wasbs://container@account.blob.core.windows.net/data/iris.csv",
    "abfss://filesystem@account.dfs.core.windows.net/data",
    "https://account.blob.core.windows.net/c/b.csv?sv=2023-01-03&comp=list",
    "https://example.com:8080/a@b?x=c:d@e",
    "ssh://git@github.com/o/r.git",
    "git@github.com:o/r.git",
    "https://${USER}:${PASSWORD}@host/simple",
    "https://__token__:$TOKEN@host/simple",
    "https://<user>:<password>@host",
    'curl -H "Authorization: Bearer $TOKEN" https://x',
    "Authorization: Bearer ${{inputs.token}}",
    "the bearer has-to-be-a-registered-user",
    "the bearer token-of-your-identity-v2",
    "AccountKey=${KEY};",
    "AccountKey=<your key>;",
    "sig=short&sv=1",
    "signal=processing&sv=2020",
    "sk-learn-pipeline-for-the-training-of-a-model-with-many-words",
    "ghp_short",
    "hf_hub_download",
    "sha512-" + base64.b64encode(bytes(64)).decode(),
    "python main.py --password-file /run/secrets/x --lr 1e-3",
    "server=db;password=$PASSWORD",
    "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----",
    "-----BEGIN PUBLIC KEY-----",
]


@pytest.mark.parametrize(("detector", "text"), [(name, text) for name, texts in SECRETS.items() for text in texts])
def test_each_secret_is_found_by_its_detector(detector: str, text: str) -> None:
    assert {find.detector for find in finds(text)} == {detector}
    for find in finds(text):
        assert text[find.start : find.end] not in masked(text)
    assert HIDDEN in masked(text)
    assert finds(masked(text)) == ()


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_alike_passes(text: str) -> None:
    assert finds(text) == ()
    assert masked(text) == text


@given(st.binary(max_size=40), st.uuids())
def test_hashes_and_ids_are_no_secrets(content: bytes, identifier: uuid.UUID) -> None:
    hashes = [hashlib.new(name, content).hexdigest() for name in ("sha1", "sha256", "sha512", "md5")]
    base64_hashes = [
        f"{name}-{base64.b64encode(hashlib.new(name, content).digest()).decode()}" for name in ("sha256", "sha512")
    ]
    for text in (*hashes, *base64_hashes, f"sha256:{hashes[1]}", str(identifier), identifier.hex):
        assert finds(text) == ()
        assert finds(f"image@{text} and more") == ()


@given(st.text(st.characters(codec="ascii", categories=["L", "N"], include_characters="-_:/.@ "), max_size=60))
def test_the_words_of_specs_are_no_secrets(text: str) -> None:
    assert masked(text) == text or "://" in text


@given(
    st.sampled_from([text for texts in SECRETS.values() for text in texts]), st.text(max_size=20), st.text(max_size=20)
)
def test_a_secret_is_found_wherever_it_stands(secret: str, before: str, after: str) -> None:
    text = f"{before} {secret} {after}"
    found = {find.detector for find in finds(text)}
    assert {find.detector for find in finds(secret)} <= found
    assert secret not in masked(text)
