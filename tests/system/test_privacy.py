from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from edge.app import device
from edge.config import parse
from edge.drivers.camera_pipe.jpegs import JpegCutter
from edge.sim.camera import SimCamera
from edge.sim.clock import SimClock
from edge.sim.scene import arrange, tabletop
from edge.sim.script import PartVanishes, Script
from edge.types import Frame

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

pytestmark = pytest.mark.system

SECRET = (255, 0, 255)
WIDTH, HEIGHT = 480, 270
PART = 1
CONFIG = """\
config = 1
[device]
id = "bench1"
state_dir = "{folder}/state"
[mqtt]
url = "mqtt://127.0.0.1:{port}"
[model]
method = "difference"
[[camera]]
name = "shelf"
source = "dir:{folder}/film"
fps = 5.0
{privacy}
[camera.detect]
learn_s = 2.0
"""


def film(folder: Path) -> str:
    """Photograph a scene that loses a part beside something secret; return where the secret is."""
    scene = arrange(tabletop(WIDTH, HEIGHT), seed=3)
    script = Script(12.0, (PartVanishes(6.0, PART),))
    on_the_left = scene.parts[PART].box.left > WIDTH // 2
    secret = slice(0, WIDTH // 3) if on_the_left else slice(WIDTH - WIDTH // 3, WIDTH)
    folder.mkdir()
    for frame in SimCamera("film", scene, script, SimClock(), fps=5.0, noise=1.5).frames():
        assert isinstance(frame, Frame)
        pixels = frame.pixels.copy()
        pixels[:, secret] = SECRET
        cv2.imwrite(str(folder / f"{frame.index}.png"), pixels[..., ::-1])
    left, right = secret.start / WIDTH, secret.stop / WIDTH
    return f"privacy = [[[{left}, 0], [{right}, 0], [{right}, 1], [{left}, 1]]]"


def stored(folder: Path) -> Iterator[NDArray[np.uint8]]:
    """Yield every picture in a folder, RGB: files of pictures, and arrays that look like one."""
    for path in folder.rglob("*"):
        if path.suffix in {".jpg", ".png"}:
            yield np.asarray(cv2.imread(str(path)), np.uint8)[..., ::-1]
        elif path.suffix == ".segment":
            yield from (picture.pixels() for picture in JpegCutter().feed(path.read_bytes()))
        elif path.suffix == ".npz":
            with np.load(path) as arrays:
                yield from (arrays[name] for name in arrays.files if getattr(arrays[name], "ndim", 0) == 3)


def secret_pixels(pictures: Iterator[NDArray[np.uint8]]) -> int:
    return sum(int((picture.astype(int) @ (1, -2, 1) > 250).sum()) for picture in pictures)


@pytest.mark.parametrize("private", [True, False], ids=["private", "to-be-seen"])
def test_nothing_on_the_disk_shows_a_private_place(tmp_path: Path, free_port: int, *, private: bool) -> None:
    place = film(tmp_path / "film")
    text = CONFIG.format(folder=tmp_path, port=free_port, privacy=place if private else "")
    config = parse(text, origin=str(tmp_path / "a.toml"))
    with device(config, stop=threading.Event(), clock=SimClock()) as running:
        running.watch()
    state = tmp_path / "state"
    assert len(list(stored(state))) > 3, "a reference, and pictures of the change"
    assert (secret_pixels(stored(state)) == 0) is private
