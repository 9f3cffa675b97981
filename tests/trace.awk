# trace.awk: draws a timeline from the files of "strace -f -ttt -T -s 200 -o FILE", one for each program. A file's name
# is TERMINAL.COMMAND.PROGRAM.PID. Variables: only (names of columns), all (every call), colour, port.
#
# A line of strace is an event: a call, a signal, or a death. An event that is shown has a text, shown[e]; a call also
# has a result. It appears where it begins, at[e]; a call that waited appears again where it ends, till[e].

# The text with what is in quotes, and blanks, replaced by "_".
function mask(text,    done) {
  while (match(text, /"([^"\\]|\\.)*"/)) {
    done = done substr(text, 1, RSTART - 1) sprintf("%" RLENGTH "s", "")
    text = substr(text, RSTART + RLENGTH)
  }
  done = done text
  gsub(/ /, "_", done)
  return done
}

# Splits the call of event E into its name, arg[1..args], value[e], and how long it lasted.
function split_call(e,    text, masked, i, c, depth, from) {
  text = raw[e]; masked = mask(text)
  if (match(masked, /\)_+=_(-1_|\?|0x|[0-9]).*$/)) {
    value[e] = substr(text, RSTART + 1); text = substr(text, 1, RSTART - 1)
    sub(/^ += /, "", value[e])
    if (match(value[e], / <[0-9.]+>$/)) {
      lasted[e] = substr(value[e], RSTART + 2, RLENGTH - 3) + 0
      value[e] = substr(value[e], 1, RSTART - 1)
    }
  }
  sub(/,? *<unfinished \.\.\.>$/, "", text); masked = mask(text)
  name = substr(text, 1, index(text, "(") - 1); args = 0; from = length(name) + 2
  sub(/(_time64|64)$|^mmap2$/, name == "mmap2" ? "mmap" : "", name) # 32-bit programs have these
  for (i = from; i <= length(masked) + 1; i++) {
    c = substr(masked, i, 1)
    depth += (c ~ /[[{(]/) - (c ~ /[]})]/)
    if ((c == "," && depth == 0) || i > length(masked)) {
      arg[++args] = substr(text, from, i - from); gsub(/^ +| +$/, "", arg[args]); from = i + 1
    }
  }
  args -= args == 1 && arg[1] == ""
  for (i = args + 1; i <= 9; i++) arg[i] = ""
}

# ---- reading ----

FNR == 1 {
  part_count = split(FILENAME, part, "/")
  split(part[part_count], part, ".")
  main = ""
}
!/^[0-9]+ +[0-9.]+ / { next }
{
  pid = $1; base = base ? base : int($2) - 100000; stamp = $2 - base; sub(/^[0-9]+ +[0-9.]+ /, "")
  if (!(pid in title)) {
    tasks[++task_count] = pid; title[pid] = "child"
    if (main == "") { main = pid; program[pid] = part[3]; title[pid] = part[3] " (" part[1] ")"; is_main[pid] }
  }
  if (match($0, /^<\.\.\. [a-z0-9_]+ resumed> ?/)) {
    if (pid in pending) {
      raw[pending[pid]] = raw[pending[pid]] substr($0, RLENGTH + 1)
      till[pending[pid]] = stamp
      exact[pending[pid]]
    }
    delete pending[pid]
    next
  }
  owner[++events] = pid; at[events] = stamp
  if (sub(/<unfinished \.\.\.>$/, "")) { pending[pid] = events; till[events] = -1 }
  raw[events] = $0
  if (/^rt_sigaction\(SIGXFSZ, \{sa_handler=(0x|SIG_IGN)/ && pid == main && !(pid in begins)) begins[pid] = events
  if (match($0, /^rt_sigaction\(SIG(INT|TERM|HUP|QUIT|PIPE), \{sa_handler=0x[0-9a-f]+/))
    handled[pid, substr($0, index($0, "=") + 1, RLENGTH - index($0, "="))]++
  if (/^rt_sigaction\(SIGCHLD, \{sa_handler=0x/) wants_child[pid]
}

# ---- what a call is to the reader ----

# A string of strace, without what differs in each run; binary data become so many bytes.
function text_of(s, size,    t) {
  t = s
  if (gsub(/\\[0-7]|\\x/, "", t) > 2) return (size + 0) " bytes"
  sub(/\\0"/, "\"", s)
  while (match(s, /-[0-9a-f]+-[0-9a-f]+(\\n)?"/))
    s = substr(s, 1, RSTART - 1) (substr(s, RSTART, RLENGTH) ~ /n"/ ? "\\n\"" : "\"") substr(s, RSTART + RLENGTH)
  gsub(/0x[0-9a-f]+/, "0x...", s)
  for (t in title)
    if (s ~ ("[^0-9]" t "[^0-9]")) gsub(t, "NNN", s)
  return ports(s)
}

function ports(s,    i) { # as the transcripts have them
  for (i = 0; i < 10 && port > 0; i++) gsub(port + i, 9876 + i, s)
  return s
}

# What stands in S behind the pattern BEFORE, up to the pattern AFTER.
function between(s, before, after) {
  if (!sub(".*" before, "", s)) return ""
  sub(after ".*", "", s)
  return s
}

function joined(s,    t) { # the data of an iovec
  while (match(s, /iov_base="([^"\\]|\\.)*"/)) {
    t = t substr(s, RSTART + 10, RLENGTH - 11); s = substr(s, RSTART + RLENGTH)
  }
  return "\"" t "\""
}

function string_in(s) { return match(s, /"([^"\\]|\\.)*"/) ? substr(s, RSTART, RLENGTH) : s }

function address(s) {
  if (s ~ /sun_path=/) return text_of(between(s, "sun_path=", "}$"))
  if (s !~ /htons/) return s
  return between(s, "(inet_addr\\(|AF_INET6, )\"", "\"") ":" ports(between(s, "htons\\(", "\\)"))
}

function seconds(s) { # of a timespec or a timeval
  return between(s, "tv_sec=", ",") + between(s, "tv_[nu]sec=", "}") / (s ~ /nsec/ ? 1e9 : 1e6)
}

# An argument, shortened; if it is data, of SIZE bytes.
function plain(s, size) {
  if (s ~ /^"/) return text_of(s, size)
  if (s ~ /^\{sa_family=/) return address(s)
  if (s ~ /^\{tv_sec=/) return seconds(s) " s"
  if (s ~ /^\{l_type=/)
    return substr(s, 9, 7) (s ~ /l_start=0, l_len=0/ ? "" : ", bytes " between(s, "l_start=", ",") "-" \
      (between(s, "l_start=", ",") + between(s, "l_len=", "[,}]") - 1))
  if (s ~ /^0x[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]/) return "0x..."
  gsub(/(\||^)(SOCK|O|MFD|EPOLL|EFD|SFD)_(CLOEXEC|NOFOLLOW)/, "", s); sub(/^\|/, "", s)
  return s == "" ? 0 : s in object ? object[s] : s
}

function who(pid) { return !(pid in title) ? pid : pid in is_main ? program[pid] : title[pid] }

function returned(v) { # the VALUE of strace, as it is shown
  if (v ~ /^\?? ?$/) return ""
  if (v ~ /^\? ERESTART|EINTR/) return "interrupted"
  if (match(v, /^-1 E[A-Z0-9]+/)) return substr(v, 1, RLENGTH)
  if (v ~ /^[0-9]+ \((SIG|Timeout)/) return v ~ /T/ ? "0 (timeout)" : between(v, "\\(", "\\)")
  sub(/ .*/, "", v)
  return v ~ /^0x/ ? "0x..." : v
}

function list(from, to,    i, s) {
  for (i = from; i <= to && i <= args; i++) s = s (i > from ? ", " : "") plain(arg[i], arg[i + 1])
  return s
}

function show(e, text, outcome) { shown[e] = text; result[e] = outcome }

function show_once(e, text) { # a helper's calls are one line in each process
  if (!((owner[e], text) in once)) show(e, text)
  once[owner[e], text]
}

function explain(e, call, text) { # what a call of the library really is, the first time
  if (!(call in explained)) note[e] = "(" call ": " text ")"
  explained[call]
}

# Shows event E, a call, or leaves it out.
function tell_call(e,    pid, fd, r, i, s, path) {
  pid = owner[e]
  split_call(e)
  if (till[e] != -1 && !(e in exact)) till[e] = at[e] + lasted[e]
  r = returned(value[e]); fd = arg[1]
  if (name == "execve") {
    if (value[e] ~ /^0/ && (!(pid in is_main) || pid in executed)) {
      ran[pid] = arg[1]; gsub(/.*\/|"/, "", ran[pid])
      show(e, "execve(" arg[1] ")")
      foreign[pid]
    }
    executed[pid]
    return
  }
  if (pid in begins && e <= begins[pid]) return

  # descriptors of the loader and of helpers: their calls are left out
  path = name == "openat" ? arg[2] : arg[1]
  if (name == "mmap") mapped[pid] = substr(value[e], 1, match(value[e] " ", / /) - 4)
  if (name ~ /^(open|openat|socket)$/ && r ~ /^[0-9]/) {
    if (path ~ /^"(\/etc\/|\/lib|\/usr\/|\/proc\/|\/sys\/|\/root\/|\.")|\.so/ || \
        raw[e] ~ /AF_UNIX.*SOCK_STREAM.*SOCK_NONBLOCK|AF_NETLINK/) hides[pid, r]
    else delete hides[pid, r]
  }
  if (name ~ /^(connect|bind)$/ && match(arg[2], /@"\/[A-Za-z]+-/)) {
    s = substr(arg[2], RSTART + 3, RLENGTH - 4)
    hides[pid, fd]
    if (name == "connect" || (r == 0 && !((pid, fd) in role))) # (find_role() also tries to bind)
      show_once(e, name == "bind" ? "becomes the " s " of this directory" : "looks for " s)
    role[pid, fd]
    return
  }
  if (name == "listen" && (pid, fd) in role) show(e, "announces that all is there")
  if (name ~ /^open|^socket$/ ? r ~ /^[0-9]/ && (pid, r) in hides : \
      name ~ /^(close|read|write|fcntl|f?listen|bind|pread|mmap|flock|ftruncate|fallocate|setsockopt)$/ && \
      (pid, name == "mmap" ? arg[5] : fd) in hides) {
    if (name == "close") { delete hides[pid, fd]; delete role[pid, fd] }
    if (!(name == "mmap" && (pid, arg[5]) in semaphore) && path !~ /\/dev\/shm\//) return
  }
  if (name ~ /^dup/ && arg[2] ~ /^[12]$/) piped[pid, arg[2]]
  if (pid in foreign && (name !~ /^(read|write|close|dup2|wait4|kill|exit_group)$/ || (name == "close" && fd < 3))) return
  if (name ~ silent || raw[e] ~ /^(msg|sem|shm)ctl\([0-9]+, (IPC_64\|)?IPC_STAT/) return

  if (name ~ /^(clone3?|v?fork)$/) {
    if (r ~ /^[0-9]/) show(e, raw[e] ~ /CLONE_THREAD/ ? "pthread_create()" : "fork()", who(r))
  } else if (name == "exit_group") {
    show(e, "exit(" fd ")")
    exits[pid]
  } else if (name ~ /nanosleep$/) {
    s = seconds(arg[name == "nanosleep" ? 1 : 3])
    if (s == 0.05) { # wait_to_retry() of deadline.h: of the tries, the first and the last are shown
      for (i = retried[pid]; i > 0 && i < e; i++)
        if (owner[i] == pid) delete shown[i]
      show_once(e, "tries again every 50 ms")
      retried[pid] = e + 1
    } else if (s >= 0.002) show(e, "nanosleep(" s " s)", r)
  } else if (name == "mmap") {
    if ((pid, arg[5]) in semaphore) address_of[pid, mapped[pid]] = semaphore[pid, arg[5]]
    else if (arg[4] ~ /MAP_SHARED/)
      show(e, "mmap(" arg[2] " bytes, " arg[3] ", MAP_SHARED" (arg[5] < 0 ? "|MAP_ANONYMOUS" : ", " arg[5]) ")", r)
  } else if (name == "rt_sigprocmask") {
    if (raw[e] !~ /HUP INT QUIT PIPE|~\[|RTMIN|^rt_sigprocmask\(SIG_[A-Z]*, NULL/)
      show(e, "sigprocmask(" list(1, 2) ")", r)
  } else if (name == "rt_sigaction") {
    s = between(arg[2], "sa_(handler|sigaction)=", ",")
    if (s == "SIG_DFL" && struck[pid] == fd) dies[pid] # on_ending_signal() of ending.h
    else if (arg[2] != "NULL" && fd !~ /SIG(ALRM|CONT|IO|XFSZ)/ && handled[pid, s] < 3)
      show(e, "sigaction(" fd ", " (s ~ /^0x/ ? "handler" : s) ")", r)
  } else if (name == "futex") {
    s = address_of[pid, substr(fd, 1, length(fd) - 3)]
    if (arg[2] ~ /FUTEX_WAIT/) {
      show(e, s ? "sem_wait(" s ")" : "futex(FUTEX_WAIT)", r)
      if (s) explain(e, "sem_wait", "futex FUTEX_WAIT, because it has to wait")
    } else if (s || (arg[2] ~ /FUTEX_WAKE/ && r + 0 > 0)) {
      show(e, s ? "sem_post(" s ")" : "futex(FUTEX_WAKE)", s ? 0 : r)
      if (s) explain(e, "sem_post", "futex FUTEX_WAKE, because somebody waits")
    }
  } else if (match(raw[e], /"\/dev\/shm\/[^"]*"/) && name ~ /^(open|link|unlink)/) {
    tell_object(e, pid, r, substr(raw[e], RSTART, RLENGTH))
  } else if (name ~ /^(read|recvfrom|pread|msgrcv|mq_timedreceive)$/) {
    s = arg[2]
    if (name == "msgrcv") s = string_in(s)
    data[e] = r + 0 > 0 ? text_of(s, r) : ""
    s = name == "recvfrom" ? "recv" : name == "mq_timedreceive" ? "mq_receive" : name
    show(e, s "(" plain(fd) (s == "msgrcv" ? ", type " arg[4] : s == "pread" ? ", at " arg[4] : "") ")", \
      r == 0 && s ~ /^re/ ? "0 (end of file)" : r)
  } else if (name ~ /^(writev?|sendto|pwrite|msgsnd|mq_timedsend)$/) {
    s = name == "msgsnd" ? "type " between(arg[2], "\\{(mtype=)?", ",") ", " text_of(string_in(arg[2])) : \
      name == "writev" ? text_of(joined(arg[2]), 0) : text_of(arg[2], arg[3])
    if (name == "writev") { # musl prints with it
      name = "write"; arg[3] = value[e]
    }
    if (name == "write" && fd ~ /^[12]$/ && !((pid, fd) in piped)) {
      prints[e]
      r = r ~ /^-/ ? r : ""
    } else if (s !~ / bytes$/ && name != "msgsnd") s = s ", " arg[3]
    if (name == "sendto" && arg[5] ~ /^\{/) s = s ", " address(arg[5])
    path = name == "sendto" ? "send" : name == "mq_timedsend" ? "mq_send" : name
    show(e, path "(" plain(fd) ", " s (path == "pwrite" ? ", at " arg[4] : "") ")", r)
  } else if (name ~ /^(msg|sem|shm)get$/) {
    if (r ~ /^[0-9]/) object[r] = name ~ /msg/ ? "queue" : name ~ /sem/ ? "semaphores" : "segment"
    show(e, name "(key, " list(2, args) ")", r in object ? object[r] : r)
  } else if (name == "wait4") {
    if (r + 0 > 0) reaped[r] = e
    show(e, "waitpid(" who(fd) (arg[3] ~ /^0?$/ ? "" : ", " arg[3]) ")", r + 0 > 0 ? who(r) : r)
    s = arg[2]
    data[e] = s ~ /EXITSTATUS/ ? "status " between(s, "EXITSTATUS\\(s\\) == ", "}") : \
      s ~ /TERMSIG/ ? "killed by " between(s, "TERMSIG\\(s\\) == ", "[ }]") : ""
  } else if (name == "tgkill") {
    if (fd == pid) show(e, "raise(" arg[3] ")", r)
  } else if (name ~ /^(kill|rt_sigqueueinfo)$/) {
    s = name == "kill" ? ")" : ", " (between(arg[3], "si_(int|value=\\{int)=", "[,}]") + 0) ")"
    if (arg[2] != 0 && !(pid in dies && fd == pid)) show(e, (name == "kill" ? "kill(" : "sigqueue(") who(fd) ", " arg[2] s, r)
  } else if (name == "fcntl") {
    if (arg[2] ~ /^F_(OFD_)?GETLK/) {
      show(e, "fcntl(" fd ", " arg[2] ")", r)
      data[e] = arg[3] ~ /l_type=F_UNLCK/ ? "nobody has it" : "held by " who(between(arg[3], "l_pid=", "[,}]"))
    } else if (arg[2] ~ /SETFL|SETOWN|SETPIPE|SETLK/) show(e, "fcntl(" list(1, args) ")", r)
  } else if (name == "setsockopt") {
    if (arg[3] == "SO_REUSEADDR") show(e, "setsockopt(" fd ", SO_REUSEADDR)", r)
  } else if (name ~ /^(accept4?|connect|bind)$/) {
    sub(/4$/, "", name)
    show(e, name "(" fd (name == "accept" ? "" : ", " address(arg[2])) ")", r)
  } else if (name ~ /^(open|mkdir|mknod|unlink|rename|link)at2?$/) {
    sub(/at2?$/, "", name)
    if (!(r ~ /^-1/ && arg[2] ~ /^"\/(etc|usr|lib|proc)/))
      show(e, (name == "mknod" ? "mkfifo" : name) "(" (name == "mknod" ? arg[2] : list(2, args)) ")", r)
  } else if (name ~ /^p?poll$/)
    show(e, "poll(" (fd == "NULL" ? "nothing" : fd) ", " (name == "ppoll" ? plain(arg[3]) : arg[3] " ms") ")", r)
  else {
    s = name ~ /^(socket|socketpair)$/ ? 2 : name ~ /^(pipe2?|mknod|rt_sigsuspend|rt_sigtimedwait)$/ ? 1 : args
    i = name == "mknod" ? "mkfifo" : name == "pipe2" ? "pipe" : name == "rt_sigtimedwait" ? "sigwaitinfo" : name
    sub(/^rt_/, "", i)
    show(e, i "(" list(1, s) (name == "socketpair" ? ", " arg[4] : "") ")", r)
  }
}

# A call on an object's PATH in /dev/shm. A semaphore is made under another name, and linked.
function tell_object(e, pid, r, path,    is_sem, whole, quiet) {
  quiet = ". Its sem_wait and sem_post are calls only when somebody has to wait"
  is_sem = path ~ /\/sem\./
  if (name ~ /^link/) path = arg[name == "link" ? 2 : 4]
  whole = path ~ /-.*-/; sub(/\/dev\/shm\/(sem\.)?/, "/", path); path = text_of(path)
  if (name ~ /^link/) {
    address_of[pid, mapped[pid]] = path
    show(e, "sem_open(" path ", O_CREAT, 0600)")
    explain(e, "sem_open", "openat, write, mmap, link, for a file in /dev/shm" quiet)
  } else if (name ~ /^unlink/) {
    if (whole && r == 0) show(e, (is_sem ? "sem_unlink(" : "shm_unlink(") path ")", r)
  } else if (!is_sem && whole) {
    show(e, "shm_open(" path ", " plain(arg[3]) ")", r)
    explain(e, "shm_open", "openat of a file in /dev/shm")
  } else {
    hides[pid, r]
    if (!whole) return
    semaphore[pid, r] = path
    show(e, "sem_open(" path ")", r ~ /^-/ ? r : "")
    explain(e, "sem_open", "openat and mmap of a file in /dev/shm" quiet)
  }
}

function tell_signal(e,    pid, s, from) {
  pid = owner[e]
  if (pid in begins && e < begins[pid]) return
  s = between(raw[e], "--- ", " "); from = between(raw[e], "si_pid=", "[,}]")
  if (from == pid && pid in dies) return
  struck[pid] = s; last_signal[pid] = e
  if (raw[e] ~ /stopped by/) show(e, "stopped")
  else if (s !~ /^SIG(CHLD|IO|CONT)$/ || raw[e] ~ /SI_USER/ || (s == "SIGCHLD" && pid in wants_child))
    show(e, s (raw[e] ~ /SI_KERNEL/ ? (s == "SIGALRM" ? ": the time is over" : " from the terminal") : \
      from == pid ? " from itself" : from in title ? " from " who(from) : from > 0 ? " from another process" : ""))
}

function tell_death(e,    s) {
  s = between(raw[e], "\\+\\+\\+ ", " \\+\\+\\+")
  ended[owner[e]]
  if (s ~ /killed/ && s ~ struck[owner[e]] "$") fatal[last_signal[owner[e]]] = e
  if (s ~ /killed/ || !(owner[e] in exits)) show(e, owner[e] in thread && s !~ /killed/ ? "thread ends" : s)
}

# Gives children and threads their names, in the order in which they were made.
function name_tasks(    e, i, child, top, kind) {
  for (e = 1; e <= events; e++)
    if (raw[e] ~ /^(clone3?|v?fork)\(/ && match(raw[e], / = [0-9]+( <[0-9.]+>)?$/)) {
      child = between(substr(raw[e], RSTART), " = ", " <")
      if (!(child in title)) continue
      parent[child] = owner[e]
      forked[child] = e
      top = root[child] = owner[e] in root ? root[owner[e]] : owner[e]
      if (raw[e] ~ /CLONE_THREAD/) thread[child]
      number[child] = ++family[top, child in thread]
    }
  for (child in root)
    title[child] = (child in thread ? "thread" : "child") (family[root[child], child in thread] > 1 ? " " number[child] : "")
}

# Copies what TABLE knows of the parent of PID.
function inherit(table, pid,    k, part, copies) {
  for (k in table) {
    split(k, part, SUBSEP)
    if (part[1] == parent[pid]) copies[part[2]] = table[k]
  }
  for (k in copies) table[pid, k] = copies[k]
}

# ---- waits ----

# What can end a wait: for the beginning of its text, how the other's text begins.
function wakers(text,    i) {
  for (i = 1; i <= wake_count; i += 2)
    if (text ~ ("^(" wake[i] ")")) {
      if (text ~ /^sem_wait/) return "^sem_post[(]" substr(text, 10, length(text) - 10) "[)]"
      return "^(" wake[i + 1] ")"
    }
  return ""
}

# A wait is a call in which another process (cause[e]), a signal or the time has come while it lasted.
function find_waits(    k, e, m, f, pattern, own, early, late, meets) {
  for (k = 1; k <= count; k++) {
    e = order[k]; pattern = wakers(shown[e])
    if (pattern == "" || raw[e] ~ /^[-+]/ || e in prints) continue
    if (shown[e] ~ /^(write|send)/ && value[e] != "" && till[e] - at[e] < 0.01) continue # it has only been slow
    if (till[e] < 0 || value[e] ~ /^(\? *)?$/) {
      waits[e] = 2 # it has never returned
      continue
    }
    own = early = late = meets = 0
    if (pattern ~ /shutdown/) pattern = result[e] ~ /^0/ ? "^(close|exit|killed|shutdown)" : "^(write|send)"
    for (m = k + 1; m <= count; m++) {
      f = order[m]
      if (at[f] > till[e] && (own || at[f] > till[e] + 0.02)) break
      if (owner[f] == owner[e]) own = 1
      else {
        meets = meets || at[f] <= till[e]
        if ((shown[f] ~ pattern || (f in fatal && pattern ~ /killed/)) && !(f in prints) && (shown[e] !~ /^waitpid/ || value[e] + 0 == owner[f])) {
          if (at[f] > till[e]) late = late ? late : f
          else if (!early || shown[e] ~ /^fcntl/ || pattern ~ /shutdown/ || \
              (data[e] && index(shown[f], data[e]) && !index(shown[early], data[e]))) early = f
        }
      }
    }
    if (result[e] ~ /timeout/ || shown[e] ~ /^nanosleep/ && result[e] == 0) early = late = 0
    # strace has no time of a return, but how long the call lasted, from when its arguments were printed
    if (!early && late && !(e in exact) && lasted[e] > 0.0002) { early = late; till[e] = at[late] + 1e-7 }
    if (result[e] == "interrupted") waits[e] = 2
    else if (early || (meets && till[e] - at[e] > 0.002)) waits[e] = 1
    if (early in fatal) { # between the signal and the time at which strace has seen the end
      early = fatal[early]
      if (at[early] > till[e]) key[early] = at[early] = till[e] - 1e-7
    }
    if (early) cause[e] = early
  }
}

# ---- rows ----

# Sorts order[from..to] by key[], and keeps the order of equals.
function sort(from, to,    half, i, j, k) {
  if (from >= to) return
  half = int((from + to) / 2)
  sort(from, half)
  sort(half + 1, to)
  for (i = from; i <= half; i++) spare[i] = order[i]
  i = from; j = half + 1
  for (k = from; i <= half; k++) order[k] = j > to || key[spare[i]] <= key[order[j]] ? spare[i++] : order[j++]
}

# Folds what is repeated in column C: of the same 1 to 12 calls, three times or more, the first ones stay. Reads of a
# stream may bring now more, now less.
function fold(c,    n, k, e, i, p, again, seq, same, alike, most) {
  for (k = 1; k <= count; k++)
    if (column[owner[order[k]]] == c) seq[++n] = order[k]
  for (k = 1; k <= n; k++) {
    e = seq[k]
    same[k] = shown[e] SUBSEP (data[e] ~ /^[0-9]+ bytes$/ ? "" : result[e] SUBSEP data[e])
    if (shown[e] ~ /^sigqueue/) sub(/[0-9]+\)/, ")", same[k])
    if (shown[e] ~ /^p(read|write)\(/) sub(/at [0-9]+/, "", same[k])
    alike[k] = same[k]; gsub(/(child|thread) [0-9]+/, "child", alike[k])
  }
  for (k = 1; k <= n; k++)
    for (p = 1; p <= 12; p++) {
      for (i = k; i + p <= n && (p == 1 ? same[i] == same[i + 1] : alike[i] == alike[i + p]); i++) ;
      again = int((i - k) / p); e = seq[k]
      if (again < (data[e] ~ /^[0-9]+ bytes$/ ? 1 : 2) || shown[e] !~ /\(/) continue
      most = result[e]
      for (i = k + p; i < k + p + again * p; i++) {
        folded[seq[i]]
        if (result[seq[i]] + 0 > most + 0) most = result[seq[i]]
        if (result[seq[i]] + 0 < result[e] + 0) result[e] = result[seq[i]]
      }
      if (p > 1) note[seq[k + p - 1]] = "(these " p " lines " commas(again) " times more)"
      else {
        times[e] = again + 1
        if (data[e] ~ /^[0-9]+ bytes$/ && most + 0 > result[e] + 0) {
          data[e] = "bytes"; result[e] = result[e] " to " most
        }
      }
      k += p + again * p - 1
      break
    }
}

function commas(n,    s) {
  for (; n >= 1000; n = int(n / 1000)) s = sprintf(",%03d", n % 1000) s
  return n s
}

# The text of event E where it begins, where it ends, or of the whole.
function row_text(e, what,    s, call) {
  s = shown[e]; call = s; sub(/[( ].*/, "", call)
  if (what == "begin") return substr(s, 1, length(s) - 1) " ..."
  if (what == "end") s = "... " call
  if (result[e] == "interrupted") return s ": interrupted"
  if (what == "whole" && data[e] && call !~ /wait|fcntl/) s = substr(s, 1, length(s) - 1) ", " data[e] ")"
  s = s (result[e] "" != "" ? " = " result[e] : "")
  if (data[e] && data[e] !~ /bytes$/ && (what == "end" || call ~ /wait|fcntl/)) s = s ", " data[e]
  if (times[e] > 1) s = s ", " commas(times[e]) " times"
  if (what == "end" && e in cause)
    s = s "  <- " (columns > 2 ? who(owner[cause[e]]) ": " : "") substr(shown[cause[e]], 1, match(shown[cause[e]] "(", /[( ]/) - 1)
  return s
}

# Prints TEXT in column C. Too long a string is cut; what is too long then takes more lines.
function put(c, text,    room, i, line, cell, indent) {
  room = columns == 1 ? 100 : width - 2
  while (length(text) > room && match(text, /"([^"\\]|\\.)*"/) && RLENGTH > (room < 40 ? 12 : 20)) text = cut_string(text)
  gsub(/ = /, " =\001", text)
  for (; text != ""; indent = "    ") {
    i = room - length(indent)
    if (length(text) > i) {
      while (i > 0 && substr(text, i, 1) !~ /[ ,]/) i--
      if (i == 0) i = room - length(indent)
    }
    line = ""
    for (k = 1; k <= columns; k++) {
      cell = k == c ? indent substr(text, 1, i) : k in asleep ? ":" : ""; gsub(/\001/, " ", cell)
      sub(/ +$/, "", cell)
      line = line (cell != "" ? paint(k) cell paint(0) : "") (k < columns ? sprintf("%" (width - length(cell)) "s", "") : "")
    }
    sub(/ +$/, "", line)
    print line
    text = substr(text, i + 1); sub(/^ +/, "", text)
  }
}

# TEXT with a letter less in its first string, which ends in three dots then.
function cut_string(text,    s, rest) {
  match(text, /"([^"\\]|\\.)*"/)
  s = substr(text, RSTART, RLENGTH); rest = substr(text, RSTART + RLENGTH)
  text = substr(text, 1, RSTART - 1)
  if (!sub(/\\."$/, "\"", s)) sub(/."$/, "\"", s)
  return text s (rest ~ /^\.\.\./ ? "" : "...") rest
}

function paint(i) { return colour ? (i ? "\033[3" substr("6325", (i - 1) % 4 + 1, 1) "m" : "\033[0m") : "" }

# Whether the column of process PID is asked for.
function wanted(pid) {
  return index("," only ",", "," who(pid) ",") || index("," only ",", "," program[pid] ",") || index("," only ",", "," ran[pid] ",")
}

# Gives each process a column, in the order in which they were made: that of an elder sibling for which the parent had
# waited before, or of an earlier start of the program in the same terminal.
function make_columns(    k, i, n, pid, kin, old, born, birth) {
  for (k = 1; k <= count; k++) {
    pid = owner[order[k]]
    if (pid in first) continue
    first[pid] = order[k]; birth[pid] = pid in forked ? at[forked[pid]] : at[order[k]]
    for (i = ++n; i > 1 && birth[born[i - 1]] > birth[pid]; i--) born[i] = born[i - 1]
    born[i] = pid
  }
  for (i = 1; i <= n; i++) {
    pid = born[i]; kin = pid in parent ? parent[pid] : title[pid]; old = elder[kin]
    elder[kin] = pid; column[pid] = 0
    if (old && column[old] && (pid in parent ? old in reaped && reaped[old] < forked[pid] : old in ended)) {
      column[pid] = column[old]
      heads[first[pid]] = "-- " title[pid] (pid in ran ? ": " ran[pid] : "")
    } else if (only != "" && !wanted(pid)) continue
    else if (columns == 4 && only == "") left_out = left_out ", " title[pid]
    else { column[pid] = ++columns; heading[columns] = title[pid] (pid in ran ? ": " ran[pid] : "") }
  }
}

END {
  wake_count = split("accept connect (read|recv)\\( (write|send|close|exit|killed|shutdown) " \
    "(write|send)\\( (read|recv)\\( open open sem_wait - futex (futex\\(FUTEX_WAKE|exit|killed|thread) " \
    "msgrcv (msgsnd|msgctl) msgsnd (msgrcv|msgctl) mq_receive mq_send mq_send mq_receive sem(op|timedop) (sem|exit|killed) " \
    "fcntl.*SETLKW (fcntl.*F_UNLCK|close|exit|killed) waitp?id (exit|killed) " \
    "(pause|sig[sw]|nanosleep) (kill|sigqueue) (poll|select|pselect|epoll) (kill|sigq|connect|send|write|close|exit|killed)", wake, " ")
  silent = "^(brk|munmap|mprotect|madvise|arch_prctl|set_tid_address|set_robust_list|rseq|prlimit|getrandom|access|" \
    "f?stat|lstat|newfstatat|fstatat|statx|f?statfs|get[a-z]*id|get(cwd|sockname|peername|sockopt)|umask|lseek|ioctl|clock_gettime|" \
    "gettimeofday|rt_sigreturn|rt_sigpending|restart_syscall|setitimer|sysinfo|sched_.*|uname|exit|prctl|mq_getsetattr|flock|" \
    "membarrier|fadvise|sigaltstack|getdents|readlink)$"
  name_tasks()
  for (e = 1; e <= events; e++) {
    if (owner[e] in parent && !(owner[e] in met)) {
      inherit(hides, owner[e])
      inherit(address_of, owner[e])
      inherit(piped, owner[e])
    }
    met[owner[e]]
    if (raw[e] ~ /^---/) tell_signal(e)
    else if (raw[e] ~ /^\+\+\+/) tell_death(e)
    else tell_call(e)
    if (all && shown[e] == "") show(e, raw[e])
  }
  for (e = 1; e <= events; e++)
    if (shown[e] != "") { order[++count] = e; key[e] = at[e] }
  sort(1, count)
  find_waits()
  make_columns()
  if (columns == 0) { print "trace: nothing was recorded" > "/dev/stderr"; exit 1 }
  for (c = 1; c <= columns; c++) fold(c)
  width = int(100 / columns)
  for (c = 1; c <= columns; c++) line = line paint(c) heading[c] paint(0) (c < columns ? sprintf("%" (width - length(heading[c])) "s", "") : "")
  print line
  rows = count
  for (k = 1; k <= rows; k++)
    if (waits[order[k]] == 1) { order[++count] = "end " order[k]; key[order[count]] = till[order[k]] }
  sort(1, count)
  rows = 0
  for (k = 1; k <= count; k++) {
    e = order[k]; sub(/^end /, "", e)
    if (column[owner[e]] && !(e in folded)) order[++rows] = order[k]
  }
  for (r = 1; r <= rows; r++) {
    e = order[r]; what = sub(/^end /, "", e) ? "end" : waits[e] ? "begin" : "whole"
    if (what == "begin" && order[r + 1] == "end " e) { # nothing came in between
      what = "whole"; order[++r] = ""
    }
    c = column[owner[e]]
    if (e in heads && what != "end") put(c, heads[e])
    text = row_text(e, what)
    if (c in asleep && shown[e] ~ /^(killed|exited|SIG)/) text = text ", in " asleep[c]
    delete asleep[c]
    put(c, text)
    if (what == "begin") asleep[c] = substr(shown[e], 1, index(shown[e], "(") - 1)
    if (e in note && what != "end") put(c, note[e])
  }
  for (c = 1; c <= columns; c++)
    if (c in asleep) put(c, "(" asleep[c] " has not returned)")
  if (left_out) print "(not shown: " substr(left_out, 3) "; ONLY=name,name shows others)"
}
