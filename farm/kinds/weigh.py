"""Find out how large a segment gets: encode it with two qualities."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from farm.ffmpeg.verify import count_bytes
from farm.kinds.payload import SegmentPayload
from farm.kinds.quality import Trials, describe_searched, scale_of
from farm.kinds.reuse import Made, make_or_reuse
from farm.kinds.stabilise import steady

if TYPE_CHECKING:
    from pydantic import JsonValue

    from farm.kinds.context import TaskContext


def weigh(context: TaskContext) -> JsonValue:
    """Take the sizes from the cache, or measure them."""
    payload = SegmentPayload.model_validate(context.payload)
    return make_or_reuse(
        context,
        describe_searched(payload) if payload.use_cache else None,
        lambda: _measure(context, payload),
        sources=payload.picture.sources(),
        with_fonts=payload.has_titles,
    )


def _measure(context: TaskContext, payload: SegmentPayload) -> Made:
    picture = steady(context, payload.picture, threads=payload.threads)
    payload = payload.model_copy(update={"picture": picture})
    scale, trials = scale_of(payload), Trials(context, payload)
    numbers = (scale.number(scale.start), scale.last)
    sizes = {
        str(number): count_bytes(trials.encode(number), "video").size
        for number in numbers
    }
    note = context.scratch / "weight.json"
    note.write_text(json.dumps(sizes), encoding="ascii")
    return Made(path=note, facts={"sizes": {**sizes}})
