# runs.sh: a short run of each program with its other end. POSIX sh, for the groups of tests.
# shellcheck shell=sh

# The transcript of a run of PROGRAM with its other end, which is short, and has to work. The guide's
# programs have theirs under the name of the directory: short_run DIRECTORY PROGRAM
short_run() {
  case $2 in
    transfer | audit) cat <<'EOF' && return ;;
4$ ./transfer -n 10
10 transfers done
5$ ./audit -n 1
...
EOF
    lockKinds) cat <<'EOF' && return ;;
4$ ./lockKinds | wc -l
8
EOF
    publish | subscribe) cat <<'EOF' && return ;;
4$ ./publish -n 1 -s 0
version NNN published
5$ ./subscribe -n 1
version NNN: whole
1 seen, 0 of them halves
EOF
    ringWriter | ringReader) cat <<'EOF' && return ;;
4$ echo text | ./ringWriter
5$ ./ringReader
...
text
EOF
    holder | survivor) cat <<'EOF' && return ;;
4$ ./holder -s 0
holder has the lock: left 60, right 50
holder has given it back: left 60, right 40
4$ ./holder -s 60
holder has the lock: left 60, right 50
4^K
5$ ./survivor
the holder died with the lock: left 60, right 50
mended: left 50, right 50
EOF
    tally) cat <<'EOF' && return ;;
4$ ./tally -n 10
...
EOF
    pipeline) cat <<'EOF' && return ;;
4$ ./pipeline 'echo text' 'cat' 2>/dev/null
text
EOF
    interleave) cat <<'EOF' && return ;;
4$ ./interleave -n 10
4 writers, 40 records of 4096 bytes: 0 torn
EOF
    zombie) cat <<'EOF' && return ;;
4$ ./zombie | head -n 1
not waited for:   Z, a zombie
EOF
    mqSender | mqReceiver | mqNotify) cat <<EOF && return ;;
4\$ "\$TOOLS"/leftovers -r . >removed; ./mqSender | tail -n 1
msg6 sent with priority 3
5\$ ./$(echo "$2" | sed s/Sender/Receiver/) | tail -n 1
msg2 received with priority 1
EOF
    sigReceiver | sigSender) cat <<'EOF' && return ;;
4$ ./sigReceiver
5$ ./sigSender -n 10 | wc -l
...
1
4| 10 numbers, all in order
EOF
    localServer | localClient) cat <<'EOF' && return ;;
4$ ./localServer
Listening on ./echo.socket for clients...
5$ ./localClient ./echo.socket Emma
Connect to server, about to write some stuff...
Emma
Client done, about to exit...
4| localServer: the client is process NNN of user NNN
4| Emma
4^C
EOF
    poolServer | threadServer | eventServer) cat <<EOF && return ;;
4\$ ./$2
...
Listening on port 9876 for clients...
5\$ ./client 127.0.0.1 Emma
Connect to server, about to write some stuff...
Emma
Client done, about to exit...
4| Emma
4^C
4| ...
EOF
    dgramServer | dgramClient) cat <<'EOF' && return ;;
4$ ./dgramServer
Listening on port 9876 for datagrams...
5$ ./dgramClient 127.0.0.1 Emma
Emma
1 title, 0 sent again
4| Emma
4^C
EOF
    fdSender | fdReceiver) cat <<'EOF' && return ;;
4$ ./fdSender 2>/dev/null
5$ ./fdReceiver
...
No path leads to this file, but it can be read
EOF
    taskServer | taskClient) cat <<'EOF' && return ;;
4$ ./taskServer
taskServer: room for 16 messages in queue NNN
5$ ./taskClient -n 1 7
7 squared is 49
4| 7 squared, for process NNN
4^C
EOF
    master) cat <<'EOF' && return ;;
4$ ./master -s 0.1
...
the master is process NNN
4^C
...
all workers have ended
EOF
    alive) cat <<'EOF' && return ;;
4$ ./alive $$
NNN: lives
EOF
    lostWakeup) cat <<'EOF' && return ;;
4$ ./lostWakeup -n 10
10 signals, 0 wake-ups lost
EOF
    bench*) cat <<EOF && return ;;
4\$ ./$2 -s 0.01 >measured && echo measured
measured
EOF
    waitFlag) cat <<'EOF' && return ;;
4$ ./waitFlag -n 100
100 answers, 0 wake-ups missed
EOF
    coprocess) cat <<'EOF' && return ;;
4$ echo text | ./coprocess
TEXT
EOF
  esac
  case $1 in
    shared-files) cat <<'EOF' ;;
4$ ./producer
Process NNN has written to data file...
5$ ./consumer
Now is the winter of our discontent
Made glorious summer by this sun of York
EOF
    shared-memory) cat <<'EOF' ;;
4$ ./memwriter
shared mem address: 0xNNN [0..511]
backing file:      /dev/shm/shMemEx-NNN-NNN
5$ ./memreader
This is the way the world ends...
EOF
    pipes) cat <<'EOF' ;;
4$ ./fifoWriter -n 10 -d 0
5$ ./fifoReader -n 10
Received ints: 640, primes: NNN
4| 640 ints sent to the pipe.
4$ ./pipeUN
Nature's first green is gold
EOF
    message-queues) cat <<'EOF' ;;
4$ ./sender
...
msg6 sent as type 3
5$ ./receiver >/dev/null
...
5$ "$TOOLS"/leftovers -r .
...
EOF
    sockets) cat <<'EOF' ;;
4$ ./server
Listening on port 9876 for clients...
5$ ./client
...
Client done, about to exit...
4| War and Peace
4| Pride and Prejudice
4| The Sound and the Fury
4^C
EOF
    signals) cat <<'EOF' ;;
4$ ./shutdown -s 0
...
My child terminated, about to exit myself...
EOF
  esac
}
