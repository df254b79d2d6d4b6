from __future__ import annotations

import pytest

from edge.core import topics


def test_everything_lies_below_the_device() -> None:
    base = topics.base("bench1")
    assert [topics.status(base), topics.info(base), topics.health(base), topics.gap(base)] == [
        "stillwatch/v1/bench1/status",
        "stillwatch/v1/bench1/info",
        "stillwatch/v1/bench1/health",
        "stillwatch/v1/bench1/gap",
    ]


def test_who_keeps_the_record_speaks_of_one_epoch() -> None:
    base = topics.base("bench1")
    assert [topics.ack(base, "9f3a6c01"), topics.nack(base, "9f3a6c01")] == [
        "stillwatch/v1/bench1/ack/9f3a6c01",
        "stillwatch/v1/bench1/nack/9f3a6c01",
    ]


def test_cameras_lie_below_cam_so_that_no_name_collides() -> None:
    base = topics.base("bench1")
    assert [topics.availability(base, "info"), topics.state(base, "info"), topics.event(base, "info")] == [
        "stillwatch/v1/bench1/cam/info/availability",
        "stillwatch/v1/bench1/cam/info/state",
        "stillwatch/v1/bench1/cam/info/event",
    ]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("", id="empty"),
        pytest.param("a" * 33, id="too-long"),
        pytest.param("a/b", id="a-level-of-its-own"),
        pytest.param("+", id="one-level-wildcard"),
        pytest.param("#", id="all-levels-wildcard"),
        pytest.param("@site", id="a-site-is-no-device"),
        pytest.param("Bench", id="capitals"),
        pytest.param("a\n", id="a-line-end-after-it"),
    ],
)
def test_a_name_that_would_bend_the_topic_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="1 to 32 characters"):
        topics.base(name)
    with pytest.raises(ValueError, match="1 to 32 characters"):
        topics.event(topics.base("bench1"), name)
