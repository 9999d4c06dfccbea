"""Blob storage on disk: the part of the Blob service's REST API that the SDK uses, over plain files."""
