"""Motet for Spack."""

import os

from spack_repo.builtin.build_systems.makefile import MakefilePackage

from spack.package import *


class Motet(MakefilePackage):
    """Federated self-supervised learning, simulated on ranks of MPI.

    A release is what `make dist` writes; Spack takes it from the folder in which it is started. Its SHA-256 stands
    beside it: `spack install --no-checksum motet`. Swift's package manager clones two packages from GitHub."""

    manual_download = True

    version("0.1.0")

    variant("report", default=True, description="With what motet report needs of Python")

    depends_on("c", type="build")
    depends_on("cxx", type="build")
    depends_on("swift-toolchain@6.2:", type="build")
    depends_on("pkgconfig", type="build")
    depends_on("git", type="build")
    depends_on("python@3.10:", type=("build", "run"))
    depends_on("mpi")
    requires("^[virtuals=mpi] openmpi", "^[virtuals=mpi] mpich", policy="one_of")
    depends_on("hdf5@1.10: ~mpi")
    depends_on("libsndfile +external-libs")
    depends_on("mpg123")
    depends_on("soxr")
    depends_on("fftw@3.3: precision=float")
    depends_on("openblas")
    depends_on("libjpeg-turbo")
    depends_on("libspng")
    depends_on("openssl@3:")
    depends_on("zlib-api")
    depends_on("curl")
    with when("+report"):
        depends_on("py-h5py", type="run")
        depends_on("py-pandas", type="run")
        depends_on("py-matplotlib", type="run")
        depends_on("py-scikit-learn", type="run")

    def url_for_version(self, version):
        return f"file://{os.getcwd()}/motet-{version}.tar.gz"

    def setup_build_environment(self, env):
        if self.spec.satisfies("^[virtuals=mpi] mpich"):
            env.set("MOTET_MPI", "mpich")

    def edit(self, spec, prefix):
        pass

    @property
    def options(self):
        """Swift's own clang compiles and links, not Spack's wrapper, which would say where libraries lie."""
        folders = [
            folder
            for own in self.spec.dependencies(deptype="link")
            for folder in (own.prefix.lib, own.prefix.lib64)
            if os.path.isdir(folder)
        ]
        flags = " ".join(f"-Xlinker -rpath={folder}" for folder in folders)
        return ["SETUP=:", "CC=clang", "CXX=clang++", f"SWIFTFLAGS={flags}", f"PREFIX={self.prefix}"]

    def build(self, spec, prefix):
        make("build", *self.options)

    def install(self, spec, prefix):
        make("install", *self.options)
