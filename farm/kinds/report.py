"""Tell all of one media file."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from farm.errors import MediaUnreadable
from farm.ffmpeg.box import Box
from farm.ffmpeg.decode import build_decode_command, decodable, read_decoded
from farm.ffmpeg.probe import report_media
from farm.kinds.context import KeyAsked
from farm.kinds.payload import ReportPayload
from farm.kinds.probe import stamp_of
from farm.kinds.reuse import Made, make_or_reuse
from farm.kinds.sources import check_allowed
from farm.timeline.report import FOR_PLANS, Decoded, MediaReport

if TYPE_CHECKING:
    from pydantic import JsonValue

    from farm.kinds.context import TaskContext

_REPORT = TypeAdapter(MediaReport)


def report(context: TaskContext) -> JsonValue:
    """Read through a file, decode it where that is asked for, and keep the report."""
    payload = ReportPayload.model_validate(context.payload)
    path = Path(payload.path)
    is_copy = context.identity_of(path) is not None
    if not is_copy:  # of an object it was asked before it was copied
        check_allowed(path, context.settings.media_roots)

    def tell() -> MediaReport:
        told = report_media(
            path,
            with_keyframes=payload.keyframes,
            box=Box.of(context.settings),
        )
        return _decode(context, told) if payload.decode else told

    content = context.identity_of(path) or stamp_of(path)
    if context.store is None and not context.only_key:
        content = ""
    if not content:  # it may still be written to: nothing of it is kept
        if context.only_key:
            raise KeyAsked(None)
        return {"facts": _plain(tell())}

    def make() -> Made:
        plain = _plain(tell())
        target = context.scratch / "report.json"
        target.write_text(json.dumps(plain), encoding="utf-8")
        return Made(path=target, facts={"facts": plain})

    description: dict[str, JsonValue] = {
        "source": {"path": payload.path, "content": content},
        "keyframes": payload.keyframes,
        "decode": payload.decode,
    }
    made = make_or_reuse(context, description, make, sources=(payload.path,))
    facts = made["facts"]
    if isinstance(facts, dict):
        made["facts"] = {**facts, "path": payload.path}
    return made


def _plain(told: MediaReport) -> JsonValue:
    plain: JsonValue = _REPORT.dump_python(told, mode="json", exclude=set(FOR_PLANS))
    return plain


def _decode(context: TaskContext, told: MediaReport) -> MediaReport:
    """Add to a report what comes out when the file is decoded to its end."""
    streams = decodable(told)
    if not streams or told.duration == 0:
        return told
    command = build_decode_command(told.path, streams, seconds=float(told.duration))
    try:
        decoded = read_decoded(context.run(command))
    except MediaUnreadable as error:
        context.warnings.append(error.message)
        decoded = {}
    by_index: dict[int, Decoded | None] = {
        each.index: decoded.get(number) for number, each in enumerate(streams)
    }
    ends = [each.end for each in decoded.values()]
    return replace(
        told,
        decoded_duration=max(ends, default=told.start) - told.start,
        video=tuple(replace(v, decoded=by_index.get(v.index)) for v in told.video),
        audio=tuple(replace(a, decoded=by_index.get(a.index)) for a in told.audio),
    )
