# figures.awk: functions for the programs that read the CSV of tests/bench; goes first: awk -f figures.awk -f ...

BEGIN { FS = "," }
/^# / { machine = substr($0, 3) }

# Keeps one figure of this line's run.
function keep(name, figure) {
  if (!(name in count)) order[++names] = name
  values[name, ++count[name]] = figure + 0
  if ($1 + 0 > runs) runs = $1 + 0
}

# Sorts list[1] to list[n] by key[list[i]], the lowest first.
function sort(list, n, key,   i, j, swap) {
  for (i = 2; i <= n; i++)
    for (j = i; j > 1 && key[list[j]] < key[list[j - 1]]; j--) { swap = list[j]; list[j] = list[j - 1]; list[j - 1] = swap }
}

# Returns the median of what was kept under NAME; sets LOW and HIGH.
function median(name,   i, n, v, turn) {
  n = count[name]
  for (i = 1; i <= n; i++) { v[i] = values[name, i]; turn[i] = i }
  sort(turn, n, v)
  low = v[turn[1]]; high = v[turn[n]]
  return v[turn[int((n + 1) / 2)]]
}
