"""Datastores: where in Azure files lie, and how to get at them."""

from typing import Literal, Self

from pydantic import Field, model_validator

from runner.desired.schema.base import Spec, Tags, Text, misfit


class StorageCredentials(Spec):
    """The secret of a storage account; one of the two. Without any, identities are used."""

    account_key: str = ""
    sas_token: str = ""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if self.account_key and self.sas_token:
            raise misfit("sas_token", "'account_key' and 'sas_token' exclude each other")
        return self


class PrincipalCredentials(Spec):
    """A service principal, with its secret."""

    tenant_id: Text
    client_id: Text
    client_secret: Text
    authority_url: str = ""
    resource_url: str = ""


class DataLakeCredentials(PrincipalCredentials):
    """A service principal, with its secret or its certificate."""

    client_secret: str = ""
    certificate: str = ""
    thumbprint: str = ""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if bool(self.client_secret) == bool(self.thumbprint):
            raise misfit("", "states either 'client_secret' or 'thumbprint' (with 'certificate')")
        return self


class Datastore(Spec):
    """The fields of every datastore."""

    schema_: str = Field("", alias="$schema")
    name: Text
    description: str = ""


class StorageDatastore(Datastore):
    """The fields of every datastore in a storage account."""

    account_name: Text
    endpoint: str = ""
    protocol: str = ""
    tags: Tags = {}


class AzureBlob(StorageDatastore):
    """A container of blobs."""

    type: Literal["azure_blob"]
    container_name: Text
    credentials: StorageCredentials | None = None


class AzureFile(StorageDatastore):
    """A file share."""

    type: Literal["azure_file"]
    file_share_name: Text
    credentials: StorageCredentials | None = None


class AzureDataLakeGen2(StorageDatastore):
    """A file system of Data Lake Storage Gen2."""

    type: Literal["azure_data_lake_gen2"]
    filesystem: Text
    credentials: DataLakeCredentials | None = None


class AzureDataLakeGen1(Datastore):
    """A Data Lake Storage Gen1. The SDK refuses tags of it."""

    type: Literal["azure_data_lake_gen1"]
    store_name: Text
    credentials: DataLakeCredentials | None = None


class OneLakeArtifact(Spec):
    """The lakehouse in a OneLake workspace."""

    name: Text
    type: Literal["lake_house"] = "lake_house"


class OneLake(Datastore):
    """A workspace of Microsoft Fabric's OneLake."""

    type: Literal["one_lake"]
    one_lake_workspace_name: Text
    endpoint: Text
    artifact: OneLakeArtifact
    tags: Tags = {}
    credentials: PrincipalCredentials | None = None
