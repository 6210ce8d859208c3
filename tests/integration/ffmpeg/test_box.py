"""What an FFmpeg in its box may do, and what the kernel refuses it."""

from __future__ import annotations

import errno
import json
import os
import resource
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from farm.errors import (
    DiskFull,
    FFmpegFailed,
    FFmpegTimedOut,
    InvalidSettings,
    MediaForbidden,
    OutOfMemory,
)
from farm.ffmpeg import launcher as launcher_module
from farm.ffmpeg.box import Box, is_hardware
from farm.ffmpeg.command import Command
from farm.ffmpeg.landlock import READ, RUN, Ruleset
from farm.ffmpeg.launcher import confines_itself
from farm.ffmpeg.seccomp import network_filter
from farm.ffmpeg.start import Confinement, find_boxes, in_box, started
from tests.integration.ffmpeg.processes import run_it, short_film, write_program

needs_landlock = pytest.mark.skipif(
    not find_boxes().landlock, reason="this kernel has no Landlock"
)
needs_seccomp = pytest.mark.skipif(
    not find_boxes().seccomp, reason="seccomp is not to be had here"
)


@pytest.fixture(params=["setpriv", "script"], autouse=True)
def launched_by(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Start FFmpeg in each of the two ways."""
    if request.param == "script":
        monkeypatch.setattr(launcher_module, "_find_setpriv", lambda: None)
    elif confines_itself():
        pytest.skip("no setpriv here")


@pytest.fixture
def film(ffmpeg: Path, tmp_path: Path) -> Path:
    """Return a film in a folder of media."""
    media = tmp_path / "media"
    media.mkdir()
    run_it(ffmpeg, media, short_film())
    return media / "out.mkv"


@pytest.fixture
def secret(film: Path, tmp_path: Path) -> Path:
    """Return a film that lies in no folder of media."""
    folder = tmp_path / "secret"
    folder.mkdir()
    return Path(film.rename(folder / "secret.mkv"))


def _copy(source: str, *before: str) -> Command:
    return Command(
        arguments=(*before, "-i", source, "-c", "copy", "out.mkv"),
        output="out.mkv",
        sources=(source.removeprefix("file:"),) if source.startswith("file:/") else (),
    )


@needs_landlock
def test_it_reads_its_source_and_writes_its_scratch_folder(
    ffmpeg: Path, scratch: Path, film: Path
) -> None:
    box = Box(sandbox="require", roots=(film.parent,))
    run_it(ffmpeg, scratch, _copy(f"file:{film}"), box=box)
    assert (scratch / "out.mkv").stat().st_size > 1000


@needs_landlock
def test_a_file_that_the_farm_did_not_name_is_not_read(
    ffmpeg: Path, scratch: Path, secret: Path
) -> None:
    """As a list would have it that a hostile file is taken for."""
    (scratch / "list").write_text(f"ffconcat version 1.0\nfile '{secret}'\n")
    command = _copy("list", "-f", "concat", "-safe", "0")
    with pytest.raises(FFmpegFailed, match="Impossible to open"):
        run_it(ffmpeg, scratch, command)
    run_it(ffmpeg, scratch, command, box=Box(sandbox="off"))  # it is the box


@needs_landlock
def test_nothing_is_written_beside_the_scratch_folder(
    ffmpeg: Path, scratch: Path, tmp_path: Path
) -> None:
    target = tmp_path / "elsewhere.mkv"
    film = short_film()
    command = Command(arguments=(*film.arguments[:-1], str(target)), output="out.mkv")
    with pytest.raises(FFmpegFailed, match="Permission denied"):
        run_it(ffmpeg, scratch, command)
    assert not target.exists()


@needs_landlock
def test_a_link_that_is_turned_after_the_check_leads_nowhere(
    ffmpeg: Path, scratch: Path, film: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.mkv"
    secret.write_bytes(film.read_bytes())
    link = film.parent / "link.mkv"
    link.symlink_to(film)
    box = Box(roots=(film.parent,))
    argv = [str(ffmpeg), "-nostdin", *_copy(f"file:{link}").arguments]
    ends = []
    for target in (film, secret):
        command = _copy(f"file:{link}")
        with box.confine(command, ffmpeg=ffmpeg, scratch=scratch) as confinement:
            link.unlink()
            link.symlink_to(target)
            with started(argv, confinement, folder=scratch, pipe=2) as popen:
                _, said = popen.communicate()
                ends.append((popen.returncode, b"Permission denied" in said))
        link.unlink()
        link.symlink_to(film)
        (scratch / "out.mkv").unlink(missing_ok=True)
    assert ends[0] == (0, False)
    assert ends[1][0] != 0
    assert ends[1][1]


def test_a_link_out_of_the_media_folders_is_refused(
    ffmpeg: Path, scratch: Path, secret: Path, tmp_path: Path
) -> None:
    link = tmp_path / "media" / "film.mkv"
    link.symlink_to(secret)
    for sandbox in ("auto", "off"):
        box = Box(roots=(link.parent,), sandbox=sandbox)
        with pytest.raises(MediaForbidden, match="outside the folders"):
            run_it(ffmpeg, scratch, _copy(f"file:{link}"), box=box)
    assert not (scratch / "out.mkv").exists()


def _tried(confinement: Confinement, code: str, tmp_path: Path) -> list[str]:
    """Run Python in a box; return what it printed."""
    argv = [sys.executable, "-c", f"import sys\nsys.stdout = sys.stderr\n{code}"]
    with started(argv, confinement, folder=tmp_path, pipe=2) as popen:
        _, said = popen.communicate()
    return said.decode().split()


SOCKETS = """
import ctypes, os, socket
for family in (socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK, socket.AF_UNIX):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
        try:
            socket.socket(family, kind).close()
            print(family.name, kind.name, "open")
        except OSError as error:
            print(family.name, kind.name, error.errno)
"""


@needs_seccomp
def test_there_is_no_network_of_any_kind(tmp_path: Path) -> None:
    """Neither TCP nor UDP (and so no look-up of names), nor anything raw."""
    said = _tried(Confinement(code=network_filter()), SOCKETS, tmp_path)
    rows = {(said[n], said[n + 1]): said[n + 2] for n in range(0, len(said), 3)}
    assert rows["AF_UNIX", "SOCK_STREAM"] == "open"
    refused = {kind: how for kind, how in rows.items() if kind[0] != "AF_UNIX"}
    assert len(refused) == 9
    assert set(refused.values()) == {str(errno.EACCES)}


@needs_seccomp
def test_calls_that_reach_into_other_processes_are_refused(tmp_path: Path) -> None:
    numbers = {"x86_64": (101, 310, 425, 272), "aarch64": (117, 270, 425, 97)}
    code = (
        "import ctypes, os\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        f"for number in {numbers[os.uname().machine]}:\n"
        "    print(libc.syscall(number, 0, 0, 0, 0), ctypes.get_errno())\n"
    )
    said = _tried(Confinement(code=network_filter()), code, tmp_path)
    assert said == ["-1", str(errno.EACCES)] * 4


@needs_landlock
def test_a_program_in_the_box_can_make_no_link_and_signal_nobody(
    tmp_path: Path,
) -> None:
    code = (
        "import os\n"
        "for act in (\n"
        "    lambda: os.symlink('/etc/passwd', 'link'),\n"
        "    lambda: os.mkfifo('pipe'),\n"
        "    lambda: open('/etc/passwd'),\n"
        "    lambda: open('/proc/1/environ'),\n"
        "    lambda: os.listdir('/'),\n"
        "):\n"
        "    try:\n"
        "        act()\n"
        "        print('done')\n"
        "    except OSError as error:\n"
        "        print(error.errno)\n"
    )
    with Ruleset() as ruleset:
        for folder in ("/usr", "/lib", "/lib64", sys.base_prefix, sys.prefix):
            ruleset.allow(folder, RUN)
        ruleset.allow("/dev/null", READ)
        for library in launcher_module.libraries(sys.executable):
            ruleset.allow(library, RUN)
        said = _tried(Confinement(ruleset=ruleset), code, tmp_path)
    assert said == [str(errno.EACCES)] * 5


def test_who_starts_it_is_not_bound(ffmpeg: Path, scratch: Path) -> None:
    """Landlock binds a thread for good: it must be one that nobody else uses."""
    run_it(ffmpeg, scratch, short_film())
    assert Path("/etc/passwd").read_text()
    socket.socket().close()


def test_what_a_bound_thread_raises_is_raised(tmp_path: Path) -> None:
    def fail() -> None:
        raise KeyError("of the thread")

    with pytest.raises(KeyError, match="of the thread"):
        in_box(fail, Confinement())


@needs_seccomp
def test_it_has_no_new_privileges_and_leaves_no_core(
    scratch: Path, tmp_path: Path
) -> None:
    program = write_program(
        tmp_path / "ffmpeg",
        "cat /proc/self/status /proc/self/limits > seen; sleep 0.3; "
        "cat /proc/self/limits > later",
    )
    command = Command(arguments=(), output="seen")
    box = Box(memory_bytes=1 << 30, file_bytes=1 << 20, cpu_seconds=100)
    run_it(program, scratch, command, box=box)
    seen, later = ((scratch / name).read_text() for name in ("seen", "later"))
    assert "NoNewPrivs:\t1" in seen
    assert "Seccomp:\t2" in seen
    limits = {line[:25].strip(): line[25:].split() for line in later.splitlines()}
    assert limits["Max core file size"][:2] == ["0", "0"]
    assert limits["Max data size"][:2] == [str(1 << 30)] * 2
    assert limits["Max file size"][:2] == [str(1 << 20)] * 2
    assert limits["Max cpu time"][:2] == ["100", "105"]


def _big(size: str, *output: str) -> Command:
    source = f"testsrc2=s={size}:r=25"
    return Command(arguments=("-f", "lavfi", "-i", source, *output), output=output[-1])


def test_more_memory_than_allowed_is_not_given(ffmpeg: Path, scratch: Path) -> None:
    command = _big("8000x8000", "-frames:v", "2", "-c:v", "ffv1", "out.mkv")
    with pytest.raises(OutOfMemory):
        run_it(ffmpeg, scratch, command, box=Box(memory_bytes=150_000_000))


def test_a_file_does_not_grow_over_its_limit(ffmpeg: Path, scratch: Path) -> None:
    command = _big("320x240", "-t", "60", "-c:v", "rawvideo", "out.nut")
    with pytest.raises(DiskFull):
        run_it(ffmpeg, scratch, command, box=Box(file_bytes=1_000_000))
    assert (scratch / "out.nut").stat().st_size <= 1_000_000


def test_time_of_the_processor_is_bounded(ffmpeg: Path, scratch: Path) -> None:
    command = _big("640x480", "-c:v", "libx264", "-preset", "veryslow", "out.mkv")
    start = time.monotonic()
    with pytest.raises(FFmpegTimedOut, match="computed longer"):
        run_it(ffmpeg, scratch, command, box=Box(cpu_seconds=1), stall_seconds=60)
    assert time.monotonic() - start < 50


def test_a_limit_is_never_raised(scratch: Path, tmp_path: Path) -> None:
    program = write_program(tmp_path / "ffmpeg", "sleep 0.2; ulimit -n > seen")
    before = resource.getrlimit(resource.RLIMIT_CPU)
    run_it(program, scratch, Command(arguments=(), output="seen"))
    assert resource.getrlimit(resource.RLIMIT_CPU) == before


WITHOUT = """
import json, sys
from pathlib import Path
from farm.ffmpeg.launch import confine
from farm.ffmpeg.seccomp import _MACHINES, _Machine, _assemble
import platform
known = _MACHINES[platform.machine()]
confine(None, _assemble(_Machine(arch=known.arch, socket=9999, refused=(444,))))
from farm.errors import FarmError
from farm.ffmpeg.box import Box
from farm.ffmpeg.locate import find_ffmpeg
from farm.ffmpeg.start import find_boxes
from farm.settings import Settings
from tests.integration.ffmpeg.processes import run_it, short_film
settings = Settings(storage=Path.cwd() / "storage")
ffmpeg, scratch = find_ffmpeg(settings), Path(sys.argv[1])
told = {"landlock": find_boxes().landlock}
for sandbox in ("auto", "require"):
    try:
        run_it(ffmpeg, scratch, short_film(), box=Box(sandbox=sandbox))
        told[sandbox] = "made"
    except FarmError as error:
        told[sandbox] = error.message
print(json.dumps(told))
"""


@needs_seccomp
def test_a_kernel_without_landlock(scratch: Path, tmp_path: Path) -> None:
    """One that refuses the call: all goes on, unless a box is demanded."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, str(scratch)],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        cwd=tmp_path,
    )
    told = json.loads(done.stdout)
    assert told["landlock"] == 0
    assert told["auto"] == "made"
    assert "demands Landlock" in told["require"]
    assert (scratch / "out.mkv").exists()


def test_a_script_that_stands_for_ffmpeg_gets_no_whole_box(tmp_path: Path) -> None:
    program = write_program(tmp_path / "ffmpeg", "exit 0")
    Box().check(program)
    with pytest.raises(InvalidSettings, match="is a script"):
        Box(sandbox="require").check(program)


@pytest.mark.parametrize(
    ("words", "is_on_gpu"),
    [
        (("-c:v", "h264_nvenc"), True),
        (("-hwaccel", "cuda"), True),
        (("-init_hw_device", "vaapi=a"), True),
        (("-vf", "hwupload_cuda,scale_cuda=w=2"), True),
        (("-c:v", "libx264", "-i", "file:/cuda/h264_nvenc", "-vf", "scale"), False),
        (("-metadata", "title=cuda", "_nvenc.mkv"), False),
    ],
)
def test_commands_on_a_gpu_are_known_by_their_options(
    words: tuple[str, ...], *, is_on_gpu: bool
) -> None:
    assert is_hardware(Command(arguments=words, output="out")) == is_on_gpu
