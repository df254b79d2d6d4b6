"""What led to each event, and what was seen when nothing was told: files, bounded in bytes."""

from edge.drivers.evidence_files.evidence import FileEvidence
from edge.drivers.evidence_files.visit import EvidenceVisit, Kept

__all__ = ["EvidenceVisit", "FileEvidence", "Kept"]
