"""Claims found in the text of a step, and whether what they compute holds.

`runner` checks steps in a killable child process, and loads nothing heavy here. `checking` does so in this process, and
`kinds` is the registry of what can be checked; they load sympy.
"""
