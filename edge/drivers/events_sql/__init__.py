"""What devices told, in SQLite or in PostgreSQL.

One set of statements for both; what differs is how one connects, and how moments
are kept. ``sqlite.sql`` and ``postgres.sql`` are the tables, with what each column
means. PostgreSQL's library is imported only where such a database is opened.
"""

from edge.drivers.events_sql.store import SqlEventStore

__all__ = ["SqlEventStore"]
