"""mpg123 for Spack."""

from spack_repo.builtin.build_systems.autotools import AutotoolsPackage

from spack.package import *


class Mpg123(AutotoolsPackage):
    """A decoder of MPEG audio, as a library."""

    homepage = "https://www.mpg123.de"
    url = "https://www.mpg123.de/download/mpg123-1.31.2.tar.bz2"

    license("LGPL-2.1-only")

    version("1.31.2", sha256="b17f22905e31f43b6b401dfdf6a71ed11bb7d056f68db449d70b9f9ae839c7de")

    depends_on("c", type="build")

    def configure_args(self):
        return ["--with-audio=dummy"]
