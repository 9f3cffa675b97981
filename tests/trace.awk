# trace.awk: draws a timeline of system calls, with a column for each process. A line of its input is a STAMP, a FILE, and
# what "strace -f -ttt -T -s 200" wrote to that file, separated by tabs, in the order of time. FILE is
# TERMINAL.COMMAND.PROGRAM.PID. Variables: only (names of columns), all (every call), colour, port.
#
# A line of strace is an event: a call, a signal, or a death. An event that is shown has a text, shown[e]; a call also
# has a result. It appears where it begins, at[e]; a call that waited appears again where it ends, till[e].

BEGIN {
  FS = "\t"
  quoted = "\"([^\"\\\\]|\\\\.)*\"" # a string
  # how a call is shown: its name, and which of its arguments; any other call with all of them
  split("accept=accept:1 accept4=accept:1 bind=bind:12 clock_nanosleep=nanosleep:3 connect=connect:12 " \
    "exit_group=exit:1 mknod=mkfifo:1 mmap=mmap:2345 mq_timedreceive=mq_receive:1 mq_timedsend=mq_send:123 msgrcv=msgrcv:14 " \
    "msgsnd=msgsnd:12 nanosleep=nanosleep:1 pipe2=pipe:1 poll=poll:13 ppoll=ppoll:134 pread=pread:14 read=read:1 recvfrom=recv:1 " \
    "rt_sigaction=sigaction:12 rt_sigprocmask=sigprocmask:12 rt_sigqueueinfo=sigqueue:123 rt_sigsuspend=sigsuspend:1 " \
    "rt_sigtimedwait=sigwaitinfo:1 sendto=send:1235 setsockopt=setsockopt:13 socket=socket:12 socketpair=socketpair:124 " \
    "tgkill=raise:3 unlink=unlink:1 wait4=waitpid:13 writev=write:123", word, " ")
  for (i in word) { split(word[i], part, "="); form[part[1]] = part[2] }
  # calls that are left out
  silent = "^((brk|munmap|mprotect|madvise|arch_prctl|set_tid_address|set_robust_list|rseq|prlimit|access|" \
    "[a-z]*stat(at|x|fs)?|get[a-z]+|umask|lseek|ioctl|clock_gettime|rt_sigreturn|rt_sigpending|restart_syscall|setitimer|" \
    "sysinfo|sched_[a-z]+|uname|exit|prctl|mq_getsetattr|flock|membarrier|fadvise|sigaltstack|readlink)\\(|" \
    "(msg|sem|shm)ctl\\([0-9]+, (IPC_64\\|)?IPC_STAT|kill\\([0-9]+, 0$|fcntl\\([0-9]+, F_(DUP|ADD|GET_|[GS]ETFD|GETFL)|" \
    "rt_sigprocmask\\(([^ ]* NULL|.*(HUP INT QUIT PIPE|~\\[|RTMIN))|setsockopt\\(.*(TIMEO|BUF|CRED|NODELAY))"
  # the files and sockets of the C library
  foreign_file = "^open\\((\"(/etc/|/lib|/usr/|/proc/|/sys/|/root/|\\.\")|.*\\.so)|" \
    "^socket\\(.*(AF_UNIX.*SOCK_STREAM.*SOCK_NONBLOCK|AF_NETLINK)"
  # a wait, and what can end it
  wakes = split("accept connect (read|recv)\\(.*file (close|exit|killed|shutdown) (read|recv)\\( (write|send) " \
    "(write|send)\\( (read|recv)\\( open open sem_wait sem_post futex (futex\\(FUTEX_WAKE|exit|killed|thread) " \
    "msgrcv (msgsnd|msgctl) msgsnd (msgrcv|msgctl) mq_receive mq_send mq_send mq_receive sem(op|timedop) (sem|exit|killed) " \
    "fcntl.*SETLKW (fcntl.*F_UNLCK|close|exit|killed) waitp?id (exit|killed) " \
    "(pause|sig[sw]|nanosleep) (kill\\(|sigqueue) (p?select|p?poll|epoll) (kill|sigq|connect|send|write|close|exit|killed)", wake, " ")
  # what a call of the library really is
  meaning["shm_open"] = "(shm_open: openat of a file in /dev/shm)"
  meaning["sem_open"] = "(sem_open: openat, write, mmap, link, for a file in /dev/shm, here with the value N. A sem_wait or sem_post " \
    "makes a system call, and is shown, only if a process has to sleep or to be woken)"
  meaning["mmap"] = "(mmap: no system call is made, or shown, when the program uses this memory)"
  meaning["fcntl"] = "(F_SETLK: fails at once where F_SETLKW would wait)"
  meaning["msgrcv"] = "(msgrcv: waits if there is no such message)"
  meaning["sem_wait"] = "(sem_wait: futex FUTEX_WAIT, because it has to wait)"
  meaning["sem_post"] = "(sem_post: futex FUTEX_WAKE, because somebody is waiting)"
}

# ---- reading ----

{
  pid = $3 + 0; base = base ? base : int($1) - 100000; stamp = $1 - base; sub(/^[0-9]+ +[0-9.]+ /, "", $3)
  if (!(pid in title)) {
    title[pid] = "child"
    if (part[split($2, part, ".")] == pid) { program[pid] = part[3]; title[pid] = part[3] " (" part[1] ")" }
  }
  if (sub(/^<\.\.\. [a-z0-9_]+ resumed> ?/, "", $3)) {
    e = pending[pid]; raw[e] = raw[e] $3; till[e] = stamp
    exact[e]
    next
  }
  owner[++events] = pid; at[events] = stamp
  if (sub(/<unfinished \.\.\.>$/, "", $3)) pending[pid] = events
  raw[events] = $3
  if ($3 ~ /^rt_sigaction\(SIGXFSZ, \{sa_handler=(0x|SIG_IGN)/ && pid in program && !(pid in begins)) begins[pid] = events
  if ($3 ~ /^rt_sigaction\(SIG(INT|TERM|HUP|QUIT|PIPE), \{sa_handler=0x/ && split($3, part, /[=,]/)) handled[pid, part[3]]++
  if ($3 ~ /^rt_sigaction\(SIGCHLD, \{sa_handler=0x/) wants_child[pid]
}

# The text with blanks in the place of each PATTERN, so that the rest stays where it is.
function mask(text, pattern) {
  while (match(text, pattern)) text = substr(text, 1, RSTART - 1) sprintf("%" RLENGTH "s", "") substr(text, RSTART + RLENGTH)
  return text
}

# Splits the call of event E into its name, arg[1..args], value[e], and how long it lasted.
function split_call(e,    text, i, piece) {
  text = raw[e]
  if (match(text, / <[0-9.]+>$/)) { lasted[e] = substr(text, RSTART + 2) + 0; text = substr(text, 1, RSTART - 1) }
  if (match(mask(text, quoted), /\) += (-1 |\?|0x|[0-9]).*$/)) {
    value[e] = substr(text, RSTART + 1); text = substr(text, 1, RSTART - 1)
    sub(/^ += /, "", value[e])
  }
  name = word_of(text); text = substr(text, length(name) + 2)
  sub(/,? *<unfinished \.\.\.>$/, "", text)
  sub(/(_time64|64)$/, "", name) # 32-bit programs have these
  if (name == "mmap2") name = "mmap"
  if (name ~ /^(open|mkdir|mknod|unlink|rename|link)at2?$/ && sub(/at2?$/, "", name)) gsub(/AT_FDCWD, /, "", text)
  call = name "(" text
  args = split(mask(mask(text, quoted), "[[{(][^][{}()]*[]})]"), piece, ",")
  for (i = 1; i <= 9; i++) {
    arg[i] = substr(text, 1, length(piece[i])); gsub(/^ +| +$/, "", arg[i])
    text = substr(text, length(piece[i]) + 2)
  }
}

# ---- what a call is to the reader ----

# A string of strace, without what differs in each run; binary data become so many bytes.
function text_of(s, size,    t) {
  if (gsub(/\\[0-7]|\\x/, "&", s) > 2) return (size + 0) " bytes"
  sub(/\\0"/, "\"", s)
  sub(/-[0-9a-f]+-[0-9a-f]+"/, "\"", s); sub(/-[0-9a-f]+-[0-9a-f]+\\n"/, "\\n\"", s)
  gsub(/0x[0-9a-f]+/, "0x...", s)
  for (t in title)
    if (s ~ ("[^0-9]" t "[^0-9]")) gsub(t, "NNN", s)
  for (t = 0; t < 10 && port > 0; t++) gsub(port + t, 9876 + t, s) # as the transcripts have them
  return s
}

# What stands in S behind the pattern BEFORE, up to the pattern AFTER.
function between(s, before, after) {
  if (!sub(".*" before, "", s)) return ""
  sub(after ".*", "", s)
  return s
}

function word_of(s) { return substr(s, 1, match(s "(", /[( ]/) - 1) } # the first one, mostly a call
function string_in(s) { return match(s, quoted "(\\.\\.\\.)?") ? substr(s, RSTART, RLENGTH) : s }
function page(address) { return substr(address, 1, length(address) - 3) }
function who(pid) { return pid in program ? program[pid] : pid in title ? title[pid] : pid }
function first_time(what) { return !seen[what]++ }
function show(e, text, outcome) { shown[e] = text; result[e] = outcome }

# An argument, shortened.
function plain(s) {
  if (s ~ /^"/) return text_of(s)
  if (s ~ /^\{sa_family=.*sun_path=/) return text_of(between(s, "sun_path=", "}$"))
  if (s ~ /^\{sa_family=.*htons/)
    return text_of(between(s, "(inet_addr\\(|AF_INET6, )\"", "\"") ":" between(s, "htons\\(", "\\)"))
  if (s ~ /^\{tv_sec=/)
    return between(s, "tv_sec=", ",") + between(s, "tv_[nu]sec=", "}") / (s ~ /nsec/ ? 1e9 : 1e6) " s"
  if (s ~ /^\{l_type=/)
    return substr(s, 9, 7) (s ~ /l_start=0, l_len=0/ ? "" : ", bytes " between(s, "l_start=", ",") "-" \
      (between(s, "l_start=", ",") + between(s, "l_len=", "[,}]") - 1))
  if (s ~ /^0x[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]/) return "0x..."
  gsub(/(\||^)(SOCK|O|MFD|EPOLL|EFD|SFD)_(CLOEXEC|NOFOLLOW)/, "", s); sub(/^\|/, "", s)
  return s == "" ? 0 : s
}

function returned(v) { # the VALUE of strace, as it is shown
  if (v ~ /^\? ERESTART|EINTR/) return "interrupted"
  if (v ~ /^[0-9]+ \((SIG|Timeout)/) return v ~ /Timeout/ ? "0 (timeout)" : between(v, "\\(", "\\)")
  sub(/ \(.*/, "", v)
  return v ~ /^\?/ ? "" : v ~ /^0x/ ? "0x..." : v
}

# The call that was split last, in its form.
function call_text(    s, i, n, text) {
  s = name in form ? form[name] : name ":123456789"
  for (i = index(s, ":") + 1; (n = substr(s, i, 1)) != ""; i++)
    if (n <= args && arg[n] != "") text = text ", " plain(arg[n])
  return substr(s, 1, index(s, ":") - 1) "(" substr(text, 3) ")"
}

# Shows event E, a call of PID, or leaves it out.
function tell_call(e, pid,    fd, r, i, s, kind) {
  split_call(e)
  if (!(e in till)) till[e] = at[e] + lasted[e]
  r = returned(value[e]); fd = arg[1]; kind = substr(name, 1, 3)
  if (name == "execve" && r == 0 && (!(pid in program) || executed[pid]++)) {
    ran[pid] = fd; gsub(/.*\/|"/, "", ran[pid])
    show(e, "execve(" fd ")")
    foreign[pid]
  }
  if (name == "execve" || call ~ silent || (pid in begins && e <= begins[pid])) return

  # descriptors of the C library, and of helpers: what is done with them is left out. known[] has what they are.
  if (name == "mmap") mapped[pid] = page(value[e])
  if (call ~ foreign_file && r ~ /^[0-9]/) known[pid, r] = ""
  if (call ~ foreign_file) return
  if (name ~ /^(open|socket)$/) delete known[pid, r]
  if (name ~ /^(connect|bind)$/ && match(arg[2], /@"\/[A-Za-z]+-/)) {
    s = substr(arg[2], RSTART + 3, RLENGTH - 4)
    s = name == "bind" ? "becomes the " s " of this directory (a socket)" : "looks for " s " (its socket)"
    # (find_role() also tries to bind)
    if ((name == "connect" || (r == 0 && known[pid, fd] != "role")) && first_time(pid s)) show(e, s)
    known[pid, fd] = "role"
    return
  }
  i = name == "mmap" ? arg[5] : fd
  if ((pid, i) in known && name ~ /^(close|p?read|write|fcntl|listen|bind|mmap|ftruncate|fallocate|setsockopt)$/) {
    if (name == "listen" && known[pid, i] == "role") show(e, "announces that all is there (listen)")
    if (name == "mmap") known[pid, mapped[pid]] = known[pid, i]
    if (name == "write") first_value[pid] = substr(arg[2], 3, 1) # of a semaphore: "\\1\\0\\0..."
    if (name == "close") delete known[pid, i]
    return
  }
  if (name ~ /^dup/) known[pid, "copy in " arg[2]] = ""
  if (pid in foreign && (name !~ /^(read|write|close|dup2|wait4|kill|exit_group)$/ || (name == "close" && fd < 3))) return

  if ((kind, fd) in object) arg[1] = object[kind, fd]
  if (name ~ /^(clone3?|v?fork)$/) {
    if (r !~ /^[0-9]/) return
    name = raw[e] ~ /CLONE_THREAD/ ? "pthread_create" : "fork"; args = 0
    r = who(r)
  } else if (name == "exit_group") exits[pid]
  else if (name ~ /nanosleep$/) {
    s = plain(arg[name == "nanosleep" ? 1 : 3]) + 0
    if (s == 0.05) { # wait_to_retry() of deadline.h: of the tries, the first and the last are shown
      for (i = retried[pid]; i > 0 && i < e; i++)
        if (owner[i] == pid) delete shown[i]
      if (first_time(pid "tries")) show(e, "tries again every 50 ms")
      retried[pid] = e + 1
    }
    if (s == 0.05 || s < 0.002) return
  } else if (name == "mmap") {
    if (arg[4] !~ /MAP_SHARED/) return
    arg[2] = arg[2] " bytes"; sub(/^-1$/, "", arg[5])
    if (first_time(name)) note[e] = meaning[name]
  } else if (name == "rt_sigaction") {
    s = between(arg[2], "sa_(handler|sigaction)=", ",")
    if (s == "SIG_DFL" && struck[pid] == fd) dies[pid] # on_ending_signal() of ending.h
    if (pid in dies || arg[2] == "NULL" || fd ~ /SIG(ALRM|CONT|IO|XFSZ)/ || handled[pid, s] > 2) return
    arg[2] = s ~ /^0x/ ? "handler" : s
  } else if (name == "futex") {
    s = known[pid, page(fd)]; i = arg[2] ~ /FUTEX_WAIT/; args = 1
    if (!s && !i && r + 0 == 0) return
    arg[1] = s ? s : i ? "FUTEX_WAIT" : "FUTEX_WAKE"
    if (s) { # a semaphore's
      name = i ? "sem_wait" : "sem_post"
      r = i ? r : 0
      if (first_time(name)) note[e] = meaning[name]
    }
  } else if (name ~ /^(open|link|unlink)$/ && arg[name == "link" ? 2 : 1] ~ /^"\/dev\/shm\//) {
    tell_object(e, pid, r, arg[name == "link" ? 2 : 1])
    return
  } else if (name ~ /^(read|recvfrom|pread|msgrcv|mq_timedreceive)$/) {
    data[e] = r + 0 > 0 ? text_of(string_in(arg[2]), r) : ""
    sub(/^./, name == "pread" ? "at &" : "type &", arg[4])
    if (r == 0 && name ~ /^re/) r = "0 (end of file)"
    if (name == "msgrcv" && arg[5] !~ /IPC_NOWAIT/ && first_time(name)) note[e] = meaning[name]
  } else if (name ~ /^(writev?|sendto|pwrite|msgsnd|mq_timedsend)$/) {
    if (name == "writev") arg[3] = value[e] # musl prints with it
    gsub(/", iov_len=[0-9]+\}, \{iov_base="/, "", arg[2])
    s = text_of(string_in(arg[2]), arg[3])
    arg[2] = (name == "msgsnd" ? "type " between(arg[2], "\\{(mtype=)?", ",") ", " : "") s
    if (name ~ /^writev?$/ && fd ~ /^[12]$/ && !((pid, "copy in " fd) in known)) {
      prints[e]
      r = r ~ /^-/ ? r : ""
    }
    if (e in prints || s ~ / bytes$/) arg[3] = ""
    sub(/^./, "at &", arg[4]); sub(/^NULL$/, "", arg[5])
  } else if (name ~ /^(msg|sem|shm)get$/) {
    arg[1] = "key"
    if (r ~ /^[0-9]/) r = object[kind, r] = kind == "msg" ? "queue" : kind == "sem" ? "semaphores" : "segment"
  } else if (name == "wait4") {
    arg[1] = who(fd); sub(/^0$/, "", arg[3])
    if (r + 0 > 0) { reaped[r] = e; r = who(r) }
    s = between(arg[2], "(EXITSTATUS|TERMSIG)\\(s\\) == ", "[ }]")
    if (s != "") data[e] = (arg[2] ~ /TERMSIG/ ? "killed by " : "status ") s
  } else if (name ~ /kill$|^rt_sigqueueinfo$/) {
    if (name == "tgkill" ? fd != pid : pid in dies && fd == pid) return
    arg[1] = who(fd)
    if (name == "rt_sigqueueinfo") arg[3] = between(arg[3], "si_(int|value=\\{int)=", "[,}]") + 0
  } else if (name == "fcntl" && arg[2] ~ /GETLK/) {
    data[e] = arg[3] ~ /l_type=F_UNLCK/ ? "nobody has it" : "held by " who(between(arg[3], "l_pid=", "[,}]"))
    args = 2
  } else if (name == "fcntl" && arg[2] ~ /SETLK$/) {
    if (first_time(name)) note[e] = meaning[name]
  } else if (name ~ /^p?poll$/) {
    if (name == "poll") arg[3] = arg[3] " ms"
    else if (arg[4] == "NULL") name = "poll"
    if (fd == "NULL") arg[1] = "nothing"
  }
  show(e, call_text(), r)
}

# A call on an object's PATH in /dev/shm. A semaphore is made under another name, and linked.
function tell_object(e, pid, r, path,    kind, whole) {
  kind = path ~ /\/sem\./ ? "sem" : "shm"; whole = path ~ /-.*-/
  sub(/\/dev\/shm\/(sem\.)?/, "/", path); path = text_of(path)
  if (name == "link") known[pid, mapped[pid]] = path
  if (name == "open" && (kind == "sem" || !whole)) known[pid, r] = whole ? path : ""
  if (!whole || (name == "unlink" && r != 0)) return
  if (name == "unlink") show(e, kind "_unlink(" path ")", r)
  else if (kind == "shm") show(e, "shm_open(" path ", " plain(arg[2]) ")", r)
  else show(e, "sem_open(" path (name == "link" ? ", O_CREAT, 0600)" : ")"), r ~ /^-/ ? r : "")
  if ((name == "link" || (name == "open" && kind == "shm")) && first_time(kind)) note[e] = meaning[kind "_open"]
  sub(/value N/, "value " first_value[pid], note[e])
}

function tell_signal(e, pid,    s, from) {
  if (pid in begins && e < begins[pid]) return
  s = between(raw[e], "--- ", " "); from = between(raw[e], "si_pid=", "[,}]")
  if (from == pid && pid in dies) return
  struck[pid] = s; last_signal[pid] = e
  if (raw[e] ~ /stopped by/) show(e, "stopped")
  else if (s !~ /^SIG(CHLD|IO|CONT)$/ || raw[e] ~ /SI_USER/ || (s == "SIGCHLD" && pid in wants_child))
    show(e, s (raw[e] ~ /SI_KERNEL/ ? (s == "SIGALRM" ? ": the time is over" : " from the terminal") : \
      from == pid ? " from itself" : from in title ? " from " who(from) : from > 0 ? " from another process" : ""))
}

function tell_death(e, pid,    s) {
  s = between(raw[e], "\\+\\+\\+ ", " \\+\\+\\+")
  ended[pid] = e
  if (s ~ /killed/ && s ~ struck[pid] "$") fatal[last_signal[pid]] = e
  if (s ~ /killed/ || !(pid in exits)) show(e, role[pid] == "thread" && s !~ /killed/ ? "thread ends" : s)
}

# Gives children and threads their names, in the order in which they were made.
function name_tasks(    e, child) {
  for (e = 1; e <= events; e++) {
    child = raw[e] ~ /^(clone3?|v?fork)\(/ ? between(raw[e], "\\) += ", " ") : ""
    if (!(child in title)) continue
    parent[child] = owner[e]; forked[child] = e; born[e] = child
    root[child] = owner[e] in root ? root[owner[e]] : owner[e]
    role[child] = raw[e] ~ /CLONE_THREAD/ ? "thread" : "child"
    number[child] = ++family[root[child], role[child]]
  }
  for (child in root) title[child] = role[child] (family[root[child], role[child]] > 1 ? " " number[child] : "")
}

# CHILD knows what its parent PID knows.
function inherit(pid, child,    k, part, copy) {
  for (k in known)
    if (split(k, part, SUBSEP) && part[1] == pid) copy[child, part[2]] = known[k]
  for (k in copy) known[k] = copy[k]
}

# ---- waits ----

# Whether event F, of another process, can have ended the wait E.
function can_end(f, e, pattern) {
  return owner[f] != owner[e] && (shown[f] ~ pattern || (f in fatal && pattern ~ /killed/)) && !(f in prints) && \
    (shown[e] !~ /^waitpid/ || value[e] + 0 == owner[f]) && \
    (shown[e] !~ /^sem_wait/ || substr(shown[e], 9) == substr(shown[f], 9))
}

# A wait is a call in which another process (cause[e]), a signal or the time has come while it lasted.
function find_waits(    k, e, i, m, f, pattern, own, early, late, meets) {
  for (k = 1; k <= count; k++) {
    e = order[k]; pattern = ""
    for (i = wakes - 1; i > 0; i -= 2)
      if (shown[e] " = " result[e] ~ "^(" wake[i] ")") pattern = "^(" wake[i + 1] ")" # of two that match, the first
    if (pattern == "" || e in prints) continue
    if (shown[e] ~ /^(write|send)/ && value[e] != "" && till[e] - at[e] < 0.01) continue # it has only been slow
    if (value[e] ~ /^(\? *)?$/ || result[e] == "interrupted") waits[e] = 2 # it has never returned
    if (waits[e]) continue
    own = early = late = meets = 0
    for (m = k + 1; m <= count; m++) {
      f = order[m]
      if (at[f] > till[e] && (own || at[f] > till[e] + 0.02)) break
      if (owner[f] == owner[e]) own = 1
      else if (at[f] <= till[e]) meets = 1
      if (!can_end(f, e, pattern)) continue
      if (shown[f] ~ /^exit/ && early && owner[early] == owner[f] && result[e] ~ /end of file/) continue # it has closed before
      if (at[f] > till[e]) late = late ? late : f
      else if (!early || shown[e] ~ /^fcntl/ || result[e] ~ /end of file/ || \
        (data[e] && index(shown[f], data[e]) && !index(shown[early], data[e]))) early = f
    }
    if (result[e] ~ /timeout/ || (shown[e] ~ /^nanosleep/ && result[e] == 0)) early = late = 0
    # strace has no time of a return, but how long the call lasted, from when its arguments were printed
    if (!early && late && !(e in exact) && lasted[e] > 0.0002) { early = late; till[e] = at[late] + 1e-7 }
    if (early || (meets && till[e] - at[e] > 0.002)) waits[e] = 1
    if (early in fatal) { # strace has seen the end later than the signal: perhaps too late for its place
      early = fatal[early]
      if (at[early] > till[e]) at[early] = till[e] - 1e-7
      for (m = count; order[m] != early; m--) ;
      for (; at[order[m - 1]] > at[early]; m--) order[m] = order[m - 1]
      order[m] = early
    }
    if (early) cause[e] = early
  }
}

# ---- rows ----

# Folds what is repeated in column C: of the same 1 to 12 calls, three times or more, the first ones stay. Reads of a
# stream may bring now more, now less.
function fold(c,    n, k, e, i, p, again, seq, same, alike, stream, most) {
  for (k = 1; k <= count; k++) {
    e = order[k]
    if (column[owner[e]] != c) continue
    seq[++n] = e; same[n] = shown[e] SUBSEP (data[e] ~ /^[0-9]+ bytes$/ ? "" : result[e] SUBSEP data[e])
    if (shown[e] ~ /^(sigqueue|pread|pwrite)\(/) sub(/[0-9]+\)/, ")", same[n])
    alike[n] = same[n]; gsub(/(child|thread) [0-9]+/, "child", alike[n])
  }
  for (k = 1; k <= n; k++)
    for (p = 1; p <= 12; p++) {
      for (i = k; i + p <= n && (p == 1 ? same[i] == same[i + 1] : alike[i] == alike[i + p]); i++) ;
      again = int((i - k) / p); e = seq[k]; stream = data[e] ~ /^[0-9]+ bytes$/
      if (again < 2 - stream || shown[e] !~ /\(/) continue
      most = result[e]
      for (i = k + p; i < k + p + again * p; i++) {
        folded[seq[i]]
        if (p == 1 && result[seq[i]] + 0 > most + 0) most = result[seq[i]]
        if (p == 1 && result[seq[i]] + 0 < result[e] + 0) result[e] = result[seq[i]]
      }
      if (p > 1) note[seq[k + p - 1]] = "(these " p " calls " commas(again) " times more)"
      else times[e] = again + 1
      if (p == 1 && stream && most + 0 > result[e] + 0) { data[e] = "bytes"; result[e] = result[e] " to " most }
      k += p + again * p - 1
      break
    }
}

function commas(n,    s) {
  for (; n >= 1000; n = int(n / 1000)) s = sprintf(",%03d", n % 1000) s
  return n s
}

# The text of event E where it begins, where it ends, or of the whole.
function row_text(e, what,    s, late) {
  s = shown[e]; late = word_of(s) ~ /wait|fcntl/
  if (what == "begin") return substr(s, 1, length(s) - 1) " ..."
  if (what == "end") s = "... " word_of(s)
  if (result[e] == "interrupted") return s ": interrupted"
  if (what == "whole" && data[e] && !late) s = substr(s, 1, length(s) - 1) ", " data[e] ")"
  s = s (result[e] "" != "" ? " = " result[e] : "")
  if (data[e] && data[e] !~ /bytes$/ && (what == "end" || late)) s = s ", " data[e]
  if (times[e] > 1) s = s ", " commas(times[e]) " times"
  if (what == "end" && e in cause) s = s "  <- " (columns > 2 ? who(owner[cause[e]]) ": " : "") word_of(shown[cause[e]])
  return s
}

# Prints TEXT in column C. Too long a string is cut; what is too long then takes more lines.
function put(c, text,    room, i, k, head, cell, indent) {
  room = columns == 1 ? 100 : width - 2
  while (length(text) > room && match(text, quoted) && RLENGTH > (room < 40 ? 12 : 20)) {
    head = substr(text, 1, RSTART + RLENGTH - 2); text = substr(text, RSTART + RLENGTH)
    sub(/\\?.$/, "", head)
    text = head "\"" (text ~ /^\.\.\./ ? "" : "...") text
  }
  gsub(/ = /, " =\001", text)
  for (; text != ""; indent = "    ") {
    for (i = room - length(indent); i > 0 && i < length(text) && substr(text, i, 1) !~ /[ ,]/; i--) ;
    if (i == 0) i = room - length(indent)
    for (k = 1; k <= columns; k++) cell[k] = k in asleep ? ":" : ""
    cell[c] = indent substr(text, 1, i); gsub(/\001/, " ", cell[c])
    print_line(cell)
    text = substr(text, i + 1); sub(/^ +/, "", text)
  }
}

function print_line(cell,    k, line) {
  for (k = 1; k <= columns; k++) {
    sub(/ +$/, "", cell[k])
    line = line (colour && cell[k] != "" ? "\033[3" substr("6325", (k - 1) % 4 + 1, 1) "m" cell[k] "\033[0m" : cell[k])
    line = line sprintf("%" (width - length(cell[k])) "s", "")
  }
  sub(/ +$/, "", line)
  print line
}

# Gives process PID a column, unless it has one: that of an elder sibling for which the parent had waited before, or of
# an earlier start of the program in the same terminal.
function give_column(pid,    kin, old, before, name) {
  if (pid in column || !(pid in first)) return
  kin = pid in parent ? parent[pid] : title[pid]; old = elder[kin]; name = title[pid] (pid in ran ? ": " ran[pid] : "")
  elder[kin] = pid; column[pid] = 0
  before = pid in parent ? old in reaped && reaped[old] < forked[pid] : old in ended && ended[old] < first[pid]
  if (column[old] && before) {
    column[pid] = column[old]
    heads[first[pid]] = "-- " name
  } else if (only != "" && index("," only ",", "," who(pid) ",") + index("," only ",", "," ran[pid] ",") == 0) return
  else if (columns == 4 && only == "") left_out = left_out ", " title[pid]
  else { column[pid] = ++columns; heading[columns] = name }
}

# The call that sleeps and ends first, before the time LIMIT; one in column C in any case.
function next_end(limit, c,    k, e) {
  for (k in asleep)
    if (waits[asleep[k]] == 1 && (till[asleep[k]] < limit || k == c) && (!e || till[asleep[k]] < till[e])) e = asleep[k]
  return e
}

# Draws the ends of calls up to the time LIMIT, and in column C.
function wake_up(limit, c,    e) {
  while (e = next_end(limit, c)) {
    delete asleep[column[owner[e]]]
    put(column[owner[e]], row_text(e, "end"))
  }
}

END {
  name_tasks()
  for (e = 1; e <= events; e++) {
    pid = owner[e]
    if (e in born) inherit(pid, born[e])
    if (raw[e] ~ /^---/) tell_signal(e, pid)
    else if (raw[e] ~ /^\+\+\+/) tell_death(e, pid)
    else tell_call(e, pid)
    if (all && shown[e] == "") show(e, raw[e])
  }
  for (e = 1; e <= events; e++)
    if (shown[e] != "") {
      order[++count] = e
      if (!(owner[e] in first)) first[owner[e]] = e
    }
  find_waits()
  for (e = 1; e <= events; e++) { # in the order in which they were made
    if (shown[e] != "") give_column(owner[e])
    if (e in born) give_column(born[e])
  }
  if (columns == 0) { print "trace: nothing was recorded" > "/dev/stderr"; exit 1 }
  width = int(100 / columns)
  print_line(heading)
  for (c = 1; c <= columns; c++) fold(c)
  for (k = 1; k <= count; k++)
    if (column[owner[order[k]]] && !(order[k] in folded)) row[++rows] = order[k]
  for (r = 1; r <= rows; r++) {
    e = row[r]; c = column[owner[e]]
    wake_up(at[e], c)
    if (e in heads) put(c, heads[e])
    # it has slept if something has come before its end
    sleeps = waits[e] == 2 || (waits[e] && (next_end(till[e]) || (r < rows && at[row[r + 1]] <= till[e])))
    text = row_text(e, sleeps ? "begin" : "whole")
    if (c in asleep && shown[e] ~ /^(killed|exited|SIG)/) text = text ", in " word_of(shown[asleep[c]])
    delete asleep[c]
    put(c, text)
    if (sleeps) asleep[c] = e
    if (e in note) put(c, note[e])
  }
  wake_up(1e9)
  for (c = 1; c <= columns; c++)
    if (c in asleep) put(c, "(" word_of(shown[asleep[c]]) " has not returned)")
  if (left_out) print "(not shown: " substr(left_out, 3) "; ONLY=name,name shows others)"
}
