"""Swift's toolchain for Spack."""

import re

from spack_repo.builtin.build_systems.generic import Package

from spack.package import *


class SwiftToolchain(Package):
    """Swift's compiler, package manager and libraries, as swift.org builds them for each system.

    Unpacked by hand: `spack external find swift-toolchain` knows the one on the path from then on."""

    homepage = "https://www.swift.org/install"
    has_code = False

    version("6.3.1")

    executables = [r"^swift$"]

    @classmethod
    def determine_version(cls, exe):
        said = Executable(exe)("--version", output=str, error=str)
        match = re.search(r"Swift version (\d[\d.]*)", said)
        return match.group(1) if match else None

    def install(self, spec, prefix):
        raise InstallError("unpack Swift's toolchain by hand, then: spack external find swift-toolchain")
