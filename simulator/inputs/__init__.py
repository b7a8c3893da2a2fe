"""The door: scenario and tables go in, bare arrays come out.

    baseline     tables -> the base month, labelled once
    draws        parameter ranges -> one value per draw, the same whatever is drawn beside it
    calibration  base month + draws -> curves that pass through it
    levers       shocks of one month -> availability, wedges, layers
    market       calibration + levers -> a market ready to clear

Nothing behind this door looks up a name.
"""
