"""The supervisor as a program, `python -m halfgig.server.supervisor [PLAN [worker]]`.

`halfgig serve`, and `halfgig work`, which has no web processes, replace themselves by this program to free the memory
of the command line's imports.

Measured: 12.7 MB private as the command, 10.3 MB as this program.
"""

import os
import sys
from typing import NoReturn

from halfgig.errors import HalfgigError
from halfgig.server.supervisor.commands import environment
from halfgig.server.supervisor.given_plan import as_text, read_plan
from halfgig.settings import Settings, read_settings

WORKER_ALONE = "worker"
"""The word after the plan that says that there are no web processes."""


def become_supervisor(settings: Settings, *, has_web: bool = True) -> NoReturn:
    """Replace this process by a supervisor with the given settings.  Raises `PlanDoesNotFit`."""
    from halfgig.server.plan import server_plan

    plan = as_text(*server_plan(settings))
    sys.stdout.flush()
    sys.stderr.flush()
    command = [sys.executable, "-P", "-m", "halfgig.server.supervisor", plan, *(() if has_web else (WORKER_ALONE,))]
    os.execve(sys.executable, command, environment(settings, os.environ))  # noqa: S606 - our own command


def main() -> int:
    """Serve with the environment's settings; return the exit code."""
    from halfgig.server.supervisor.main_loop import serve  # the command that becomes this program does without

    try:
        given = read_plan(sys.argv[1]) if sys.argv[1:] else None
        return serve(read_settings(), given=given, has_web=sys.argv[2:] != [WORKER_ALONE])
    except HalfgigError as error:
        print(f"halfgig: {error}", file=sys.stderr)  # noqa: T201
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
