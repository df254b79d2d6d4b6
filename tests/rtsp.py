"""A real RTSP server, for whoever wants a camera in the network: GStreamer's, in a process of its own."""

from __future__ import annotations

import subprocess

SYSTEM_PYTHON = "/usr/bin/python3"
"""GStreamer comes with this one's distribution."""

PROGRAM = """\
import sys
import gi
gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer
Gst.init(None)
port, pipeline, shared = sys.argv[1:]
server, media = GstRtspServer.RTSPServer(), GstRtspServer.RTSPMediaFactory()
server.set_address("127.0.0.1")
server.set_service(port)
media.set_launch(f"( {pipeline} )")
media.set_shared(shared == "shared")
server.get_mount_points().add_factory("/film", media)
if not server.attach(None):
    sys.exit("the port is taken")
print("ready", flush=True)
GLib.MainLoop().run()
"""


def served(port: int, pipeline: str, *, shared: bool) -> subprocess.Popen[bytes] | None:
    """Run a server of ``/film`` on this machine, and return once it accepts connections.

    Args:
        port: Where.
        pipeline: What is played, for GStreamer; its payloader is ``pay0``.
        shared: Whether all who look see the same moment, and not each the beginning.

    Returns:
        The process, which the caller ends; ``None`` where GStreamer is not there.
    """
    command = [SYSTEM_PYTHON, "-c", PROGRAM, str(port), pipeline, "shared" if shared else "each"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    if process.stdout.readline() == b"ready\n":
        return process
    process.kill()
    process.wait()
    process.stdout.close()
    return None
