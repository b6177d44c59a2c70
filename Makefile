# The front door for people who clone. Variables that matter: KERN_RELEASE, KERN_HEADERS, KERN_BLD_PATH,
# KERN_SRC_PATH, VERSION or RELEASE_TAG, CLANG, LLC, LLVM_STRIP, LLVM_OBJCOPY; V=1 shows commands.

Q := $(if $(filter 1,$(V)),,@)
OUT_DIR ?= dist

export KERN_RELEASE KERN_HEADERS KERN_BLD_PATH KERN_SRC_PATH VERSION RELEASE_TAG
export CLANG LLC LLVM_STRIP LLVM_OBJCOPY
# What make is given in the environment or as an argument goes on to the programs; one that is set to nothing
# would not be passed over by dpkg-deb and others: SOURCE_DATE_EPOCH is not named here.
export OUT_DIR RELEASE_KEY
export DOCKER_HOST DOCKER_TLS_VERIFY DOCKER_CERT_PATH DOCKER_BASE DOCKER_NETWORK

SOURCES := $(shell find runtime/src builder/src ci/vm/src ci/docker/src ci/matrix/src ci/detection/src ci/events/src ci/release/src ci/catalogue/src test/e2e bench/src images/src -name '*.ts' 2>/dev/null)
BUILDER := node builder/dist/cli/entry.js

.DEFAULT_GOAL := help
.PHONY: help demo test images image-slim attacks test-unit test-e2e test-vm test-kernels test-builder test-detection test-noise test-events detection-table selftest syscall-numbers value-names bpf bpf-portable build lint bench bench-vm release clean

help: ## show this
	$(Q)awk 'BEGIN { FS = ":.*## " } /^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: ## set up what is missing, build the object for this kernel, and show a detection
	$(Q)sh ci/demo.sh

test: ## set up what is missing and run all checks and tests, kernel VMs included
	$(Q)sh ci/test.sh

build: .built ## compile the TypeScript

.built: node_modules/.installed $(SOURCES) package.json tsconfig.base.json
	@echo "  TSC"
	$(Q)npx --no-install tsc -b
	$(Q)touch $@

node_modules/.installed: package-lock.json
	@echo "  NPM      ci"
	$(Q)npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	$(Q)touch $@

bpf: .built ## build the object for KERN_RELEASE (default: the running kernel) into dist/; DOCKER=1, FETCH=1, REUSE=1: docs/building.md
	$(Q)$(BUILDER) $(if $(filter 1,$(REUSE)),ensure,build) --output $(OUT_DIR) $(if $(filter 1,$(DOCKER)),--docker) $(if $(filter 1,$(FETCH)),--fetch)

bpf-portable: .built ## build the portable (CO-RE) object that ships with the runtime
	$(Q)$(BUILDER) ensure --portable --output runtime/portable

images: image-slim ## build both images, tracee:latest and tracee:slim; see docs/images.md
	$(Q)sh images/build.sh full

image-slim: bpf-portable selftest ## build the image without a compiler, tracee:slim
	$(Q)node images/dist/context.js
	$(Q)sh images/build.sh slim

lint: .built ## formatting, lint, unused code, generated files, dependency arrows
	$(Q)npx --no-install prettier --check --log-level=warn .
	$(Q)npx --no-install oxlint --type-aware --deny-warnings
	$(Q)npx --no-install tsc -p tsconfig.tests.json
	$(Q)npx --no-install knip --no-progress
	$(Q)node runtime/dist/events/generate-header.js --check

attacks: ## compile the test programs (attacks, benign, storms, acts) into dist/attacks
	$(Q)for source in test/attacks/*.c test/benign/*.c test/storms/*.c test/acts/*.c; do sh test/attacks/build.sh "$$source" >/dev/null || exit; done

syscall-numbers: .built ## write the numbers of system calls into the catalogue, from the newest kernel's headers
	$(Q)node ci/catalogue/dist/cli.js numbers

value-names: .built ## write what names of values stand for into the catalogue, from the same headers; needs clang
	$(Q)node ci/catalogue/dist/cli.js values

selftest: .built ## build the program of tracee selftest into runtime/selftest
	$(Q)sh test/selftest/build.sh
	$(Q)node ci/detection/dist/selftest-acts.js

test-detection: bpf-portable attacks ## try the rules with attacks; KERNEL=debian-6.1, ROWS=sock,plain, TRACEPOINTS=1
	$(Q)node ci/detection/dist/cli.js $(if $(ROWS),--rows $(ROWS)) $(if $(filter 1,$(TRACEPOINTS)),--tracepoints) $(or $(KERNEL),machine)

test-noise: bpf-portable attacks ## do ordinary work under all rules: MINUTES=n, KERNEL=debian-6.1, WITHOUT=docker,java
	$(Q)node ci/detection/dist/noise-cli.js --minutes $(or $(MINUTES),1) $(if $(WITHOUT),--without $(WITHOUT)) $(or $(KERNEL),machine)

test-events: bpf-portable attacks ## cause each event with real programs; KERNEL=debian-6.1, EVENTS=security_bpf; keeps results in docs/events
	$(Q)node ci/events/dist/cli.js $(if $(EVENTS),--rows $(EVENTS)) $(or $(KERNEL),machine)

detection-table: .built ## write docs/detection.md from the results of test-detection
	$(Q)node ci/detection/dist/table.js

test-unit: bpf-portable selftest ## unit tests: no VM; those that load BPF say so and need root
	$(Q)node --import tsx --test $$(find runtime/test builder/test ci/test bench/test -name '*.test.ts' ! -name '*.slow.test.ts' ! -name '*.vm.test.ts' ! -name '*.kernels.test.ts')

test-e2e: bpf-portable attacks ## end to end on this machine, scoped to the test's own processes
	$(Q)node --import tsx --test $$(find test/e2e -name '*.test.ts')

test-vm: bpf-portable attacks ## the same in VMs with Debian's 5.10, 6.1 and 7.2, with every kind of object
	$(Q)node --import tsx --test $$(find ci/test -name '*.vm.test.ts' -o -name '*.kernels.test.ts')

test-kernels: bpf-portable attacks ## the same on all kernels: a table, and a report in dist/kernels.json
	$(Q)node ci/matrix/dist/cli.js --json dist/kernels.json all

test-builder: bpf-portable attacks ## slow tests of the builder against real engines and services; need root
	$(Q)sh ci/setup.sh toolchain vm docker arm64 engines go
	$(Q)node --import tsx --test --test-concurrency=1 $$(find ci/test -name '*.slow.test.ts')

bench: bpf-portable ## measure on this machine; BENCH="tax --quick" measures a part, or hastily
	$(Q)node bench/dist/main.js $(BENCH)

bench-vm: bpf-portable ## count in a VM what detection costs untraced calls; KERNEL=debian-6.1
	$(Q)node bench/dist/vm.js $(or $(KERNEL),debian-6.1)

release: bpf-portable selftest ## archive, checksums, SBOM and notes in dist/release; RELEASE_KEY=FILE signs, DOCKER=1 images too
	$(Q)node ci/release/dist/cli.js
	$(Q)$(if $(filter 1,$(DOCKER)),$(MAKE) --no-print-directory images)

clean: ## remove what was built; the cache of kernels in .cache stays
	rm -rf $(OUT_DIR) runtime/dist builder/dist ci/vm/dist ci/docker/dist ci/matrix/dist ci/detection/dist ci/events/dist ci/release/dist ci/catalogue/dist bench/dist images/dist runtime/portable runtime/selftest .built
	find . -name '*.tsbuildinfo' -not -path './node_modules/*' -delete
