# apply.awk: applies a unified diff ("diff -u") to a text, and prints the result: awk -f tests/apply.awk DIFF TEXT
#
# patch(1) is not installed everywhere. The lines of the diff must be in the text where the diff says.

FNR == NR {
  if (/^@@ /) { split($2, from, ","); at = -from[1] }
  else if (at && /^[-+ ]/) {
    if (/^\+/) added[at] = added[at] substr($0, 2) "\n"
    else { wanted[at] = substr($0, 2); if (/^-/) removed[at]; at++ }
  }
  next
}
{
  if (FNR in added) printf "%s", added[FNR]
  if (FNR in wanted && wanted[FNR] != $0) {
    print "line " FNR " of the text does not match the diff" >"/dev/stderr"
    failed = 1
    exit 1
  }
  if (!(FNR in removed)) print
  last = FNR
}
END {
  if (last + 1 in added) printf "%s", added[last + 1]
  for (i in wanted) if (i + 0 > last && !failed) failed = 1
  exit failed
}
