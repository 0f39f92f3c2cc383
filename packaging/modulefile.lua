help([[Motet @VERSION@: federated self-supervised learning on unpaired images and sounds]])
whatis("Name: motet")
whatis("Version: @VERSION@")
local prefix = "@PREFIX@"
prepend_path("PATH", pathJoin(prefix, "bin"))
prepend_path("MANPATH", pathJoin(prefix, "share/man"))
prepend_path("PYTHONPATH", pathJoin(prefix, "share/motet/analysis"))
