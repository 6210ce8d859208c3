"""A farm whose workers share nothing but a store: sources, pieces and outputs in S3."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import farm
from farm import Farm
from farm.doctor import State, examine
from farm.errors import FarmError, InvalidOption, MediaForbidden, MediaMissing
from farm.ffmpeg.locate import find_ffmpeg
from farm.settings import Settings
from tests.acceptance.farm.rig import Rig, until
from tests.here import render_here
from tests.store_server import NAME, REGION, SECRET, Cable, StoreServer, make_bucket

if TYPE_CHECKING:
    from collections.abc import Iterator

    from farm import Job

CLIPS = Path(farm.__file__).parents[2] / "shared" / "media" / "clips"
SOURCES = {
    "clips/coffee one.mp4": "coffee_720p2997.mp4",
    "clips/road.mp4": "road_768x432_12.5fps.mp4",
    "clips/friday.mp4": "friday_480p30.mp4",
}
WORKERS = ("one", "two")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreServer]:
    if not CLIPS.is_dir():
        pytest.skip("the shared media are not here")
    server = StoreServer(log=tmp_path_factory.mktemp("store") / "log").start()
    try:
        for bucket in ("media", "farm", "films"):
            make_bucket(server, bucket)
        for key, name in SOURCES.items():
            server.client().upload_file(str(CLIPS / name), "media", key)
        yield server
    finally:
        server.stop()


@contextmanager
def start_farm(folder: Path, url: str, **more: object) -> Iterator[Rig]:
    """Start broker, coordinator and two workers, each with a folder of its own."""
    secret = folder / "secret"
    secret.write_text(SECRET)
    with Rig.started(
        folder,
        **{
            "local_folder": folder / "submits",
            "database_url": f"sqlite:///{folder / 'jobs.sqlite'}",
            "media_roots": ["/", "s3://media"],
            "s3_endpoint_url": url,
            "s3_region": REGION,
            "s3_access_key_id": NAME,
            "s3_secret_access_key": SECRET,
            "segment_seconds": 2.0,
            "log_level": "debug",
            **more,
        },
    ) as rig:
        for name in WORKERS:
            start_worker(rig, name)
        yield rig


def start_worker(rig: Rig, name: str, **settings: object) -> None:
    own = {"local_folder": rig.folder / name, **settings}
    worker = rig.start(
        [sys.executable, "-m", "workers.cpu"],
        settings=rig.settings.model_copy(update=own),
    )
    until(lambda: rig._is_online(worker.pid), seconds=60)


def timeline(of: dict[str, str]) -> dict[str, Any]:
    """Return a timeline of the sources, each called as the mapping says."""
    items = [
        {
            "type": "clip",
            "media": {"type": "file", "path": of[key]},
            "source_range": {"start": start, "duration": duration},
        }
        for key, start, duration in (
            ("clips/coffee one.mp4", "1", "3"),
            ("clips/road.mp4", "0", "3"),
            ("clips/friday.mp4", "2", "2"),
        )
    ]
    return {
        "format": "farm-timeline/1",
        "rate": 25,
        "width": 640,
        "height": 360,
        "tracks": [{"kind": "video", "items": items}],
    }


IN_STORE = {key: f"s3://media/{key}" for key in SOURCES}


def frames_of(film: Path) -> str:
    """Return a digest of every decoded frame and sample."""
    return subprocess.check_output(
        [
            *(str(find_ffmpeg(Settings())), "-v", "error", "-xerror", "-i", str(film)),
            *("-f", "framehash", "-"),
        ],
        text=True,
    )


def fetch(server: StoreServer, bucket: str, key: str, target: Path) -> Path:
    server.client().download_file(bucket, key, str(target))
    return target


def keys_in(server: StoreServer, bucket: str, prefix: str = "") -> list[str]:
    found = server.client().list_objects_v2(Bucket=bucket, Prefix=prefix)
    return [each["Key"] for each in found.get("Contents", ())]


@pytest.fixture(scope="module")
def rendered_here(
    server: StoreServer, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The same film, made here of files on this machine."""
    folder = tmp_path_factory.mktemp("local")
    of = {key: str(CLIPS / name) for key, name in SOURCES.items()}
    settings = Settings.read(storage=folder, segment_seconds=2.0)
    return render_here(timeline(of), settings=settings).file


@pytest.mark.timeout(300)
def test_two_workers_render_from_a_store_into_it_through_it(
    server: StoreServer, rendered_here: Path, tmp_path: Path
) -> None:
    with (
        start_farm(tmp_path, server.url, storage="s3://farm/one") as rig,
        Farm(rig.settings) as client,
    ):
        job = client.render(
            timeline(IN_STORE), "s3://films/out/film.mkv", preset="lossless"
        )
        result = job.result(timeout=200)
        used = {attempt.worker for attempt in rig.attempts(job.row)}

        assert str(result.output) == "s3://films/out/film.mkv"
        assert result.warnings == ()
        assert len({name.partition("@")[0] for name in used}) == 2
        film = fetch(server, "films", "out/film.mkv", tmp_path / "film.mkv")
        assert frames_of(film) == frames_of(rendered_here)
        head = server.client().head_object(Bucket="films", Key="out/film.mkv")
        told = head["Metadata"]["farm-sha256"]
        assert told == hashlib.sha256(film.read_bytes()).hexdigest()

        # each worker has copies of what it used, and no other place for it
        for name in WORKERS:
            assert list((tmp_path / name / "inputs").glob("*/about.json"))
            assert not list((tmp_path / name / "scratch").glob("*/*"))
        for key in SOURCES:
            path = f"/media/{key.replace(' ', '%20')}"
            assert 1 <= server.requests("GET", path) <= len(WORKERS)

        # what is in the cache is found again, by the bytes of the sources
        again = client.render(
            timeline(IN_STORE), "s3://films/out/again.mkv", preset="lossless"
        ).result(timeout=100)
        assert again.tasks_rendered == 0
        assert keys_in(server, "farm", "one/artifacts") == []
        assert [key for key in keys_in(server, "farm") if "cache" not in key] == []

        lines = client.metrics().splitlines()
        inputs = [line for line in lines if line.startswith("farm_inputs_total{")]
        assert any('outcome="fetched"' in line for line in inputs), inputs
        assert any('outcome="found"' in line for line in inputs), inputs
        fetched = [
            float(line.rpartition(" ")[2])
            for line in lines
            if line.startswith("farm_input_fetched_bytes_total{")
        ]
        size = sum((CLIPS / name).stat().st_size for name in SOURCES.values())
        assert sum(fetched) >= size
        _no_secret_is_told(rig, job)

        checks = {check.name: check for check in examine(rig.settings)}
        assert "s3://farm/one, writes" in checks["storage"].found
        assert "s3://media can be listed" in checks["bucket"].found
        assert checks["input cache"].state is not State.FAILED
        assert SECRET not in repr(checks)
        assert keys_in(server, "farm", "one/doctor") == []


def _no_secret_is_told(rig: Rig, job: Job) -> None:
    """See that the secret is in no log, no row, no event and no command line."""
    assert SECRET not in rig.logs()
    with rig.table() as table:
        job_, tasks = table.job_and_tasks(job.row.id)
        assert SECRET not in repr((job_, tasks, table.attempts(job_.id)))
    assert SECRET not in repr(list(job.events()))
    database = rig.folder / "jobs.sqlite"
    assert SECRET.encode() not in database.read_bytes()
    for process in rig.running:
        argv = Path(f"/proc/{process.pid}/cmdline").read_bytes()
        assert SECRET.encode() not in argv


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_small_jobs_and_failures_with_a_store(
    server: StoreServer, tmp_path: Path
) -> None:
    friday = "s3://media/clips/friday.mp4"
    storage = tmp_path / "storage"
    with (
        start_farm(tmp_path, server.url, storage=storage) as rig,
        Farm(rig.settings) as client,
    ):
        facts = client.probe(friday).result(timeout=60).facts[0]
        assert facts["path"] == friday

        client.thumbnails(friday, "s3://films/thumbs", count=3).result(timeout=60)
        assert len(keys_in(server, "films", "thumbs/")) == 3
        client.frame(friday, "s3://films/f.png", at=1).result(timeout=60)
        png = fetch(server, "films", "f.png", tmp_path / "f.png")
        assert png.read_bytes()[:4] == b"\x89PNG"

        for output, told in (
            ("s3://nothing/a.mp4", "has no bucket nothing"),
            ("s3://films", "is a bucket"),
            (friday, "is one of the sources"),
        ):
            with pytest.raises(InvalidOption, match=told):
                client.concat([friday], output)
        bad = {**IN_STORE, "clips/road.mp4": "s3://media/none.mp4"}
        for path, error, told in (
            ("s3://media/none.mp4", MediaMissing, "s3://media/none.mp4 does not exist"),
            ("s3://films/f.png", MediaForbidden, "outside the buckets"),
            ("s3://mediax/a.mp4", MediaForbidden, "outside the buckets"),
        ):
            job = client.probe(path)
            with pytest.raises(error, match=told):
                job.result(timeout=60)
        with pytest.raises(FarmError) as raised:
            client.render(timeline(bad), "s3://films/bad.mkv").result(timeout=60)
        assert "tracks[0].items[1]" in raised.value.message
        assert "s3://media/none.mp4 does not exist" in raised.value.message
        assert keys_in(server, "films", "bad") == []


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_an_object_that_is_replaced_while_a_job_runs_fails_it(
    server: StoreServer, tmp_path: Path
) -> None:
    key = "clips/replaced.mp4"
    client_of_store = server.client()
    client_of_store.upload_file(str(CLIPS / SOURCES["clips/road.mp4"]), "media", key)
    of = {**IN_STORE, "clips/road.mp4": f"s3://media/{key}"}
    with (
        start_farm(tmp_path, server.url, storage=tmp_path / "storage") as rig,
        Farm(rig.settings) as client,
    ):
        job = client.render(timeline(of), "s3://films/replaced.mkv")
        until(lambda: any(task.status == "completed" for task in job.tasks()))
        client_of_store.upload_file(str(CLIPS / "friday_480p30.mp4"), "media", key)
        with pytest.raises(FarmError, match=f"s3://media/{key} (has changed|was)"):
            job.result(timeout=100)

        assert keys_in(server, "films", "replaced") == []


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_store_that_dies_fails_a_job_in_one_sentence_and_a_retry_ends_it(
    server: StoreServer, tmp_path: Path
) -> None:
    with (
        Cable(server_port=server.port) as cable,
        start_farm(
            tmp_path, cable.url, storage=tmp_path / "storage", max_attempts=1
        ) as rig,
        Farm(rig.settings) as client,
    ):
        job = client.concat(["s3://media/clips/friday.mp4"], "s3://films/dies.mp4")
        cable.is_dead = True
        with pytest.raises(FarmError) as raised:
            job.result(timeout=120)
        assert "the store failed" in raised.value.message
        assert "\n" not in raised.value.message
        assert keys_in(server, "films", "dies") == []

        cable.is_dead = False
        job.retry()
        job.result(timeout=120)
        assert keys_in(server, "films", "dies") == ["dies.mp4"]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_workers_with_other_mounts_render_one_timeline(
    server: StoreServer, rendered_here: Path, tmp_path: Path
) -> None:
    mounts = {name: tmp_path / f"mnt-{name}" for name in WORKERS}
    for folder in mounts.values():  # as two mounts of one share: size and times alike
        for key, name in SOURCES.items():
            (folder / key).parent.mkdir(parents=True, exist_ok=True)
            subprocess.run(["cp", "-p", CLIPS / name, folder / key], check=True)
    of = {key: f"/Volumes/media/{key}" for key in SOURCES}
    with Rig.started(
        tmp_path,
        storage=tmp_path / "storage",
        database_url=f"sqlite:///{tmp_path / 'jobs.sqlite'}",
        media_roots=["/nowhere"],
        segment_seconds=2.0,
    ) as rig:
        for name, folder in mounts.items():
            start_worker(
                rig,
                name,
                path_map={"/Volumes/media": str(folder)},
                media_roots=[folder],
            )
        with Farm(rig.settings) as client:
            job = client.render(timeline(of), tmp_path / "film.mkv", preset="lossless")
            result = job.result(timeout=200)
            used = {attempt.worker for attempt in rig.attempts(job.row)}
            forbidden = client.probe("/Volumes/other/a.mp4")
            with pytest.raises(MediaForbidden, match="/Volumes/other"):
                forbidden.result(timeout=60)

    assert frames_of(tmp_path / "film.mkv") == frames_of(rendered_here)
    assert len(used) == 2
    told = json.dumps([result.to_json(), [task.result for task in job.tasks()]])
    assert all(str(folder) not in told for folder in mounts.values())


@pytest.mark.slow
def test_without_the_extra_it_says_which_to_install(tmp_path: Path) -> None:
    (tmp_path / "s3fs.py").write_text("raise ImportError('it is not here')")
    done = subprocess.run(
        [sys.executable, "-m", "farm", "probe", "s3://media/a.mp4"],
        env={
            **os.environ,
            "PYTHONPATH": f"{tmp_path}{os.pathsep}{Path(farm.__file__).parents[1]}",
            "FARM_STORAGE": str(tmp_path / "storage"),
            "FARM_MEDIA_ROOTS": "s3://media",
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode != 0
    assert "pip install 'renderfarm[s3]'" in done.stderr
    assert "Traceback" not in done.stderr
