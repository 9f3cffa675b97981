# traceCheck.awk: whether two timelines, the block of a lesson and the drawing of a run, say the same: each column's
# calls in their order; and each wait of the block ends, in the run, after the beginning of the call that has ended it.

# What is compared of a call: without how it came to its end, and blanks.
function essence(text) {
  sub(/  <- .*/, "", text)
  if (text ~ /^killed/) sub(/, in .*/, "", text)
  if (text ~ /^(unlink|sem_unlink|shm_unlink)\(/) sub(/ = .*/, "", text) # both ends may, and one comes too late
  if (text ~ /^(read|recv)\([0-9]+/ && text ~ /bytes/) sub(/\).*/, ")", text) # now more, now less
  gsub(/[ .]/, "", text)
  return text
}

# Whether TEXT is as the block has it, where NNN is any number.
function fits(wanted, text) {
  if (wanted !~ /NNN/) return wanted == text
  gsub(/[^A-Za-z0-9 ]/, "[&]", wanted)
  gsub(/NNN/, "[0-9]+", wanted)
  gsub(/\[[\\]\]/, "\\\\", wanted)
  gsub(/\[\^\]/, "\\^", wanted)
  return text ~ ("^" wanted "$")
}

# A cell of a timeline is complete: a call, or an end of one.
function add(c,    text, i) {
  text = cell[c]
  cell[c] = ""
  if (text ~ /^\(/ || text == "") return
  if (text ~ /^\.\.\. /) {
    i = size[run, c]
    ended[run, c, i] = row[c]
    if (run == 1 && match(text, /  <- .*/)) {
      by[c, i] = substr(text, RSTART + 5)
      find_waker(c, i, row[c])
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
}

# Which call of which column has ended the wait: the last of that name before it.
function find_waker(c, i, at,    name, who, d, k) {
  name = by[c, i]
  if (name ~ /: /) {
    who = name
    sub(/: .*/, "", who)
    sub(/.*: /, "", name)
  }
  for (d = 1; d <= columns[1]; d++)
    for (k = size[1, d]; k > 0 && d != c; k--)
      if (begun[1, d, k] < at && index(names[1, d, k], name) == 1 && (who == "" || index(head[1, d], who) == 1)) {
        if (begun[1, d, k] > begun[1, wakeColumn[c, i], wakeCall[c, i]]) {
          wakeColumn[c, i] = d
          wakeCall[c, i] = k
        }
        break
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
END {
  for (c = 1; c <= columns[run]; c++) add(c)
  if (run != 2 || columns[1] != columns[2]) {
    print "not the same columns"
    exit 1
  }
  for (c = 1; c <= columns[1]; c++) {
    if (head[1, c] != head[2, c]) bad = bad "column " c ": " head[1, c] ", not " head[2, c] "\n"
    for (i = 1; i <= size[1, c] || i <= size[2, c]; i++) {
      if (!fits(call[1, c, i], call[2, c, i])) {
        bad = bad head[1, c] ", line " i ":\n- " call[1, c, i] "\n+ " call[2, c, i] "\n"
        break
      }
      if ((c, i) in wakeCall && ended[2, c, i] != begun[2, c, i] && \
          ended[2, c, i] < begun[2, wakeColumn[c, i], wakeCall[c, i]])
        bad = bad head[1, c] ", line " i ": ended before " by[c, i] "\n"
    }
  }
  printf "%s", bad
  exit bad != ""
}
