"""What replaces the retired `AzureML-*` environments: their successors in the `azureml` registry."""

# The retired names say what they hold: AzureML-<framework>-<version>-<system>-<python>-<device>. First match decides.
_SUCCESSORS = (
    ("acpt-pytorch", "acpt-pytorch-2.8-cuda12.6"),
    ("acpt", "acpt-pytorch-2.8-cuda12.6"),
    ("pytorch", "acpt-pytorch-2.8-cuda12.6"),
    ("tensorflow", "tensorflow-2.16-cuda12"),
    ("lightgbm", "lightgbm-3.3"),
    ("xgboost", "lightgbm-3.3"),  # it holds both
    ("sklearn", "sklearn-1.5"),
    ("responsibleai", "sklearn-1.5"),
    ("minimal", "minimal-py311-inference"),
    ("onnxruntime", "minimal-py311-inference"),
)


def successor(name: str) -> str | None:
    """The reference that replaces a retired curated environment; None when none is known."""
    framework = name.lower().removeprefix("azureml-")
    for prefix, current in _SUCCESSORS:
        if name.startswith("AzureML-") and framework.startswith(f"{prefix}-"):
            return f"azureml://registries/azureml/environments/{current}/labels/latest"
    return None
