#!/bin/sh
# Everything that has to hold, from a clean checkout on a fresh machine.
set -eu
cd "$(dirname "$0")/.."
sh ci/setup.sh toolchain vm witness
make --no-print-directory build
make --no-print-directory lint
make --no-print-directory bpf-portable attacks
node --import tsx --test $(find runtime/test builder/test ci/test bench/test test/e2e -name '*.test.ts' ! -name '*.slow.test.ts' | sort)
