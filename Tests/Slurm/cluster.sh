#!/usr/bin/env bash
# A throw-away Slurm on this machine: one controller and several nodes, all of them this machine, with
# everything in one folder. Prints "ready" once every node is idle, and stops all of it when it is told
# to (SIGTERM) or when the process that started it is gone.
# Usage: cluster.sh FOLDER NODES CPUS_OF_A_NODE
set -euo pipefail
folder=$1 nodes=$2 cpus=$3
starter=$PPID
PATH=$PATH:/usr/sbin:/sbin
die() { echo "$*" >&2; exit 1; }
for program in slurmctld slurmd sbatch sinfo; do
  command -v "$program" >/dev/null || die "$program is not installed"
done

# Ports that nobody answers on.
free() {
  local port
  for ((port = $1; port <= $1 + nodes; port++)); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && return 1
  done
  return 0
}
base=$((20000 + RANDOM % 12000))
until free "$base"; do base=$((20000 + RANDOM % 12000)); done

mkdir -p "$folder"/{state,log,spool}
host=$(hostname -s) user=$(id -un)
# Without munge, and without control groups: neither root nor systemd is needed.
cat >"$folder/slurm.conf" <<CONF
ClusterName=throwaway
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$base
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/none
CredType=cred/none
AuthInfo=cred_expire=2
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool/%n
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.%n.pid
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdLogFile=$folder/log/slurmd.%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/builtin
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0
MpiDefault=none
SwitchType=switch/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
SlurmdParameters=config_overrides
PropagateResourceLimits=NONE
KillWait=2
MinJobAge=600
NodeName=n[1-$nodes] NodeHostname=$host NodeAddr=127.0.0.1 Port=[$((base + 1))-$((base + nodes))] CPUs=$cpus RealMemory=1000
PartitionName=main Nodes=ALL Default=YES MaxTime=01:00:00
CONF
echo 'CgroupPlugin=cgroup/v1' >"$folder/cgroup.conf"
export SLURM_CONF=$folder/slurm.conf

daemons=()
start() {
  "$@" >>"$folder/log/daemons.out" 2>&1 </dev/null &
  daemons+=($!)
}
stop() {
  trap - EXIT TERM INT
  timeout 5 scancel --user "$user" >/dev/null 2>&1 || true
  kill "${daemons[@]}" 2>/dev/null || true
  wait "${daemons[@]}" 2>/dev/null || true
}
trap stop EXIT
trap 'exit 0' TERM INT

start slurmctld -D -c
for ((node = 1; node <= nodes; node++)); do
  mkdir -p "$folder/spool/n$node"
  start slurmd -D -N "n$node"
done
for ((tries = 0; ; tries++)); do
  for daemon in "${daemons[@]}"; do
    kill -0 "$daemon" 2>/dev/null || die "a daemon ended: $(tail -n 1 "$folder"/log/*.log | tr '\n' ' ')"
  done
  idle=$(timeout 5 sinfo --noheader --Node --format=%T 2>/dev/null | grep -c '^idle$' || true)
  [ "$idle" = "$nodes" ] && break
  [ "$tries" -lt 200 ] || die "nodes do not become idle: $(tail -n 1 "$folder/log/slurmctld.log")"
  sleep 0.1
done
echo ready
while kill -0 "$starter" 2>/dev/null; do sleep 0.2; done
