"""What one FFmpeg may use: its sources, the farm's files, its scratch folder."""

from __future__ import annotations

import os
import resource
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

from farm.errors import InvalidSettings, MediaForbidden
from farm.ffmpeg.guard import filter_names, find_graphs
from farm.ffmpeg.hardware_words import WAYS
from farm.ffmpeg.landlock import READ, RUN, USE, WRITE, Access, Ruleset
from farm.ffmpeg.launch import FONTS_CONFIG
from farm.ffmpeg.launcher import launching_programs, libraries
from farm.ffmpeg.seccomp import network_filter
from farm.ffmpeg.start import Confinement, find_boxes
from farm.place import ObjectPath
from farm.timeline.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from farm.ffmpeg.command import Command
    from farm.settings import Settings

_ELF = b"\x7fELF"
_LINKER = ("/etc/ld.so.cache", "/etc/ld.so.preload")
#: How many cores there are and where their memory is: x265 asks.
_FACTS = ("/sys/devices/system", "/proc/cpuinfo", "/proc/meminfo", "/etc/localtime")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
#: Drivers of GPUs are loaded by name, and talk through devices and files of these.
_GPU_READ = ("/usr", "/lib", "/lib64", "/opt", "/etc", "/proc", "/sys")
_GPU_USE = (
    *("/dev/nvidia*", "/dev/nvidia-caps/*", "/dev/dri/*", "/dev/kfd", "/dev/dxg"),
    *("/dev/video*", "/dev/mpp_service", "/dev/dma_heap/*"),
)
_GPU_OPTIONS = ("-hwaccel", "-init_hw_device")
_CODER_OPTIONS = {"-c", "-codec", "-vcodec"}
_GPU_FILTERS = ("cuda", "npp", "vaapi", "qsv", "vulkan", "opencl", "amf")
#: Folder in the scratch folder with links to fonts, of the operator and of wheels.
FONTS = "fonts"
#: Links are looked for so deep in a scratch folder.
_DEPTH = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """The rules for all FFmpeg of a worker."""

    sandbox: Literal["auto", "require", "off"] = "auto"
    """Whether the kernel shall keep FFmpeg from all other files and the network."""
    roots: tuple[Path, ...] = (Path("/"),)
    """Folders that sources may lie in."""
    farm: tuple[Path, ...] = ()
    """Folders of the farm itself."""
    memory_bytes: int | None = None
    """What one FFmpeg may take of memory; ``None``: all there is."""
    file_bytes: int | None = None
    """How long a file may get that it writes."""
    cpu_seconds: int | None = None
    """How long it may compute, all of its threads together."""
    limits: Limits | None = None
    """How large a source may be; ``None``: as large as it is."""

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the rules that the settings ask for."""
        return cls(
            sandbox=settings.sandbox,
            roots=tuple(
                root.expanduser().resolve()
                for root in settings.media_roots
                if not isinstance(root, ObjectPath)
            ),
            farm=tuple(
                folder.resolve()
                for folder in (
                    settings.storage_folder,
                    settings.machine_folder,
                    settings.scratch_folder,
                    settings.input_cache_folder,
                )
                if not isinstance(folder, ObjectPath)
            ),
            memory_bytes=settings.task_memory_bytes,
            file_bytes=settings.task_file_bytes,
            limits=Limits.of(settings),
            cpu_seconds=int(settings.task_limit_seconds * (os.cpu_count() or 1)) + 1,
        )

    @property
    def options(self) -> dict[str, str]:
        """What a decoder of this process is told."""
        return {} if self.limits is None else {"max_pixels": str(self.limits.pixels)}

    def check(self, ffmpeg: Path) -> None:
        """Raise `InvalidSettings` where a box is demanded that cannot be had."""
        if self.sandbox != "require":
            return
        if is_script(ffmpeg):
            raise InvalidSettings(
                f"the setting sandbox demands a box, and {ffmpeg} is a script, of "
                "which nobody knows what it reads: name the program itself in "
                "ffmpeg_path, or set sandbox to auto"
            )
        if not find_boxes().landlock:
            raise InvalidSettings(
                "the setting sandbox demands Landlock, which this kernel does not "
                "have or does not allow: use Linux 5.13 or newer with landlock in "
                "its list of security modules, or set sandbox to auto"
            )

    def limit(self, pid: int, *, is_hardware: bool) -> None:
        """Set the limits of a process that was just started, and of its children.

        Those of memory count what it can write to; drivers of GPUs map far more than
        they use, so that one on a GPU has none.
        """
        _limit(pid, resource.RLIMIT_CORE, 0, 0)
        if self.memory_bytes is not None and not is_hardware:
            _limit(pid, resource.RLIMIT_DATA, self.memory_bytes, self.memory_bytes)
        if self.file_bytes is not None:
            _limit(pid, resource.RLIMIT_FSIZE, self.file_bytes, self.file_bytes)
        if self.cpu_seconds is not None:
            # first XCPU, which tells it from any other end, then KILL
            _limit(pid, resource.RLIMIT_CPU, self.cpu_seconds, self.cpu_seconds + 5)

    @contextmanager
    def confine(
        self, command: Command, *, ffmpeg: Path, scratch: Path
    ) -> Iterator[Confinement]:
        """Yield what binds a command; the places of its sources are checked here.

        Raises:
            MediaForbidden: when a source lies, or a link leads, out of the roots.
            InvalidSettings: when the kernel cannot do what is demanded.
        """
        self.check(ffmpeg)
        has_landlock = self.sandbox != "off" and find_boxes().landlock > 0
        with _closing(Ruleset() if has_landlock else None) as ruleset:
            for path in dict.fromkeys(map(str, _inputs(command, scratch))):
                self._admit(path, ruleset)
            if ruleset is not None:
                _allow_program(ruleset, ffmpeg)
                ruleset.allow(scratch, WRITE)
                for font in _links(scratch / FONTS, 1):
                    ruleset.allow(font, Access.READ_FILE)
                if is_hardware(command):
                    _allow_gpu(ruleset)
            has_filter = self.sandbox != "off" and find_boxes().seccomp
            code = network_filter() if has_filter else None
            yield Confinement(ruleset=ruleset, code=code)

    @contextmanager
    def confine_reader(self, path: Path) -> Iterator[Confinement]:
        """Yield what binds a thread of this process that opens one file.

        Raises:
            MediaForbidden: when it lies, or a link leads, out of the roots.
        """
        has_landlock = self.sandbox != "off" and find_boxes().landlock > 0
        with _closing(Ruleset() if has_landlock else None) as ruleset:
            self._admit(path, ruleset)
            yield Confinement(ruleset=ruleset)

    def _admit(self, path: str | Path, ruleset: Ruleset | None) -> None:
        """Check where a file lies, and allow what was checked, not its name.

        A link that is turned to elsewhere afterwards leads to what is not allowed.
        """
        try:
            fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:  # FFmpeg will say it
            return
        try:
            real = _place(fd, path)
            if not any(real.is_relative_to(root) for root in (*self.roots, *self.farm)):
                raise MediaForbidden(
                    f"{path} leads to {real}, outside the folders that sources may "
                    f"lie in (media_roots: {', '.join(map(str, self.roots))})",
                    path=str(path),
                )
            if ruleset is not None:
                ruleset.allow_fd(fd, Access.READ_FILE)
        finally:
            os.close(fd)


def is_hardware(command: Command) -> bool:
    """Whether a command uses a GPU, by its options and filters, never by a path."""
    for word, after in pairwise(command.arguments):
        is_coder = word.partition(":")[0] in _CODER_OPTIONS
        if word.startswith(_GPU_OPTIONS) or (is_coder and after.endswith(tuple(WAYS))):
            return True
    names = {name for graph in find_graphs(command) for name in filter_names(graph)}
    return any(word in name for name in names for word in _GPU_FILTERS)


@contextmanager
def _closing(ruleset: Ruleset | None) -> Iterator[Ruleset | None]:
    """Let go of a ruleset at the end, where there is one."""
    try:
        yield ruleset
    finally:
        if ruleset is not None:
            ruleset.close()


def _inputs(command: Command, scratch: Path) -> Iterable[str | Path]:
    """Yield the files that a command reads from outside its scratch folder."""
    arguments = command.arguments
    named = [
        after.removeprefix("file:")
        for word, after in pairwise(arguments)
        if word == "-i"
    ]
    yield from (name for name in named if name.startswith("/"))
    yield from (name for name in command.sources if name.startswith("/"))
    yield from _links(scratch, _DEPTH)


def _links(folder: Path, depth: int) -> Iterator[Path]:
    """Yield the links in a scratch folder, which the farm has made: FFmpeg cannot."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_symlink():
                yield Path(entry.path)
            elif entry.name == FONTS:  # none of them is a source
                continue
            elif depth > 1 and entry.is_dir(follow_symlinks=False):
                yield from _links(Path(entry.path), depth - 1)


def _place(fd: int, path: str | Path) -> Path:
    """Return where an open file lies, without any link."""
    try:
        return Path(f"/proc/self/fd/{fd}").readlink()
    except OSError:  # no /proc
        return Path(path).resolve()


def _allow_program(ruleset: Ruleset, ffmpeg: Path) -> None:
    programs = (*launching_programs(), str(ffmpeg))
    for program in programs:
        ruleset.allow(program, RUN)
        for library in libraries(program):
            ruleset.allow(library, RUN)
    _allow(ruleset, (*_LINKER, *_FACTS, FONTS_CONFIG), READ)
    _allow(ruleset, _DEVICES, USE)
    if is_script(ffmpeg):
        ruleset.allow("/", RUN)


def is_script(program: Path) -> bool:
    """Whether a program is a script, of which nobody knows what it needs."""
    try:
        with program.open("rb") as file:
            return file.read(len(_ELF)) != _ELF
    except OSError:
        return False


def _allow_gpu(ruleset: Ruleset) -> None:
    _allow(ruleset, _GPU_READ, RUN)
    for pattern in _GPU_USE:
        folder, _, name = pattern.rpartition("/")
        _allow(ruleset, map(str, Path(folder).glob(name)), USE)


def _allow(ruleset: Ruleset, paths: Iterable[str], access: Access) -> None:
    for path in paths:
        ruleset.allow(path, access)


def _limit(pid: int, which: int, soft: int, hard: int) -> None:
    """Lower a limit, and never raise it; a process that has ended needs none."""
    with suppress(ProcessLookupError):
        _, highest = resource.prlimit(pid, which)
        if highest != resource.RLIM_INFINITY:
            soft, hard = min(soft, highest), min(hard, highest)
        resource.prlimit(pid, which, (soft, hard))
