"""Fault drills: the whole system as real processes, something breaks, and an oracle that shares no code with it counts."""
