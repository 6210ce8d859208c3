"""The one-machine farm: Valkey, coordinator and workers as children of one process."""

from farm.embedded.farm import EmbeddedFarm, FlowerOptions
from farm.embedded.running import RunningFarm, find_running_farm

__all__ = ["EmbeddedFarm", "FlowerOptions", "RunningFarm", "find_running_farm"]
