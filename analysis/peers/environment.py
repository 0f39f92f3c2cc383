"""Variables that a program of PyTorch must find from its start: threads and allocator."""

import os
import sys

#: glibc's malloc gives large blocks back to the system at once, and every step then pays for
#: fresh pages: 112,000 page faults in a step of batch 32 as it comes, 8,000 with these (glibc
#: 2.36, which takes values beyond 2^31).
TUNED_ALLOCATOR = {
    "MALLOC_MMAP_THRESHOLD_": "4294967296",
    "MALLOC_TRIM_THRESHOLD_": "4294967296",
    "MALLOC_TOP_PAD_": "4294967296",
}
THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def restart_if_needed(threads: int, tuned: bool, others: dict[str, str] | None = None) -> None:
    """Runs this program anew where it was started without the variables it needs."""
    wanted = {name: str(threads) for name in THREAD_VARIABLES} | (others or {})
    if tuned:
        wanted |= TUNED_ALLOCATOR
    if any(os.environ.get(name) != value for name, value in wanted.items()):
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | wanted)
