"""Ways of getting an event from a program to another over MQTT."""

from __future__ import annotations

FORGETFUL = "qos0"
QUEUED = "qos1"
PUBACK = "puback"
RECORD = "record"

WAYS = {
    FORGETFUL: "QoS 0, dropped while there is no connection",
    QUEUED: "QoS 1, queued in memory by the client library",
    PUBACK: 'stored, deleted on PUBACK (confirm = "broker")',
    RECORD: 'stored, deleted when the consumer has it (confirm = "consumer")',
}
"""What each does with an event; the first two are plain clients, the others our device."""

DEVICE = "bench1"
VISIBLE = "create table if not exists visible(row integer primary key, epoch, seq);"
"""A table of what a consumer's user sees, in the order it came."""
