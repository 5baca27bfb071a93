"""How sure a ratio of sums is, where what is summed comes in clusters.

Tokens of one text are not independent, so that a standard error over tokens is too small. Means
here are ratios R = Σy / Σx over clusters (y nats, x tokens of a text), with the linearized variance
of a ratio from a cluster sample (Cochran 1977, Sampling Techniques, §6.4 and §9A):

    var(R) = n / (n − 1) · Σ (y − R x)² / (Σx)²
"""

import math
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Ratio:
    """The sums that a ratio and its standard error need; memory does not grow with clusters."""

    n_clusters: int = 0
    y: float = 0.0
    x: float = 0.0
    yy: float = 0.0
    xy: float = 0.0
    xx: float = 0.0

    @classmethod
    def of(cls, y: float, x: float) -> "Ratio":
        """Return the sums of one cluster; one without x is none."""
        return cls(1, y, x, y * y, x * y, x * x) if x else cls()

    def plus(self, other: "Ratio") -> "Ratio":
        """Return the sums over the clusters of both."""
        names = (field.name for field in fields(self))
        return Ratio(*(getattr(self, name) + getattr(other, name) for name in names))

    @property
    def value(self) -> float | None:
        """Σy / Σx, if there is anything."""
        return self.y / self.x if self.x else None

    @property
    def standard_error(self) -> float | None:
        """Of the value; None with less than two clusters."""
        if self.n_clusters < 2 or self.value is None:  # noqa: PLR2004 - one says nothing of spread
            return None
        ratio = self.value
        spread = max(0.0, self.yy - 2 * ratio * self.xy + ratio * ratio * self.xx)
        return math.sqrt(spread * self.n_clusters / (self.n_clusters - 1)) / self.x
