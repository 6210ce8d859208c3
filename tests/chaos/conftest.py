from __future__ import annotations

import pytest

pytest.register_assert_rewrite("tests.chaos.statements")

from tests.acceptance.farm.conftest import rig  # noqa: E402  # rewritten first

__all__ = ["rig"]
