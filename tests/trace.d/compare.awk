# compare.awk: checks that the timeline in a lesson and that of a run agree: each column has the same calls in the same
# order, and each wait in the block ends, in the run, after the beginning of the call that ended it.

# What is compared of a call: without how it came to its end, and blanks.
function essence(text,    done) {
  sub(/ +<- .*/, "", text)
  if (text ~ /^(killed|exited|SIG)/) sub(/, in .*/, "", text)
  if (text ~ /^(unlink|sem_unlink|shm_unlink)\(/) sub(/ = .*/, "", text) # both ends may, and one comes too late
  while (match(text, /"([^"\\]|\\.)*"(\.\.\.)?/)) { # of data, so much as is shown in the narrowest column
    done = done substr(text, 1, RSTART - 1) "<" substr(text, RSTART + 1, RLENGTH > 9 ? 8 : RLENGTH - 2) ">"
    text = substr(text, RSTART + RLENGTH)
  }
  text = done text
  gsub(/[ .]/, "", text)
  return text
}

# A cell of a timeline is complete: a call, or an end of one.
function add(c,    text, i) {
  text = cell[c]
  cell[c] = ""
  if (text ~ /^\(/ || text == "") return
  if (text ~ /^\.\.\. /) {
    i = size[run, c]
    ended[run, c, i] = row[c]
    if (run == 1 && match(text, /<- .*/)) {
      by[c, i] = substr(text, RSTART + 3)
      find_waker(c, i, row[c], text)
    }
    sub(/^\.\.\. [a-z_0-9]+/, "", text)
    call[run, c, i] = call[run, c, i] essence(text)
    return
  }
  i = ++size[run, c]
  begun[run, c, i] = ended[run, c, i] = row[c]
  if (text ~ / \.\.\.$/) { sub(/ \.\.\.$/, ")", text); opened[run, c, i] }
  else if (text ~ /^(recv|read|pread|msgrcv|mq_receive)\(.*\) = [0-9]/ && match(text, /, [^,]*"[^"]*"(\.\.\.)?\) = |, [0-9]+ bytes\) = /)) {
    i = substr(text, RSTART, RLENGTH)
    sub(/\) = $/, "", i)
    text = substr(text, 1, RSTART - 1) ") = " substr(text, RSTART + RLENGTH) i
  }
  call[run, c, size[run, c]] = essence(text)
  names[run, c, size[run, c]] = text
  if (text ~ /^SIGALRM.*, in pause/) ticks[run, c]++
}

# Which call of which column has ended the wait: the first of that name after the beginning of the wait; the last, at
# the end of a stream and of a lock.
function find_waker(c, i, at, text,    name, who, d, k) {
  name = by[c, i]
  if (name ~ /: /) {
    who = name
    sub(/: .*/, "", who)
    sub(/.*: /, "", name)
  }
  for (d = 1; d <= columns[1]; d++)
    if (d != c) add(d)
  for (d = 1; d <= columns[1]; d++)
    for (k = 1; k <= size[1, d] && d != c; k++)
      if (begun[1, d, k] > begun[1, c, i] && begun[1, d, k] < at && index(names[1, d, k], name) == 1 && \
          (who == "" || index(head[1, d], who) == 1) && (!((c, i) in wakeCall) || text ~ /end of file|fcntl/)) {
        wakeColumn[c, i] = d
        wakeCall[c, i] = k
      }
}

FNR == 1 {
  for (c = 1; c <= columns[run]; c++) add(c)
  run++
  text = $0
  for (c = 1; match(text, /[^ ]+( [^ ]+)*/); c++) {
    at[c] = RSTART
    head[run, c] = substr(text, RSTART, RLENGTH)
    text = substr(text, 1, RSTART - 1) sprintf("%" RLENGTH "s", "") substr(text, RSTART + RLENGTH)
  }
  columns[run] = c - 1
  at[c] = 1000
  next
}
{
  for (c = 1; c <= columns[run]; c++) {
    text = substr($0, at[c], at[c + 1] - at[c])
    sub(/ +$/, "", text)
    if (text == "" || text == ":") continue
    if (text ~ /^    /) cell[c] = cell[c] substr(text, 4)
    else {
      add(c)
      cell[c] = text
      row[c] = FNR
    }
  }
}
# What nothing forces is left out: when a signal comes (its handler runs, and the call may be made once more), and so a
# call that was interrupted before the same is called again; which of two is the last, and removes the queue; and a
# timer that strikes again and again does so in other calls, too, than in the pause that it ends each time.
function opened2(c, i) { return ended[2, c, i] != begun[2, c, i] }
function settle(run, c,    i, n, signals) {
  for (i = 1; i <= size[run, c]; i++) {
    if (call[run, c, i] ~ /^(read|recv)\([0-9]+[,)]/ && call[run, c, i] !~ /<|endoffile|=-/)
      sub(/[,)].*/, ")", call[run, c, i]) # binary data, now more, now less
    if (call[run, c, i] ~ /^msgctl.*RMID|^fork\(\):interrupted/) continue
    if (names[run, c, i] ~ /^SIGALRM/ && ticks[1, c] && names[run, c, i] !~ /, in pause/) continue
    if (call[run, c, i] ~ /^SIG/) signals = signals "\n" call[run, c, i]
    else {
      if (n > 0 && (run, c, n) in opened && ended[run, c, n] == begun[run, c, n] && \
          index(call[run, c, i], call[run, c, n]) == 1) n--
      place[run, c, i] = ++n
      call[run, c, n] = call[run, c, i]
      begun[run, c, n] = begun[run, c, i]
      ended[run, c, n] = ended[run, c, i]
      if ((run, c, i) in opened) opened[run, c, n]
      else delete opened[run, c, n]
    }
  }
  size[run, c] = n
  call[run, c, ++size[run, c]] = "signals:" signals
}

END {
  for (c = 1; c <= columns[run]; c++) add(c)
  if (run != 2 || columns[1] != columns[2]) {
    print "not the same columns"
    exit 1
  }
  for (c = 1; c <= columns[1]; c++)
    for (run = 1; run <= 2; run++) settle(run, c)
  for (c = 1; c <= columns[1]; c++) {
    if (head[1, c] != head[2, c]) bad = bad "column " c ": " head[1, c] ", not " head[2, c] "\n"
    for (i = 1; i <= size[1, c] || i <= size[2, c]; i++) {
      if (call[1, c, i] != call[2, c, i]) {
        bad = bad head[1, c] ", line " i ":\n- " call[1, c, i] "\n+ " call[2, c, i] "\n"
        break
      }
    }
  }
  for (k in wakeCall) {
    split(k, part, SUBSEP)
    c = part[1]
    i = place[1, c, part[2]]
    d = wakeColumn[k]
    if (!bad && opened2(c, i) && ended[2, c, i] < begun[2, d, place[1, d, wakeCall[k]]])
      bad = head[1, c] ": " call[2, c, i] " ended before the beginning of " by[k] "\n"
  }
  printf "%s", bad
  exit bad != ""
}
