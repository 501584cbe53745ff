"""A trace's final answer held against the reference answer.

`checking` does so in this process, `kinds` is the registry of what can be compared, `stated` finds the answer in prose.
Text from data goes through the child of `cotlab.checks.running.runner`.
"""
