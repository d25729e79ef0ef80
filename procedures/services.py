"""Door of the catalogue of procedures. Other apps import only this module (and `errors`)."""
