"""How much of the limit a cell may have: pure sums, quoted when they do not come out."""

from halfgig.errors import BudgetTooSmall
from halfgig.resources.limits import Limit

FRONT_MB = 16
"""What the process that opens a cell keeps for itself, in MB of memory that must stay.

Measured: 9 MB private after 50,000 results; the rest is for results of up to a MB, page tables and sockets.
"""

RESERVE_MB = 64
"""What is left free for the kernel and the unforeseen, in MB, unless an eighth of the limit is less."""

SMALLEST_CELL_MB = 16
"""The least a cell can start in, in MB.

Measured, reserved (what the budget must cover) and kept (what stays in memory): Python alone 8 and 5; with numpy 50 and
14, of which 32 are OpenBLAS's buffer; with numpy, av, cv2, dlib and PIL 79 and 25; with onnxruntime besides 91 and 34.
So a cell that loads them all keeps about 55 MB less than its budget.
"""


def cell_budget_mb(limit: Limit, want_mb: int) -> int:
    """Give a cell's budget in MB: what the limit leaves beside the program itself and a reserve, at most `want_mb`."""
    reserve_mb = min(RESERVE_MB, limit.mb // 8)
    left_mb = limit.mb - FRONT_MB - reserve_mb
    if left_mb < SMALLEST_CELL_MB:
        raise BudgetTooSmall(
            "halfgig",
            limit.mb,
            f" ({limit.source}): less {FRONT_MB} MB for itself and {reserve_mb} MB in reserve that leaves "
            f"{max(left_mb, 0)} MB, and the least that work can start in is {SMALLEST_CELL_MB} MB",
        )
    return min(want_mb, left_mb)
