# SPDX-License-Identifier: BSD-3-Clause
"""What was measured, and what follows from it."""

from collections import defaultdict
from dataclasses import dataclass
from statistics import median

OURS = "switchboard"
FLOOR = "floor"


@dataclass(frozen=True)
class Summary:
    """A figure over all rounds."""

    median: float
    least: float
    most: float
    count: int


@dataclass(frozen=True)
class Verdict:
    """How a peer stands to Switchboard in one figure. A ratio above 1 says that Switchboard is better."""

    row: object
    metric: object
    contender: object
    ratio: float
    is_clear: bool  # the spreads do not overlap

    @property
    def is_lost(self):
        return self.ratio < 1


class Results:
    """Runs by row and contender."""

    def __init__(self):
        self._runs = defaultdict(list)
        self.failures = defaultdict(list)

    def add(self, row, key, run):
        self._runs[row.key, key].append(run)

    def add_failure(self, row, key, text):
        self.failures[row.key, key].append(text)

    def has(self, row, key):
        return bool(self._runs[row.key, key])

    def last(self, row, key):
        runs = self._runs[row.key, key]
        return runs[-1] if runs else None

    def summary(self, row, key, metric):
        values = [run[metric.key] for run in self._runs[row.key, key] if metric.key in run]
        if not values:
            return None
        return Summary(median(values), min(values), max(values), len(values))

    def ratio(self, row, key, metric):
        """How many times better ours is; None where one of the two was not measured, or is nothing."""
        ours = self.summary(row, OURS, metric)
        theirs = self.summary(row, key, metric)
        if not ours or not theirs or ours.median <= 0 or theirs.median <= 0:
            return None
        return ours.median / theirs.median if metric.more_is_better else theirs.median / ours.median

    def verdicts(self, rows, contenders):
        """One for each compared figure of each peer."""
        for row in rows:
            for metric in row.metrics:
                for contender in contenders:
                    ratio = self.ratio(row, contender.key, metric)
                    if contender.is_ours or not metric.is_compared or ratio is None:
                        continue
                    yield Verdict(row, metric, contender, ratio, self._is_clear(row, contender.key, metric))

    def _is_clear(self, row, key, metric):
        ours = self.summary(row, OURS, metric)
        theirs = self.summary(row, key, metric)
        return ours.most < theirs.least or theirs.most < ours.least
