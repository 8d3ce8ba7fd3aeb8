"""A rule waits until a text has what its pattern needs, and nothing that is heard depends on it."""

import json
import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfgig.text import rules as tables
from halfgig.text.needs import FILE, are_met, contents
from halfgig.text.normalization import TABLES, rules
from halfgig.text.rules import Table, Token, scan
from tests.support.command import plain_environment
from tools import rule_needs

PROSE = "The harbour was quiet, and a pale morning light lay over the boats; nobody spoke above a whisper."
SCRAPS = (
    "On 3 March 2025|5:30 p.m.|$3.50|3,50 €|10-20 %|Dr. No|St. Louis, MO.|1/2|½|2*4=8|H2O|f/8|WWII|www.a.org/b|me@b.io"
    "|[pause:1s]|**|# |- |(a)|'s|—|…|!?|\n\n| |\u202f|٣|é|º|der 3. Mai um 8 Uhr|le 1er mai|las 3:15 h|il 4°|no 5º|x"
)
TEXTS = st.lists(st.sampled_from(SCRAPS.split("|")) | st.text(max_size=6), max_size=8).map("".join)


def read_by(table: Table, text: str) -> list[Token]:
    return list(scan(text, table))


@pytest.mark.parametrize("language", TABLES)
@settings(max_examples=40, deadline=None)
@given(text=TEXTS)
def test_a_text_reads_as_if_no_rule_waited(language: str, text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "needs_of", lambda _: ())
        impatient = Table(rules(language))
    assert read_by(Table(rules(language)), text) == read_by(impatient, text)


def test_the_next_text_is_read_by_the_rules_that_it_needs_itself() -> None:
    table = Table(rules("en"))
    read_by(table, PROSE)
    assert read_by(table, "It was $3.50.") == read_by(Table(rules("en")), "It was $3.50.")


def test_what_a_text_contains_is_the_same_at_any_place_of_a_long_one() -> None:
    for length in range(4090, 4100):
        assert {"Q", "Q$", "$", "$0", "0"} <= contents("a" * length + "Q$5")


def test_prose_tries_few_rules() -> None:
    tried = Table(rules("en")).rules_for(PROSE)
    assert sum(map(len, tried.values())) < sum(len(rule.starts_with) for rule in rules("en")) / 5


def test_importing_the_rules_compiles_no_pattern() -> None:
    code = """
import json, re, sys
compile, callers = re.compile, []
def counted(*arguments):
    callers.append(sys._getframe(1).f_globals["__name__"])
    return compile(*arguments)
re.compile = counted
import halfgig.text.lexicon, halfgig.text.script, halfgig.text.sentences, halfgig.text.spoken_form, halfgig.text.ssml
print(json.dumps([name for name in callers if name.startswith("halfgig")]))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], env=plain_environment(), capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == []


def test_the_needs_of_all_rules_are_known() -> None:
    assert FILE.read_text(encoding="utf-8") == rule_needs.written(), "run `python -m tools.rule_needs`"


@pytest.mark.parametrize(
    ("pattern", "needs"),
    [
        (r"[Qq]z", ["Qz qz", "z"]),
        (r"f/(?=\d)", ["/0", "f/"]),
        (r"(?<=\d)\s?%", ["0% 0␣", "%"]),
        (r"(?:#|Q\$)", ["# Q$"]),
        (r"#?", []),
        (r"(?:#|)x?", []),
        (r"(?!#)(?<!\$)", []),
        (r"(?P<a>#)?(?(a)€|x)", []),
        (r"[^#Q]", []),
        (r"#\bQ", ["#Q", "#"]),
        (r"(?i:Q)", []),
        (r"(?i)Q", []),
        (r"#{2,9}", ["##", "#"]),
        (r"(?>#)", ["#"]),
    ],
)
def test_the_needs_of_a_pattern_follow_from_its_syntax(pattern: str, needs: list[str]) -> None:
    assert rule_needs.needs_of(pattern) == needs


ATOMS = st.sampled_from(["#", "Q", "Z", "[#Q]", "[^#Q]", r"[\wQ]", r"\d", r"\s", ".", r"\b", r"\Z", r"\A"])
PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"(?:{'|'.join(parts)})"),
        st.tuples(inner, st.sampled_from(["?", "*", "{1,2}", "{2}", "+?", "{0,1}+"])).map(
            lambda part: f"(?:{part[0]}){part[1]}"
        ),
        st.tuples(st.sampled_from(["(?=", "(?!", "(?>", "("]), inner).map(lambda part: f"{part[0]}{part[1]})"),
        st.tuples(st.sampled_from(["(?<=", "(?<!"]), ATOMS).map(lambda part: f"{part[0]}{part[1]})"),
    ),
    max_leaves=8,
)


@settings(max_examples=600, deadline=None)
@given(pattern=PATTERNS, text=st.text("#QZ3٣ \n-", max_size=8))
def test_every_text_that_a_pattern_matches_has_what_it_needs(pattern: str, text: str) -> None:
    needs = [tuple(need.split(" ")) for need in rule_needs.needs_of(pattern, most=99)]
    unseen = frozenset(member for need in needs for member in need) - contents(text)
    assert are_met(needs, unseen) or not re.search(pattern, text)
