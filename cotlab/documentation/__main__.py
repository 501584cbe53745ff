"""`python -m cotlab.documentation`."""

from cotlab.documentation import main

main()
