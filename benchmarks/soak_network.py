"""Events over a network that loses packets, is slow, and goes silent: what is lost.

The publisher is the device's own outbox, the consumer is ``stillwatch consume``. On the
publisher's way to the broker every third packet or so is dropped by the kernel, in each
direction, and each piece takes 0.1 s besides. Now and then nothing gets through at all and
nobody is told: the connection is half open.

It needs root and iptables, and a network namespace of its own, which it makes: nothing
else on this machine is touched. It ends with a line of JSON; the exit code says whether
anything was lost, seen twice or out of order.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.events.publisher import KEEPALIVE_S
from benchmarks.events.stage import Stage
from benchmarks.events.ways import RECORD
from benchmarks.soak_events import judged
from tests.fault_proxy import FaultProxy

INSIDE = "STILLWATCH_IN_NAMESPACE"
DELAY_S = 0.1
SILENCE_S = 25.0
AWAY = re.compile(r"^(?P<at>[0-9.]+) .*the broker is away")
TICKS = os.sysconf("SC_CLK_TCK")


class Network:
    """The way between publisher and broker; implements what ``Stage`` asks of a broker's port."""

    def __init__(self, broker_port: int, loss: float) -> None:
        self.proxy = FaultProxy(broker_port)
        self.proxy.faults.delay_s = DELAY_S
        self._loss = loss

    def begin(self) -> int:
        """Let packets be lost; return the port where the bad network begins."""
        self.proxy.__enter__()
        for side in ("--dport", "--sport"):
            some = ("-m", "statistic", "--mode", "random", "--probability", str(self._loss))
            self._rule("-A", side, *some)
        return self.proxy.port

    def silence(self, seconds: float) -> tuple[float, float]:
        """Let nothing through for a while; return from when to when."""
        began = time.time()
        for side in ("--dport", "--sport"):
            self._rule("-I", side)
        time.sleep(seconds)
        for side in ("--dport", "--sport"):
            self._rule("-D", side)
        return began, time.time()

    def end(self) -> None:
        """Let go of the port."""
        self.proxy.__exit__(None, None, None)

    def _rule(self, change: str, side: str, *match: str) -> None:
        rule = ["iptables", change, "INPUT", "-i", "lo", "-p", "tcp", side, str(self.proxy.port), *match]
        subprocess.run([*rule, "-j", "DROP"], check=True)


def cpu_s(pid: int) -> float:
    """Return the processor time that a process has used, in seconds."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / TICKS


def noticed_s(log: str, silences: list[tuple[float, float]]) -> list[float]:
    """Return how long it took until the publisher noticed each silence, in seconds."""
    away = [float(found["at"]) for line in log.splitlines() if (found := AWAY.match(line))]
    first = [min((at for at in away if begin <= at), default=float("inf")) for begin, _ in silences]
    return [round(at - begin, 2) for at, (begin, _) in zip(first, silences, strict=True)]


def run(args: argparse.Namespace, folder: Path) -> dict[str, object]:
    """Send all events through; return what came of it."""
    began = time.monotonic()
    network: Network | None = None

    def by_way_of(port: int) -> int:
        nonlocal network
        network = Network(port, args.loss)
        return network.begin()

    stage = Stage(folder, way=RECORD, broker="mosquitto", args=args, by_way_of=by_way_of)
    assert network is not None
    silences, busy = [], []
    try:
        for nth in range(1, args.silences + 1):
            while max(stage.happened, default=0) < args.events * nth / (args.silences + 1):
                time.sleep(0.05)
            before = cpu_s(stage.publisher_pid)
            silences.append(network.silence(SILENCE_S))
            busy.append((cpu_s(stage.publisher_pid) - before) / SILENCE_S)
        stage.settle()
        found = judged(stage.book, stage.happened)
    finally:
        stage.close()
        network.end()
    noticed = noticed_s((folder / "log").read_text(errors="replace"), silences)
    return {
        "events": len(stage.happened),
        **found,
        "resent": stage.resent,
        "silences": len(silences),
        "noticed_s": noticed,
        "keepalive_s": KEEPALIVE_S,
        "cpu_while_silent": round(statistics.fmean(busy), 4) if busy else None,
        "seconds": round(time.monotonic() - began, 1),
    }


def main() -> int:
    """Read the command line, run, and print what was found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak_network", description=__doc__)
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--loss", type=float, default=0.3, help="share of packets that are dropped")
    parser.add_argument("--silences", type=int, default=3, help="how often nothing gets through")
    parser.add_argument("--per-s", type=float, default=100.0, help="events a second, at most")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    if INSIDE not in os.environ:
        for program in ("iptables", "unshare"):
            if shutil.which(program) is None or os.geteuid() != 0:
                sys.exit(f"soak: needs root and {program}: apt install iptables util-linux")
        inner = f'ip link set lo up && exec {sys.executable} -m benchmarks.soak_network "$@"'
        command = ["unshare", "--net", "sh", "-c", inner, "sh", *sys.argv[1:]]
        return subprocess.run(command, env={**os.environ, INSIDE: "1"}, check=False).returncode
    with tempfile.TemporaryDirectory() as scratch:
        found = run(args, Path(scratch) / "run")
    print(json.dumps(found))
    return int(any(found[name] for name in ("lost", "duplicates", "out_of_order")))


if __name__ == "__main__":
    sys.exit(main())
