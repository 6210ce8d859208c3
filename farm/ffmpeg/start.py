"""Start a program in a box: Landlock and seccomp bind the thread that starts it.

What is bound stays so for good. So each start has a thread of its own, which waits
until the program has ended: this one ends with its thread.
"""

from __future__ import annotations

import os
import subprocess
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Generic, TypeVar

from farm.ffmpeg.landlock import Ruleset, version
from farm.ffmpeg.launch import NONE, confine
from farm.ffmpeg.launcher import confines_itself, launcher
from farm.ffmpeg.seccomp import network_filter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

_T = TypeVar("_T")


#: Variables that FFmpeg, a wrapper of it or the drivers of a GPU look at; it gets no
#: others, such as the farm's with their passwords.
_KEPT = frozenset({"PATH", "HOME", "USER", "LANG", "LANGUAGE", "TZ", "TMPDIR", "SHELL"})
_KEPT_STARTS = (
    *("LC_", "LD_LIBRARY_", "CUDA_", "NVIDIA_", "NV_", "LIBVA_", "VK_", "ONEVPL_"),
    *("INTEL_", "AMD_", "ROC", "OCL_", "MESA_", "XDG_", "SVT_", "ASAN_", "COV_"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confinement:
    """What binds a program; neither: nothing does."""

    ruleset: Ruleset | None = None
    code: bytes | None = None
    """A seccomp filter."""

    @property
    def binds(self) -> bool:
        """Whether it refuses anything."""
        return self.ruleset is not None or self.code is not None

    def obey(self) -> None:
        """Bind this thread for good."""
        confine(None if self.ruleset is None else self.ruleset.fd, self.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Boxes:
    """What this machine can do."""

    landlock: int
    """Version of its Landlock; 0: none."""
    seccomp: bool


@cache
def find_boxes() -> Boxes:
    """Try what this machine can do, in threads that end at once."""
    landlock = 0
    if version():
        with Ruleset() as ruleset:
            landlock = version() if _obeys(Confinement(ruleset=ruleset)) else 0
    code = network_filter()
    works = code is not None and _obeys(Confinement(code=code))
    return Boxes(landlock=landlock, seccomp=works)


@contextmanager
def started(
    argv: Sequence[str],
    confinement: Confinement,
    *,
    folder: Path,
    pipe: int,
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a program that no thread but this block keeps.

    Args:
        argv: program and arguments; what launches it is put before.
        confinement: what binds it.
        folder: that it starts in.
        pipe: descriptor that it inherits.

    Raises:
        OSError: when it cannot be started.
    """
    ruleset = confinement.ruleset
    kept = [pipe]
    before = launcher()
    if confines_itself() and confinement.binds:
        before = launcher(
            ruleset=NONE if ruleset is None else str(ruleset.fd),
            code=NONE if confinement.code is None else confinement.code.hex(),
        )
        kept += [] if ruleset is None else [ruleset.fd]
        confinement = Confinement()

    with open("/dev/null", "r+b", buffering=0) as nothing:  # noqa: PTH123  # a device

        def start() -> subprocess.Popen[bytes]:
            return subprocess.Popen(
                [*before, *argv],
                cwd=folder,
                env=kept_environment(),
                stdin=nothing,
                stdout=nothing,
                stderr=subprocess.PIPE,
                bufsize=0,
                pass_fds=kept,
                start_new_session=True,
            )

        if not confinement.binds:
            yield start()
            return
        starter = _Starter(start, confinement)
        try:
            yield starter.result()
        finally:
            starter.free()


def kept_environment() -> dict[str, str]:
    """Return the variables that FFmpeg gets."""
    return {
        name: value
        for name, value in os.environ.items()
        if name in _KEPT or name.startswith(_KEPT_STARTS)
    }


def in_box(act: Callable[[], _T], confinement: Confinement) -> _T:
    """Call a function in a thread that is bound; raise what it raises."""
    starter = _Starter(act, confinement)
    try:
        return starter.result()
    finally:
        starter.free()


class _Starter(Generic[_T]):
    """A thread that is bound, acts once, and waits to be let go."""

    def __init__(self, act: Callable[[], _T], confinement: Confinement) -> None:
        self._act = act
        self._confinement = confinement
        self._done, self._free = threading.Event(), threading.Event()
        self._made: list[_T] = []
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="box", daemon=True)
        self._thread.start()

    def result(self) -> _T:
        self._done.wait()
        if self._error is not None:
            raise self._error
        return self._made[0]

    def free(self) -> None:
        self._free.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            self._confinement.obey()
            self._made.append(self._act())
        except BaseException as error:  # noqa: BLE001  # raised where it is waited for
            self._error = error
        self._done.set()
        self._free.wait()


def _obeys(confinement: Confinement) -> bool:
    try:
        in_box(lambda: None, confinement)
    except OSError:
        return False
    return True
