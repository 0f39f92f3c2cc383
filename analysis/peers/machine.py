"""The machine that figures belong to, as lscpu describes it."""

import json
import os
import subprocess
import time
from typing import Any

INSTRUCTION_SETS = (
    "avx2", "fma", "avx_vnni", "avx512f", "avx512dq", "avx512bw", "avx512vl", "avx512_bf16",
    "amx_tile", "amx_bf16",
)


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0))


def memory_bytes() -> int:
    """Memory that processes could take now without swapping."""
    with open("/proc/meminfo", encoding="ascii") as lines:
        for line in lines:
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    raise RuntimeError("/proc/meminfo has no line MemAvailable")


def busy_share(seconds: float = 0.5) -> float:
    """What part of all cores others take while this process sleeps, 0 to 1."""
    def ticks() -> tuple[int, int]:
        with open("/proc/stat", encoding="ascii") as lines:
            fields = [int(value) for value in lines.readline().split()[1:9]]
        # user, nice, system, idle, waiting for disks, interrupts (2), stolen by other machines
        return sum(fields), fields[3] + fields[4]

    total, idle = ticks()
    time.sleep(seconds)
    total_after, idle_after = ticks()
    return 1 - (idle_after - idle) / max(1, total_after - total)


def describe_machine() -> dict[str, Any]:
    """CPU model and the vector instruction sets that matter here."""
    listing = subprocess.run(["lscpu", "--json"], stdout=subprocess.PIPE, check=True).stdout
    fields = {entry["field"].rstrip(":"): entry["data"] for entry in flatten(listing)}
    flags = set(fields.get("Flags", "").split())
    return {
        "cpu": fields.get("Model name", "unknown"),
        "family": f"{fields.get('CPU family', '?')}/{fields.get('Model', '?')}",
        "cores": cores(),
        "isa": [name for name in INSTRUCTION_SETS if name in flags],
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
    }


def flatten(listing: bytes) -> list[dict[str, str]]:
    """lscpu's entries, those inside others too."""
    pending: list[dict[str, Any]] = list(json.loads(listing)["lscpu"])
    entries: list[dict[str, str]] = []
    while pending:
        entry = pending.pop()
        entries.append({"field": entry["field"], "data": entry.get("data") or ""})
        pending.extend(entry.get("children", []))
    return entries
