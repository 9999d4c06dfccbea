"""What the service itself puts into a workspace: nobody's to describe, and nobody's to miss a spec of."""

OWN_STORES = frozenset(
    {
        "azureml_globaldatasets",
        "workspaceartifactstore",
        "workspaceblobstore",
        "workspacefilestore",
        "workspaceworkingdirectory",
    }
)
# Where environments and components end up that a job or a node states in place.
ANONYMOUS_ENVIRONMENT = "CliV2AnonymousEnvironment"
ANONYMOUS_COMPONENT = "azureml_anonymous"
ANONYMOUS = frozenset({ANONYMOUS_ENVIRONMENT, ANONYMOUS_COMPONENT})
# Begin the names of environments that Microsoft publishes, in lower case.
CURATED = ("azureml-", "microsoft-")
