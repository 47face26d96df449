# SPDX-License-Identifier: BSD-3-Clause
"""Writes what was measured as Markdown."""

import datetime
import os
import platform
from pathlib import Path

from .contenders import output_of
from .results import FLOOR, OURS


def machine():
    """The processor, its cores, the memory, the system."""
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    kib = int(Path("/proc/meminfo").read_text(encoding="ascii").split()[1])
    return f"{model}, {os.cpu_count()} cores, {kib / 2**20:.0f} GiB; Linux {platform.release()}"


def number(value, decimals):
    return f"{value:,.{decimals}f}"


class Report:
    """RESULTS.md."""

    def __init__(self, results, rows, contenders, skipped, facts):
        self._results = results
        self._rows = rows
        self._contenders = contenders
        self._skipped = skipped
        self._facts = facts

    def text(self):
        parts = [self._head(), self._verdicts()]
        parts += [self._row(row) for row in self._rows if any(self._results.has(row, c.key) for c in self._contenders)]
        parts.append(self._failures())
        return "\n".join(part for part in parts if part)

    def _head(self):
        facts = self._facts
        day = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
        lines = [
            "# Switchboard beside its peers",
            "",
            "Written by `bench/compare`; not edited by hand. What each row does, and why: [README.md](README.md).",
            "",
            f"- {day}: `{facts['command']}`, {facts['rounds']} rounds, in each of which all contenders take turns",
            f"- {machine()}; load before the run {facts['load_before']}, after it {facts['load_after']}",
            "- servers, Redis and the load tool share the machine; nothing is pinned to a processor",
            f"- {output_of(['redis-server', '--version']).split(' sha=')[0]}, one for each cluster, nothing on disk",
        ]
        lines += [f"- {c.label}: {c.version()}" for c in self._contenders]
        lines += [f"- left out: {label} ({reason})" for label, reason in self._skipped]
        lines += [
            "",
            "Figures are medians over the rounds, with the least and the most in brackets. CPU time is that of the server "
            "processes alone, user and system together. × says how many times better Switchboard is. The floor is a "
            "program that does nothing but write to as many sockets, with as many bytes a write as Switchboard had.",
            "",
            "![CPU time per delivery](results.svg)",
            "",
        ]
        return "\n".join(lines)

    def _verdicts(self):
        lost = [v for v in self._results.verdicts(self._rows, self._contenders) if v.is_lost]
        lines = ["## Where a peer is better", ""]
        if not lost:
            lines.append("Nowhere in what was measured.")
        for v in lost:
            doubt = "" if v.is_clear else " (the spreads overlap)"
            lines.append(f"- {v.contender.label}, {v.row.key}, {v.metric.label}: ×{v.ratio:.2f}{doubt}")
        return "\n".join([*lines, ""])

    def _row(self, row):
        present = [c for c in self._contenders if self._results.has(row, c.key)]
        names = [(c.key, c.label) for c in present]
        if self._results.has(row, FLOOR):
            names.append((FLOOR, "*floor*"))
        lines = [f"## {row.key}", "", row.title, "", f"`switchboard-bench {' '.join(row.arguments)}`", ""]
        header = [""]
        for metric in row.metrics:
            unit = f", {metric.unit}" if metric.unit else ""
            header.append(metric.label + unit)
            if metric.is_compared:
                header.append("×")
        lines.append("| " + " | ".join(header) + " |")
        lines.append("|---" * len(header) + "|")
        for key, label in names:
            lines.append(f"| {label} | " + " | ".join(self._cells(row, key)) + " |")
        return "\n".join([*lines, ""])

    def _cells(self, row, key):
        for metric in row.metrics:
            summary = self._results.summary(row, key, metric)
            if summary is None:
                yield "–"
            else:
                yield (f"{number(summary.median, metric.decimals)} ({number(summary.least, metric.decimals)} to "
                       f"{number(summary.most, metric.decimals)})")
            if metric.is_compared:
                ratio = self._results.ratio(row, key, metric)
                yield "" if key == OURS or ratio is None else f"{ratio:.2f}"

    def _failures(self):
        if not self._results.failures:
            return ""
        labels = {c.key: c.label for c in self._contenders}
        lines = ["## Runs that failed", "", "They count for nothing in the tables.", ""]
        for (row, key), texts in self._results.failures.items():
            lines.append(f"- {labels.get(key, key)}, {row}, {len(texts)} times: {texts[0]}")
        return "\n".join([*lines, ""])
