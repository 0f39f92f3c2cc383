import sys

from motet_analysis.cli import main

sys.exit(main())
