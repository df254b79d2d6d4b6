import json
import re
from io import StringIO

import pytest

from edge.demo.screen import Screen, columns
from edge.demo.story import Line, Verdict
from edge.demo.subscriber import Heard

HEARD = Heard("t/event", b'{"event_type":"change_started"}', 0, retained=False)
VERDICT = Verdict((Line(65.0, "a screw vanishes", "change_started", "nothing", None, good=False),), ())


class Gone(StringIO):
    """An output whose reader has left."""

    def write(self, _text: str) -> int:
        """Fail as a closed pipe does."""
        raise BrokenPipeError


def test_an_event_is_printed_as_it_came_below_its_latency() -> None:
    out = StringIO()
    Screen(out, json_lines=False).event(HEARD, 62.0, 83.6)
    assert out.getvalue().splitlines() == [
        "1:02  MQTT t/event, 84 ms after its picture was taken",
        '{"event_type":"change_started"}',
    ]


def test_the_table_says_what_is_wrong() -> None:
    out = StringIO()
    Screen(out, json_lines=False).table(VERDICT)
    cells = re.split(r"  +", out.getvalue().splitlines()[-1])
    assert cells == ["1:05", "a screw vanishes", "change_started", "nothing", "WRONG"]


def test_json_lines_are_objects() -> None:
    out = StringIO()
    screen = Screen(out, json_lines=True)
    screen.say("hello")
    screen.moment(3.0, "it happens")
    screen.event(HEARD, 62.0, None)
    screen.table(VERDICT)
    screen.facts([("frames", "200")])
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [next(iter(line)) for line in lines] == ["remark", "at_s", "at_s", "lines", "facts"]
    assert lines[2]["event"] == {"event_type": "change_started"}
    assert lines[3]["passed"] is False


def test_a_reader_who_left_is_noticed_in_the_end_only() -> None:
    screen = Screen(Gone(), json_lines=False)
    screen.say("hello")
    screen.say("anybody?")
    with pytest.raises(BrokenPipeError):
        screen.close()


def test_columns_are_as_wide_as_their_widest_cell() -> None:
    assert columns([("a", "bb", ""), ("ccc", "d", "e")]) == "a    bb\nccc  d   e"
