"""Kubernetes would take the manifests: every field is one that it knows."""

from collections.abc import Sequence

import kubernetes_validate
import pytest

from tests.kustomize import Document, is_kubernetes_own

# The oldest that k8s/README.md allows, and the newest.
VERSIONS = ("1.32", kubernetes_validate.latest_version())


@pytest.mark.parametrize("version", VERSIONS)
def test_every_field_is_known_and_right(documents: Sequence[Document], version: str) -> None:
    own = [document for document in documents if is_kubernetes_own(document)]
    assert len(own) > 40
    for document in own:
        kubernetes_validate.validate(document, version, strict=True)
