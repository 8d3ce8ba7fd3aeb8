"""Memory budget of a command's cells, computed from the limit; errors quote the calculation."""

from halfgig.errors import BudgetTooSmall
from halfgig.resources.limits import Limit

COMMAND_MB = 16
"""Private memory of the process that opens cells, in MB.

Measured: 9 MB private after 50,000 results; the rest is for results of up to a MB, page tables and sockets.
"""

RESERVE_MB = 64
"""MB left free for the kernel and the unforeseen, or an eighth of the limit if that is less."""

SMALLEST_CELL_MB = 16
"""Smallest budget in which a cell can start, in MB.

Measured, reserved (what the budget must cover) and kept (what stays in memory): Python alone 8 and 5; with numpy 50 and
14, where 32 are OpenBLAS's buffer; with numpy, av, cv2 and PIL 73 and 23; with onnxruntime as well 91 and 34.
So a cell that loads them all keeps about 55 MB less than its budget.
"""


def reserve_mb(limit: Limit) -> int:
    """Return the MB of a limit that are left free for the kernel and the unforeseen."""
    return min(RESERVE_MB, limit.mb // 8)


def cells_budget_mb(limit: Limit) -> int:
    """Return the MB that a limit leaves for cells after the command itself and the reserve.

    Raises `BudgetTooSmall` with the calculation if that is too little for any cell.
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
    """Return the smaller of `wanted_mb` and what the limit leaves, in MB. Raises `BudgetTooSmall`."""
    return min(wanted_mb, cells_budget_mb(limit))
