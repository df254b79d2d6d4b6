"""Training pairs: painted, never downloaded."""
