# benchPlot.awk: one picture, as SVG, from the CSV of tests/bench.
#
# -v kind=speed  MB/s over the size of a message, both logarithmic; a line for each mechanism
# -v kind=trip   bars of the round trips, median and 99th percentile, logarithmic
# -v cores=1, 2  where the ends were pinned

BEGIN {
  FS = ","
  colours = split("#3b7dd8 #d1552c #2f9e63 #a052c4 #c79a1e #d0437f #2aa1b3 #8a6d4b #6c7a89 #7fae2e #5a5fd6 #c0392b #e08e45 #4f8f7b", colour, " ")
  WIDTH = 860; LEFT = 70; RIGHT = 190; TOP = 60
}

/^# / { machine = substr($0, 3); sub(/; load.*/, "", machine) }
$6 != cores { next }
kind == "trip" && $4 == "trip" { keep($3, $9); keep("last " $3, $10); add($3) }
kind == "speed" && $4 == "one way" && $5 >= 64 && $8 != "" { keep($3 "|" $5, $8); add($3); sizes[$5] = 1 }

function add(name) { if (!(name in known)) { known[name] = ++n; names[n] = name } }

function keep(name, figure) { count[name]++; values[name, count[name]] = figure + 0 }

# The median of what was kept under NAME.
function median(name,   i, j, m, swap, v) {
  m = count[name]
  for (i = 1; i <= m; i++) v[i] = values[name, i]
  for (i = 2; i <= m; i++)
    for (j = i; j > 1 && v[j] < v[j - 1]; j--) { swap = v[j]; v[j] = v[j - 1]; v[j - 1] = swap }
  return v[int((m + 1) / 2)]
}

function log10(x) { return log(x) / log(10) }
function ceiling(x) { return x == int(x) ? x : int(x) + (x > 0) }
function floor(x) { return x == int(x) ? x : int(x) - (x < 0) }

# 0.1, 1, 10, 1000, 10 000
function power_text(e) { return e < 0 ? sprintf("%.*f", -e, 10 ^ e) : e >= 4 ? sprintf("%d 000", 10 ^ (e - 3)) : sprintf("%d", 10 ^ e) }
function size_text(b) { b += 0; return b >= 1048576 ? b / 1048576 " MiB" : b >= 1024 ? b / 1024 " KiB" : b " B" }

function head(height, title) {
  printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"13\">\n", WIDTH, height
  print "<style>"
  print "  .page { fill: #ffffff } .text { fill: #1f2328 } .faint { fill: #656d76 } .grid { stroke: #d0d7de }"
  print "  @media (prefers-color-scheme: dark) {"
  print "    .page { fill: #0d1117 } .text { fill: #e6edf3 } .faint { fill: #8d96a0 } .grid { stroke: #30363d }"
  print "  }"
  print "</style>"
  printf "<rect class=\"page\" width=\"%d\" height=\"%d\"/>\n", WIDTH, height
  printf "<text class=\"text\" x=\"%d\" y=\"26\" font-size=\"17\">%s</text>\n", LEFT, title
  printf "<text class=\"faint\" x=\"%d\" y=\"44\">%s</text>\n", LEFT, machine
}

function line(x1, y1, x2, y2) { printf "<line class=\"grid\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n", x1, y1, x2, y2 }
function text(class, x, y, anchor, what) { printf "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n", class, x, y, anchor, what }

function place() { return cores == 1 ? "one core" : "two cores" }

# MB/s over bytes.
function draw_speed(   height, low, high, i, j, e, x, y, b, path, ends, at, swap, label) {
  height = 560
  low = 1e9; high = 0
  for (i = 1; i <= n; i++)
    for (b in sizes)
      if ((names[i] "|" b) in count) {
        y = log10(median(names[i] "|" b))
        if (y < low) low = y
        if (y > high) high = y
      }
  low = floor(low); high = ceiling(high)
  head(height, "One way: MB/s by the size of a message; " place())
  for (e = low; e <= high; e++) {
    y = y_of(e, low, high, height)
    line(LEFT, y, WIDTH - RIGHT, y)
    text("faint", LEFT - 8, y + 4, "end", power_text(e))
  }
  for (b = 64; b <= 1048576; b *= 2) {
    if (!(b in sizes)) continue
    x = x_of(b)
    line(x, TOP, x, height - 50)
    if (b == 64 || b == 4096 || b == 65536 || b == 1048576)
      text("faint", x, height - 30, "middle", size_text(b))
  }
  text("faint", LEFT - 8, TOP + 20, "end", "MB/s")
  for (i = 1; i <= n; i++) {
    path = ""; ends[i] = 0
    at = 0
    for (b = 64; b <= 1048576; b *= 2)
      if ((names[i] "|" b) in count) {
        x = x_of(b); y = y_of(log10(median(names[i] "|" b)), low, high, height)
        path = path sprintf("%s%.1f,%.1f", path == "" ? "" : " ", x, y)
        printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"/>\n", x, y, shade(i)
        at = y
      }
    printf "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>\n", path, shade(i)
    height_of[i] = at; turn[i] = i
  }
  # the names, in the order of the lines' ends, a line's height apart, and as a whole where they belong
  for (i = 2; i <= n; i++)
    for (j = i; j > 1 && height_of[turn[j]] < height_of[turn[j - 1]]; j--) { swap = turn[j]; turn[j] = turn[j - 1]; turn[j - 1] = swap }
  label = TOP
  for (i = 1; i <= n; i++) {
    y = height_of[turn[i]] + 4
    if (y < label) y = label
    if (y > height - 50 - (n - i) * 17) y = height - 50 - (n - i) * 17
    label = y + 17
    printf "<text x=\"%d\" y=\"%.1f\" fill=\"%s\">%s</text>\n", WIDTH - RIGHT + 14, y, shade(turn[i]), names[turn[i]]
  }
  print "</svg>"
}

function shade(i) { return colour[(i - 1) % colours + 1] }
function x_of(b) { return LEFT + (log(b) - log(64)) / (log(1048576) - log(64)) * (WIDTH - RIGHT - LEFT) }
function y_of(e, low, high, height) { return height - 50 - (e - low) / (high - low) * (height - 50 - TOP) }

# A pair of bars for each mechanism, the fastest first.
function draw_trip(   height, low, high, i, j, e, x, y, m, swap, turn, start, scale) {
  height = TOP + 40 + n * 34
  start = LEFT + 80; scale = WIDTH - 60 - start
  low = 1e9; high = 0
  for (i = 1; i <= n; i++) {
    m = median(names[i]); value[i] = m; turn[i] = i
    if (log10(m) < low) low = log10(m)
    if (log10(median("last " names[i])) > high) high = log10(median("last " names[i]))
  }
  low = floor(low); high = ceiling(high)
  for (i = 2; i <= n; i++)
    for (j = i; j > 1 && value[turn[j]] < value[turn[j - 1]]; j--) { swap = turn[j]; turn[j] = turn[j - 1]; turn[j - 1] = swap }
  head(height, "Round trip of 64 bytes: microseconds, median and 99th percentile; " place())
  for (e = low; e <= high; e++) {
    x = start + (e - low) / (high - low) * scale
    line(x, TOP, x, height - 30)
    text("faint", x, height - 12, "middle", power_text(e))
  }
  for (i = 1; i <= n; i++) {
    y = TOP + 8 + (i - 1) * 34
    m = median("last " names[turn[i]])
    text("text", start - 8, y + 17, "end", names[turn[i]])
    printf "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"8\" fill=\"%s\" opacity=\"0.45\"/>\n", start, y + 14, (log10(m) - low) / (high - low) * scale, colour[1]
    printf "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"12\" fill=\"%s\"/>\n", start, y + 2, (log10(value[turn[i]]) - low) / (high - low) * scale, colour[1]
    text("faint", start + (log10(m) - low) / (high - low) * scale + 6, y + 18, "start", sprintf("%.2f, %.2f", value[turn[i]], m))
  }
  print "</svg>"
}

END { if (kind == "speed") draw_speed(); else draw_trip() }
