"""`additional_includes`: what a component includes is a part of its code."""

import pytest

from runner.model.diagnostics import InvalidSpecsError
from runner.model.digest import blob_id
from tests.desired.conftest import Specs

COMPONENT = """\
name: step
command: python main.py
environment: {image: x}
code: ../../src
additional_includes: [../../shared, ../../LICENSE]
"""
FILES = {"src/main.py": "1", "shared/a/util.py": "2", "LICENSE": "3", "specs/components/step.yml": COMPONENT}


def test_includes_are_part_of_the_code(specs: Specs) -> None:
    specs.write(FILES)
    found = specs.resource("component/step")
    assert "additional_includes" not in found.spec
    (tree,) = found.trees.values()
    assert tree.files == {"LICENSE": blob_id(b"3"), "main.py": blob_id(b"1"), "shared/a/util.py": blob_id(b"2")}
    assert tree.source("main.py") == str(specs.root / "src/main.py")
    assert tree.source("shared/a/util.py") == str(specs.root / "shared/a/util.py")
    assert tree.source("LICENSE") == str(specs.root / "LICENSE")


def test_they_count_as_files_of_the_code_would(specs: Specs) -> None:
    specs.write(FILES)
    before = specs.resource("component/step").digest
    specs.write({"shared/a/util.py": "changed"})
    assert specs.resource("component/step").digest != before
    specs.write({"shared/a/util.py": "2", "src/shared/a/util.py": "2", "src/LICENSE": "3"})
    specs.write(
        {"specs/components/step.yml": COMPONENT.replace("additional_includes: [../../shared, ../../LICENSE]", "")}
    )
    assert specs.resource("component/step").digest == before


def test_without_code_they_are_all(specs: Specs) -> None:
    specs.write({**FILES, "specs/components/step.yml": COMPONENT.replace("code: ../../src\n", "")})
    (tree,) = specs.resource("component/step").trees.values()
    assert list(tree.files) == ["LICENSE", "shared/a/util.py"]


def test_two_files_of_one_name_are_refused(specs: Specs) -> None:
    specs.write({**FILES, "src/LICENSE": "x"})
    with pytest.raises(InvalidSpecsError) as caught:
        specs.desired()
    (found,) = caught.value.diagnostics
    assert str(found) == (
        "specs/components/step.yml:5:37: error: "
        "additional_includes: 'LICENSE' is in the code already, or included twice"
    )
