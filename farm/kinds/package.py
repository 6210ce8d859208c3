"""See that segments for players are whole and fit together, and list them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from farm.errors import OutputWrong
from farm.kinds.payload import PackagePayload
from farm.manifest.dash import build_mpd
from farm.manifest.hls import build_media_playlist, build_multivariant_playlist
from farm.manifest.package import (
    INDEX,
    MPD,
    Package,
    Track,
    picture_track,
    sound_track,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import JsonValue

    from farm.kinds.context import TaskContext


def package(context: TaskContext) -> JsonValue:
    """Return all files of a package: segments first, then what points at them.

    Raises:
        OutputWrong: when segments of a track do not fit together.
    """
    plan = PackagePayload.model_validate(context.payload).package
    pictures = [
        picture_track(plan, rung, _results(context, rung.name, rung.tasks))
        for rung in plan.rungs
    ]
    sound = sound_track(_result(context, plan.sound)) if plan.sound else None
    members = [
        member
        for track in (*pictures, *([sound] if sound else []))
        for member in _files(context, track)
    ]
    for name, text in _lists(plan, pictures, sound):
        path = context.scratch / name
        path.write_text(text, encoding="utf-8")
        facts: JsonValue = {"size_bytes": path.stat().st_size}
        members.append(
            {"name": name, "file": context.keep(path, label=path.stem), "facts": facts}
        )
    return {"members": members, "lists": [*plan.lists], "tracks": [*plan.tracks]}


def _lists(
    plan: Package, pictures: list[Track], sound: Track | None
) -> Iterator[tuple[str, str]]:
    if plan.hls:
        for track in (*pictures, *([sound] if sound else [])):
            yield (
                track.list_name,
                build_media_playlist(
                    track,
                    listed=len(track.pieces),
                    target_seconds=plan.target_seconds,
                    has_ended=True,
                    grows=plan.grows,
                ),
            )
        yield INDEX, build_multivariant_playlist(pictures, sound)
    if plan.dash:
        yield MPD, build_mpd(pictures, sound, target_seconds=plan.target_seconds)


def _results(
    context: TaskContext, name: str, tasks: tuple[str, ...]
) -> list[dict[str, Any]]:
    """Return what the tasks of a rung told; all its segments start a decoder alike."""
    results = [_result(context, task) for task in tasks]
    if len({result["init_digest"] for result in results}) > 1:
        message = f"segments of {name} were encoded unlike, and fit into no one track"
        raise OutputWrong(message)
    return results


def _result(context: TaskContext, task: str) -> dict[str, Any]:
    result = context.needs[task]
    assert isinstance(result, dict)  # noqa: S101  # written by kinds/fragment.py
    return result


def _files(context: TaskContext, track: Track) -> Iterator[JsonValue]:
    """Yield the files of a track, each with its facts."""
    size = context.stored(track.init).stat().st_size
    facts: JsonValue = {"size_bytes": size, "codec": track.codec}
    yield {"name": track.init_name, "file": track.init, "facts": facts}
    for number, piece in enumerate(track.pieces, start=1):
        yield {
            "name": track.piece_name(number),
            "file": piece.file,
            "facts": {
                "size_bytes": piece.size_bytes,
                "duration": f"{piece.ticks}/{track.ticks_a_second}",
            },
        }
