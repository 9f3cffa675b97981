# ports.sh: ports for one run of the tests alone. POSIX sh, for run and faults.
# shellcheck shell=sh

# Finds 200 ports, from FIRST_PORT on, that no other run on this machine uses, whoever runs it: while we do,
# the directory RESERVED says so. It is to be removed in the end. If one has been left there, by a run that
# was killed, its process id tells.
reserve_ports() {
  tries=0
  while [ $tries -lt 50 ]; do
    first_port=$((22000 + ($$ + tries) % 50 * 200))
    reserved=${TMPDIR:-/tmp}/two-terminals-ports.$first_port
    owner=$(cat "$reserved/owner" 2>/dev/null) || owner=
    [ -z "$owner" ] || [ -e "/proc/$owner" ] || rm -rf "$reserved" 2>/dev/null || :
    if mkdir "$reserved" 2>/dev/null; then
      echo $$ >"$reserved/owner"
      return
    fi
    tries=$((tries + 1))
  done
  reserved= # all are taken, or nothing can be written there: hope for the best
}
