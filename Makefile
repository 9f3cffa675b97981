# Two Terminals: builds the programs in place, runs the tests, plays the demos.
# GNU make. CC, CFLAGS and LDFLAGS are honoured: make CC=clang CFLAGS='-O1 -g'

# .gitattributes prevents a checkout with the line ends of Windows. Where one comes all the same:
ifneq (,$(findstring $(shell printf '\r'),$(file <tests/run)))
$(error the line ends are those of Windows (CRLF); to mend: git ls-files -z | xargs -0 sed -i 's/\r$$//')
endif

# Messages are in English. (what else a user's environment may bring: tests/environment.sh)
export LC_ALL := C

MECHANISMS := pipes signals shared-files shared-memory message-queues sockets
# (mine.c is what a student makes of a program, in the lessons' exercises)
PROGRAMS := $(patsubst %.c,%,$(filter-out %/mine.c,$(wildcard $(MECHANISMS:%=%/*.c))))
EXERCISES := $(patsubst %.c,%,$(wildcard $(MECHANISMS:%=%/exercises/*.c)))
PRELOAD := tests/preload.so
TOOLS := $(patsubst %.c,%,$(filter-out $(PRELOAD:.so=.c),$(wildcard tests/*.c)))
SLOW := tests/exercises/slow.o
HEADERS := $(wildcard include/*.h)

CC ?= cc
CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wvla
LDLIBS := -lrt -lpthread

.DEFAULT_GOAL := all
.PHONY: all help doctor test check test-more test-faults demo bench bench-full bench-plot clean clean-ipc
.PHONY: exercises exercise judge-built hint
.PHONY: tools $(MECHANISMS) $(MECHANISMS:%=demo-%) $(MECHANISMS:%=trace-%) $(MECHANISMS:%=bench-%)
.SECONDEXPANSION:

all: $(PROGRAMS) ## build all programs, in place

$(MECHANISMS): $$(filter $$@/%,$(PROGRAMS)) ## build the programs of one directory (make pipes)

tools: $(TOOLS) $(SLOW) ## build what the tests need

# Every program is one file and our headers. What it was built with is remembered, so that
# another compiler or other flags build it anew.
$(PROGRAMS) $(TOOLS) $(EXERCISES): %: %.c $(HEADERS) .built-with
	$(CC) $(CPPFLAGS) $(WARNINGS) $(CFLAGS) -Iinclude -o $@ $< $(LDFLAGS) $(LDLIBS)

$(PRELOAD): %.so: %.c .built-with
	$(CC) $(CPPFLAGS) $(WARNINGS) $(CFLAGS) -shared -fPIC -o $@ $< $(LDFLAGS) -ldl

# (as students' programs are built: without sanitizers)
$(SLOW): %.o: %.c .built-with
	$(CC) $(CPPFLAGS) $(filter-out -fsanitize% -fno-sanitize% -O% -g% -W%,$(CFLAGS)) -O1 -c -o $@ $<

BUILT_WITH := $(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS)
ifneq ($(strip $(file <.built-with)),$(strip $(BUILT_WITH)))
.PHONY: .built-with
endif
.built-with:
	$(file >$@,$(BUILT_WITH))

test: all tools ## run all tests (TESTS='transcripts/pipes' for some, JOBS=1 for one at a time)
	@tests/run $(TESTS)

check: test ## the same

test-more: all tools ## what takes longer: crowds, random kills, other users, valgrind, fuzzing
	@SUITE=more tests/run $(TESTS)

test-faults: all tools $(PRELOAD) ## make every system call fail, kill at every step (PROGRAM=server for one)
	@tests/faults $(PROGRAM)

demo: all tools ## play the guide's transcripts, both ends in this terminal
	@tests/demo

$(MECHANISMS:%=demo-%): demo-%: % tools ## play a lecture, step by step, in panes of tmux (make demo-pipes; LECTURE=7, ALL=1)
	@tests/demo $*

$(MECHANISMS:%=trace-%): trace-%: % tools ## a session's system calls, a column for each process (SESSION=3, or a program's name)
	@tests/trace $* $(SESSION)

try-%: all tools ## play the sessions of an exercise with your own mine.c (make try-pipes-5)
	@tests/try $*

exercises: ## list the exercises, and show which of them you have solved
	@tests/exercise list

# A verdict that is not "solved" is no failure of make, whose "Error 1" under the verdict would only confuse a student.
# A script calls tests/exercise, which then exits with status 1. What cannot be judged does make these targets fail.
exercise: judge-built ## judge the next exercise that you have not solved
	@tests/exercise next || [ $$? -eq 1 ]

exercise-%: judge-built ## judge your DIRECTORY/exercises/DIRECTORY-N.c (make exercise-pipes-1)
	@tests/exercise judge '$*' || [ $$? -eq 1 ]

judge-built:
	@[ -x tests/cage ] || echo 'Building what judges the exercises, once ...'
	@$(MAKE) -s --no-print-directory tools

hint: ## print a hint for the next exercise, one more each time
	@tests/exercise hint

hint-%: ## print a hint for an exercise, one more each time (make hint-pipes-1)
	@tests/exercise hint '$*'

reset-%: ## restore the original of an exercise; your version is saved (make reset-pipes-1)
	@tests/exercise reset '$*'

bench: all ## measure how fast each mechanism is: half a minute (BENCH_CSV=FILE keeps the raw figures)
	@tests/bench

bench-full: all tools ## the same with more sizes, and the servers under crowds: three minutes
	@tests/bench full

$(MECHANISMS:%=bench-%): bench-%: % ## measure the mechanisms of one directory (make bench-pipes)
	@tests/bench $*

bench-plot: all tools ## draw the figures of BENCH_CSV, or of a new full run: .bench/*.svg
	@tests/benchPlot

clean: ## remove what make has built
	rm -rf $(PROGRAMS) $(TOOLS) $(EXERCISES) $(PRELOAD) $(SLOW) .built-with .doctor.*

clean-ipc: tools ## remove what our programs have left behind, yours and of this tree only
	@tests/leftovers -r $(MECHANISMS) $(wildcard $(MECHANISMS:%=%/exercises))

# It builds its tools itself, because it is of use above all where that fails. Where a shell can open too few
# files to read a script, these lines have to say so.
doctor: ## what this machine allows, and what to do where it falls short
	@[ "$$(ulimit -n)" = unlimited ] || [ "$$(ulimit -n)" -ge 20 ] || { \
	  echo 'BAD   open files       fewer than 20 are allowed: no script can run'; \
	  echo '      -> ulimit -n 1024'; exit 1; }
	@CC='$(CC)' CPPFLAGS='$(CPPFLAGS)' CFLAGS='$(CFLAGS)' LDFLAGS='$(LDFLAGS)' MAKE='$(MAKE)' \
	  sh tests/doctor

help: ## show this list
	@awk -F ' ## ' '/^[^#\t].* ## / { sub(/: .*|:$$/, "", $$1); \
	  sub(/.*=demo-.*/, "demo-DIRECTORY", $$1); sub(/.*=bench-.*/, "bench-DIRECTORY", $$1); \
	  sub(/.*=trace-.*/, "trace-DIRECTORY", $$1); \
	  sub(/-%$$/, "-DIRECTORY-N", $$1); sub(/^[$$].*/, "DIRECTORY", $$1); \
	  printf "  make %-21s %s\n", $$1, $$2 }' Makefile
	@echo 'DIRECTORY is one of: $(MECHANISMS)'
