"""How much of the limit all cells of one command may have: pure sums, quoted when they do not come out."""

from halfgig.errors import BudgetTooSmall
from halfgig.resources.limits import Limit

COMMAND_MB = 16
"""What the process that opens a cell keeps for itself, in MB of private memory.

Measured: 9 MB private after 50,000 results; the rest is for results of up to a MB, page tables and sockets.
"""

RESERVE_MB = 64
"""What is left free for the kernel and the unforeseen, in MB, unless an eighth of the limit is less."""

SMALLEST_CELL_MB = 16
"""The least a cell can start in, in MB.

Measured, reserved (what the budget must cover) and kept (what stays in memory): Python alone 8 and 5; with numpy 50 and
14, where 32 are OpenBLAS's buffer; with numpy, av, cv2 and PIL 73 and 23; with onnxruntime as well 91 and 34.
So a cell that loads them all keeps about 55 MB less than its budget.
"""


def reserve_mb(limit: Limit) -> int:
    """Return what is left free under a limit for the kernel and the unforeseen, in MB."""
    return min(RESERVE_MB, limit.mb // 8)


def cells_budget_mb(limit: Limit) -> int:
    """Return what the limit leaves for cells next to one command and a reserve, in MB.

    Raises `BudgetTooSmall` with the sum when not even a cell can start in it.
    """
    free_mb = reserve_mb(limit)
    left_mb = limit.mb - COMMAND_MB - free_mb
    if left_mb < SMALLEST_CELL_MB:
        raise BudgetTooSmall(
            "halfgig",
            limit.mb,
            f" ({limit.source}): less {COMMAND_MB} MB for itself and {free_mb} MB in reserve that leaves "
            f"{max(left_mb, 0)} MB, and the least that work can start in is {SMALLEST_CELL_MB} MB",
        )
    return left_mb


def cell_budget_mb(limit: Limit, wanted_mb: int) -> int:
    """Return the budget of a cell that wants `wanted_mb`: at most what the limit leaves.  Raises `BudgetTooSmall`."""
    return min(wanted_mb, cells_budget_mb(limit))
