"""A Zalo one can hold: it plays the Zalo platform for demos and tests, in a process of its own.

It imports nothing of the application around it: what it knows of us is a webhook URL and the settings named ZALO_*.
"""
