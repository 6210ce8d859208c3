"""Peaks are read by the parser of peaks.js: the npm package waveform-data."""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.sounds.test_waveform import waveform_here

if TYPE_CHECKING:
    from farm.settings import Settings
    from tests.integration.sounds.conftest import Make

PACKAGE = "waveform-data@4.5.2"
FOLDER = Path(__file__).parents[3] / "build" / "npm"
_READ = """
const fs = require("fs"), Waveform = require("waveform-data");
const path = process.argv[1], bytes = fs.readFileSync(path);
const data = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
const read = Waveform.create(path.endsWith(".json") ? JSON.parse(bytes) : data);
const channels = [];
for (let number = 0; number < read.channels; number++) {
  const channel = read.channel(number);
  channels.push({low: channel.min_array(), high: channel.max_array()});
}
console.log(JSON.stringify({
  rate: read.sample_rate, scale: read.scale, bits: read.bits, length: read.length,
  seconds: read.duration, channels,
}));
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (shutil.which("npm") and shutil.which("node")),
        reason="npm and node are not here, which run the readers",
    ),
]


@pytest.fixture(scope="module", autouse=True)
def package() -> None:
    """Install the reader once, into a folder that git ignores."""
    if (FOLDER / "node_modules" / "waveform-data").is_dir():
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    command = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(FOLDER)]
    done = subprocess.run([*command, PACKAGE], check=False, capture_output=True)
    if done.returncode:
        pytest.skip("the reader cannot be had from npm")


def read_by_peaks(path: Path) -> Any:  # noqa: ANN401
    """Return what the parser sees."""
    command = ["node", "-e", _READ, str(path)]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, cwd=FOLDER
    )
    return json.loads(done.stdout)


def read_plainly(path: Path) -> tuple[tuple[int, ...], list[int]]:
    """Return header and values of our file, by the published layout."""
    data = path.read_bytes()
    if path.suffix == ".json":
        told = json.loads(data)
        names = ("version", "bits", "sample_rate", "samples_per_pixel", "length")
        return (*(told[name] for name in names), told["channels"]), told["data"]
    version, flags, *rest = struct.unpack("<iIiiIi", data[:24])
    kind = "b" if flags & 1 else "h"
    count = (len(data) - 24) // struct.calcsize(kind)
    values = list(struct.unpack(f"<{count}{kind}", data[24:]))
    return (version, 8 if flags & 1 else 16, *rest), values


@pytest.mark.parametrize("form", ["dat", "json"])
@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("split", [False, True])
def test_the_parser_of_peaks_js_sees_what_the_file_says(
    make: Make, settings: Settings, form: str, bits: int, *, split: bool
) -> None:
    wave = "aevalsrc=0.5*sin(500*t)*t|0.25*cos(3000*t):s=44100:d=1.3"
    sound = make("sound.wav", "-f", "lavfi", "-i", wave)
    done = waveform_here(
        settings, media=str(sound), format=form, bits=bits, split_channels=split,
        samples_per_pixel=300,
    )  # fmt: skip
    header, values = read_plainly(done.file)

    read = read_by_peaks(done.file)

    count = 2 if split else 1
    length = -(-57330 // 300)
    assert header == (2, bits, 44100, 300, length, count)
    assert (read["rate"], read["scale"], read["bits"]) == (44100, 300, bits)
    assert (read["length"], len(read["channels"])) == (length, count)
    assert read["seconds"] == pytest.approx(1.3, abs=300 / 44100)
    for number, channel in enumerate(read["channels"]):
        assert channel["low"] == values[2 * number :: 2 * count]
        assert channel["high"] == values[2 * number + 1 :: 2 * count]
    top = 127 if bits == 8 else 32767
    assert max(read["channels"][-1]["high"]) > top // 5
    assert min(read["channels"][-1]["low"]) < -top // 5
