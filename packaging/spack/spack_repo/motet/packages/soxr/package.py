"""The SoX resampler library for Spack."""

from spack_repo.builtin.build_systems.cmake import CMakePackage

from spack.package import *


class Soxr(CMakePackage):
    """One-dimensional sample-rate conversion."""

    homepage = "https://sourceforge.net/projects/soxr"
    url = "https://downloads.sourceforge.net/project/soxr/soxr-0.1.3-Source.tar.xz"

    license("LGPL-2.1-or-later")

    version("0.1.3", sha256="b111c15fdc8c029989330ff559184198c161100a59312f5dc19ddeb9b5a15889")

    depends_on("c", type="build")

    def cmake_args(self):
        return [
            self.define("CMAKE_POLICY_VERSION_MINIMUM", "3.5"),
            self.define("BUILD_TESTS", False),
            self.define("BUILD_EXAMPLES", False),
        ]
