# judge.awk: the rules of tests/fault/judge.
#
# R is the record that is judged, "record" or "again". The clean runs are "record.1", which is FIRST, "record.2", ...;
# OF is their number. A record is read into commands: key "1.3" is terminal 1's third. text, status, results and
# messages are stored by record and key. In text, timeouts and stays are "-t #" and "-s #", because they differ in a second try.

function fail(why) { # the first failure counts
  if (verdict !~ /^FAIL/)
    verdict = "FAIL " why
}

function end_with(how) {
  if (verdict == "")
    verdict = how
}

# ---- reading ----

function read_record(terminal, sign, rest,    key) {
  key = terminal "." commands[r, terminal]
  if (sign == "$" && rest == "fg" && ((r, key) in stopped)) { # it goes on
    delete stopped[r, key]
    continued[r, key]
  } else if (sign == "$") {
    key = terminal "." ++commands[r, terminal]
    gsub(/ -t [0-9.]+/, " -t #", rest)
    gsub(/ -s [0-9.]+/, " -s #", rest)
    text[r, key] = rest
    keys[r, ++key_count[r]] = key
    if (r == "record" && name_in(rest) ~ / -u$/)
      unsafe = ", unsafe" # what a program does in this mode, it does to the other end, too
  } else if (sign == "|")
    read_output(key, rest)
  else if (sign == "=" || sign == "!") {
    if (sign == "!")
      hung[r, key]
    else if (rest == 999)
      stopped[r, key]
    else
      status[r, key] = rest
    ended[of, key, status[r, key]]
  } else if (r == "record" && $0 ~ /^.\^K/)
    someone_killed = 1
}

function read_output(key, line) {
  last_line[r, key] = line
  if (line ~ ("^(strace|" names "): ")) {
    message[r, key, ++messages[r, key]] = line
    known[of, key, shape(line)]
  } else
    result[r, key, ++results[r, key]] = line
  if (line ~ /Segmentation fault|Bus error|Aborted|stack smashing|double free|Illegal instruction/)
    crash_shown[r, key] # by the shell, even in the middle of a pipeline
  if (line ~ /No space left|File too large|rror writing|write error|cannot (create|open)|Too many open/)
    limit_met[r]
}

function read_log(pid) {
  logs[pid]
  if ($1 == "+++") # exited with 0, or killed by SIGINT
    ending[pid] = $4
  if (ending[pid] ~ /^SIG(SEGV|BUS|ABRT|ILL|FPE|SYS)$/)
    crashed = ending[pid]
  if (index($0, call_name "(") == 1)
    calls[pid]++
  if ($0 ~ /\(INJECTED\)/) {
    fired[pid] = 1
    fired_line = $0
    said = ""
  }
  if ($0 ~ /^--- SIG(HUP|INT|QUIT|TERM) .*si_code=SI_KERNEL/) { # a key, or the fault
    if (fired[pid])
      ended_again[pid] = 1
    ending_signals[pid]++
    if ("signal=" $2 == what && !fired[pid] && calls[pid] >= call_number) { # earlier it is the key
      fired[pid] = 1
      ended_before[pid] = ending_signals[pid] > 1
    }
  }
  if ($0 ~ /^writev?\(2</) { # only the text that it writes
    sub(/^[^"]*"/, "")
    gsub(/", iov_len=[0-9]+\}, \{iov_base="/, "")
    sub(/"(\.\.\.)?, ([0-9]+\)|iov_len).*/, "")
    said = said $0
  }
}

# ---- what the clean runs have in common ----

# A line with its numbers, and how far apart its words are, put out of sight.
function shape(line) {
  gsub(/[0-9a-f]+:[0-9a-f]+:[0-9]+/, "#:#:#", line) # a device may have no digit: fe:00:17
  gsub(/(0x)?[a-f]*[0-9][0-9a-f]*/, "#", line)
  gsub(/ +/, " ", line)
  return line
}

# Puts the numbers of LINE into LIST, and returns how many there are. Times, and devices and inodes, as names of objects
# have them, are always chance.
function find_numbers(line, list,    n) {
  gsub(/[0-9a-f]+[:-][0-9a-f]+/, "-", line)
  sub(/^[0-9]+: /, "", line) # of /proc/locks
  for (n = 0; match(line, /(0x)?[a-f]*[0-9][0-9a-f]*/); line = substr(line, RSTART + RLENGTH))
    list[++n] = substr(line, RSTART, RLENGTH)
  return n
}

# What counts in a result of command KEY: its shape, and its numbers, but where they are chance: in an unsafe mode, and
# where the clean runs have others in this place of a line of this shape.
function facts(line, key,    form, n, i, number, all) {
  all = form = shape(line)
  # (what one of several takers gets is chance, too, even if the clean runs agree)
  if (name_in(text[first, key]) ~ / -u$/ || line ~ / per second$|^[0-9]+ numbers taken/)
    return all
  n = find_numbers(line, number)
  for (i = 1; i <= n; i++)
    all = all " " ((r, key, form, i) in chance ? "#" : number[i])
  return all
}

# Compares the clean runs of RECORD, which is judged from here on.
function learn(record,    c, i, key, n, clean) {
  r = record
  first = record ".1"
  for (i = 1; i <= key_count[first]; i++) {
    key = keys[first, i]
    fewest[r, key] = results[first, key] + 0
    for (c = 2; c <= clean_runs; c++) {
      n = results[r "." c, key] + 0
      if (n != results[first, key])
        varies[r, key]
      if (n < fewest[r, key])
        fewest[r, key] = n
      for (; n > 0; n--)
        learn_chance(key, result[first, key, n], result[r "." c, key, n])
    }
    for (c = 1; c <= clean_runs; c++)
      for (n = 1; n <= results[r "." c, key]; n++) {
        clean = facts(result[r "." c, key, n], key)
        fact[r, key, n, clean]
        any_fact[r, key, clean]
      }
  }
}

function learn_chance(key, line, other,    form, n, mine, yours) {
  form = shape(line)
  if (form != shape(other))
    return
  find_numbers(other, yours)
  for (n = find_numbers(line, mine); n > 0; n--)
    if (mine[n] != yours[n])
      chance[r, key, form, n]
}

# ---- questions: is it as in the clean runs? ----

# Whether each result of command KEY is one of MODEL's.
function all_fit(key, model,    i) {
  for (i = 1; i <= results[r, key]; i++)
    if (!((r, model, facts(result[r, key, i], model)) in any_fact))
      return 0
  return 1
}

# Whether command KEY's results are MODEL's: the same command's, or another's. Where the clean runs do not agree how
# many there are, no fewer, each as one of them; of a server, or of mqNotify, in any order: its clients, or its signals,
# come when they come.
function same_results(key, model,    i, line, left, in_order) {
  if ((r, model) in varies)
    return results[r, key] >= fewest[r, model] && all_fit(key, model)
  if (results[r, key] != fewest[r, model])
    return 0
  in_order = 1
  for (i = 1; i <= results[r, key]; i++) {
    line = facts(result[r, key, i], model)
    in_order = in_order && ((r, model, i, line) in fact)
    left[line]++
    left[facts(result[first, model, i], model)]--
  }
  for (line in left)
    if (left[line] != 0)
      return in_order
  return in_order || name_in(text[first, model]) ~ /[sS]erver$|mqNotify$/
}

function same_status(key) {
  return (r, key, status[r, key]) in ended
}

function same_command(key) {
  return text[r, key] != "" && same_status(key) && same_results(key, key)
}

function hangs_now(key) {
  return ((r, key) in hung) && !((first, key) in hung)
}

# Whether all commands are, or what the table expects. BUT_WAITS: not where the shell only waits.
function everything_same(but_waits,    i, key) {
  for (i = 1; i <= key_count[first]; i++) {
    key = keys[first, i]
    difference = text[first, key]
    if (but_waits && difference ~ /^(until|while) /)
      continue
    if (hangs_now(key) || !same_command(key) && !(same_status(key) && all_expected(key, name_in(text[r, key]))))
      return 0
  }
  return key_count[r] == key_count[first]
}

# Whether command KEY has a message that is in no clean run. BUT_WAITS: more than that it waits, because the other end
# came later.
function has_message(key, but_waits,    i, line) {
  for (i = 1; i <= messages[r, key]; i++) {
    line = message[r, key, i]
    if (!((r, key, shape(line)) in known) && !(but_waits && line ~ /: waiting for .*, for [0-9.]+ s$/))
      return 1
  }
  return 0
}

function anybody_complains(    i) {
  for (i = 1; i <= key_count[r]; i++)
    if (has_message(keys[r, i], 1)) {
      difference = text[r, keys[r, i]]
      return 1
    }
  return 0
}

# Whether nobody has failed: all our commands end as in the clean runs, and nobody says why not.
function nobody_failed(    i) {
  for (i = 1; i <= key_count[r]; i++)
    if (is_ours(text[r, keys[r, i]]) && !same_status(keys[r, i]))
      return 0
  return !anybody_complains() && !(what ~ /^limit/ && (r in limit_met))
}

# ---- questions: whose is it, and is it expected? ----

# Whether the command is one of our programs alone: its status is then the program's own.
function is_ours_alone(command) {
  return command ~ ("^(\\./)?(" names ")( |$)") && command !~ /[|;&`$]/
}

function is_ours(command) {
  return command ~ ("\\./(" names ")( |$)") && command !~ /^(until|while) /
}

# The program's name in a command, and " -u" for its unsafe mode.
function name_in(command) {
  if (!match(command, "\\./(" names ")"))
    return ""
  return substr(command, RSTART + 2, RLENGTH - 2) (command ~ / -u( |$)/ ? " -u" : "")
}

# Whether the table expects that this fault has that effect on WHOSE line: a result, or what the word in the table is
# about.
function is_expected(whose, line,    i) {
  if (what ~ /^error/ && what !~ /EINTR/ && s == 0 && whose != program && unsafe == "" && whose ~ ("^(" names ")$"))
    return 0 # the program has not failed, and so excuses nobody
  for (i = 1; i <= rows; i++)
    if (line ~ effect[i] && (whose ~ whom[i] || (whose unsafe) ~ whom[i]))
      return 1
  return 0
}

# Whether all results of command KEY are what the table expects of WHOSE.
function all_expected(key, whose,    i) {
  for (i = 1; i <= results[r, key]; i++)
    if (!is_expected(whose, result[r, key, i]))
      return 0
  return results[r, key] > 0 || is_expected(whose, "")
}

# Whether the program has said what failed: its name, what it tried, and more than the bare reason.
function has_said(    i, n, list) {
  n = split(said, list, /\\n/)
  for (i = 1; i <= messages[r, role_key]; i++)
    list[++n] = message[r, role_key, i]
  for (i = 1; i <= n; i++)
    if (list[i] ~ ("^" program ": .* ") && !((r, role_key, shape(list[i])) in known) \
        && list[i] !~ /^[A-Za-z]+: (No space left|Input.output error|Interrupted system|Cannot allocate)/ \
        && list[i] !~ /^[A-Za-z]+: (Too many open|Permission denied|Resource temp)/)
      return 1
  return 0
}

# ---- the rules ----

# A command that was refused in the clean run, because the program that was hit was in its way, may succeed now, as it
# does elsewhere in the transcript: with STATUS 0, or as a server, which serves until it is interrupted (130).
function succeeds_now(key, wanted,    i, other, found) {
  if (status[first, key] == 0)
    return 0
  for (i = 1; i <= key_count[first]; i++) {
    other = keys[first, i]
    if (other != key && status[first, other] == wanted && is_ours_alone(text[first, other]) \
        && name_in(text[first, other]) == name_in(text[r, key])) {
      found = 1
      if (same_results(key, other))
        return 1
    }
  }
  return !found && wanted == 0
}

# Whether command KEY has said that it waits, and was interrupted by us: for 12 seconds, if it has no -t, or for a lock.
function says_it_waits(key) {
  return last_line[r, key] ~ /: (waiting for .* for 12 s|.*; waiting for it|process [0-9]+ is stopped.*)$/
}

# Whether command KEY has come to serve; or, as a server, went on (fg) and has nobody to serve: there comes no ^C.
function may_serve(key) {
  return succeeds_now(key, 130) || (((first, key) in continued) && status[r, key] == 130 && same_status(key))
}

function has_crashed(key) {
  return ((r, key) in crash_shown) || status[r, key] ~ /^(139|135|134|132|136)$/
}

# The other ends: they finish, with the right result, or with another status and a word why.
function judge_others(    i, key) {
  for (i = 1; i <= key_count[r]; i++) {
    key = keys[r, i]
    if (has_crashed(key))
      fail("a crash: " text[r, key] ": status " status[r, key])
    if (key != role_key && is_ours(text[r, key]))
      judge_other(key, text[r, key])
  }
  for (i = 1; i <= key_count[first]; i++)
    if (text[r, keys[first, i]] == "" && is_ours(text[first, keys[first, i]]))
      fail("not reached: " text[first, keys[first, i]])
}

function judge_other(key, command) {
  if (shape(command) != shape(text[first, key]))
    fail("another command than without a fault: " command)
  if ((r, key) in hung) {
    if (!says_it_waits(key) && !may_serve(key))
      fail("a hang: " command)
  } else if (same_command(key))
    return
  else if (is_ours_alone(command) && status[r, key] == 2)
    fail("status 2: " command)
  else if (all_expected(key, name_in(command)))
    return
  else if (status[r, key] ~ /^(130|137)$/ && same_status(key)) {
    if (!all_fit(key, key)) # the transcript has ended it: it may not have had the time to say all
      fail("another result: " command)
  } else if (!is_ours_alone(command)) {
    if (!has_message(key) && command !~ /leftovers|cmp |>|2>/) # these only look at what the other has left
      fail("another result, and not a word: " command)
  } else if (status[r, key] == 0) {
    if (!same_results(key, key) && !succeeds_now(key, 0))
      fail("another result with status 0: " command)
  } else if (!same_status(key) && status[r, key] !~ /^(130|137)$/ && !has_message(key))
    fail("not a word, and status " status[r, key] ": " command)
}

# The result is another one, but all end as without a fault, and none of them says why.
function judge_silence() {
  if (s == clean_status && !everything_same(1) && nobody_failed() && (role_key == "" || !has_said()) \
      && !is_expected("silence", fired_line))
    fail("another result, and nobody has failed: " difference)
}

# What a killed program has left, by the transcript or by us, stays until its next run. If the transcript's ^C
# came as the second ending signal, while the program was tidying, it had to end at once: this fault was not tried.
function judge_left(    i, pid) {
  for (pid in ending_signals)
    if (left_count > 0 && ending_signals[pid] > 1 && verdict !~ /^FAIL/) {
      verdict = "unfired"
      return
    }
  for (i = 1; i <= left_count; i++)
    if (!is_expected("left", left[i]) || (fired_line ~ /^(mq_)?unlink\(/ && !is_named(left[i])))
      fail("left behind: " left[i])
}

# Whether the unlink that has failed was to remove this.
function is_named(line,    word, n) {
  for (n = split(line, word, "[ /]"); n > 0; n--)
    if (length(word[n]) > 5 && word[n] ~ /[-.]/ && index(fired_line, word[n]))
      return 1
  return 0
}

# How the program itself ends, when something is not as before.
function judge_ending(    is_expected_here) {
  is_expected_here = all_expected(role_key, program)
  if (s ~ /^SIG/ && s != clean_status) {
    if (!(s == "SIGPIPE" && what ~ /EPIPE|^signal/) && !(who == "child" && s ~ /^SIG(HUP|INT|QUIT|TERM|KILL)$/))
      fail("dies of " s)
  } else if (s == 2 && clean_status != 2)
    fail("status 2: " said)
  else if (s == 0 && !is_expected_here && is_ours_alone(text[r, role_key]) && !same_results(role_key, role_key))
    fail("a wrong result with status 0")
  else if (s != 0 && !is_expected_here && !has_said() && (s != clean_status || !same_results(role_key, role_key)))
    fail("ends with " s ", and not a word")
}

function judge_interruption() {
  if (everything_same() && !anybody_complains())
    end_with("ok as before")
  else if (fired_line ~ /^fcntl/ && fired_line !~ /SETLKW/)
    end_with("unfired") # this one does not wait; in the traced run, one more call came before the one that does
  else if (is_expected("EINTR", fired_line))
    end_with("ok as expected")
  else
    fail("interrupted, and not as before: status " s ", " difference)
}

# After an error; or not one call, but all of them: short counts, a limit, no room.
function judge_result() {
  if (everything_same()) {
    end_with(call_name != "none" && has_said() ? "ok said" : "ok as before")
    if (call_name != "none")
      return
  } else if (call_name != "none")
    judge_ending()
  else if (what == "short")
    fail("not as before: " difference)
  judge_others()
  judge_silence()
  end_with("ok said")
}

function judge_signal() {
  if (who == "child" && !everything_same())
    judge_ending()
  if (who == "main" && s != substr(what, 8) && !(s ~ /^SIG/ && s == clean_status && ended_before[main]) \
      && !is_expected("ending", s))
    fail("does not die of it: " s)
  if (who == "main" && what !~ /KILL/ && ended_again[main])
    fail("lives on until the next signal")
  judge_others()
  if (s == 0)
    judge_silence()
  end_with("ok dies")
}

# The next run in the same place, after the kill.
function judge_next(    i, key, command) {
  if (next_status != 0)
    fail("the next run: " (next_status == 124 ? "a hang" : "it leaves a process running"))
  if (key_count[r] < key_count[first])
    fail("the next run is not the whole one")
  for (i = 1; i <= key_count[r]; i++) {
    key = keys[r, i]
    command = text[r, key]
    if (has_crashed(key))
      fail("the next run: a crash: " command)
    if (hangs_now(key))
      fail("the next run: a hang: " command)
    if (is_ours_alone(command) && !same_command(key) && !is_expected("next", name_in(command)))
      fail("the next run differs: " command ": status " status[r, key])
  }
}

# The run as a whole; also if the fault did not come. Returns whether it came.
function judge_run(    pid, came, elsewhere) {
  for (pid in logs)
    if ((who == "child") == (pid != main))
      came = came || fired[pid] || (what ~ /KILL/ && ending[pid] == "SIGKILL" && calls[pid] >= call_number - 1)
    else
      elsewhere = elsewhere || fired[pid] # the parent was hit in the place of its child, perhaps in its start-up
  if (crashed != "" && (came || !elsewhere))
    fail("a crash: " crashed)
  if (guard_status == 125)
    fail("it leaves a process running")
  else if (guard_status == 124)
    fail("a hang: the whole run")
  else if (guard_status != 0 || key_count["record"] == 0)
    fail("it was not played: status " guard_status)
  return came
}

BEGIN {
  split(role ":" call, part, ":")
  program = part[1]
  call_name = part[3]
  call_number = part[4]
  gsub(/[^ ]*\/|\.c/, "", names)
  gsub(/ /, "|", names)
}

kind == "table" && !/^(#|$)/ { # the rows about this fault
  split($0, field, / :: /)
  if ((call " " what) ~ field[2] && (program ~ ("^(" field[1] ")$") || role == field[1])) {
    whom[++rows] = "^(" field[3] ")$"
    effect[rows] = field[4]
  }
}
kind == "record" && /^[1-8][$|=!^]/ { read_record(substr($0, 1, 1), substr($0, 2, 1), substr($0, 4)) } # 9 is ours
kind == "left" { left[++left_count] = $0 }
kind == "log" { read_log(pid) }

END {
  came = judge_run()
  learn("again")
  if (came && what ~ /KILL/)
    judge_next()
  learn("record")
  s = ending[main]
  if (call_name == "none")
    judge_result()
  else if (!came)
    end_with("unfired")
  else {
    role_key = command_hit
    if (hangs_now(role_key) && !says_it_waits(role_key))
      fail("a hang: " text[r, role_key])
    if (what ~ /EINTR/)
      judge_interruption()
    else if (what ~ /^error/)
      judge_result()
    else
      judge_signal()
  }
  if ((came || call_name == "none") && !someone_killed)
    judge_left()
  print verdict
}
