"""A device with one camera and no network, for tests that run it as a user would."""

from __future__ import annotations


def bench_config(port: int, *, source: str = "dir:frames", fps: float = 10) -> str:
    """Return the configuration of a device ``bench1`` that keeps its state beside it.

    Args:
        port: The broker's, on this machine.
        source: What the camera ``shelf`` films.
        fps: Looks per second.
    """
    return f"""\
config = 1
[device]
id = "bench1"
state_dir = "state"
[mqtt]
url = "mqtt://127.0.0.1:{port}"
[model]
method = "difference"
[[camera]]
name = "shelf"
source = "{source}"
fps = {fps:g}
"""
