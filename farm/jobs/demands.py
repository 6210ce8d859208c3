"""What tasks take of a GPU, and what a GPU of a worker offers them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuDemand:
    """What a task takes of a GPU while an attempt has it."""

    model: str
    """Pieces of one file are made by GPUs of one model, with one driver."""
    driver: str
    needs: tuple[str, ...]
    """What the GPU must have been seen to do: ``encode h264-8``, ``decode hevc-10``."""
    sessions: int
    """Of its encoder."""
    memory_bytes: int
    """An estimate, on the high side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuOffer:
    """A GPU that a worker serves: what it was seen to do, and its limits."""

    id: str
    """The driver's UUID."""
    index: int
    model: str
    driver: str
    encoders: tuple[str, ...]
    """Such as ``h264-8``: codec and bits a sample."""
    decoders: tuple[str, ...]
    why_not: dict[str, str]
    """Why it does not do something, by ``encode av1-8`` and the like."""
    sessions: int | None
    """Encoder sessions that tasks may have at once; ``None``: any number."""
    memory_bytes: int
    """Memory that tasks may have at once, by estimate."""

    @property
    def abilities(self) -> frozenset[str]:
        """What it was seen to do, as a demand names it."""
        return frozenset(
            (
                *(f"encode {each}" for each in self.encoders),
                *(f"decode {each}" for each in self.decoders),
            )
        )

    def find_missing(self, demand: GpuDemand) -> str | None:
        """Say why a demand is not for this GPU, however empty it is; else ``None``."""
        if (self.model, self.driver) != (demand.model, demand.driver):
            return f"it is for a {demand.model} with the driver {demand.driver}"
        for need in demand.needs:
            if need not in self.abilities:
                return f"the GPU does not {need}"
        if self.sessions is not None and demand.sessions > self.sessions:
            return "the GPU may have no encoder session"
        if demand.memory_bytes > self.memory_bytes:
            return (
                f"{demand.memory_bytes // 1024**2} MiB of the GPU's memory are needed, "
                f"{self.memory_bytes // 1024**2} MiB may be used"
            )
        return None
