"""Python's collector of circular garbage, in a process that runs for long."""

import gc

# Objects made between two looks at the young ones (Python's own 700 means thousands of looks a second), looks at the
# young between two at the middle-aged, and those between two at the old.
THRESHOLDS = (20_000, 20, 20)


def spare_what_is_loaded() -> None:
    """Call once all is loaded: from then on the collector leaves alone what stays until the process ends.

    Else it walks through the whole of Django, our code and the catalogue again and again, some tens of milliseconds
    each time, in the middle of whatever request comes then.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
