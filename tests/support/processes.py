"""What another process has used, from Linux's /proc."""

from __future__ import annotations

import os
from pathlib import Path


def processor_s(pid: int) -> float:
    """Seconds of processor time so far, to which load on the machine adds nothing."""
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    fields = stat.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid: int) -> float:
    """The resident memory in MB (10^6 bytes); 0 once the process has ended."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace")
    _, found, rest = status.partition("VmRSS:")
    return int(rest.split()[0]) * 1024 / 1e6 if found else 0.0
