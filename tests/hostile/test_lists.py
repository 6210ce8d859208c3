"""Files that name other files or addresses: none is read, none is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from farm.errors import FarmError, FFmpegFailed, InvalidJob
from farm.ffmpeg.command import Command
from tests.integration.ffmpeg.processes import run_it

if TYPE_CHECKING:
    from pathlib import Path

    from farm import Farm
    from farm.api import Job
    from tests.hostile.conftest import Canary

HLS = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{}\n#EXT-X-ENDLIST\n"
KEY = (
    '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-KEY:METHOD=AES-128,URI="{}"\n'
    "#EXTINF:1,\nfilm.ts\n#EXT-X-ENDLIST\n"
)
DASH = (
    '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
    'mediaPresentationDuration="PT1S"><Period><AdaptationSet mimeType="video/mp4">'
    '<Representation id="1" bandwidth="1"><BaseURL>{}</BaseURL></Representation>'
    "</AdaptationSet></Period></MPD>"
)
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" '
    'xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="{}"/></svg>'
)
SVG_ENTITY = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "{}">]><svg>&x;</svg>'
SDP = (
    "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=a\nc=IN IP4 127.0.0.1\nt=0 0\n"
    "m=video {port} RTP/AVP 96\na=rtpmap:96 H264/90000\n"
)
IMF = (
    '<?xml version="1.0"?><CompositionPlaylist xmlns="http://www.smpte-ra.org/schemas/'
    '2067-3/2016"><Id>urn:uuid:{}</Id></CompositionPlaylist>'
)
#: What is in the file; ``{}`` is where it leads.
LISTS = {
    "hls": HLS,
    "hls-key": KEY,
    "dash": DASH,
    "concat": "ffconcat version 1.0\nfile '{}'\n",
    "svg": SVG,
    "svg-entity": SVG_ENTITY,
    "sdp": SDP,
    "imf": IMF,
    "m3u": "{}\n",
    "asx": '<asx version="3.0"><entry><ref href="{}"/></entry></asx>',
    "ram": "{}\n",
    "avisynth": 'DirectShowSource("{}")\n',
    "vapoursynth": "open('{}')\n",
    "lavfi": "movie={}",
    "meta": ";FFMETADATA1\ntitle={}\n",
    "xbin": "XBIN{}",
}
#: Those that are tried in `make test`.
QUICK = {"hls", "concat", "svg"}
SUFFIXES = ("", ".mp4", ".m3u8", ".png", ".txt", ".ffconcat", ".mpd", ".svg", ".sdp")


def _leads(canary: Canary, secret: Path) -> tuple[str, ...]:
    http = f"127.0.0.1:{canary.port}"
    return (
        f"http://{http}/film.ts",
        f"tcp://{http}",
        f"udp://{http}",
        f"rtp://{http}",
        f"concat:{secret}|{secret}",
        f"subfile,,start,0,end,0,,:{secret}",
        f"crypto+http://{http}/a",
        f"file://{secret}",
        str(secret),
    )


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory, made: dict[str, bytes]) -> Path:
    """Return a film that lies outside the media folders."""
    path = tmp_path_factory.mktemp("secret") / "secret.ts"
    path.write_bytes(made["film.ts"])
    return path


@pytest.mark.parametrize(
    "form",
    [
        form if form in QUICK else pytest.param(form, marks=pytest.mark.slow)
        for form in LISTS
    ],
)
def test_a_list_is_no_source(
    farm: Farm, media: Path, secret: Path, canary: Canary, form: str, tmp_path: Path
) -> None:
    """Under each name by which FFmpeg may take it for one."""
    jobs: list[Job] = []
    for lead in _leads(canary, secret):
        text = LISTS[form].replace("{}", lead).replace("{port}", str(canary.port))
        suffix = SUFFIXES[len(jobs) % len(SUFFIXES)]
        path = media / f"{form}-{len(jobs)}{suffix}"
        path.write_text(text)
        jobs.append(farm.probe(path))
    output = tmp_path / "out.png"
    jobs.append(farm.frame(media / f"{form}-0", output, at=0))
    for job in jobs:
        job.wait(timeout=60)
        assert isinstance(job.error, InvalidJob), job.kind
    assert not output.exists()
    assert canary.heard == []


@pytest.mark.parametrize("form", ["hls", "hls-key", "dash", "concat", "svg", "m3u"])
def test_ffmpeg_does_not_take_it_either(
    ffmpeg: Path, tmp_path: Path, secret: Path, canary: Canary, form: str
) -> None:
    """As where a film is replaced by a list after it was looked at."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    for number, lead in enumerate(_leads(canary, secret)):
        for suffix in SUFFIXES:
            source = tmp_path / f"{number}{suffix}"
            source.write_text(LISTS[form].replace("{}", lead))
            if suffix and number:
                continue
            command = Command(
                arguments=("-i", f"file:{source}", "-c", "copy", "out.mkv"),
                output="out.mkv",
                sources=(str(source),),
            )
            with pytest.raises(FarmError):
                run_it(ffmpeg, scratch, command)
    assert [path.name for path in scratch.iterdir() if path.stat().st_size] == []
    assert canary.heard == []


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:{}/film.mp4",
        "https://localhost:{}/film.mp4",
        "tcp://127.0.0.1:{}",
        "concat:/etc/passwd|/etc/passwd",
        "subfile,,start,0,end,9,,:/etc/passwd",
        "pipe:0",
        "/dev/stdin",
        "/dev/zero",
        "/proc/self/environ",
        "file:/etc/passwd",
        "movie=/etc/passwd",
        "%d.png",
        "-i",
    ],
)
def test_no_address_and_no_device_is_a_source(
    farm: Farm, media: Path, canary: Canary, address: str
) -> None:
    """Not as a path of a timeline, and not where a film is named."""
    name = address.format(canary.port)
    path = name if name.startswith("/") else str(media / name)
    job = farm.probe(path)
    job.wait(timeout=60)
    assert isinstance(job.error, InvalidJob)
    clip = {"type": "clip", "media": {"type": "file", "path": name}}
    timeline = {
        "format": "farm-timeline/1",
        "tracks": [{"kind": "video", "items": [clip]}],
    }
    render = farm.render(timeline, media.parent / "out.mp4")
    render.wait(timeout=60)
    assert isinstance(render.error, InvalidJob)
    assert not (media.parent / "out.mp4").exists()
    assert canary.heard == []


@pytest.mark.parametrize(
    "graph",
    [
        "[0:v]drawtext=textfile={}:fontfile={}",
        "[0:v]ass={}",
        "[0:v]lut3d=file={}",
        "[0:v]sendcmd=f={}",
        "[0:v]metadata=print:file={}",
    ],
)
def test_a_filter_reads_and_writes_no_file_of_others(
    ffmpeg: Path, tmp_path: Path, graph: str
) -> None:
    """What no list refuses, since the farm may use it, the box does."""
    scratch, target = tmp_path / "scratch", tmp_path / "secret.txt"
    scratch.mkdir()
    target.write_text("a secret\n")
    command = Command(
        arguments=(
            *("-f", "lavfi", "-i", "testsrc2=s=64x64:d=0.1", "-filter_complex"),
            *(graph.replace("{}", str(target)), "out.mkv"),
        ),
        output="out.mkv",
    )
    with pytest.raises(FFmpegFailed):
        run_it(ffmpeg, scratch, command)
    assert target.read_text() == "a secret\n"
