from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest

from farm.demo.run import run_again
from farm.errors import FFmpegKilled
from tests.integration.ffmpeg.processes import short_film, write_program

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("times", [1, 2])
def test_a_killed_ffmpeg_of_the_demonstration_is_run_once_more(
    ffmpeg: Path, tmp_path: Path, times: int
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    killed = write_program(
        tmp_path / "killed",
        f"echo killed >> killed; echo half > out.mkv\n"
        f"[ $(wc -l < killed) -gt {times} ] || kill -KILL $$\n"
        f'exec {shlex.quote(str(ffmpeg))} "$@"\n',
    )
    if times == 2:
        with pytest.raises(FFmpegKilled):
            run_again(short_film(), ffmpeg=killed, scratch=scratch)
        return
    made = run_again(short_film(), ffmpeg=killed, scratch=scratch)
    assert made.stat().st_size > 10_000
