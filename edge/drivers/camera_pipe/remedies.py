"""What helps where a program that films is in trouble of a known kind."""

from __future__ import annotations

import re

_REMEDIES = (
    (
        r"(?i)no cameras? (are )?available",
        "is the ribbon cable seated at both ends, the right way round? then restart the board",
    ),
    (
        r"(?i)failed to acquire camera|in use by another process|device or resource busy",
        "another program uses the camera; stop it",
    ),
    (
        r"(?i)no element \"?nv",
        "NVIDIA's elements come with JetPack; is this a Jetson? sudo apt install nvidia-l4t-gstreamer",
    ),
    (r"(?i)failed to create capturesession", "sudo systemctl restart nvargus-daemon"),
)


def remedy(words: str) -> str:
    """Return what helps where a program said this; the empty string where that is not known."""
    return next((helps for pattern, helps in _REMEDIES if re.search(pattern, words)), "")
