"""Which function carries out which kind of task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.jobs.status import TaskKind
from farm.kinds.analyse import analyse
from farm.kinds.concat import concat
from farm.kinds.copy import copy
from farm.kinds.effect_preview import effect_preview
from farm.kinds.frame import frame
from farm.kinds.frames import frames
from farm.kinds.gather import gather
from farm.kinds.gif import gif
from farm.kinds.join_sound import join_sound
from farm.kinds.mix import mix
from farm.kinds.package import package
from farm.kinds.probe import probe
from farm.kinds.report import report
from farm.kinds.segment import segment
from farm.kinds.share import share
from farm.kinds.sound import sound
from farm.kinds.stabilise import stabilise
from farm.kinds.storyboard import storyboard
from farm.kinds.thumbnails import thumbnails
from farm.kinds.waveform import waveform
from farm.kinds.weigh import weigh

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import JsonValue

    from farm.kinds.context import TaskContext

KINDS: Mapping[TaskKind, Callable[[TaskContext], JsonValue]] = {
    TaskKind.PROBE: probe,
    TaskKind.REPORT: report,
    TaskKind.STABILISE: stabilise,
    TaskKind.SEGMENT: segment,
    TaskKind.WEIGH: weigh,
    TaskKind.SHARE: share,
    TaskKind.SOUND: sound,
    TaskKind.MIX: mix,
    TaskKind.CONCAT: concat,
    TaskKind.GATHER: gather,
    TaskKind.PACKAGE: package,
    TaskKind.FRAME: frame,
    TaskKind.ANALYSE: analyse,
    TaskKind.FRAMES: frames,
    TaskKind.EFFECT_PREVIEW: effect_preview,
    TaskKind.THUMBNAILS: thumbnails,
    TaskKind.STORYBOARD: storyboard,
    TaskKind.WAVEFORM: waveform,
    TaskKind.GIF: gif,
    TaskKind.COPY: copy,
    TaskKind.JOIN_SOUND: join_sound,
}
