# terminal.sh: a terminal for the tests of the demos, and a person who uses it. POSIX sh; source it after lib.sh.
#
# The terminal is a tmux server of the test, without a visible window.
# shellcheck shell=sh

terminal() {
  tmux -S "$PWD/terminal" -f /dev/null "$@"
}

# Runs COMMAND at a terminal of COLUMNS and LINES: at_terminal COLUMNS LINES COMMAND
at_terminal() {
  command -v tmux >/dev/null || skip "needs tmux"
  trap 'terminal kill-server 2>/dev/null || :; rm -f terminal' EXIT
  mkdir -p tmp
  terminal new-session -d -s test -x "$1" -y "$2" \
    sh -c "TMPDIR='$PWD/tmp'; export TMPDIR; $3; echo \$? >status.new; mv status.new status; exec cat"
}

screen() {
  terminal capture-pane -p -t test
}

# Waits until CONDITION... holds: until_true WHAT CONDITION...
until_true() {
  what=$1 tries=0
  shift
  until "$@"; do
    tries=$((tries + 1))
    [ $tries -lt $((${LIMIT:-20} * 20)) ] || fail "it does not come: $what; but: $(screen 2>&1)"
    sleep 0.05
  done
}

# Whether the terminal shows TEXT.
shows() {
  screen | grep -qF -- "$1"
}

# Waits until the terminal shows each TEXT.
await() {
  for text in "$@"; do
    until_true "$text" shows "$text"
  done
}

# Presses these keys, by the names that tmux has for them.
press() {
  terminal send-keys -t test "$@"
}

is_empty() {
  [ -z "$(ls -A "$1")" ]
}

# Waits until the demo has ended with STATUS, and has left nothing.
ends_with() {
  until_true "the end" test -e status
  same "the status" "$(cat status)" "$1"
  is_empty tmp || fail "left: $(ls -A tmp)"
}
