"""The system of record's side: what devices tell goes into a database, each event once.

In one transaction a page of messages is sorted into its sequences and the cursors
move; only then the broker is told that it need not keep them, and the device that it
may delete them. Whatever dies in between, it all comes again, and is passed over.
"""

from edge.consume.consumer import Consumer
from edge.consume.lives import keep_consuming

__all__ = ["Consumer", "keep_consuming"]
