from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.config import parse
from edge.setup.draft import LOCAL_BROKER, DraftCamera, draft

TRIANGLE = ((0.1, 0.1), (0.9, 0.1), (0.5, 0.9))
SOURCES = st.text(
    st.characters(exclude_categories=["C", "Z"], include_characters=' "\\#'), min_size=1, max_size=40
)


def written(*cameras: DraftCamera, url: str = LOCAL_BROKER, device_id: str | None = "bench1") -> str:
    return draft(cameras, url=url, device_id=device_id, file="my.toml", picture="my-view.jpg")


@given(SOURCES)
def test_any_path_survives_being_written_and_read(path: str) -> None:
    text = written(DraftCamera("shelf", f"file:{path}"))
    (camera,) = parse(text, origin="/etc/my.toml").cameras
    assert camera.source.location == str(Path("/etc") / path)


@pytest.mark.parametrize(
    "cameras",
    [
        pytest.param([DraftCamera("shelf", "/dev/video0")], id="one"),
        pytest.param([DraftCamera("a", "/dev/video0"), DraftCamera("b", "rpicam:0")], id="two"),
        pytest.param([DraftCamera("shelf", "/dev/video0", "a # note", (TRIANGLE, TRIANGLE))], id="places"),
    ],
)
def test_a_draft_is_what_the_reader_reads(cameras: list[DraftCamera]) -> None:
    read = parse(written(*cameras), origin="/etc/my.toml")
    assert [(c.name, c.ignore, c.fps) for c in read.cameras] == [(c.name, c.ignore, c.fps) for c in cameras]


@pytest.mark.parametrize("cameras", [1, 2])
def test_what_is_commented_out_can_be_commented_in(cameras: int) -> None:
    """Every key that the draft proposes is one that exists."""
    drafted = [DraftCamera(f"camera{number}", "/dev/video0") for number in range(cameras)]
    lines = written(*drafted, device_id=None).splitlines()
    offered = [line.removeprefix("# ").partition("    ")[0] for line in lines if line.startswith("# ")]
    keys = [line for line in offered if " = " in line]
    assert len(keys) == 5 + 4 * cameras
    text = "\n".join(
        line.removeprefix("# ").partition("    ")[0] if " = " in line else line for line in lines
    )
    parse(text, origin="/etc/my.toml")


def test_a_camera_with_restless_places_names_the_picture_of_them() -> None:
    assert "my-view.jpg" in written(DraftCamera("shelf", "/dev/video0", ignore=(TRIANGLE,)))
