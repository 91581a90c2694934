# How the suites are built and run. `make check` is the only gate.
unit_sources	:= $(wildcard tests/unit/*/*.c)
db_sources	:= $(wildcard tests/db/*.c)
test_flags	:= -Itests $(filter-out -Wmissing-prototypes -Wmissing-declarations -Wframe-larger-than=4096,$(warnings)) $(call pkg,--cflags) \
		   $(shell pkg-config --cflags check 2>/dev/null)
test_libs	:= $(LDLIBS) $(shell pkg-config --libs check 2>/dev/null)

define test_program
$(B)/tests/$(1)_suites.c: $($(1)_sources) tests/suites.sh
	@mkdir -p $$(@D); tests/suites.sh $($(1)_sources) > $$@
$(B)/tests/run_$(1): $($(1)_sources:%.c=$(B)/%.o) $(B)/tests/$(1)_suites.o $(B)/tests/runner.o $(testable)
	@echo "  link   $$@"
	@$(CC) $(filter-out -Wl$(comma)--dynamic-list=%,$(LDFLAGS)) -o $$@ $$^ $(test_libs)
endef
$(eval $(call test_program,unit))
$(eval $(call test_program,db))

$(B)/tests/%.o: tests/%.c
	@mkdir -p $(@D); echo "  cc     $<"
	@$(CC) $(CPPFLAGS) $(codegen) $(test_flags) -MMD -MP -c -o $@ $<
$(B)/tests/%_suites.o: $(B)/tests/%_suites.c
	@$(CC) $(CPPFLAGS) $(codegen) $(test_flags) -c -o $@ $<

# Fuzzing (clang, FUZZ=1): a program a harness; the linker takes out of the archive what the parser needs.
fuzz_programs	:= $(patsubst tests/fuzz/%.c,$(B)/tests/%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_SECONDS	?= 3600
.PHONY: fuzz-programs
fuzz-programs: $(fuzz_programs)
$(B)/tests/parsers.a: $(testable)
	@rm -f $@ && ar rcs $@ $^
$(fuzz_programs): $(B)/tests/%: $(B)/tests/fuzz/%.o $(B)/tests/parsers.a
	@echo "  link   $@"
	@$(CC) $(filter-out -Wl$(comma)--dynamic-list=%,$(LDFLAGS)) -fsanitize=fuzzer -o $@ $^ $(LDLIBS)

# The C compiler, libcheck, Chromium, npm; then Node and the relying parties from the lock file.
tests/node_modules/.installed: tests/package-lock.json
	@echo "  npm    tests/package-lock.json"
	@cd tests && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error && mkdir -p node_modules/.bin && \
	    ln -sf ../$$(cd node_modules && ls -d node-linux-*)/bin/node node_modules/.bin/node && touch node_modules/.installed

.PHONY: check unit db http clients house sanitizers fuzz bench lint
check:					## install what is missing, run every suite
	@$(MAKE) --no-print-directory -j2 all
	@$(MAKE) --no-print-directory -j2 $(B)/tests/run_unit $(B)/tests/run_db tests/node_modules/.installed
	@$(MAKE) --no-print-directory -j2 SANITIZE=1 all build/sanitize/tests/run_unit
	@$(MAKE) --no-print-directory -j2 FUZZ=1 fuzz-programs
	@tests/check.sh unit db http clients house sanitizers fuzz
unit db house: 	## one suite (T=word: only what matches)
	@$(MAKE) --no-print-directory -j2 all $(B)/tests/run_unit $(B)/tests/run_db
	@tests/check.sh $@
http clients: tests/node_modules/.installed	## one suite over the real binary
	@$(MAKE) --no-print-directory -j2 all
	@tests/check.sh $@
sanitizers: tests/node_modules/.installed	## unit and http under ASan and UBSan
	@$(MAKE) --no-print-directory -j2 SANITIZE=1 all build/sanitize/tests/run_unit
	@tests/check.sh $@
fuzz:				## fuzz every parser for FUZZ_SECONDS (3600) each
	@$(MAKE) --no-print-directory -j2 FUZZ=1 fuzz-programs
	@FUZZ_SECONDS=$(FUZZ_SECONDS) tests/check.sh $@
lint: 				## clang-format, clang-tidy, cppcheck, gcc -fanalyzer
	@tests/house/lint.sh
bench: all				## measure, each figure beside its limit
	@conf/install-packages.sh bench
	@tests/bench/run.sh

# What `make bench` measures against: the same Kore with handlers that only answer, and Argon2id alone.
$(B)/tests/bench_bare: $(B)/tests/bench/bare.o $(filter $(B)/src/base/% $(B)/src/jose/%,$(testable)) $(kore_objects) tests/bench/bare.list
	@echo "  link   $@"
	@$(CC) $(LDFLAGS:src/hooks.list=tests/bench/bare.list) -o $@ $(filter %.o,$^) $(LDLIBS)
$(B)/tests/bench_argon2: $(B)/tests/bench/argon2.o $(filter $(B)/src/base/% $(B)/src/async/% $(B)/src/people/argon2id.o $(B)/src/people/phc.o,$(testable))
	@echo "  link   $@"
	@$(CC) $(filter-out -Wl$(comma)--dynamic-list=%,$(LDFLAGS)) -o $@ $^ $(LDLIBS)
