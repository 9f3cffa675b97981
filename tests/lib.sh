# lib.sh: what the groups of tests share. POSIX sh.
#
# A group is a script in tests/groups that sources this file, defines its tests, and ends with
# main "$@". "GROUP list" prints the names of its tests; "GROUP run NAME" runs one. A test is a
# function test_NAME; a group whose tests come from a loop redefines list_tests and run_test.
# A test passes if it returns 0. It has a new working directory, and its processes are watched.
# shellcheck shell=sh

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
TOOLS=$TOP/tests
export TOOLS
# A sanitizer's handlers are not the program's: dispositions would show them. Without them, the signals still end it.
export ASAN_OPTIONS="${ASAN_OPTIONS-}:handle_segv=0:handle_sigbus=0:handle_sigfpe=0"
export MECHANISMS="pipes signals shared-files shared-memory message-queues sockets"

# Ends the test as failed, and prints why.
fail() {
  printf 'FAIL: %s\n' "$*" >&2
  exit 1
}

# Ends the test, because this machine lacks something, and prints what. With STRICT, that is a failure.
skip() {
  printf '%s\n' "$*"
  exit 77
}

# Skips the test unless this machine has what the words name, as in a transcript's "# needs:" line: needs WORD...
needs() {
  missing=$(echo "# needs: $*" | "$TOOLS/transcript" needs)
  [ -z "$missing" ] || skip "$missing"
}

# Ends the test, because it is for programs that were built differently (another C library, no sanitizer).
not_for_this_build() {
  printf '%s\n' "$*"
  exit 78
}

# Copies MECHANISM's programs, and what they need, under the working directory, and goes there. Copies, because another
# user may have to run them; and only what belongs there, not what a student's own runs and exercises (mine.c) left.
enter() {
  mkdir -p "$1" tests
  [ -e include ] || ln -s "$TOP/include" .
  [ -e tests/crowd ] || ln -s "$TOP/tests/leftovers" "$TOP/tests/crowd" tests/
  mechanism=$1
  shift $#
  for source in "$TOP/$mechanism"/*.c; do
    [ "${source##*/}" != mine.c ] || continue
    set -- "$@" "$source"
    [ ! -x "${source%.c}" ] || set -- "$@" "${source%.c}"
  done
  [ ! -e "$TOP/$mechanism/test.dat" ] || set -- "$@" "$TOP/$mechanism/test.dat"
  cp "$@" "$mechanism/"
  cd "$mechanism" || fail "cd $mechanism"
}

# In the directory entered: makes mine.c for a transcript that compiles it, as the lesson gives it: answer DIRECTORY N
answer() {
  "$TOP/tests/transcript" show "$1" "$2" | grep -q '^.[$?].*mine\.c' || return 0
  "$TOP/tests/transcript" mine "$1" "$2" >mine.c
  [ -s mine.c ] || rm mine.c # it is made in the transcript
}

# The compiler that has built this tree, and what in its flags says for which machine, or where things are; not those
# for warnings, debugging, optimization, and sanitizers: the command that a lesson calls cc.
compiler() {
  # shellcheck disable=SC2013 # words
  for word in $(grep . "$TOP/.built-with" 2>/dev/null || echo "${CC:-cc}"); do
    case $word in
      -W*,*) printf '%s ' "$word" ;; # for the linker
      -O* | -g* | -W* | -f*sanitize*) ;;
      *) printf '%s ' "$word" ;;
    esac
  done
}

# Runs it: compile ARGUMENT...
compile() {
  eval "$(compiler) \"\$@\""
}

# Plays the transcript on standard input, within LIMIT seconds (20).
play() {
  "$TOOLS/player" -t "${LIMIT:-20}" || fail "the transcript"
}

# Prints how a process ends that signal NAME kills, as the shell has it.
status_of() {
  case $1 in
    HUP) echo 129 ;;
    INT) echo 130 ;;
    QUIT) echo 131 ;;
    KILL) echo 137 ;;
    PIPE) echo 141 ;;
    TERM) echo 143 ;;
    *) fail "status_of $1" ;;
  esac
}

# Checks that WHAT is as expected: same WHAT FOUND EXPECTED.
same() {
  [ "$2" = "$3" ] || fail "$1: '$2', not '$3'"
}

# Checks that the programs that ran in the working directory have left nothing. (A queue may be that of another test:
# ftok(3) has 16 bits for the directory. Then it will soon be gone.)
nothing_left() {
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    left=$("$TOOLS/leftovers" .) && return
    sleep 0.3
  done
  fail "left behind: $left"
}

# Runs COMMAND..., and checks its exit status and that its standard error has TEXT in it:
# refuses STATUS TEXT COMMAND...
refuses() {
  wanted=$1 text=$2
  shift 2
  status=0
  error=$("$@" 2>&1 >/dev/null </dev/null) || status=$?
  same "the status of $*" "$status" "$wanted"
  case $error in
    *"$text"*) ;;
    *) fail "$* says: $error; not: $text" ;;
  esac
}

# Runs COMMAND..., which gives some call a delay by strace, whose standard error goes to the file "said". For that,
# strace makes a timer, which counts as a pending signal, of which the tests beside this one may have all that the user
# has room for (ulimit -i), for a moment: then it is run again.
with_delay() {
  export ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" # who is traced cannot be looked through
  for try in 1 2 3 4 5 6 7 8 9 10; do
    "$@"
    grep -q '^strace: timer_create:' said || break
    sleep 0.$try
  done
}

# The names of the functions that are tests, in the order of the file.
list_tests() {
  sed -n 's/^test_\([A-Za-z0-9_]*\)() {$/\1/p' "$0"
}

run_test() {
  "test_$1"
}

# Does what the group's arguments say.
main() {
  case ${1-} in
    list) list_tests ;;
    run) run_test "$2" ;;
    *) fail "usage: $0 list, or $0 run NAME" ;;
  esac
}
