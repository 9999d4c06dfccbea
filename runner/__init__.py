"""GitOps for Azure Machine Learning: your repository is the workspace."""

__version__ = "0.1.0"
