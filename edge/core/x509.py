"""The two facts we need of a certificate of our own: whom it names, and until when it is good."""

from __future__ import annotations

_SET, _OID, _EXPLICIT_VERSION, _UTC_TIME, _GENERALIZED_TIME = 0x31, 0x06, 0xA0, 0x17, 0x18
_COMMON_NAME = bytes.fromhex("550403")  # 2.5.4.3
_UTC_TIME_CHARS = 13
_NONE = "these bytes are no certificate"


def subject_and_end(der: bytes) -> tuple[str, str]:
    """Return the common name of a certificate's subject, and its last moment.

    Args:
        der: An X.509 certificate in DER.

    Returns:
        The name, empty where it has none; the moment as ``YYYYMMDDHHMMSSZ``, in UTC.

    Raises:
        ValueError: These bytes are no certificate.

    Source:
        RFC 5280, sections 4.1 and 4.1.2.5: two digits of a year from 50 on are 19xx.
    """
    try:
        (_, certificate), *_ = _parts(der)
        (_, signed), *_ = _parts(certificate)
        fields = _parts(signed)
        if fields and fields[0][0] == _EXPLICIT_VERSION:
            del fields[0]
        _serial, _algorithm, _issuer, (_, validity), (_, subject), *_ = fields
        _begin, (kind, raw_end) = _parts(validity)
        name, end = _common_name(subject), raw_end.decode("ascii")
    except ValueError as error:
        raise ValueError(_NONE) from error
    if kind == _UTC_TIME and len(end) == _UTC_TIME_CHARS:
        end = ("19" if end >= "50" else "20") + end
    elif kind != _GENERALIZED_TIME:
        raise ValueError(_NONE)
    return name, end


def _common_name(subject: bytes) -> str:
    for tag, attributes in _parts(subject):
        for _, attribute in _parts(attributes) if tag == _SET else []:
            match _parts(attribute):
                case [(int(kind), bytes(oid)), (_, bytes(text))] if (kind, oid) == (_OID, _COMMON_NAME):
                    return text.decode("utf-8", "replace")
    return ""


def _parts(der: bytes) -> list[tuple[int, bytes]]:
    """Return tag and content of each element."""
    found, at = [], 0
    while at < len(der):
        head = der[at : at + 2]
        if len(head) < 2:  # noqa: PLR2004 - a tag and a length
            raise ValueError(_NONE)
        tag, length = head
        at += 2
        if length & 0x80:
            size = length & 0x7F
            length = int.from_bytes(der[at : at + size], "big")
            at += size
        if at + length > len(der):
            raise ValueError(_NONE)
        found.append((tag, der[at : at + length]))
        at += length
    return found
