"""Door of the catalogue of procedures. Other apps import only this module (and `errors`)."""

from procedures.keystrokes import composed
from procedures.text import clean, fold, strip_marks

__all__ = ["clean", "composed", "fold", "strip_marks"]
