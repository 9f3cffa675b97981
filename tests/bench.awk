# bench.awk: the tables of "make bench", from the CSV that tests/bench writes.
#
# A figure is the median of the runs, with the lowest and the highest. One row is ahead of another if its median is by
# more than a tenth the better one, and its figure the better one in each run; otherwise the two are a tie. A row's
# place follows from that: "3-5" if two are ahead of it, and all but five are behind. So two rows of which one is
# ahead have other places, and those that are a tie have places that overlap.
#
# With -v places=yes it prints no tables, but a line each: "SECTION|CORES|MECHANISM|FIRST|LAST".

BEGIN {
  FS = ","
  section[1] = "trip"; title[1] = "Round trip, 64 bytes: microseconds, less is better"
  section[2] = "64"; title[2] = "One way, 64 bytes, one message a call: messages/s"
  section[3] = "batch"; title[3] = "One way, 64 bytes, many messages a call: messages/s"
  section[4] = "4096"; title[4] = "One way, 4 KiB: MB/s"
  section[5] = "large"; title[5] = "One way, 64 KiB (or as large as it can, if it can do less): MB/s"
  section[6] = "1048576"; title[6] = "One way, 1 MiB: MB/s"
  sections = 6
}

/^# / { machine = substr($0, 3); next }
$1 == "run" { next }

# Keeps one figure.
function keep(name, figure) {
  if (!(name in count)) order[++names] = name
  count[name]++
  values[name, count[name]] = figure + 0
  if ($1 + 0 > runs) runs = $1 + 0
}

$4 == "limit" { keep("limit|" $3, $8 != "" ? $8 : $9); unit["limit|" $3] = $8 != "" ? "MB/s" : "us"; cores["limit|" $3] = $6; next }
$4 == "conversations" { keep("servers|" $3 "|" $6, $7); next }
$4 ~ /^beside / { keep("beside|" $2 "|" substr($4, 8), $9); next }
$4 == "alone" { keep("limit|" $3 ", 64 KiB in and out in one process", $8); unit["limit|" $3 ", 64 KiB in and out in one process"] = "MB/s"; next }
{
  size = $4 == "one way" ? $5 : $4
  mechanism = $3
  if (size == "plain") { mechanism = $3 ", as it comes"; size = "65536" }
  if (size > 4096 && size < 65536) mechanism = $3 " (" size / 1024 " KiB)"
  if (size > 4096 && size <= 65536) size = "large"
  if (size == 4) { mechanism = $3 " (4 bytes)"; size = "64" }
  name = size "|" mechanism "|" $6
  keep(name, size == "trip" ? $9 : size == "64" || size == "batch" ? $7 : $8)
  if (size == "trip") keep("last " name, $10)
  if (!((size, mechanism) in listed)) {
    listed[size, mechanism] = 1
    list[size, ++length_of[size]] = mechanism
    beside[size, mechanism] = "beside|" $2 "|" (size == "large" ? "65536" : size)
  }
  if ($6 == 2) two = 1
}

# Sets LOW, MIDDLE and HIGH of NAME.
function look_at(name,   i, j, n, swap, v) {
  n = count[name]
  for (i = 1; i <= n; i++) v[i] = values[name, i]
  for (i = 2; i <= n; i++)
    for (j = i; j > 1 && v[j] < v[j - 1]; j--) { swap = v[j]; v[j] = v[j - 1]; v[j - 1] = swap }
  low = v[1]; middle = v[int((n + 1) / 2)]; high = v[n]
}

# FIGURE in at most five characters: 0.12, 1.23, 12.3, 123, 1234, 12.3k, 123k, 1.23M.
function short(figure) {
  if (figure >= 99950000) return sprintf("%.0fM", figure / 1e6)
  if (figure >= 9999500) return sprintf("%.1fM", figure / 1e6)
  if (figure >= 999500) return sprintf("%.2fM", figure / 1e6)
  if (figure >= 99950) return sprintf("%.0fk", figure / 1e3)
  if (figure >= 9999.5) return sprintf("%.1fk", figure / 1e3)
  if (figure >= 99.95) return sprintf("%.0f", figure)
  if (figure >= 9.995) return sprintf("%.1f", figure)
  return sprintf("%.2f", figure)
}

function bar(share,   text) {
  text = ""
  for (share = int(share * BAR + 0.5); share > 0; share--) text = text "#"
  return text == "" ? "." : text
}

# Whether row A is ahead of row B. LESS: the smaller figure is the better one.
function ahead(a, b, less,   i, one, other) {
  look_at(a); one = middle
  look_at(b); other = middle
  if (less ? other <= one * 1.1 : one <= other * 1.1) return 0
  for (i = 1; i <= count[a]; i++)
    if (less ? values[a, i] >= values[b, i] : values[a, i] <= values[b, i]) return 0
  return 1
}

# The mechanisms of PART on so many CORES_, sorted: sorted[1] to sorted[ranked], and the first and the last place of
# each. Sets MOST.
function rank_all(part, cores_, less,   n, i, j, m, swap, row) {
  n = 0; most = 0
  for (i = 1; i <= length_of[part]; i++) {
    m = list[part, i]
    if (!((part "|" m "|" cores_) in count)) continue
    sorted[++n] = m
    row[m] = part "|" m "|" cores_
    look_at(row[m])
    median[m] = middle
    if (middle > most) most = middle
  }
  for (i = 2; i <= n; i++)
    for (j = i; j > 1 && (less ? median[sorted[j]] < median[sorted[j - 1]] : median[sorted[j]] > median[sorted[j - 1]]); j--) {
      swap = sorted[j]; sorted[j] = sorted[j - 1]; sorted[j - 1] = swap
    }
  for (i = 1; i <= n; i++) { first[sorted[i]] = 1; last[sorted[i]] = n }
  for (i = 1; i <= n; i++)
    for (j = 1; j <= n; j++)
      if (ahead(row[sorted[i]], row[sorted[j]], less)) { first[sorted[j]]++; last[sorted[i]]-- }
  ranked = n
}

function place_of(m) { return first[m] == last[m] ? first[m] : first[m] "-" last[m] }

# One mechanism on so many cores: place, median, lowest and highest, and a bar.
function half(part, m, cores_, less,   name, text) {
  name = part "|" m "|" cores_
  if (!(name in count)) return sprintf("%37s", "")
  look_at(name)
  text = sprintf("%5s%6s %13s", place_of(m), short(middle), "[" short(low) "-" short(high) "]")
  if (part == "trip") {
    BAR = 5
    text = text sprintf(" %-5s", bar(middle / most))
    look_at("last " name)
    return text sprintf("%6s", short(middle))
  }
  BAR = 11
  return text sprintf(" %-11s", bar(middle / most))
}

function table(part, text,   less, i, lines, shown) {
  less = part == "trip"
  print ""
  print text
  printf "%-24s", ""
  printf "%-37s", less ? "   one core: median [low-high]   99%" : "   one core: median [low-high]"
  if (two) printf " %s", less ? "   two cores: median [low-high]  99%" : "   two cores: median [low-high]"
  print ""
  rank_all(part, 1, less)
  shown = ranked
  split("", lines)
  split("", order_of)
  for (i = 1; i <= shown; i++) { order_of[i] = sorted[i]; lines[i] = sprintf("%-24s%s", sorted[i], half(part, sorted[i], 1, less)) }
  if (two) {
    rank_all(part, 2, less)
    for (i = 1; i <= shown; i++) lines[i] = lines[i] " " half(part, order_of[i], 2, less)
  }
  for (i = 1; i <= shown; i++) {
    sub(/ +$/, "", lines[i])
    print lines[i]
    if (beside[part, order_of[i]] in count) {
      look_at(beside[part, order_of[i]])
      printf "%52s(a cache line's round trip: %s us [%s-%s])\n", "", short(middle), short(low), short(high)
    }
  }
}

function print_places(part, cores_,   i) {
  rank_all(part, cores_, part == "trip")
  for (i = 1; i <= ranked; i++)
    print part "|" cores_ "|" sorted[i] "|" first[sorted[i]] "|" last[sorted[i]]
}

END {
  if (places) {
    for (s = 1; s <= sections; s++) { print_places(section[s], 1); print_places(section[s], 2) }
    exit
  }
  print "Two Terminals: which mechanism is the fastest? Sums of all bytes compared, and equal."
  print "On " machine "."
  printf "%d run%s of each; the median [lowest-highest]. First the place: 2-4 is between second and fourth.\n", runs, (runs > 1 ? "s" : "")
  print "Rows whose places overlap are ties: within 10 %, or not the same one faster in every run."
  print ""
  print "The limits of this machine"
  for (i = 1; i <= names; i++) {
    if (order[i] !~ /^limit[|]/) continue
    look_at(order[i])
    printf "%-52s%8s %-5s [%s-%s]\n", substr(order[i], 7), short(middle), unit[order[i]], short(low), short(high)
  }
  for (s = 1; s <= sections; s++)
    if (length_of[section[s]] > 0) table(section[s], title[s])
  for (i = 1; i <= names; i++) {
    if (order[i] !~ /^servers[|]/) continue
    if (!servers++) {
      print ""
      print "Servers: conversations/s, of three titles each, with so many clients at once; not pinned"
      printf "%-16s%-21s%-21s%-21s%s", "", "     1", "    10 (the first: 8)", "   100", "  1000"
    }
    look_at(order[i])
    split(order[i], word, "|")
    if (word[2] != last_server) printf "\n%-15s", word[2]
    last_server = word[2]
    printf "%6s %-14s", short(middle), "[" short(low) "-" short(high) "]"
  }
  if (servers) print ""
  print ""
  if (("limit|futex round trip") in count) {
    look_at("limit|futex round trip")
    printf "What costs is the sleep, not the mechanism: a futex that only sleeps and wakes takes %s us.\n", short(middle)
  }
  print "Between two cores a sleeper has to be woken from far, which costs more than most copies. Those that"
  print "spin do not sleep; what they wait for is a cache line on its way from core to core."
}
