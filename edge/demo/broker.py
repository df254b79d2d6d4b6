"""A small MQTT broker for the demonstration: ``python -m edge.demo.broker --port N``.

It needs no root and no installation, listens on this machine only, and lets
everybody in. It ends on SIGTERM, and when its standard input closes, so that it
never outlives the program that started it. It speaks MQTT 3.1.1, keeps nothing
for clients that are away, and is no broker for a house.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import threading

from amqtt.broker import Broker

HOST = "127.0.0.1"

_STDIN = 0


async def serve(port: int) -> None:
    """Run the broker until SIGTERM, SIGINT or the end of standard input."""
    loop, over = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, over.set)
    broker = Broker(
        {
            "listeners": {"default": {"type": "tcp", "bind": f"{HOST}:{port}"}},
            "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
        }
    )
    await broker.start()
    threading.Thread(target=_wait_for_end_of_input, args=(loop, over), daemon=True).start()
    await over.wait()
    await broker.shutdown()


def _wait_for_end_of_input(loop: asyncio.AbstractEventLoop, over: asyncio.Event) -> None:
    while os.read(_STDIN, 1024):
        pass
    loop.call_soon_threadsafe(over.set)


def main() -> None:
    """Read the command line and run the broker."""
    parser = argparse.ArgumentParser(prog="python -m edge.demo.broker", description=__doc__)
    parser.add_argument("--port", type=int, default=1883, help=f"TCP port on {HOST} (default: 1883)")
    logging.basicConfig(level=logging.CRITICAL)
    asyncio.run(serve(parser.parse_args().port))


if __name__ == "__main__":
    main()
