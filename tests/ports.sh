# ports.sh: reserves ports for a single run of the tests. POSIX sh, for run and faults.
# shellcheck shell=sh

# Finds 200 ports, from FIRST_PORT on, that no other run on this machine uses, whoever runs it. The directory RESERVED
# marks them as ours; the caller removes it at the end. A killed run leaves its directory, in which its process ID tells
# us so.
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
