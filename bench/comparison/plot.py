# SPDX-License-Identifier: BSD-3-Clause
"""Draws CPU time per delivery as bars, readable on light and dark ground."""

import math
from html import escape

from .results import FLOOR

COLOURS = ("#2f7ed8", "#6aa5e8", "#e07b39", "#4c9f70", "#b0508e", "#8a8f98", "#c2a83e")
BAR = 16
GAP = 22
LEFT = 190
WIDTH = 860
RIGHT = 110

STYLE = """
text { font: 13px sans-serif; fill: #1f2328; }
.small { font-size: 11px; fill: #59636e; }
.title { font-size: 15px; font-weight: 600; }
.grid { stroke: #d1d9e0; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .small { fill: #9198a1; }
  .grid { stroke: #3d444d; }
}
"""


class Plot:
    """results.svg: one group of bars a row, on a logarithmic scale, shorter is better."""

    def __init__(self, results, rows, contenders):
        self._bars = []  # (row's key, [(label, colour, value)])
        for row in rows:
            metric = row.metrics[0]
            if metric.key != "serverCpuMicros" or row.key == "workers":
                continue
            bars = []
            for index, contender in enumerate(contenders):
                summary = results.summary(row, contender.key, metric)
                if summary and summary.median > 0:
                    bars.append((contender.label, COLOURS[index % len(COLOURS)], summary.median))
            floor = results.summary(row, FLOOR, metric)
            if floor:
                bars.append(("floor", "#aab2bd", floor.median))
            if bars:
                self._bars.append((row.key, bars))

    def text(self):
        values = [value for _, bars in self._bars for _, _, value in bars] or [1]
        low = 10 ** math.floor(math.log10(min(values)))
        high = 10 ** math.ceil(math.log10(max(values) * 1.01))
        rows = sum(len(bars) for _, bars in self._bars)
        height = 64 + rows * BAR + len(self._bars) * GAP
        lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
            'role="img" aria-label="CPU time per delivery of each server">',
            f"<style>{STYLE}</style>",
            '<text class="title" x="12" y="22">CPU microseconds of the servers per delivered message</text>',
            '<text class="small" x="12" y="40">medians, logarithmic scale, shorter is better</text>',
        ]
        lines += self._grid(low, high, height)
        lines += self._groups(low, high)
        return "\n".join([*lines, "</svg>", ""])

    @staticmethod
    def _position(value, low, high):
        share = math.log10(value / low) / math.log10(high / low)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def _grid(self, low, high, height):
        value = low
        while value <= high * 1.001:
            x = self._position(value, low, high)
            yield f'<line class="grid" x1="{x:.1f}" y1="52" x2="{x:.1f}" y2="{height - 8}"/>'
            yield f'<text class="small" x="{x + 3:.1f}" y="62">{value:g}</text>'
            value *= 10

    def _groups(self, low, high):
        y = 64
        for name, bars in self._bars:
            y += GAP
            yield f'<text class="title" x="12" y="{y - 6}">{escape(name)}</text>'
            for label, colour, value in bars:
                end = self._position(value, low, high)
                width = max(1.0, end - LEFT)
                yield f'<text class="small" x="{LEFT - 6}" y="{y + BAR - 5}" text-anchor="end">{escape(label)}</text>'
                yield f'<rect x="{LEFT}" y="{y + 1}" width="{width:.1f}" height="{BAR - 3}" fill="{colour}"/>'
                yield f'<text class="small" x="{end + 5:.1f}" y="{y + BAR - 5}">{value:.3g}</text>'
                y += BAR
