from __future__ import annotations

import ssl
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.x509 import subject_and_end

CERTIFICATE = ssl.PEM_cert_to_DER_cert(
    """\
-----BEGIN CERTIFICATE-----
MIIBJTCBzAIRAOyx4jDjOo2s1eiy8L1zpYswCgYIKoZIzj0EAwIwHTEbMBkGA1UE
AwwSc3RpbGx3YXRjaCBkZXZpY2VzMB4XDTAxMDEwMTAwMDAwMFoXDTAyMDEwMTAw
MDAwMFowETEPMA0GA1UEAwwGYmVuY2gxMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcD
QgAEhYrHgTrHg0ZYX8+dvvJw8wqARrX2reE/dmq3itR/b1DUGus9hlZ6XTZMCtfW
7Sj6J5f4RoGqfY+vU0/fhnmkcDAKBggqhkjOPQQDAgNIADBFAiA1gxVfHvTBxjGk
FA65A0ARDXgP2v0v6mWu01m1rRjQgwIhAMBJ/a9176q/7tZSLr+s6MS0nPHaJ+Qs
rsWTnTMSU/qq
-----END CERTIFICATE-----
"""
)


def test_a_certificate_says_whom_it_names_and_until_when_it_is_good() -> None:
    assert subject_and_end(CERTIFICATE) == ("bench1", "20020101000000Z")


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        pytest.param(b"\x17\x0d490101000000Z", "20490101000000Z", id="two-digits-of-this-century"),
        pytest.param(b"\x17\x0d500101000000Z", "19500101000000Z", id="two-digits-of-the-last"),
        pytest.param(b"\x18\x0f20500101000000Z", "20500101000000Z", id="four-digits"),
    ],
)
def test_the_century_is_that_of_the_standard(said: bytes, moment: str) -> None:
    assert subject_and_end(made_of(validity=said + said, subject=b""))[1] == moment


def test_who_has_no_common_name_is_nobody() -> None:
    good = b"\x18\x0f20500101000000Z"
    assert subject_and_end(made_of(validity=good + good, subject=b"\x31\x02\x05\x00"))[0] == ""


def made_of(*, validity: bytes, subject: bytes) -> bytes:
    """Return the least that passes for a certificate."""

    def element(tag: int, content: bytes) -> bytes:
        return bytes([tag, len(content)]) + content

    before = b"\xa0\x03\x02\x01\x02\x02\x01\x01\x30\x00\x30\x00"
    fields = before + element(0x30, validity) + element(0x30, subject) + b"\x30\x00"
    return element(0x30, element(0x30, fields))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(noise: bytes) -> None:
    with suppress(ValueError):
        subject_and_end(noise)


@given(st.integers(0, len(CERTIFICATE) - 1), st.integers(0, 255))
def test_a_damaged_certificate_is_read_or_refused(at: int, byte: int) -> None:
    with suppress(ValueError):
        subject_and_end(CERTIFICATE[:at] + bytes([byte]) + CERTIFICATE[at + 1 :])
