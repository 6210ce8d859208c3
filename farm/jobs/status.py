"""Statuses, kinds and queues of jobs and tasks, and the moves that are allowed."""

from __future__ import annotations

from enum import StrEnum


class JobKind(StrEnum):
    """What a user can ask for."""

    RENDER = "render"
    RENDITIONS = "renditions"
    FRAME = "frame"
    FRAMES = "frames"
    THUMBNAILS = "thumbnails"
    STORYBOARD = "storyboard"
    FILTER_PREVIEW = "filter_preview"
    EFFECT_PREVIEW = "effect_preview"
    TRANSITION_PREVIEW = "transition_preview"
    SUBTITLE_PREVIEW = "subtitle_preview"
    PROBE = "probe"
    ANALYSE = "analyse"
    WAVEFORM = "waveform"
    GIF = "gif"
    PREVIEW = "preview"
    HLS_PREVIEW = "hls_preview"
    LADDER = "ladder"
    CONCAT = "concat"


class TaskKind(StrEnum):
    """What a worker can do."""

    PROBE = "probe"  #: read the facts of sources
    REPORT = "report"  #: tell all of one source
    STABILISE = "stabilise"  #: find how the camera moved in a clip
    SEGMENT = "segment"  #: encode a slice of the picture, without sound
    WEIGH = "weigh"  #: encode a slice with two qualities, to see how large it gets
    SHARE = "share"  #: share the bytes that a file may have out among its segments
    SOUND = "sound"  #: a stem: sounds that lie side by side, in PCM
    MIX = "mix"  #: mix the sound of the whole timeline, and encode it
    CONCAT = "concat"  #: join segments, add the sound, check
    GATHER = "gather"  #: name the files of several tasks as those of one job
    PACKAGE = "package"  #: check segments for players, and list them
    FRAME = "frame"  #: one composed picture
    ANALYSE = "analyse"  #: measure a file
    EFFECT_PREVIEW = "effect_preview"  #: a frame or short clip with something applied
    FRAMES = "frames"  #: several composed pictures, or frames of a film
    THUMBNAILS = "thumbnails"  #: pictures of a film, evenly placed
    STORYBOARD = "storyboard"  #: pictures of a film or timeline, on sheets
    WAVEFORM = "waveform"  #: lowest and highest samples of sound, as data or drawn
    GIF = "gif"  #: a short film without sound as a moving picture
    COPY = "copy"  #: join whole files by stream copy, check
    JOIN_SOUND = "join_sound"  #: join the sound of files, encoded anew


class Queue(StrEnum):
    """Where a task waits: for a CPU or a GPU, for a person or by itself."""

    CPU_INTERACTIVE = "cpu.interactive"
    CPU_BATCH = "cpu.batch"
    GPU_INTERACTIVE = "gpu.interactive"
    GPU_BATCH = "gpu.batch"


class JobStatus(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether the job has ended."""
        return self in {self.COMPLETED, self.FAILED, self.CANCELLED}


class TaskStatus(StrEnum):
    """Where a task stands."""

    WAITING = "waiting"  #: for other tasks
    QUEUED = "queued"  #: for a worker
    ACTIVE = "active"  #: an attempt owns it
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether the task has ended."""
        return self in {self.COMPLETED, self.FAILED, self.CANCELLED}


JOB_MOVES: dict[JobStatus, frozenset[JobStatus]] = {
    JobStatus.QUEUED: frozenset(
        {JobStatus.ACTIVE, JobStatus.PAUSED, JobStatus.FAILED, JobStatus.CANCELLED}
    ),
    JobStatus.ACTIVE: frozenset(
        {
            JobStatus.PAUSED,
            JobStatus.COMPLETED,
            JobStatus.FAILED,
            JobStatus.CANCELLED,
        }
    ),
    JobStatus.PAUSED: frozenset(
        {JobStatus.ACTIVE, JobStatus.FAILED, JobStatus.CANCELLED}
    ),
    JobStatus.COMPLETED: frozenset(),
    JobStatus.FAILED: frozenset({JobStatus.QUEUED}),  # retry
    JobStatus.CANCELLED: frozenset({JobStatus.QUEUED}),  # retry
}

TASK_MOVES: dict[TaskStatus, frozenset[TaskStatus]] = {
    TaskStatus.WAITING: frozenset({TaskStatus.QUEUED, TaskStatus.CANCELLED}),
    TaskStatus.QUEUED: frozenset(
        {TaskStatus.ACTIVE, TaskStatus.FAILED, TaskStatus.CANCELLED}
    ),
    TaskStatus.ACTIVE: frozenset(
        {
            TaskStatus.QUEUED,  # requeue
            TaskStatus.COMPLETED,
            TaskStatus.FAILED,
            TaskStatus.CANCELLED,
        }
    ),
    # retry of a job, where the cache does not have the file any more
    TaskStatus.COMPLETED: frozenset({TaskStatus.QUEUED, TaskStatus.WAITING}),
    TaskStatus.FAILED: frozenset({TaskStatus.WAITING, TaskStatus.QUEUED}),  # retry
    TaskStatus.CANCELLED: frozenset({TaskStatus.WAITING, TaskStatus.QUEUED}),
}
