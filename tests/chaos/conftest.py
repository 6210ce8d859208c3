from __future__ import annotations

from tests.acceptance.farm.conftest import rig

__all__ = ["rig"]
