# bench.awk: prints the tables of "make bench" from the CSV of tests/bench. It needs figures.awk before it.
#
# A figure is the median of the runs, with the lowest and the highest. One row is ahead of another if its median is more
# than a tenth better and its figure is better in every run; otherwise, the two are tied. A row's place follows from
# that: "3-5" if two rows are ahead of it and all but five are behind it. So if one row is ahead of another, their
# places differ, and tied rows have places that overlap.
#
# With -v places=yes, it prints no tables, but a line for each row: "SECTION|CORES|MECHANISM|FIRST|LAST".

BEGIN {
  sections = split("trip|64|batch|4096|large|1048576", section, "|")
  split("Round trip, 64 bytes: microseconds, less is better|One way, 64 bytes, one message a call: messages/s|" \
    "One way, 64 bytes, many messages a call: messages/s|One way, 4 KiB: MB/s|" \
    "One way, 64 KiB (or as large as it can, if it can do less): MB/s|One way, 1 MiB: MB/s", title, "|")
}

/^# / || $1 == "run" { next }
$4 == "limit" && $5 != "" {
  name = "limit|" $3 ", messages of " ($5 < 4096 ? $5 " bytes" : $5 < 1048576 ? $5 / 1024 " KiB" : $5 / 1048576 " MiB")
  keep(name, $5 < 4096 ? $7 : $8)
  unit[name] = $5 < 4096 ? "messages/s" : "MB/s"
  next
}
$4 == "limit" { keep("limit|" $3, $8 != "" ? $8 : $9); unit["limit|" $3] = $8 != "" ? "MB/s" : "us"; next }
$4 == "alone" { name = "limit|" $3 ", 64 KiB in and out in one process"; keep(name, $8); unit[name] = "MB/s"; next }
$4 == "conversations" { keep("servers|" $3 "|" $6, $7); next }
$4 ~ /^beside / { keep("beside|" $2 "|" substr($4, 8), $9); next }
{
  size = $4 == "one way" ? $5 : $4
  row = $3
  if (size == "plain") { row = $3 ", as it comes"; size = 65536 }
  if (size == 4) { row = $3 " (4 bytes)"; size = 64 }
  if (size > 4096 && size < 65536) row = $3 " (" size / 1024 " KiB)"
  if (size > 4096 && size <= 65536) { size = "large" }
  name = size "|" row "|" $6
  keep(name, size == "trip" ? $9 : size == 64 || size == "batch" ? $7 : $8)
  if (size == "trip") keep("last " name, $10)
  if (!((size, row) in beside)) {
    list[size, ++length_of[size]] = row
    beside[size, row] = "beside|" $2 "|" (size == "large" ? 65536 : size)
  }
  if ($6 == 2) two = 1
}

# FIGURE in at most five characters: 0.12, 1.23, 12.3, 123, 1234, 12.3k, 123k, 1.23M.
function short(figure,   unit) {
  unit = ""
  if (figure >= 999500) { figure /= 1e6; unit = "M" }
  else if (figure >= 9999.5) { figure /= 1e3; unit = "k" }
  return sprintf(figure >= 99.95 ? "%.0f%s" : figure >= 9.995 ? "%.1f%s" : "%.2f%s", figure, unit)
}

# The range of what median() has just looked at.
function range() { return "[" short(low) "-" short(high) "]" }

# Whether row A is ahead of row B. LESS: the smaller figure is the better one.
function ahead(a, b, less,   i, swap) {
  if (less) { swap = a; a = b; b = swap } # then B has to be the larger one
  if (median(a) <= median(b) * 1.1) return 0
  for (i = 1; i <= count[a]; i++)
    if (values[a, i] <= values[b, i]) return 0
  return 1
}

# The rows of PART on so many CORES, sorted: sorted[1] to sorted[ranked], and the first and the last place of each.
# Sets MOST.
function rank_all(part, cores, less,   n, i, j, m, key, name) {
  n = 0; most = 0
  for (i = 1; i <= length_of[part]; i++) {
    m = list[part, i]
    name[m] = part "|" m "|" cores
    if (!(name[m] in count)) continue
    sorted[++n] = m
    key[m] = less ? median(name[m]) : -median(name[m])
    if (median(name[m]) > most) most = median(name[m])
  }
  sort(sorted, n, key)
  for (i = 1; i <= n; i++) { first[sorted[i]] = 1; last[sorted[i]] = n }
  for (i = 1; i <= n; i++)
    for (j = 1; j <= n; j++)
      if (ahead(name[sorted[i]], name[sorted[j]], less)) { first[sorted[j]]++; last[sorted[i]]-- }
  ranked = n
}

# One row on so many cores: place, median, lowest and highest, and a bar.
function half(part, m, cores,   name, middle, bar, text) {
  name = part "|" m "|" cores
  if (!(name in count)) return sprintf("%37s", "")
  middle = median(name)
  bar = substr("###########", 1, int(middle / most * (part == "trip" ? 5 : 11) + 0.5))
  text = sprintf("%5s%6s %13s ", first[m] == last[m] ? first[m] : first[m] "-" last[m], short(middle), range())
  if (bar == "") bar = "."
  return text (part == "trip" ? sprintf("%-5s%6s", bar, short(median("last " name))) : sprintf("%-11s", bar))
}

function table(part, text,   less, i, shown, rows, line, middle) {
  less = part == "trip"
  line = sprintf("%24s%-37s", "", "   one core: median [low-high]" (less ? "   99%" : ""))
  print "\n" text "\n" line (two ? "    two cores: median [low-high]" (less ? "  99%" : "") : "")
  rank_all(part, 1, less)
  shown = ranked
  for (i = 1; i <= shown; i++) rows[i] = sprintf("%-24s%s", sorted[i], half(part, sorted[i], 1)) SUBSEP sorted[i]
  if (two) rank_all(part, 2, less)
  for (i = 1; i <= shown; i++) {
    split(rows[i], line_of, SUBSEP)
    line = line_of[1] (two ? " " half(part, line_of[2], 2) : "")
    sub(/ +$/, "", line)
    print line
    if (!((line = beside[part, line_of[2]]) in count)) continue
    middle = median(line)
    printf "%52s(a cache line's round trip: %s us %s)\n", "", short(middle), range()
  }
}

# The places on so many CORES, for -v places=yes.
function print_places(part, cores,   i) {
  rank_all(part, cores, part == "trip")
  for (i = 1; i <= ranked; i++) print part "|" cores "|" sorted[i] "|" first[sorted[i]] "|" last[sorted[i]]
}

END {
  if (!names) { print "bench: nothing was measured" >"/dev/stderr"; exit 1 }
  for (s = 1; places && s <= sections; s++) { print_places(section[s], 1); print_places(section[s], 2) }
  if (places) exit
  print "Two Terminals: which mechanism is the fastest? Sums of all bytes compared, and equal."
  print "On " machine "."
  print runs " run" (runs > 1 ? "s" : "") " of each; the median [lowest-highest]. First the place: 2-4 is between second and fourth."
  print "Rows whose places overlap are ties: within 10 %, or not the same one faster in every run."
  print "\nThe limits of this machine"
  for (i = 1; i <= names; i++) {
    if (order[i] !~ /^limit[|]/) continue
    middle = median(order[i])
    printf "%-52s%8s %-10s %s\n", substr(order[i], 7), short(middle), unit[order[i]], range()
  }
  for (s = 1; s <= sections; s++)
    if (length_of[section[s]] > 0) table(section[s], title[s])
  for (i = 1; i <= names; i++) {
    if (split(order[i], word, "|") < 3 || word[1] != "servers") continue
    if (server == "")
      printf "\nServers: conversations/s, of three titles each, with so many clients at once; not pinned\n%16s%-21s%-21s%-21s%s", \
        "", "     1", "    10 (the first: 8)", "   100", "  1000"
    middle = median(order[i])
    if (word[2] != server) printf "\n%-15s", word[2]
    server = word[2]
    printf "%6s %-14s", short(middle), range()
  }
  print (server != "" ? "\n" : "")
  if ("limit|futex round trip" in count)
    print "What costs is the sleep, not the mechanism: a futex that only sleeps and wakes takes " short(median("limit|futex round trip")) " us."
  print "Between two cores a sleeper has to be woken from far, which costs more than most copies. Those that"
  print "spin do not sleep; what they wait for is a cache line on its way from core to core."
}
