"""Python's garbage collector, told what it need not look at."""

import gc


def rest_while_loading() -> None:
    """Nearly everything a start makes stays, and the collector would go through it time and again: a sixth of a start.

    Until `spare_what_stays`.
    """
    gc.disable()


def spare_what_stays() -> None:
    """Whatever is there now stays as long as the process: look through what comes, never through that again.

    Modules, models and addresses are 150,000 objects. To go through them takes 60 to 120 ms, and pages with some
    hundred lines made Python do so every few requests. Some 4,000 are garbage by now: a megabyte, not worth one look.
    """
    gc.freeze()
    gc.enable()
