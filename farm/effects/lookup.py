"""The catalogue as files of other programs see it: effects by any program's name."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from farm.effects.catalog import EFFECTS, find_effect_problem
from farm.effects.model import Number
from farm.timeline.clip import EffectUse
from farm.timeline.doors.catalogue import effect_names, parameter_names

if TYPE_CHECKING:
    from collections.abc import Mapping


class EffectLookup:
    """Looks names up in the catalogue as it is when a file is read."""

    def find(self, name: str, parameters: Mapping[str, float]) -> EffectUse | None:
        """Return the use of an effect; `None` where the catalogue has none by a name.

        Parameters that the effect does not have are left out, values beyond its range
        are brought into it.
        """
        known = next((each for each in effect_names(name) if each in EFFECTS), None)
        if known is None:
            return None
        has = EFFECTS[known].parameters
        given: dict[str, float] = {}
        for key, value in parameters.items():
            own = next((each for each in parameter_names(key) if each in has), None)
            kind = has.get(own) if own is not None else None
            if own in given or not isinstance(kind, Number) or not math.isfinite(value):
                continue
            given[str(own)] = min(max(value, kind.low), kind.high)
        use = EffectUse(name=known, parameters=given)
        if find_effect_problem(use) is not None:
            use = EffectUse(name=known)
        return use if find_effect_problem(use) is None else None


CATALOGUE = EffectLookup()
