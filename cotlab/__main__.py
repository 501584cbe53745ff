from cotlab.cli import main

main()
