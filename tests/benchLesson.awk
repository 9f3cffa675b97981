# benchLesson.awk: prints a lesson with a new table between "<!-- figures -->" and "<!-- end of figures -->", from the
# CSV of tests/bench. It needs figures.awk before it. -v readme=pipes/README.md -v head=LINE, the table's first line

BEGIN { directory = readme; sub("README.md", "", directory) }
index($2, directory) != 1 || $4 ~ /^beside/ || $4 == "limit" && $5 == "" { if ($1 + 0 > runs) runs = $1 + 0; next }
$4 == "trip" { keep($3 "|trip|" $6, $9) }
$4 == "limit" { $4 = "one way"; $6 = 1 }
$4 == "one way" && $5 <= 64 { keep($3 "|small|" $6, $7) }
$4 == "one way" && $5 == 65536 { keep($3 "|large|" $6, $8) }
$4 == "one way" && !($3 in known) { known[$3] = 1; title[++n] = $3 }

# The median of NAME in two digits, no more: the rest is chance.
function short(name,   figure, unit) {
  if (!(name in count)) return "–"
  figure = median(name)
  unit = 1
  while (figure / unit >= 99.5) unit *= 10
  while (figure / unit < 9.95) unit /= 10
  figure = int(figure / unit + 0.5) * unit
  return figure >= 1e6 ? sprintf("%.6g M", figure / 1e6) : sprintf("%.6g", figure)
}

# On one core, and on two.
function both(name,   text) { text = short(name "|1") " / " short(name "|2"); return text == "– / –" ? "–" : text }

function print_table(   i) {
  print head "\n|---|---|---|---|"
  for (i = 1; i <= n; i++)
    print "| " title[i] " | " both(title[i] "|trip") " | " both(title[i] "|small") " | " both(title[i] "|large") " |"
  sub(/; load.*/, "", machine)
  print "\nMedians of " runs " runs; " machine "."
}

END {
  while ((getline text <readme) > 0) {
    if (text == "<!-- end of figures -->") inside = 0
    if (!inside) print text
    if (text == "<!-- figures -->") { inside = 1; print_table() }
  }
}
