"""How often the device is right about what happened to a thing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edge.core.masks import surroundings
from edge.describing import MARGIN_PX
from edge.types import Kind
from edge.vision.kind import kind_of
from edge.vision.light import grey, relit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from convert.data.kinds import KindCase


@dataclass(frozen=True, slots=True)
class KindTally:
    """What was said of cases whose kind is known.

    Attributes:
        counts: How many cases, by what happened and what was said of it.
    """

    counts: Mapping[tuple[Kind, Kind], int]

    @property
    def answered(self) -> float:
        """Share of the cases of which anything but ``UNKNOWN`` was said, in ``[0, 1]``."""
        total = sum(self.counts.values())
        return self._answers / total if total else 0.0

    @property
    def right(self) -> float:
        """Share of those of which what happened was said, in ``[0, 1]``; 0 for none."""
        right = sum(count for (happened, said), count in self.counts.items() if said is happened)
        return right / self._answers if self._answers else 0.0

    @property
    def _answers(self) -> int:
        return sum(count for (_, said), count in self.counts.items() if said is not Kind.UNKNOWN)


def tally(cases: Iterable[KindCase]) -> KindTally:
    """Count what a device says of cases."""
    return KindTally(Counter((case.kind, said(case)) for case in cases))


def said(case: KindCase) -> Kind:
    """Return what a device says of a case: it sees the surroundings of the mask, in today's light."""
    reference, current = grey(case.reference), grey(case.current)
    around, inner = surroundings(case.mask, current.shape, MARGIN_PX)
    shown, _ = relit(reference[around], current[around])
    return kind_of(shown, current[around], inner)
