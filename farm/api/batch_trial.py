"""Try all lines of a list, so that what is wrong is said before the first job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farm.api.batch_list import tell_all
from farm.api.clips import Clips
from farm.api.facts import Facts
from farm.api.movies import Movies
from farm.api.pictures import Pictures
from farm.api.previews import Previews
from farm.api.sounds import Sounds
from farm.api.source import is_media, read_timeline
from farm.errors import FarmError, InvalidOption, Problem
from farm.timeline.load import Loaded
from farm.timeline.timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

    from farm.api.batch_list import BatchLine
    from farm.api.source import Source
    from farm.errors import InvalidJob
    from farm.jobs.records import NewJob
    from farm.settings import Settings
    from farm.timeline.relink import MediaRules


class _Fine(Exception):  # it is no error
    """A job could have been submitted."""


class _Trial(Movies, Clips, Pictures, Previews, Sounds, Facts):
    """Checks what a farm checks when a job is submitted, and writes nothing."""

    def _submit(self, new: NewJob, *, warnings: tuple[str, ...] = ()) -> NoReturn:
        del warnings
        self._check_webhook(new)
        self._first_tasks(new)
        raise _Fine

    def _refuse(self, new: NewJob, error: InvalidJob) -> NoReturn:
        del new, error  # the job will say it
        raise _Fine

    def _read_source(
        self, source: Source, media: MediaRules, *, partly: bool = False
    ) -> Loaded:
        del partly
        if is_media(source):
            return Loaded(timeline=Timeline())
        return read_timeline(source, media)


def check_lines(settings: Settings, lines: Sequence[BatchLine]) -> None:
    """Check the options of all lines as they are checked when they are submitted.

    Raises:
        InvalidOption: with all that is wrong.
    """
    trial = _Trial(settings)
    problems = []
    for line in lines:
        try:
            getattr(trial, line.kind)(**line.options)
        except _Fine:
            continue
        except InvalidOption as error:
            problems.append(Problem(path=f"line {line.number}", message=error.message))
        except FarmError:  # the job will say it
            continue
    if problems:
        raise tell_all("the list", problems)
