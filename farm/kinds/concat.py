"""Join the pieces of a render, add the sound, and check the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from farm.errors import FFmpegFailed, OutputWrong, PieceDamaged
from farm.ffmpeg.concat import SubtitleStream, build_join_command
from farm.ffmpeg.copied import NotCopyableError
from farm.ffmpeg.unite import Copied, Encoded, unite
from farm.ffmpeg.verify import check_joins, check_subtitles
from farm.kinds.compare import check_output
from farm.kinds.payload import ConcatPayload
from farm.presets.compliance import Compliance, measure_compliance

if TYPE_CHECKING:
    from pydantic import JsonValue

    from farm.kinds.context import TaskContext
    from farm.timeline.copy import CopyRange

#: Where less is used of the bytes that a file may have, it is said.
_USED_PART = 0.9


def concat(context: TaskContext) -> JsonValue:
    """Join, check against the plan, and keep the result.

    Raises:
        PieceDamaged: when a piece was damaged after it was made; the cache has it no
            more, so that a retry of the job makes it again.
    """
    try:
        return _concat(context)
    except (OutputWrong, FFmpegFailed) as error:
        damaged = _drop_damaged(context)
        if not damaged:
            raise
        message = (
            f"{', '.join(damaged)} was damaged in the storage after it was made; "
            "retry the job to make it again"
        )
        raise PieceDamaged(message) from error


def _drop_damaged(context: TaskContext) -> list[str]:
    """Remove pieces from the cache that are not whole; return their names."""
    if context.store is None:
        return []
    keys = {
        name: str(result["artifact"])
        for name, result in context.needs.items()
        if isinstance(result, dict) and result.get("artifact")
    }
    return [name for name, key in keys.items() if context.store.find(key) is None]


def _concat(context: TaskContext) -> JsonValue:
    payload = ConcatPayload.model_validate(context.payload)
    results = {name: _result(context, name) for name in payload.pieces}
    _check_headers(results)
    is_copied = any("copy_delay" in result for result in results.values())
    command = build_join_command(
        _unite(context, payload)
        if is_copied
        else [
            (_link(context, name), int(result["frames"]))
            for name, result in results.items()
        ],
        sound=payload.sound and _link(context, payload.sound),
        rate=payload.rate,
        preset=payload.preset,
        suffix=payload.suffix,
        subtitles=[
            SubtitleStream(language=each.language, name=each.name, cues=each.cues)
            for each in payload.subtitles
        ],
    )
    made = context.run(command)
    facts = check_output(made, payload)
    if payload.subtitles:
        facts["subtitles"] = check_subtitles(
            made, [(each.language, len(each.cues)) for each in payload.subtitles]
        )
    compliance = _measure(facts, payload)
    if compliance:
        facts["compliance"] = [each.to_json() for each in compliance]
    context.warnings.extend(
        each.explain(payload.preset.name) for each in compliance if not each.is_met
    )
    if payload.max_bytes is not None:
        _check_size(context, int(str(facts["size_bytes"])), payload.max_bytes)
        facts["max_bytes"] = payload.max_bytes
    if payload.vmaf is not None:
        facts["vmaf"] = _vmaf(context, list(results.values()), payload.vmaf)
    if payload.sound and (told := _result(context, payload.sound).get("loudness")):
        facts["audio"] = {**_dict(facts["audio"]), "loudness": told}
    if is_copied:
        check_joins(made, _joins(payload, results), rate=payload.rate)
    return {"file": context.keep(made), "facts": facts}


def _check_headers(results: dict[str, dict[str, Any]]) -> None:
    """See that what GPUs made is of one encoder, which a file has one header for.

    Raises:
        OutputWrong: when it is not.
    """
    headers = {result.get("header") for result in results.values()}
    if len(headers) > 1:
        message = "its segments are of encoders that differ, and cannot be joined"
        raise OutputWrong(message)


def _measure(facts: dict[str, JsonValue], payload: ConcatPayload) -> list[Compliance]:
    return measure_compliance(
        payload.preset.limits,
        seconds=payload.frames / payload.rate,
        size_bytes=int(str(facts["size_bytes"])),
        size=payload.size,
        rate=payload.rate,
    )


def _check_size(context: TaskContext, size: int, most: int) -> None:
    """Compare the size with what was allowed; say where it was not made use of.

    Raises:
        OutputWrong: when it is larger.
    """
    if size > most:
        raise OutputWrong(f"the joined file has {size} bytes, more than {most}")
    if size < _USED_PART * most:
        context.warnings.append(
            f"it has {size} of the {most} bytes that it may have: "
            "where the preset allows no better quality, it needs no more"
        )


def _vmaf(
    context: TaskContext, results: list[dict[str, Any]], target: float
) -> dict[str, JsonValue]:
    """Return the quality that pieces have, and say where it is less than wanted."""
    scores = [float(result["vmaf"]) for result in results]
    frames = [int(result["frames"]) for result in results]
    sums = sum(score * count for score, count in zip(scores, frames, strict=True))
    low = sum(score < target for score in scores)
    if low:
        context.warnings.append(
            f"VMAF {target:g} is not reached by {low} of {len(scores)} segments, "
            f"as good as the preset allows: the lowest has {min(scores):.2f}"
        )
    return {
        "target": target,
        "mean": round(sums / sum(frames), 3),
        "lowest_segment": min(scores),
    }


def _unite(context: TaskContext, payload: ConcatPayload) -> list[tuple[str, int]]:
    """Lay encoded and copied pieces into one file; return it as the only piece."""
    pieces: list[Encoded | Copied] = []
    for name in payload.pieces:
        result = _result(context, name)
        if "copy_delay" in result:
            copy = payload.copies[name]
            pieces.append(
                Copied(
                    copy=copy,
                    delay=int(result["copy_delay"]),
                    digest=str(result["copy_digest"]),
                )
            )
        else:
            path = context.stored(str(result["file"]))
            pieces.append(Encoded(path=path, frames=int(result["frames"])))
    target = context.scratch / "united.mp4"
    try:
        unite(pieces, target, rate=payload.rate)
    except NotCopyableError as error:
        message = f"a source has changed while it was copied: {error}"
        raise OutputWrong(message) from error
    return [(target.name, payload.frames)]


def _joins(payload: ConcatPayload, results: dict[str, dict[str, Any]]) -> list[int]:
    """Return the frames at which pieces begin that are copied, or follow such.

    But for those at which a source merely runs on.
    """
    joins: list[int] = []
    start, before = 0, None
    for name, result in results.items():
        copy = payload.copies[name] if "copy_delay" in result else None
        if start and (copy or before) and not _runs_on(before, copy):
            joins.append(start)
        start, before = start + int(result["frames"]), copy
    return joins


def _runs_on(before: CopyRange | None, after: CopyRange | None) -> bool:
    return (
        before is not None
        and after is not None
        and before.source == after.source
        and before.first + before.frames == after.first
    )


def _dict(value: JsonValue) -> dict[str, JsonValue]:
    return value if isinstance(value, dict) else {}


def _result(context: TaskContext, name: str) -> dict[str, Any]:
    result = context.needs[name]
    assert isinstance(result, dict)  # noqa: S101  # written by the task's kind
    return result


def _link(context: TaskContext, name: str) -> str:
    """Link what a task made into the scratch folder; return its name there."""
    made = context.stored(str(_result(context, name)["file"]))
    link = context.scratch / f"{name}{made.suffix}"
    link.symlink_to(made.absolute())
    return link.name
