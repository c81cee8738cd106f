#!/bin/sh
# SPDX-License-Identifier: MIT
# Hosts in miniature: a program on three ranks, each in a network namespace of its own, so that they
# share no memory and talk by TCP through a bridge. Needs root, iproute2 and MPICH; where the kernel
# has netem, the last one's packets are late and some are lost.
#
#     tests/mpi/namespaces.sh build/test/tests/mpi/test_mpi FOLDER
set -eu

clean() {
    for n in 1 2 3; do ip netns del "als$n" 2>/dev/null || true; done
    ip link del als-bridge 2>/dev/null || true
}
launcher=$(mktemp)
trap 'clean; rm -f "$launcher"' EXIT
clean
ip link add als-bridge type bridge
ip addr add 10.77.0.254/24 dev als-bridge
ip link set als-bridge up
for n in 1 2 3; do
    ip netns add "als$n"
    ip link add "als-v$n" type veth peer name eth0 netns "als$n"
    ip link set "als-v$n" master als-bridge up
    ip netns exec "als$n" ip addr add "10.77.0.$n/24" dev eth0
    ip netns exec "als$n" ip link set eth0 up
    ip netns exec "als$n" ip link set lo up
done
if ip netns exec als3 tc qdisc add dev eth0 root netem delay 5ms loss 0.5% 2>/dev/null; then
    echo 'namespaces: the third host is 5 ms away and loses 0.5 % of its packets'
else
    echo 'namespaces: this kernel has no netem, so no packet is late or lost'
fi
# In place of ssh: the host's address, and a command to run there.
cat >"$launcher" <<'TEXT'
#!/bin/sh
while [ "${1#10.77}" = "$1" ]; do shift; done
host=$1
shift
exec ip netns exec "als${host##*.}" sh -c "$*"
TEXT
chmod +x "$launcher"
FI_PROVIDER=tcp UCX_TLS=tcp,self mpiexec.mpich -launcher rsh -launcher-exec "$launcher" -iface als-bridge \
    -hosts 10.77.0.1:1,10.77.0.2:1,10.77.0.3:1 -np 3 "$@"
