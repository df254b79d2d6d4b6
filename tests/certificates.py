"""Certificates for brokers, made on the spot."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


def certify(folder: Path, *, days: int = 60) -> str:
    """Make an authority, ``ca.crt``, and a certificate of its for ``localhost``.

    Args:
        folder: Where to.
        days: How long the certificate is good; negative for one that was.

    Returns:
        Lines that make a mosquitto show the certificate.
    """
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl: apt install openssl")
    sign = f"openssl x509 -req -days {days} -CA ca.crt -CAkey ca.key -CAcreateserial"
    new = "openssl req -newkey rsa:2048 -nodes -batch"
    for command in (
        f"{new} -x509 -days 60 -keyout ca.key -out ca.crt -subj /CN=authority",
        f"{new} -keyout server.key -out server.csr -subj /CN=localhost -addext subjectAltName=DNS:localhost",
        f"{sign} -in server.csr -out server.crt -copy_extensions copy",
    ):
        subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
    return f"certfile {folder}/server.crt\nkeyfile {folder}/server.key"
