"""Counters that processes share in memory: nothing is lost with a worker, and a full slot is no error."""

from __future__ import annotations

import os

from halfgig.server.web.shared_counters import SLOT_BYTES, SharedCounters


def test_what_forked_workers_count_is_summed_and_outlives_them() -> None:
    counters = SharedCounters(slots=3)
    for amount in (1.0, 2.5):
        slot = counters.reserve()
        child = os.fork()
        if child == 0:
            counters.use(slot)
            counters.add("requests\tGET\t/r\u00e9sum\u00e9", amount)
            counters.add("streams", 1)
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        counters.release(slot, "streams")
    assert counters.totals() == {"requests\tGET\t/r\u00e9sum\u00e9": 3.5, "streams": 0.0}


def test_a_new_worker_counts_on_where_an_earlier_one_ended() -> None:
    counters = SharedCounters(slots=2)
    for _ in range(5):
        slot = counters.reserve()
        counters.use(slot)
        counters.add("requests", 1)
        counters.release(slot, "streams")
    assert counters.totals() == {"requests": 5.0}


def test_names_that_do_not_fit_are_not_counted_and_harm_no_others() -> None:
    counters = SharedCounters()
    for number in range(SLOT_BYTES // 16):
        counters.add(f"name {number}", 1)
    counters.add("name 0", 1)
    totals = counters.totals()
    assert totals["name 0"] == 2.0
    assert 1000 < len(totals) < SLOT_BYTES // 16
