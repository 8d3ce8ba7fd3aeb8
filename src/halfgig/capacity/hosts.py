"""Well-known hosts' plans: the memory and the processor time they give, and what to know of each in a phrase."""

from dataclasses import dataclass

from halfgig.resources.limits import MB, Limit


@dataclass(frozen=True, slots=True)
class HostPlan:
    """Describe one plan of a host, as published."""

    name: str
    """Host and plan."""
    memory_mb: int
    """Its memory, MB."""
    cpus: float
    """Processors' worth of time that last, not only in bursts."""
    note: str
    """What else decides, in a phrase."""

    @property
    def limit(self) -> Limit:
        """Give its memory as the limit that a plan is made for."""
        return Limit(self.memory_mb * MB, self.name)


HOST_PLANS = (
    HostPlan("Render free", 512, 0.1, "sleeps after 15 minutes"),
    HostPlan("Render starter", 512, 0.5, "add a disk for files"),
    HostPlan("Render standard", 2048, 1, "add a disk for files"),
    HostPlan("Render pro", 4096, 2, "add a disk for files"),
    HostPlan("Fly shared-cpu-1x", 256, 1 / 16, "bursts of a whole CPU"),
    HostPlan("Fly shared-cpu-1x", 512, 1 / 16, "bursts of a whole CPU"),
    HostPlan("Fly shared-cpu-1x", 1024, 1 / 16, "bursts of a whole CPU"),
    HostPlan("Railway trial", 512, 1, "sleeps when idle"),
    HostPlan("Cloud Run default", 512, 1, "files count as memory"),
    HostPlan("Spaces CPU basic", 16_384, 2, "sleeps after two days"),
)
"""From the hosts' documentation in 2026; plans change, so `halfgig doctor` there has the last word.

A shared processor of Fly's gives a sixteenth of itself for good, and up to 500 s of bursts saved up before.
Railway publishes no share of a processor for its trial.
"""
