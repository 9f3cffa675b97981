# benchLesson.awk: the table of one lesson, from the CSV of tests/bench. Wants figures.awk before it.
# -v directory=pipes -v head=LINE, the first line of the table

index($2, directory "/") != 1 || $4 ~ /^beside/ || $4 == "limit" { if ($1 + 0 > runs) runs = $1 + 0; next }
$4 == "trip" { keep($3 "|trip|" $6, $9) }
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

END {
  print head "\n|---|---|---|---|"
  for (i = 1; i <= n; i++)
    print "| " title[i] " | " both(title[i] "|trip") " | " both(title[i] "|small") " | " both(title[i] "|large") " |"
  sub(/; load.*/, "", machine)
  print "\nMedians of " runs " runs; " machine "."
}
