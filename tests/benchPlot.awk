# benchPlot.awk: draws one picture, as SVG, from the CSV of tests/bench. It needs figures.awk before it.
#
# -v kind=speed  MB/s over the message size, both logarithmic; a line for each mechanism
# -v kind=trip   bars for the round trips, median and 99th percentile, logarithmic
# -v cores=1, 2  the number of cores to which the ends were pinned

BEGIN {
  colours = split("#3b7dd8 #d1552c #2f9e63 #a052c4 #c79a1e #d0437f #2aa1b3 #8a6d4b #6c7a89 #7fae2e #5a5fd6 #c0392b #e08e45 #4f8f7b", colour, " ")
  WIDTH = 860; LEFT = 70; RIGHT = 190; TOP = 60
}

$6 != cores || $4 != (kind == "trip" ? "trip" : "one way") { next }
# (A figure of 0 has no logarithm.)
kind == "trip" && $9 > 0 { keep($3, $9); keep("last " $3, $10); add($3) }
kind == "speed" && $5 >= 64 && $8 > 0 { keep($3 "|" $5, $8); add($3); sizes[$5] = 1 }

function add(name) { if (!(name in known)) { known[name] = ++n; title[n] = name } }
function log10(x) { return log(x) / log(10) }

# Widens LOW_E to HIGH_E, whole powers of ten, so that VALUE lies between them.
function widen(value,   e) {
  e = log10(value); e = e == int(e) ? e : int(e) - (e < 0)
  if (low_e == "" || e < low_e) low_e = e
  if (high_e == "" || e >= high_e) high_e = e + (log10(value) > e)
}

# 0.1, 1, 10, 1000, 10 000
function power_text(e) { return e < 0 ? sprintf("%.*f", -e, 10 ^ e) : e >= 4 ? sprintf("%d 000", 10 ^ (e - 3)) : sprintf("%d", 10 ^ e) }

function head(height, text) {
  printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"13\">\n", WIDTH, height
  print "<style>.page { fill: #ffffff } .text { fill: #1f2328 } .faint { fill: #656d76 } .grid { stroke: #d0d7de } .title { font-size: 17px }"
  print "@media (prefers-color-scheme: dark) {"
  print "  .page { fill: #0d1117 } .text { fill: #e6edf3 } .faint { fill: #8d96a0 } .grid { stroke: #30363d } }</style>"
  printf "<rect class=\"page\" width=\"%d\" height=\"%d\"/>\n", WIDTH, height
  sub(/; load.*/, "", machine)
  label("text title", LEFT, 26, "start", text (cores == 1 ? "one core" : "two cores"))
  label("faint", LEFT, 44, "start", machine)
}

function line(x1, y1, x2, y2) { printf "<line class=\"grid\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n", x1, y1, x2, y2 }
function label(class, x, y, anchor, what) { printf "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n", class, x, y, anchor, what }
function bar(x, y, width, height, rest) { printf "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"%s/>\n", x, y, width, height, colour[1], rest }

# MB/s over bytes.
function draw_speed(   height, bottom, scale, i, b, e, x, y, path, at, turn, next_y) {
  height = 560; bottom = height - 50
  for (i in count) widen(median(i))
  scale = (bottom - TOP) / (high_e - low_e)
  head(height, "One way: MB/s by the size of a message; ")
  for (e = low_e; e <= high_e; e++) {
    line(LEFT, bottom - (e - low_e) * scale, WIDTH - RIGHT, bottom - (e - low_e) * scale)
    label("faint", LEFT - 8, bottom - (e - low_e) * scale + 4, "end", power_text(e))
  }
  for (b = 64; b <= 1048576; b *= 2) {
    if (!(b in sizes)) continue
    line(x_of(b), TOP, x_of(b), bottom)
    if (b == 64 || b == 4096 || b == 65536 || b == 1048576)
      label("faint", x_of(b), height - 30, "middle", b == 64 ? "64 B" : b == 1048576 ? "1 MiB" : b / 1024 " KiB")
  }
  label("faint", LEFT - 8, TOP + 20, "end", "MB/s")
  for (i = 1; i <= n; i++) {
    path = ""
    for (b = 64; b <= 1048576; b *= 2)
      if ((title[i] "|" b) in count) {
        x = x_of(b); y = bottom - (log10(median(title[i] "|" b)) - low_e) * scale
        path = path sprintf("%s%.1f,%.1f", path == "" ? "" : " ", x, y)
        printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"/>\n", x, y, shade(i)
        at[i] = y
      }
    printf "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>\n", path, shade(i)
    turn[i] = i
  }
  # the names, in the order of the lines' ends, a line's height apart, and as a whole where they belong
  sort(turn, n, at)
  next_y = TOP
  for (i = 1; i <= n; i++) {
    y = at[turn[i]] + 4
    if (y < next_y) y = next_y
    if (y > bottom - (n - i) * 17) y = bottom - (n - i) * 17
    next_y = y + 17
    printf "<text x=\"%d\" y=\"%.1f\" fill=\"%s\">%s</text>\n", WIDTH - RIGHT + 14, y, shade(turn[i]), title[turn[i]]
  }
}

function shade(i) { return colour[(i - 1) % colours + 1] }
function x_of(b) { return LEFT + (log(b) - log(64)) / (log(1048576) - log(64)) * (WIDTH - RIGHT - LEFT) }

# A pair of bars for each mechanism, the fastest first.
function draw_trip(   height, start, scale, i, e, y, m, last, value, turn) {
  height = TOP + 40 + n * 34
  start = LEFT + 80
  for (i = 1; i <= n; i++) {
    turn[i] = i; value[i] = median(title[i])
    widen(value[i]); widen(median("last " title[i]))
  }
  scale = (WIDTH - 60 - start) / (high_e - low_e)
  sort(turn, n, value)
  head(height, "Round trip of 64 bytes: microseconds, median and 99th percentile; ")
  for (e = low_e; e <= high_e; e++) {
    line(start + (e - low_e) * scale, TOP, start + (e - low_e) * scale, height - 30)
    label("faint", start + (e - low_e) * scale, height - 12, "middle", power_text(e))
  }
  for (i = 1; i <= n; i++) {
    y = TOP + 8 + (i - 1) * 34
    m = value[turn[i]]; last = median("last " title[turn[i]])
    label("text", start - 8, y + 17, "end", title[turn[i]])
    bar(start, y + 14, (log10(last) - low_e) * scale, 8, " opacity=\"0.45\"")
    bar(start, y + 2, (log10(m) - low_e) * scale, 12)
    label("faint", start + (log10(last) - low_e) * scale + 6, y + 18, "start", sprintf("%.2f, %.2f", m, last))
  }
}

END {
  if (kind == "speed") draw_speed(); else draw_trip()
  print "</svg>"
}
