"""The way of somebody who has never seen stillwatch: from an empty folder to the first change on MQTT.

A new environment, an installation of this checkout, a real RTSP server that plays a real
clip, a real broker; then only ``init``, ``doctor`` and ``run``, as the README says. Into
the clip a white square of 16 px is drawn after a while, which is the change. Prints how
long each step took, and writes it as JSON; the exit code says whether the change came.

Needs ffmpeg, mosquitto, and GStreamer's RTSP server; ``--clip`` or ``STILLWATCH_DATA``
says what to play.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from edge.demo.subscriber import Subscriber
from tests.local_broker import Mosquitto, find_mosquitto, unused_port
from tests.rtsp import served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from edge.demo.subscriber import Heard

ROOT = Path(__file__).parents[1]
APPEARS_S = 120
LASTS_S = 400
LEFT, TOP = 0.25, 0.7
SQUARE = f"x=iw*{LEFT}:y=ih*{TOP}:w=16:h=16:color=white:t=fill"
NEAR = 0.05
"""How far the place that is told may lie from the square's corner, in parts of the view."""

PACKAGES = "gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-good gstreamer1.0-plugins-bad python3-gi"


@dataclass(frozen=True)
class Step:
    """One step.

    Attributes:
        what: What was done, as one would type it.
        seconds: How long that took.
        exit_code: What it exited with; ``None`` for what goes on.
        told: The last line that it printed.
    """

    what: str
    seconds: float
    exit_code: int | None
    told: str


class Walk:
    """The steps that were taken, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.steps: list[Step] = []
        self._folder = folder
        self.environment = {**os.environ, "HOME": str(folder)}

    def do(self, what: str, *command: str) -> None:
        """Run a command to its end.

        Raises:
            RuntimeError: It failed.
        """
        began = time.monotonic()
        done = subprocess.run(
            command, cwd=self._folder, env=self.environment, capture_output=True, text=True, check=False
        )
        lines = (done.stdout + done.stderr).strip().splitlines() or [""]
        self.steps.append(Step(what, time.monotonic() - began, done.returncode, lines[-1]))
        print(f"$ {what}\n{done.stdout}{done.stderr}", end="", flush=True)
        if done.returncode:
            msg = f"{what}: exit code {done.returncode}: {lines[-1]}"
            raise RuntimeError(msg)

    def wait(self, what: str, since: float, condition: Callable[[], str], *, at_most_s: float) -> None:
        """Wait for something that is told, and note how long it took.

        Raises:
            RuntimeError: It was not told in time.
        """
        while not (told := condition()):
            if time.monotonic() - since > at_most_s:
                msg = f"{what}: not within {at_most_s:.0f} s"
                raise RuntimeError(msg)
            time.sleep(0.05)
        self.steps.append(Step(what, time.monotonic() - since, None, told))


def filmed(clip: Path, folder: Path) -> Path:
    """Return a film that plays a clip over and over, and in which a square appears and stays."""
    film = folder / "film.mp4"
    draw = f"loop=-1:size=1200,setpts=N/FRAME_RATE/TB,drawbox={SQUARE}:enable='gte(t,{APPEARS_S})'"
    code = ["-c:v", "libx264", "-preset", "veryfast", "-g", "10", "-bf", "0", "-threads", "1"]
    command = [
        "ffmpeg",
        "-v",
        "error",
        "-i",
        str(clip),
        "-an",
        "-vf",
        draw,
        "-t",
        str(LASTS_S),
        *code,
        str(film),
    ]
    subprocess.run(command, check=True)
    return film


@contextmanager
def streamed(film: Path) -> Iterator[str]:
    """Give the address of a server that plays a film to whoever asks."""
    port = unused_port()
    pipeline = f"filesrc location={film} ! qtdemux ! h264parse config-interval=-1 ! rtph264pay name=pay0"
    server = served(port, pipeline, shared=False)
    if server is None:
        msg = f"no RTSP server: apt install {PACKAGES}"
        raise RuntimeError(msg)
    with server:
        try:
            yield f"rtsp://127.0.0.1:{port}/film"
        finally:
            server.kill()


def walked(clip: Path, folder: Path, walk: Walk) -> None:
    """Take every step, the last being the change."""
    program = find_mosquitto()
    if program is None:
        msg = "no mosquitto: apt install mosquitto"
        raise RuntimeError(msg)
    (folder / "broker").mkdir()
    broker = Mosquitto(program, folder / "broker", "allow_anonymous true")
    broker.start()
    own = folder / "own"
    stillwatch = str(own / "bin" / "stillwatch")
    try:
        with streamed(filmed(clip, folder)) as address:
            walk.do("python3 -m venv own", sys.executable, "-m", "venv", str(own))
            walk.do("own/bin/pip install CHECKOUT", str(own / "bin" / "pip"), "install", "--quiet", str(ROOT))
            walk.do("stillwatch --help", stillwatch, "--help")
            url = f"mqtt://localhost:{broker.port}"
            walk.do("stillwatch init", stillwatch, "init", "--source", address, "--url", url)
            keep_apart(folder)
            walk.do("stillwatch doctor", stillwatch, "doctor", "--config", "my.toml")
            watched(stillwatch, broker, folder, walk)
    finally:
        broker.kill()


def keep_apart(folder: Path) -> None:
    """Let the device keep what it knows here: root's usual folder may be that of another device."""
    config = folder / "my.toml"
    usual = '# state_dir = "/var/lib/stillwatch"'
    config.write_text(config.read_text().replace(usual, 'state_dir = "state"  #'))


def watched(stillwatch: str, broker: Mosquitto, folder: Path, walk: Walk) -> None:
    """Run the device until the change has arrived at a subscriber, and stop it."""
    ear = Subscriber(broker.host, broker.port, "stillwatch/v1/#", lambda _: None)
    ear.start()
    began = time.monotonic()
    log = folder / "run.log"
    with log.open("wb") as out:
        device = subprocess.Popen(
            [stillwatch, "run", "--config", "my.toml"],
            cwd=folder,
            env=walk.environment,
            stdout=out,
            stderr=out,
        )
    try:
        for what, matches, at_most_s in (
            ("online", lambda said: told_on(said, "/status", b"online"), 30.0),
            ("pictures", lambda said: told_on(said, "/availability", b"online"), 60.0),
            ("first event", lambda said: told_on(said, "/event", b""), LASTS_S),
            ("the change", is_the_change, LASTS_S),
        ):
            walk.wait(f"stillwatch run: {what}", began, partial(first, ear, matches), at_most_s=at_most_s)
    finally:
        stopping = time.monotonic()
        device.send_signal(signal.SIGTERM)
        code = device.wait(60)
        print(f"$ stillwatch run\n{log.read_text()}", end="")
        walk.steps.append(Step("Ctrl-C", time.monotonic() - stopping, code, log.read_text().splitlines()[-1]))
        ear.stop()


def first(ear: Subscriber, matches: Callable[[Heard], bool]) -> str:
    """Return the first message that matches, the empty string where there is none."""
    return next((shown(said) for said in ear.heard() if matches(said)), "")


def told_on(said: Heard, ending: str, words: bytes) -> bool:
    """Return whether a message on some topic says something."""
    return said.topic.endswith(ending) and words in said.payload


def is_the_change(said: Heard) -> bool:
    """Return whether a message says that the square appeared, and not that somebody stood still."""
    if not told_on(said, "/event", b"change_started"):
        return False
    corners = [region["box"][:2] for region in json.loads(said.payload)["regions"]]
    return any(abs(left - LEFT) < NEAR and abs(top - TOP) < NEAR for left, top in corners)


def shown(said: Heard) -> str:
    """Return what a message says, in a few words."""
    if not said.payload.startswith(b"{"):
        return said.payload.decode()
    event = json.loads(said.payload)
    return f"{event['event_type']} {event['change_id'] or ''}".strip()


def table(steps: list[Step]) -> str:
    """Return the steps for people."""
    width = max(len(step.what) for step in steps)
    return "\n".join(f"{step.what:<{width}}  {step.seconds:7.1f} s  {step.told[:90]}" for step in steps)


def main() -> int:
    """Walk, and tell."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    default = Path(os.environ.get("STILLWATCH_DATA", "")) / "videos" / "vtest.avi"
    parser.add_argument("--clip", type=Path, default=default, help="what the camera shows, over and over")
    parser.add_argument("--out", type=Path, default=Path("out/stranger"), help="where the figures go")
    args = parser.parse_args()
    if not args.clip.is_file():
        parser.error(f"{args.clip}: no such clip; name one with --clip")
    folder = Path(tempfile.mkdtemp(prefix="stranger-"))
    walk = Walk(folder)
    fault = None
    try:
        walked(args.clip.absolute(), folder, walk)
    except (RuntimeError, OSError, subprocess.SubprocessError) as error:
        fault = str(error)
    finally:
        shutil.rmtree(folder)
    args.out.mkdir(parents=True, exist_ok=True)
    machine = {"machine": platform.machine(), "cpus": os.cpu_count(), "python": platform.python_version()}
    document = {
        **machine,
        "clip": args.clip.name,
        "fault": fault,
        "steps": [asdict(step) for step in walk.steps],
    }
    (args.out / "stranger.json").write_text(json.dumps(document, indent=2) + "\n")
    print(table(walk.steps) if walk.steps else "", fault or "", sep="\n")
    return int(fault is not None)


if __name__ == "__main__":
    raise SystemExit(main())
