# judge.awk: the rules of tests/fault/judge.
#
# A record is read into commands: key "1.3" is terminal 1's third command. text, status and lines by record
# (clean 1, 2, ..., then "run"; the same for "again") and key. In text, patience and stays are "-t #" and "-s #":
# a second attempt has others than the clean runs.

function fail(why) { # the first failure counts
  if (verdict !~ /^FAIL/)
    verdict = "FAIL " why
}

function end_with(text) {
  if (verdict == "")
    verdict = "ok " text
}

# ---- reading ----

function read_table() {
  if ($0 ~ /^#/ || NF == 0)
    return
  split($0, field, / :: /)
  rows++
  for (i = 1; i <= 4; i++)
    table[rows, i] = field[i]
}

# A command without its patience.
function timeless(command) {
  gsub(/ -t [0-9.]+/, " -t #", command)
  gsub(/ -s [0-9.]+/, " -s #", command)
  return command
}

function read_record(r,    terminal, key) {
  if ($0 !~ /^[1-8][$|=!>^]/) # terminal 9 is that of tests/fault/after
    return
  if (r == "run" && $0 ~ /^[1-9]\^K/)
    someone_killed = 1
  terminal = substr($0, 1, 1)
  key = terminal "." commands[r, terminal]
  if ($0 ~ /^.[$] fg$/ && ((r, key) in stopped)) { # it goes on
    delete stopped[r, key]
    continued[r, key] = 1
    return
  }
  if (substr($0, 2, 1) == "$") {
    key = terminal "." ++commands[r, terminal]
    text[r, key] = timeless(substr($0, 4))
    keys[r, ++key_count[r]] = key
  }
  if (substr($0, 2, 1) == "=" && $2 == 999)
    stopped[r, key]
  else if (substr($0, 2, 1) == "=")
    status[r, key] = $2
  if (substr($0, 2, 1) == "!")
    hung[r, key] = 1
  if (substr($0, 2, 1) == "|")
    lines[r, key, ++line_count[r, key]] = substr($0, 4)
}

# The text of a write, as strace shows it.
function written(line) {
  if (!match(line, /"/))
    return ""
  line = substr(line, RSTART + 1)
  gsub(/", iov_len=[0-9]+\}, \{iov_base="/, "", line) # the parts of a writev
  sub(/"(\.\.\.)?, [0-9]+\).*/, "", line)
  sub(/"(\.\.\.)?, iov_len.*/, "", line)
  return line
}

function read_log(pid) {
  if (match($0, /^\+\+\+ (exited with|killed by) [^ ]+/)) {
    ending[pid] = substr($0, 5, RLENGTH - 4)
    sub(/^exited with /, "", ending[pid])
    sub(/^killed by /, "", ending[pid])
    if (ending[pid] ~ /^SIG(SEGV|BUS|ABRT|ILL|FPE|SYS)$/)
      crashed = ending[pid]
  }
  if (index($0, call_name "(") == 1)
    calls[pid]++
  if ($0 ~ /\(INJECTED\)/) {
    fired[pid] = 1
    fired_line = $0
    said = ""
  }
  if ($0 ~ /^--- SIG(HUP|INT|QUIT|TERM) .*si_code=SI_KERNEL/) {
    if (fired[pid])
      ended_again[pid] = 1
    keys_and_faults[pid]++
  }
  if (!fired[pid] && index($0, "--- " substr(what, 8) " ") == 1 && $0 ~ /si_code=SI_KERNEL/ && calls[pid] >= call_number) {
    fired[pid] = 1 # not so early: then it is the key of the terminal
    ended_before[pid] = keys_and_faults[pid] > 1
  }
  if ($0 ~ /^write(v)?\(2</)
    said = said written($0)
}

# ---- questions ----

function is_message(line) {
  return line ~ ("^(strace|" names "): ")
}

# A line with its numbers, and how far apart its words are, put out of sight.
function shape(line) {
  gsub(/(0x)?[a-f]*[0-9][0-9a-f]*/, "#", line)
  gsub(/ +/, " ", line)
  return line
}

# Whether the Ith result of command KEY, in clean runs FIRST and following, may look like LINE. Numbers count,
# but where they are chance: in an unsafe mode, and where the clean runs have others in this place of a line of this
# shape.
function fits(line, key, i, first,    r, form) {
  for (r = first; r < first + clean_runs; r++)
    if (line == result[r, key, i])
      return 1
  form = shape(line)
  for (r = first; r < first + clean_runs; r++)
    if (form == result_shape[r, key, i] \
        && (name_in(text[first, key]) ~ / -u$/ || line ~ / per second$/ \
          || differs_by_chance(line, result[r, key, i], key, first)))
      return 1
  return 0
}

# Whether LINE has other numbers than CLEAN, a line of its shape, only where they are chance.
function differs_by_chance(line, clean, key, first,    i, n, number, other) {
  n = find_numbers(line, number)
  find_numbers(clean, other)
  for (i = 1; i <= n; i++)
    if (number[i] != other[i] && !is_chance(shape(line), i, key, first))
      return 0
  return 1
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

# Whether each result of command KEY is one of the clean runs'.
function all_fit(r, key, first,    i, c, found, most) {
  for (c = first; c < first + clean_runs; c++)
    if (results[c, key] > most)
      most = results[c, key]
  for (i = 1; i <= line_count[r, key]; i++) {
    found = is_message(lines[r, key, i])
    for (c = 1; c <= most && !found; c++)
      found = fits(lines[r, key, i], key, c, first)
    if (!found)
      return 0
  }
  return 1
}

# Whether the clean runs do not agree on the number at PLACE in a line of shape FORM.
function is_chance(form, place, key, first,    r, i, number, other) {
  if ((form, place, key, first) in chance)
    return chance[form, place, key, first]
  chance[form, place, key, first] = 0
  for (r = first + 1; r < first + clean_runs; r++)
    for (i = 1; i <= results[first, key]; i++)
      if (result_shape[first, key, i] == form && result_shape[r, key, i] == form) {
        find_numbers(result[first, key, i], number)
        find_numbers(result[r, key, i], other)
        if (number[place] != other[place])
          return chance[form, place, key, first] = 1
      }
  return 0
}

# Sorts out the results among the lines of command KEY: those that are no messages.
function find_results(r, key,    i) {
  for (i = 1; i <= line_count[r, key]; i++)
    if (!is_message(lines[r, key, i])) {
      result[r, key, ++results[r, key]] = lines[r, key, i]
      result_shape[r, key, results[r, key]] = shape(lines[r, key, i])
    }
}

# Whether the clean runs do not agree how many results the command has.
function varies(key, first,    r) {
  for (r = first + 1; r < first + clean_runs; r++)
    if (results[r, key] != results[first, key])
      return 1
  return 0
}

function fewest_results(key, first,    r, fewest) {
  fewest = results[first, key]
  for (r = first + 1; r < first + clean_runs; r++)
    if (results[r, key] < fewest)
      fewest = results[r, key]
  return fewest + 0
}

function count_results(r, key,    i, n) {
  for (i = 1; i <= line_count[r, key]; i++)
    n += !is_message(lines[r, key, i])
  return n + 0
}

# Whether command KEY's results in record R are those of the clean runs. A message may stand between them.
function same_results(r, key, first) {
  return same_results_as(r, key, key, first) || (name_in(text[first, key]) ~ /[sS]erver$/ && same_lines(r, key, first))
}

# Whether they are those of the clean runs in some order: a server's clients come as they like.
function same_lines(r, key, first,    i, left, line) {
  for (i = 1; i <= results[first, key]; i++)
    left[result[first, key, i]]++
  for (i = 1; i <= line_count[r, key]; i++) {
    line = lines[r, key, i]
    if (!is_message(line) && left[line]-- <= 0)
      return 0
  }
  for (line in left)
    if (left[line] > 0)
      return 0
  return 1
}

function same_results_as(r, key, model, first,    i, next_one) {
  if (varies(model, first))
    return count_results(r, key) >= fewest_results(model, first) && all_fit(r, key, first)
  next_one = 1
  for (i = 1; i <= line_count[r, key]; i++) {
    if (is_message(lines[r, key, i]))
      continue
    if (next_one > results[first, model] || !fits(lines[r, key, i], model, next_one, first))
      return 0
    next_one++
  }
  return next_one > results[first, model]
}

function same_status(r, key, first,    c) {
  for (c = first; c < first + clean_runs; c++)
    if (status[r, key] == status[c, key])
      return 1
  return 0
}

function same_command(r, key, first) {
  return text[r, key] != "" && same_status(r, key, first) && same_results(r, key, first)
}

# Whether there is a message that command KEY has in no clean run.
function has_message(r, key, first,    i) {
  for (i = 1; i <= line_count[r, key]; i++)
    if (is_message(lines[r, key, i]) && is_new(lines[r, key, i], key, first))
      return 1
  return 0
}

function is_new(line, key, first,    c, i) {
  for (c = first; c < first + clean_runs; c++)
    for (i = 1; i <= line_count[c, key]; i++)
      if (shape(lines[c, key, i]) == shape(line))
        return 0
  return 1
}

# Whether there is a message that is in no clean run, and more than that somebody waits: the other end came later.
function anybody_complains(r, first,    i, j, line) {
  for (i = 1; i <= key_count[r]; i++)
    for (j = 1; j <= line_count[r, keys[r, i]]; j++) {
      line = lines[r, keys[r, i], j]
      if (is_message(line) && line !~ /: waiting for .*, for [0-9.]+ s$/ && is_new(line, keys[r, i], first)) {
        difference = text[r, keys[r, i]]
        return 1
      }
    }
  return 0
}

# Whether one of the shell's commands says that a limit was in its way.
function meets_a_limit(r,    i, j) {
  for (i = 1; i <= key_count[r]; i++)
    for (j = 1; j <= line_count[r, keys[r, i]]; j++)
      if (lines[r, keys[r, i], j] ~ /No space left|File too large|rror writing|write error|cannot (create|open)|Too many open/)
        return 1
  return 0
}

# Whether nobody has failed: all our commands end as in the clean runs, and nobody says why not.
function nobody_failed(r, first,    i, key) {
  if (what ~ /^limit/ && meets_a_limit(r))
    return 0
  for (i = 1; i <= key_count[r]; i++) {
    key = keys[r, i]
    if (is_ours(text[r, key]) && !same_status(r, key, first))
      return 0
  }
  return !anybody_complains(r, first)
}

# Whether the command is one of our programs alone: its status is then the program's own.
function is_ours_alone(command) {
  return command ~ ("^(\\./)?(" names ")( |$)") && command !~ /[|;&`$]/
}

function is_ours(command) {
  return command ~ ("\\./(" names ")( |$)") && command !~ /^(until|while) /
}

# Whether the table expects that this program, hit so, has that effect on WHOSE line.
function is_expected(whose, line,    i, unsafe) { # line: a result, or what the word in the table is about
  unsafe = unsafe_in("run")
  if (s == 0 && what ~ /^error/ && what !~ /EINTR/ && whose ~ /^[a-z]+([A-Z][a-z]+)?$/ && whose !~ /^(left|silence)$/ \
      && whose != program && unsafe == "")
    return 0 # it has not failed, and so excuses nobody
  for (i = 1; i <= rows; i++)
    if ((what ~ /^(short|limit)/ ? table[i, 2] ~ /short|limit/ || table[i, 3] ~ /unsafe| -u/ \
          : program ~ ("^(" table[i, 1] ")$") || role == table[i, 1]) \
        && (call " " what) ~ table[i, 2] && line ~ table[i, 4] \
        && (whose ~ ("^(" table[i, 3] ")$") || (whose unsafe) ~ ("^(" table[i, 3] ")$")))
      return 1
  return 0
}

# Whether all results of command KEY are what the table expects of WHOSE.
function all_expected(r, key, whose,    i, any) {
  for (i = 1; i <= line_count[r, key]; i++) {
    if (is_message(lines[r, key, i]))
      continue
    if (!is_expected(whose, lines[r, key, i]))
      return 0
    any = 1
  }
  return any || is_expected(whose, "")
}

# The program's name in a command, and " -u" for its unsafe mode.
function name_in(command) {
  if (!match(command, "\\./(" names ")"))
    return ""
  return substr(command, RSTART + 2, RLENGTH - 2) (command ~ / -u( |$)/ ? " -u" : "")
}

# The key of the command in which the program was hit. A loop starts as many as there are.
function key_of_role(r,    i, n, rest) {
  for (i = 1; i <= key_count[r]; i++) {
    rest = " " text[r, keys[r, i]] " "
    while (match(rest, "\\./" program "[ ;|&)]")) {
      if (++n == number)
        return keys[r, i]
      rest = substr(rest, RSTART + RLENGTH)
    }
    if (text[r, keys[r, i]] ~ ("do .*\\./" program " .*done"))
      return keys[r, i]
  }
  return ""
}

# ---- the rules ----

# Whether the program has said what failed: its name, what it tried, and more than the bare reason.
function has_said(role_key,    i, n, list) {
  gsub(/\\n/, "\n", said)
  n = split(said, list, "\n")
  for (i = 1; i <= n; i++)
    if (good_message(list[i]) && is_new(list[i], role_key, 1))
      return 1
  for (n = 1; n <= line_count["run", role_key]; n++)
    if (good_message(lines["run", role_key, n]) && is_new(lines["run", role_key, n], role_key, 1))
      return 1
  return 0
}

function good_message(line) {
  if (index(line, program ": ") != 1)
    return 0
  line = substr(line, length(program) + 3)
  return line ~ / / && line !~ /^(No space left|Input\/output error|Interrupted system|Cannot allocate|Too many open|Permission denied|Resource temp)/
}

# The other ends: they finish, with the right result, or with another status and a word why.
function judge_others(r, first, role_key,    i, key, command, name) {
  for (i = 1; i <= key_count[r]; i++) {
    key = keys[r, i]
    command = text[r, key]
    if (shows_crash(r, key))
      fail("a crash: " command)
    if (key == role_key || !is_ours(command))
      continue
    if (command != text[first, key])
      fail("another command than without a fault: " command)
    name = name_in(command)
    if (status[r, key] ~ /^(139|135|134|132|136)$/)
      fail("a crash: " command ": status " status[r, key])
    if (hung[r, key]) {
      # a server that went on (fg) has nobody to serve: it would have waited for its ^C, as without a fault
      if (!says_it_waits(r, key) && !serves_now(r, key, first) \
          && !(continued[first, key] && status[r, key] == 130 && same_status(r, key, first)))
        fail("a hang: " command)
      continue
    }
    if (same_command(r, key, first))
      continue
    if (status[r, key] ~ /^(130|137)$/ && same_status(r, key, first)) { # the transcript has ended it: it may not
      if (!all_fit(r, key, first) && !all_expected(r, key, name))       # have had the time to say all
        fail("another result: " command)
      continue
    }
    if (!is_ours_alone(command)) {
      if (!has_message(r, key, first) && !all_expected(r, key, name) && !is_dependent(command))
        fail("another result, and not a word: " command)
    } else if (status[r, key] == 2) {
      fail("status 2: " command)
    } else if (status[r, key] == 0 && !same_results(r, key, first)) {
      if (!fits_elsewhere(r, key, name, first) && !all_expected(r, key, name))
        fail("another result with status 0: " command)
    } else if (status[r, key] != 0 && !same_status(r, key, first) && status[r, key] !~ /^(130|137)$/)
      if (!has_message(r, key, first) && !all_expected(r, key, name))
        fail("not a word, and status " status[r, key] ": " command)
  }
  for (i = 1; i <= key_count[first]; i++)
    if (text[r, keys[first, i]] == "" && is_ours(text[first, keys[first, i]]))
      fail("not reached: " text[first, keys[first, i]])
}

# The result is another one, but all end as without a fault, and none of them says why.
function judge_silence(role_key) {
  if (s == clean_status && !everything_same("run", 1, 1) && nobody_failed("run", 1) \
      && (role_key == "" || !has_said(role_key)) && !is_expected("silence", fired_line))
    fail("another result, and nobody has failed: " difference)
}

# What the shell says of a command that has crashed, also in the middle of a pipeline.
function shows_crash(r, key,    i) {
  for (i = 1; i <= line_count[r, key]; i++)
    if (lines[r, key, i] ~ /Segmentation fault|Bus error|Aborted|stack smashing|double free|Illegal instruction/)
      return 1
  return 0
}

# A command that was refused in the clean run, because the program that was hit was in its way, may succeed now:
# with the result that this program has elsewhere in the transcript, where it succeeds.
function fits_elsewhere(r, key, name, first,    i, other, found, old) {
  if (status[first, key] == 0)
    return 0
  for (i = 1; i <= key_count[first]; i++) {
    other = keys[first, i]
    if (status[first, other] != 0 || name_in(text[first, other]) != name || !is_ours_alone(text[first, other]))
      continue
    found = 1
    if (same_results_as(r, key, other, first))
      return 1
  }
  return !found
}

# A server that was refused in the clean run, because the program that was hit was in its way, may serve now, until it
# is interrupted: as it does elsewhere in the transcript, where it can.
function serves_now(r, key, first,    i, other) {
  if (status[first, key] == 0)
    return 0
  for (i = 1; i <= key_count[first]; i++) {
    other = keys[first, i]
    if (other != key && text[first, other] == text[first, key] && status[first, other] == 130 \
        && same_results_as(r, key, other, first))
      return 1
  }
  return 0
}

# A program without -t waits for 12 seconds, or for as long as a lock is held. It has said so, and was
# interrupted, by us.
function says_it_waits(r, key) {
  return lines[r, key, line_count[r, key]] ~ /: (waiting (for .* for 12 s|until it lets go)|process [0-9]+ is stopped)/
}

# Whether the command only looks at what the program that was hit has left, or not.
function is_dependent(command) {
  return command ~ /leftovers|cmp |>|2>/
}

function everything_same(r, first, but_waits,    i, key) { # BUT_WAITS: not where the shell only waits
  if (key_count[r] != key_count[first])
    return 0
  for (i = 1; i <= key_count[first]; i++) {
    key = keys[first, i]
    if (but_waits && text[first, key] ~ /^(until|while) /)
      continue
    if ((hung[r, key] && !hung[first, key]) || !(same_command(r, key, first) \
        || (same_status(r, key, first) && all_expected(r, key, name_in(text[r, key]))))) {
      difference = text[first, key]
      return 0
    }
  }
  return 1
}

# What a killed program has left, by the transcript or by us, stays until its next run. If the transcript's ^C
# came as the second ending signal, while the program was tidying, it had to end at once: this fault was not tried.
function judge_left(    i, n, list, pid) {
  if (someone_killed)
    return
  n = split(left, list, "\n")
  for (pid in keys_and_faults)
    if (n > 1 && keys_and_faults[pid] > 1 && verdict !~ /^FAIL/) {
      verdict = "unfired"
      return
    }
  for (i = 1; i < n; i++)
    if (!is_expected("left", list[i]) || !is_what_stayed(list[i]))
      fail("left behind: " list[i])
}

# After an unlink that has failed: whether this is what it was to remove.
function is_what_stayed(line,    word, i, n) {
  if (fired_line !~ /^(mq_)?unlink\(/)
    return 1
  n = split(line, word, "[ /]")
  for (i = 1; i <= n; i++)
    if (length(word[i]) > 5 && word[i] ~ /[-.]/ && index(fired_line, word[i]))
      return 1
  return 0
}

function judge_error(role_key, s, clean_status) {
  if (what ~ /EINTR/) {
    if (everything_same("run", 1) && !anybody_complains("run", 1))
      end_with("as before")
    else if (fired_line ~ /^fcntl/ && fired_line !~ /SETLKW/ && verdict !~ /^FAIL/)
      verdict = "unfired" # this one does not wait; in the traced run, one more call came before the one that does
    else if (!is_expected("EINTR", fired_line))
      fail("interrupted, and not as before: status " s ", " difference)
    else
      end_with("as expected")
    return
  }
  if (everything_same("run", 1)) {
    end_with(has_said(role_key) ? "said" : "as before")
    return
  }
  if (s ~ /^SIG/ && s != clean_status) {
    if (!(s == "SIGPIPE" && what ~ /EPIPE/) && !(who == "child" && s ~ /^SIG(HUP|INT|QUIT|TERM|KILL)$/))
      fail("dies of " s)
  } else if (s == 2 && clean_status != 2)
    fail("status 2: " said)
  else if (s == 0 && !same_results("run", role_key, 1)) {
    if (!all_expected("run", role_key, program) && is_ours_alone(text["run", role_key]))
      fail("a wrong result with status 0")
  } else if (s != 0 && s != clean_status && !has_said(role_key) && !all_expected("run", role_key, program))
    fail("status " s ", and no message")
  else if (s == clean_status && s ~ /^SIG/ && !same_results("run", role_key, 1) && !has_said(role_key) \
      && !all_expected("run", role_key, program))
    fail("another result, and not a word: " text["run", role_key])
  judge_others("run", 1, role_key)
  judge_silence(role_key)
  end_with("said")
}

function judge_signal(role_key, s) {
  if (who == "main" && s != substr(what, 8) && !(s ~ /^SIG/ && s == clean_status && ended_before[main]) \
      && !is_expected("ending", s))
    fail("does not die of it: " s)
  if (who == "main" && what !~ /KILL/ && ended_again[main])
    fail("lives on until the next signal")
  if (who == "child" && s == 0 && !everything_same("run", 1) && !same_results("run", role_key, 1) \
      && !all_expected("run", role_key, program))
    fail("a wrong result with status 0")
  if (who == "child" && s ~ /^[0-9]/ && s != 0 && s != clean_status && !has_said(role_key) \
      && !all_expected("run", role_key, program))
    fail("status " s ", and no message")
  judge_others("run", 1, role_key)
  if (s == 0)
    judge_silence(role_key)
  end_with("dies")
}

# ", unsafe" if a program runs in its unsafe mode: what that does, it does to the other end, too.
function unsafe_in(r,    i) {
  for (i = 1; i <= key_count[r]; i++)
    if (name_in(text[r, keys[r, i]]) ~ / -u$/)
      return ", unsafe"
}

# The next run in the same place, after the kill.
function judge_next(    first, i, key) {
  first = clean_runs + 1
  if (next_status != 0)
    fail("the next run: " (next_status == 124 ? "a hang" : "it leaves a process running"))
  if (key_count["again"] < key_count[first])
    fail("the next run is not the whole one")
  for (i = 1; i <= key_count["again"]; i++) {
    key = keys["again", i]
    if (shows_crash("again", key) || status["again", key] ~ /^(139|135|134|132|136)$/)
      fail("the next run: a crash: " text["again", key])
    if (hung["again", key] && !hung[first, key])
      fail("the next run: a hang: " text["again", key])
    if (!is_ours_alone(text["again", key]) || same_command("again", key, first))
      continue
    if (!is_expected("next", name_in(text["again", key])))
      fail("the next run differs: " text["again", key] ": status " status["again", key])
  }
}

# The run as a whole.
function judge_run(    pid, any) {
  for (pid in fired)
    any = any || fired[pid]
  if (crashed != "" && (was_fired || !any)) # not if the parent was hit in the place of its child, before begin()
    fail("a crash: " crashed)
  if (guard_status == 125)
    fail("it leaves a process running")
  else if (guard_status == 124)
    fail("a hang: the whole run")
  else if (guard_status != 0 || key_count["run"] == 0)
    fail("it was not played: status " guard_status)
}

# Not one call, but all of them: short counts, a limit, no room.
function judge_surroundings() {
  judge_run()
  if (everything_same("run", 1))
    end_with("as before")
  else if (what ~ /^short/)
    fail("not as before: " difference)
  judge_others("run", 1, "")
  judge_silence("")
  judge_left()
  end_with("said")
  if (what ~ /^limit/ && verdict == "ok as before")
    verdict = "unfired" # the limit did not matter
  print verdict
}

BEGIN {
  split(role, part, ":")
  program = part[1]
  number = part[2]
  split(call, part, ":")
  call_name = part[1]
  call_number = part[2]
}

FNR == 1 {
  file = FILENAME
  kind = ""
  if (file ~ /\/expected$/)
    kind = "table"
  else if (file == run "/record")
    kind = "run"
  else if (file == run "/again")
    kind = "again"
  else if (file ~ /\/record$/)
    kind = ++clean_runs
  else if (file ~ /\/again$/)
    kind = clean_runs + ++clean_again
  else if (file == run "/left")
    kind = "left"
  else if (file == run "/status")
    kind = "status"
  else if (file == run "/next")
    kind = "next"
  else {
    kind = "log"
    pid = file
    sub(/.*\./, "", pid)
  }
}

kind == "table" { read_table(); next }
kind == "left" { left = left $0 "\n"; next }
kind == "status" { guard_status = $1; next }
kind == "next" { next_status = $1; next }
kind == "log" { read_log(pid); next }
{ read_record(kind) }

END {
  for (r = 1; r <= clean_runs + clean_again; r++)
    for (i = 1; i <= key_count[r]; i++)
      find_results(r, keys[r, i])
  if (what ~ /^(short|limit)/) {
    judge_surroundings()
    exit
  }
  s = ending[main]
  role_key = key_of_role(1)
  was_fired = fired[main]
  if (who == "child") {
    was_fired = 0
    for (pid in fired)
      if (pid != main)
        was_fired = 1
  }
  if (what ~ /SIGKILL/)
    for (pid in ending)
      if ((who == "child") == (pid != main) && ending[pid] == "SIGKILL" && calls[pid] >= call_number - 1)
        was_fired = 1
  judge_run()
  if (!was_fired) {
    print verdict ~ /^FAIL/ ? verdict : "unfired"
    exit
  }
  if (hung["run", role_key] && !hung[1, role_key] && !says_it_waits("run", role_key))
    fail("a hang: " text["run", role_key])
  if (what ~ /^error/)
    judge_error(role_key, s, clean_status)
  else
    judge_signal(role_key, s)
  if (what ~ /SIGKILL/)
    judge_next()
  judge_left()
  print verdict
}
