#!/usr/bin/env bash
# Runs selection.tsv on the software device that stands in the tree's build, and prints a table: what
# passed, failed and was skipped by each program's own count, and how long it took. The output of each
# is kept in build/systems. Exits with 1 if anything failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

export LD_LIBRARY_PATH=$PWD/build/software-rx5700xt
export RDNA1CONV_EMULATOR_CLOCK=${RDNA1CONV_EMULATOR_CLOCK:-off}
limit=${SYSTEMS_TIME_LIMIT:-1800}  # seconds a program
logs=$PWD/build/systems
mkdir -p "$logs"

version() { dpkg-query -W -f='${Version}' "$1" 2>/dev/null; }

# The number before "test" in GoogleTest's closing line of this kind, or 0.
count() { grep -aoP "^\[  $1 *\] \K[0-9]+(?= test)" "$2" | tail -1 | grep . || echo 0; }

hip=$(dpkg-query -W -f='${db:Status-Status} ${Package} ${Version}\n' 'libamdhip64-[0-9]*' | sed -n 's/^installed //p')
clang=$(sed -n 's/^CMAKE_CXX_COMPILER:[A-Z]*=//p' build/CMakeCache.txt)
printf '%s, %s, %s\n\n' "$(. /etc/os-release; echo "$PRETTY_NAME")" "$hip" "$(basename "$clang")"
printf '| whose | program | passed | failed | skipped | seconds |\n|---|---|---:|---:|---:|---:|\n'
failures=0
while IFS=$'\t' read -r whose pattern setting arguments; do
  [[ $whose && $whose != \#* ]] || continue
  program=
  for found in build/$pattern /usr/libexec/rocm/$pattern; do
    if [[ -x $found ]]; then program=$found; fi
  done
  [[ $program ]] || continue
  log=$logs/$(basename "$program").log
  begin=$SECONDS
  # shellcheck disable=SC2086 # several arguments, and none for no setting
  (set -f; env ${setting/#-/} timeout "$limit" "$program" $arguments > "$log" 2>&1 < /dev/null)
  status=$?
  passed=$(count PASSED "$log")
  failed=$(count FAILED "$log")
  skipped=$(count SKIPPED "$log")
  if grep -aq 'layers verified' "$log"; then
    passed=$(grep -aoP '^[0-9]+(?= of [0-9]+ layers verified)' "$log")
  fi
  case $status in
    0) ;;
    124) failed="$failed, ended after $limit s" ;;
    *) [[ $failed != 0 ]] || failed="ended with status $status" ;;
  esac
  [[ $failed == 0 ]] || failures=1
  printf '| %s | %s | %s | %s | %s | %d |\n' "$whose" "$(basename "$program") ${arguments//\*/\\*}" \
    "$passed" "$failed" "$skipped" $((SECONDS - begin))
done < tests/systems/selection.tsv
exit $failures
