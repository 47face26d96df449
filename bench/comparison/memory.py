# SPDX-License-Identifier: BSD-3-Clause
"""The memory of processes."""

import resource
from pathlib import Path

PAGE_MEBIBYTES = resource.getpagesize() / 2**20


def resident_mebibytes(pid):
    """The resident memory of a process (proc(5), statm)."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * PAGE_MEBIBYTES
