"""What callers may import is what the package says, and nothing else."""

from __future__ import annotations

import subprocess
import sys

import pytest

import farm


def test_public_names_are_sorted_and_there() -> None:
    assert farm.__all__ == sorted(farm.__all__)
    for name in farm.__all__:
        assert getattr(farm, name) is not None


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'render_farm'"):
        farm.render_farm  # noqa: B018  # the look-up is what is tested


def test_importing_the_package_loads_nothing_else() -> None:
    code = "import farm, sys; print([m for m in sys.modules if m[:5] == 'farm.'])"

    printed = subprocess.check_output([sys.executable, "-c", code], text=True)

    assert printed.strip() == "[]"
