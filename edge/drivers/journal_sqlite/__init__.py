"""The journal in one SQLite file: changes, their announcements, orders.

One file, so that a change and its announcement are stored together or not at
all. What ``commit`` stored is on the disk when it returns (WAL, ``synchronous =
FULL``); that something was delivered may be forgotten by a power cut, which
costs a repeat.
"""

from edge.drivers.journal_sqlite.journal import SqliteJournal
from edge.drivers.journal_sqlite.visit import SqliteVisit

__all__ = ["SqliteJournal", "SqliteVisit"]
