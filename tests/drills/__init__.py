"""Fault drills: the whole system as real processes, something breaks, an oracle that shares no code with it counts."""
