"""A device for hours, on real parts that are hurt again and again: what it loses, and whether it grows.

Two cameras, a real broker, a small disk. Every minute one of them fails: the network
camera dies, hangs or repeats a picture, the other camera's program is killed, the
broker is killed, the disk is full. Meanwhile a part of the scene comes and goes.
With ``--broker-away`` the broker is down from the first minute to the last.

What it holds is written down every ten seconds, and every event as it comes, so that a
run can be read before its end. It ends with a line of JSON; the exit code says whether
the limits were kept.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import threading
import time
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.soak.ear import Ear
from benchmarks.soak.samples import holding, steady, trend
from benchmarks.soak.stage import Stage

if TYPE_CHECKING:
    from benchmarks.soak.samples import Holding

SLOPE_MB_PER_H = 5.0
JUDGED_FROM_H = 1.0
"""The growth of a shorter run is that of the start."""

MORE_FDS, MORE_THREADS = 3, 3
SHELF_FAULTS = ("shelf", "stall", "freeze")
DRAIN_S = 420.0
"""The device calls an absent broker less and less often, in the end every five minutes."""

HEARD_WITHIN_S = 30.0
"""What a device said last may come late on a busy machine."""

FAMINE_S = 25.0
"""Before the end nothing fails any more, so that all can arrive."""


class Run:
    """A run: its stage, what was measured, and what was done to it."""

    def __init__(self, args: argparse.Namespace) -> None:
        args.out.mkdir(parents=True, exist_ok=True)
        self._seconds = args.hours * 3600
        self._args = args
        self._samples: list[Holding] = []
        self._faults: list[tuple[float, str]] = []
        self._paper = (args.out / "samples.jsonl").open("a", encoding="utf-8")
        self._stage = Stage(args.out)
        self._ear = Ear(self._stage.broker.port, args.out / "events.jsonl")
        self._stop = threading.Event()

    def watch(self) -> None:
        """Once the scenes are known: sample until the end, and hurt something now and then."""
        self._stage.begin(self._ear.learned)
        self._ear.began_s = self._stage.began_s
        torment = threading.Thread(target=self._torment, daemon=True)
        torment.start()
        try:
            while self._stage.second() < self._seconds and self._stage.device.poll() is None:
                self._sample()
                time.sleep(max(0.0, min(self._args.sample_s, self._seconds - self._stage.second())))
        except KeyboardInterrupt:
            self._seconds = self._stage.second()
        self._stop.set()
        torment.join(60)

    def end(self) -> dict[str, object]:
        """End the device; return what came of it all."""
        if self._stage.device.poll() is None:
            self._sample()
        kept_back = self._come_back() if self._args.broker_away else 0
        code = self._stage.end()
        epoch, last, waiting = self._stage.stored()
        told = {(epoch, seq) for seq in range(1, last + 1) if seq not in waiting}
        give_up = time.monotonic() + HEARD_WITHIN_S
        time.sleep(1)  # what it said last, perhaps twice, is still on its way to us
        while not told <= self._ear.numbers() and time.monotonic() < give_up:
            time.sleep(0.1)
        heard = self._ear.numbers()
        lost = told - heard
        done = Counter(name for _, name in self._faults)
        shelf = self._ear.missed("shelf", [f for f in self._faults if f[1] in SHELF_FAULTS], self._seconds)
        door = self._ear.missed("door", [f for f in self._faults if f[1] == "program"], self._seconds)
        kept = steady(self._samples)
        if not kept:
            msg = f"soak: the device ended with {code} before it was looked at; device.log says why"
            raise SystemExit(msg)
        seconds = [one.at_s for one in kept]
        return {
            "hours": round(self._seconds / 3600, 4),
            "rss_mb": trend(seconds, [one.rss_mb for one in kept], "slope_mb_per_h"),
            "fds": trend(seconds, [one.fds for one in kept]),
            "threads": trend(seconds, [one.threads for one in kept]),
            "state_mb": trend(seconds, [one.state_mb for one in kept]),
            "written_mb": kept[-1].written_mb,
            "events": len(heard),
            "lost": len(lost),
            "duplicates": self._ear.duplicates(),
            "waiting": len(waiting),
            "kept_back": kept_back,
            "changes": {
                "staged": shelf[0] + door[0],
                "missed": shelf[1] + door[1],
                "wrong": self._ear.wrong_changes(self._faults),
            },
            "wrong_views": self._ear.wrong_views(self._faults),
            "camera_outages": sum(done[name] for name in (*SHELF_FAULTS, "program")),
            "broker_outages": done["broker"] + self._args.broker_away,
            "disk_outages": done["disk"],
            "exit_code": code,
        }

    def close(self) -> None:
        """End everything that still runs."""
        self._ear.close()
        self._stage.close()
        self._paper.close()

    def _sample(self) -> None:
        try:
            one = holding(self._stage.device.pid, self._stage.state, self._stage.second())
        except OSError:  # it has just ended
            return
        self._samples.append(one)
        self._note(asdict(one))

    def _come_back(self) -> int:
        """Let the broker live again; return how many events had waited for that."""
        waiting = len(self._stage.stored()[2])
        self._stage.start_broker(self._ear.ready.is_set)
        deadline = time.monotonic() + DRAIN_S
        while self._stage.stored()[2] and time.monotonic() < deadline:
            time.sleep(0.2)
        return waiting

    def _torment(self) -> None:
        faults = self._stage.faults(self._ear.ready.is_set)
        if self._args.broker_away:
            self._stage.broker.kill()
            del faults["broker"]
        for number, name in enumerate(itertools.cycle(faults), 1):
            due_s = self._args.first_fault_s + (number - 1) * self._args.fault_every_s
            if due_s > self._seconds - FAMINE_S or self._stop.wait(max(0.0, due_s - self._stage.second())):
                return
            self._faults.append((self._stage.second(), name))
            self._note({"at_s": round(self._stage.second(), 1), "fault": name})
            faults[name]()

    def _note(self, record: dict[str, object]) -> None:
        self._paper.write(f"{json.dumps(record)}\n")
        self._paper.flush()


def broken_limits(found: dict[str, object]) -> list[str]:
    """Return which limits a run did not keep."""
    changes, hours = found["changes"], found["hours"]
    assert isinstance(changes, dict)
    assert isinstance(hours, float)
    broken = [name for name in ("lost", "duplicates", "wrong_views", "exit_code") if found[name] != 0]
    broken += [f"changes.{name}" for name in ("missed", "wrong") if changes[name]]
    limits = {"fds": MORE_FDS, "threads": MORE_THREADS}
    for name, more in limits.items():
        held = found[name]
        assert isinstance(held, dict)
        if held["last"] > held["median"] + more:
            broken.append(name)
    memory = found["rss_mb"]
    assert isinstance(memory, dict)
    if hours >= JUDGED_FROM_H and memory["slope_mb_per_h"] > SLOPE_MB_PER_H:
        broken.append("rss_mb")
    return broken


def main() -> int:
    """Run, print, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=2.0)
    parser.add_argument("--out", type=Path, default=Path("out/soak"), help="samples and events go here")
    parser.add_argument("--sample-s", type=float, default=10.0, help="seconds between two samples")
    parser.add_argument("--first-fault-s", type=float, default=60.0, help="when the first fault comes")
    parser.add_argument("--fault-every-s", type=float, default=60.0, help="seconds between two faults")
    parser.add_argument("--broker-away", action="store_true", help="the broker is down all the time")
    run = Run(parser.parse_args())
    try:
        run.watch()
        found = run.end()
    finally:
        run.close()
    broken = broken_limits(found)
    print(json.dumps({**found, "broken_limits": broken}))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
