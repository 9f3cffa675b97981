# runs.sh: has a short run of each program with its other end. POSIX sh; used by the groups of tests.
# shellcheck shell=sh

# Prints the transcript of a short run of PROGRAM with its other end, which must work: short_run PROGRAM
# (Program names are unique in all directories.)
short_run() {
  short_runs | awk -v program="$1" '
    BEGIN { name = program ~ /^bench/ ? "bench" : program }
    /^[^ ]/ {
      names = $0
      sub(/:.*/, "", names)
      inside = index(" " names " ", " " name " ")
      found = found || inside
      sub(/^[^:]*: /, "")
    }
    inside {
      sub(/^ +/, "")
      gsub(/ \/ /, "\n")
      gsub(/PROGRAM/, program)
      print
    }
    END { if (!found) print "there is no short run of " program }'
}

# "PROGRAM...: TRANSCRIPT"; lines of the transcript that share one line are separated by " / ".
short_runs() {
  cat <<'EOF'
producer consumer: 4$ ./producer / Process NNN has written to data file...
  5$ ./consumer / Now is the winter of our discontent / Made glorious summer by this sun of York
transfer audit: 4$ ./transfer -n 10 / 10 transfers done / 5$ ./audit -n 1 / ...
lockKinds: 4$ ./lockKinds | wc -l / 8
publish subscribe: 4$ ./publish -n 1 -s 0 / version NNN published
  5$ ./subscribe -n 1 / version NNN: complete / 1 version seen, 0 incomplete
memwriter memreader: 4$ ./memwriter / shared mem address: 0xNNN [0..511] / backing file:      /dev/shm/shMemEx-NNN-NNN
  5$ ./memreader / This is the way the world ends...
ringWriter ringReader: 4$ echo text | ./ringWriter / 5$ ./ringReader / ... / text
monitorPut monitorTake: 4$ ./monitorPut -n 100 / 5$ ./monitorTake 2>/dev/null | tail -n 1
  in all: 100 put, 100 taken, the sums are equal / 4| 100 numbers put, their sum is 5050
holder survivor: 4$ ./holder -s 0 / holder has the lock: left 60, right 50
  holder has released it: left 60, right 40
  4$ ./holder -s 60 / holder has the lock: left 60, right 50 / 4^K
  5$ ./survivor / the holder died with the lock: left 60, right 50 / repaired: left 50, right 50
svWriter svReader: 4$ ./svWriter / shared mem address: 0xNNN [0..511] / segment NNN, semaphores NNN: see ipcs -m -s
  5$ ./svReader / This is the way the world ends...
semUndo: 4$ ./semUndo -s 0 / process NNN has the semaphore / process NNN has released it
tally: 4$ ./tally -n 10 / ...
sealSender sealReceiver: 4$ ./sealSender 2>/dev/null / 5$ ./sealReceiver / ... / 0 changes in between
waitFlag: 4$ ./waitFlag -n 100 / 100 answers, 0 wake-ups missed
forkShare: 4$ ./forkShare | tail -n 1 / parent:    shared 0xNNN: 2, private 0xNNN: 1, *pointer: 1
fifoWriter fifoReader: 4$ ./fifoWriter -n 10 -d 0 / 5$ ./fifoReader -n 10 / Received ints: 640, primes: NNN
  4| 640 ints sent to the pipe.
forkExec: 4$ ./forkExec echo text | tail -n 2 / text / parent: number 1; child NNN has ended: exit status 0
pipeUN: 4$ ./pipeUN / Nature's first green is gold
pipeline: 4$ ./pipeline 'echo text' 'cat' 2>/dev/null / text
interleave: 4$ ./interleave -n 10 / 4 writers, 40 records of 4096 bytes: 0 torn
zombie: 4$ ./zombie | head -n 1 / not waited for:   Z, a zombie
coprocess: 4$ echo text | ./coprocess / TEXT
sender receiver: 4$ ./sender / ... / msg6 sent as type 3 / 5$ ./receiver >/dev/null / ...
  5$ "$TOOLS"/leftovers -r . / ...
mqSender mqReceiver: 4$ "$TOOLS"/leftovers -r . >removed; ./mqSender | tail -n 1 / msg6 sent with priority 3
  5$ ./mqReceiver | tail -n 1 / msg2 received with priority 1
mqNotify: 4$ "$TOOLS"/leftovers -r . >removed; ./mqSender | tail -n 1 / msg6 sent with priority 3
  5$ ./mqNotify | tail -n 1 / msg2 received with priority 1
taskServer taskClient: 4$ ./taskServer / taskServer: room for 16 messages in queue NNN
  5$ ./taskClient -n 1 7 / 7 squared is 49 / 4| 7 squared, for process NNN / 4^C
server client: 4$ ./server / Listening on port 9876 for clients...
  5$ ./client / ... / Client done, about to exit...
  4| War and Peace / 4| Pride and Prejudice / 4| The Sound and the Fury / 4^C
localServer localClient: 4$ ./localServer / Listening on ./echo.socket for clients...
  5$ ./localClient ./echo.socket Emma / Connect to server, about to write some stuff... / Emma
  Client done, about to exit... / 4| localServer: the client is process NNN of user NNN / 4| Emma / 4^C
poolServer threadServer pollServer eventServer: 4$ ./PROGRAM / ... / Listening on port 9876 for clients...
  5$ ./client 127.0.0.1 Emma / Connect to server, about to write some stuff... / Emma / Client done, about to exit...
  4| Emma / 4^C / 4| ...
dgramServer dgramClient: 4$ ./dgramServer / Listening on port 9876 for datagrams...
  5$ ./dgramClient 127.0.0.1 Emma / Emma / 1 title, 0 sent again / 4| Emma / 4^C
fdSender fdReceiver: 4$ ./fdSender 2>/dev/null / 5$ ./fdReceiver / ... / The file has no name, but it can still be read
credReceiver credSender: 4$ ./credReceiver / Listening as @/credReceiver-NNN-NNN for datagrams...
  5$ ./credSender / 4| process NNN of user NNN, group NNN: I am user NNN / 4^C
socketPair: 4$ ./socketPair | tail -n 1 / child: 7 guesses
sigReceiver sigSender: 4$ ./sigReceiver / 5$ ./sigSender -n 10 | wc -l / ... / 1 / 4| 10 numbers, all in order
master: 4$ ./master -s 0.1 / ... / the master is process NNN / 4^C / ... / all workers have ended
alive: 4$ ./alive $$ / NNN: is alive
restart: 4$ ./restart | tail -n 1 / poll  yes         fails with EINTR
dispositions: 4$ ./dispositions | tail -n 1 / exec:   caught none, ignored USR2, blocked ALRM, pending ALRM
eventLoop: 4$ ./eventLoop -n 1 -s 0 | sed 1q / eventfd:  ring 1
lostWakeup: 4$ ./lostWakeup -n 10 / 10 signals, 0 wake-ups lost
shutdown: 4$ ./shutdown -s 0 / ... / My child terminated, about to exit myself...
bench: 4$ ./PROGRAM -s 0.01 >measured && echo measured / measured
EOF
}
