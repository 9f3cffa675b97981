# answer.awk: prints the mine.c that a lesson gives for transcript number "wanted". In the same section (up to the next
# heading), it is the last block before the transcript, or else the first block after it, that is either
#
#   a "diff":  --- PROGRAM.c, +++ mine.c, and hunks, each after a line that begins with @@. The lines of a hunk with a
#              blank or a minus must be in the program exactly once, in this order; the lines with a blank or a plus
#              replace them. There are no line numbers to update.
#   a "c":     a whole program, which begins with /* mine.c
#
# -v directory=PATH: where the programs are. It prints nothing if there is neither. A diff that does not fit fails.

function give_up(text) {
  print "the answer at line " at ": " text >"/dev/stderr"
  failed = 1
  exit 1
}

# Applies the hunk to line[1..lines].
function apply(    i, k, place) {
  if (olds == 0) give_up("a hunk without a line of the program")
  for (i = 1; i <= lines - olds + 1; i++) {
    for (k = 1; k <= olds && line[i + k - 1] == old[k]; k++) ;
    if (k > olds && place) give_up("it fits in two places: " old[1])
    if (k > olds) place = i
  }
  if (!place) give_up("this is not in the program, in these lines: " old[1])
  for (i = 1; i < place; i++) next_line[i] = line[i]
  for (k = 1; k <= news; k++) next_line[i++] = new[k]
  for (k = place + olds; k <= lines; k++) next_line[i++] = line[k]
  lines = i - 1
  for (i = 1; i <= lines; i++) line[i] = next_line[i]
  olds = news = 0
}

function change(text,    part, count, i, source, hunks) {
  count = split(text, part, "\n")
  source = part[1]
  if (source !~ /^--- [A-Za-z]+\.c$/ || part[2] != "+++ mine.c") give_up("it begins otherwise than --- PROGRAM.c, +++ mine.c")
  source = directory "/" substr(source, 5)
  while ((getline line[lines + 1] <source) > 0) lines++
  if (lines == 0) give_up("there is no " source)
  for (i = 3; i < count; i++) {
    if (part[i] ~ /^@@/) {
      if (hunks++) apply()
    } else {
      if (part[i] !~ /^\+/) old[++olds] = substr(part[i], 2)
      if (part[i] !~ /^-/) new[++news] = substr(part[i], 2)
    }
  }
  apply()
  for (i = 1; i <= lines; i++) print line[i]
}

/^##+ / && !inside {
  if (found) exit
  answer = ""
}
/^```/ {
  if (inside && (kind == "diff" || text ~ /^\/\* mine\.c/) && (!found || answer == "")) {
    answer = text
    at = begun
  }
  inside = !inside
  kind = inside ? substr($0, 4) : ""
  text = ""
  begun = FNR
  if (kind == "console" && ++number == wanted) found = 1
  next
}
inside { text = text $0 "\n" }

END {
  if (failed || !found || answer == "") exit failed
  if (answer ~ /^\/\*/) printf "%s", answer
  else change(answer)
}
