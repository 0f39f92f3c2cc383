"""A ReFrame check of an installed Motet: the ranks work together, and a small run's model has the same bits on
one process and on several ranks. Its performance is views/s, by the run's last lines.

    reframe -C SITE.py -c slurm/reframe_motet.py -r            # -S ranks=5 -S motet=PATH

The site's launcher starts the ranks (tried with ReFrame 4.10 and its launcher `mpirun`).
"""

import reframe as rfm
import reframe.utility.sanity as sn

JOB = """\
name: check
data: { image: data.h5, audio: data.h5 }
clients: { count: 8, alpha: 1 }
encoder: { name: resnet18, input: 32 }
training: { local_epochs: 1, batch: 16 }
federation: { rounds: 2, participation: 50% }
monitor: { every: 0 }
"""


@rfm.simple_test
class MotetCheck(rfm.RunOnlyRegressionTest):
    """A made-up data set, a job of two rounds, alone and on ranks."""

    descr = "Motet: the same model on any number of ranks"
    valid_systems = ["*"]
    valid_prog_environs = ["*"]
    #: The program; on the path where a module or an installation puts it.
    motet = variable(str, value="motet")
    #: Rank 0 and up to four workers.
    ranks = variable(int, value=3)
    executable_opts = ["run", "job.yaml", "--set", "results=ranks"]

    @run_before("run")
    def prepare(self):
        self.executable = self.motet
        self.num_tasks = self.ranks
        self.prerun_cmds = [
            f"cat > job.yaml <<'END'\n{JOB}END",
            f"{self.motet} --version",
            f"{self.motet} data synthesize --to data.h5 --images 160 --sounds 160 --side 32",
            f"{self.motet} shard job.yaml",
            f"{self.motet} run job.yaml --set results=alone",
        ]

    @sanity_function
    def the_same_model(self):
        hashes = sn.extractall(r"^model sha256 (\w{64})$", self.stdout, 1)
        return sn.all([sn.assert_eq(sn.count(hashes), 2), sn.assert_eq(hashes[0], hashes[1])])

    @performance_function("views/s")
    def views(self):
        return sn.extractall(r"^performance: ([\d.]+) views/s", self.stdout, 1, float)[-1]
