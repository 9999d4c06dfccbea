"""Datastores: where in Azure files lie, and how to get at them."""

from typing import Literal, Self

from pydantic import Field, model_validator

from runner.desired.schema.base import Description, SchemaUrl, Spec, Tags, Text, misfit


class StorageCredentials(Spec):
    """The secret of a storage account; one of the two. Without any, identities are used."""

    account_key: str = Field("", description="a reference, `{{ env.AML_SECRET_NAME }}`; this or `sas_token`")
    sas_token: str = Field("", description="a reference; this or `account_key`")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if self.account_key and self.sas_token:
            raise misfit("sas_token", "'account_key' and 'sas_token' exclude each other")
        return self


class PrincipalCredentials(Spec):
    """A service principal, with its secret."""

    tenant_id: Text = Field(description="of the service principal")
    client_id: Text = Field(description="of the service principal")
    client_secret: Text = Field(description="a reference, `{{ env.AML_SECRET_NAME }}`")
    authority_url: str = Field("", description="passed on")
    resource_url: str = Field("", description="passed on")


class DataLakeCredentials(PrincipalCredentials):
    """A service principal, with its secret or its certificate."""

    client_secret: str = Field("", description="a reference, `{{ env.AML_SECRET_NAME }}`; this or `thumbprint`")
    certificate: str = Field("", description="a reference; goes with `thumbprint`")
    thumbprint: str = Field("", description="of the certificate")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if bool(self.client_secret) == bool(self.thumbprint):
            raise misfit("", "states either 'client_secret' or 'thumbprint' (with 'certificate')")
        return self


class Datastore(Spec):
    """The fields of every datastore."""

    schema_: SchemaUrl = ""
    name: Text = Field(description="up to 255 letters, digits, `-` and `_`")
    description: Description = ""


class StorageDatastore(Datastore):
    """The fields of every datastore in a storage account."""

    account_name: Text = Field(description="the storage account")
    endpoint: str = Field("", description="e.g. `core.windows.net`")
    protocol: str = Field("", description="e.g. `https`")
    tags: Tags = Field({}, description="in no digest")


class AzureBlob(StorageDatastore):
    """A container of blobs."""

    type: Literal["azure_blob"] = Field(description="blobs")
    container_name: Text = Field(description="the container")
    credentials: StorageCredentials | None = Field(
        None, description="how to get in; without them the identity of whoever reads is used"
    )


class AzureFile(StorageDatastore):
    """A file share."""

    type: Literal["azure_file"] = Field(description="files")
    file_share_name: Text = Field(description="the file share")
    credentials: StorageCredentials | None = Field(
        None, description="how to get in; without them the identity of whoever reads is used"
    )


class AzureDataLakeGen2(StorageDatastore):
    """A file system of Data Lake Storage Gen2."""

    type: Literal["azure_data_lake_gen2"] = Field(description="a data lake")
    filesystem: Text = Field(description="the file system")
    credentials: DataLakeCredentials | None = Field(
        None, description="how to get in; without them the identity of whoever reads is used"
    )


class AzureDataLakeGen1(Datastore):
    """A Data Lake Storage Gen1. The SDK refuses tags of it."""

    type: Literal["azure_data_lake_gen1"] = Field(description="a data lake of the first generation")
    store_name: Text = Field(description="the store")
    credentials: DataLakeCredentials | None = Field(
        None, description="how to get in; without them the identity of whoever reads is used"
    )


class OneLakeArtifact(Spec):
    """The lakehouse in a OneLake workspace."""

    name: Text = Field(description="its name or its id")
    type: Literal["lake_house"] = Field("lake_house", description="what it is")


class OneLake(Datastore):
    """A workspace of Microsoft Fabric's OneLake."""

    type: Literal["one_lake"] = Field(description="OneLake")
    one_lake_workspace_name: Text = Field(description="the workspace in Fabric")
    endpoint: Text = Field(description="e.g. `onelake.dfs.fabric.microsoft.com`")
    artifact: OneLakeArtifact = Field(description="the lakehouse")
    tags: Tags = Field({}, description="in no digest")
    credentials: PrincipalCredentials | None = Field(
        None, description="how to get in; without them the identity of whoever reads is used"
    )
