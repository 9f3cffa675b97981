# environment.sh: removes from the user's environment what changes how a shell, make, or another tool works, or what it
# prints. POSIX sh; our scripts source it first.
# shellcheck shell=sh

unset CDPATH ENV GREP_OPTIONS POSIXLY_CORRECT QUOTING_STYLE BLOCK_SIZE LS_BLOCK_SIZE MAKEFLAGS MFLAGS MAKELEVEL
export LC_ALL=C # numbers with a point, messages in English
