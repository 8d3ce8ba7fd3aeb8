"""The part of the plan that the supervisor follows, as an argument of its program.

Its starter makes the plan, which takes the modules of all engines and animators, a megabyte in the one process
that never ends and has no other use for them.
"""

import json
from collections.abc import Sequence

from halfgig.capacity.plan import Plan, Share
from halfgig.resources.limits import Limit


def as_text(plan: Plan, refusals: Sequence[str]) -> str:
    """Return the limit, the processors, the shares of the permanent processes, and the sentences on refused models."""
    shares = [(share.name, share.mb) for share in plan.shares]
    return json.dumps([(plan.limit.bytes, plan.limit.source), plan.cpus, shares, list(refusals)])


def read_plan(text: str) -> tuple[Plan, Sequence[str]]:
    """Return a plan without workload and cells, and the sentences."""
    limit, cpus, shares, refusals = json.loads(text)
    return Plan(Limit(*limit), cpus, tuple(Share(*share) for share in shares)), refusals
