#!/usr/bin/env bash
# try_system.sh NAME FOLDER: makes NAME of systems.tsv in FOLDER/NAME by debootstrap, builds this tree
# there, and runs selection.tsv on the software device. Each step that is done is not done again, but
# the build, which goes on from what it has. The table of results goes to standard output.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tree=$(cd "$here/../.." && pwd)
# shellcheck source=tests/systems/chroot.sh
source "$here/chroot.sh"

(( $# == 2 )) || fail "give a system's name and a folder"
name=$1
mkdir -p "$2"
root=$(cd "$2" && pwd)/$name
row=$(grep -P "^$name\t" "$here/systems.tsv") ||
  fail "systems.tsv has no '$name', but $(grep -oP '^[a-z]+' "$here/systems.tsv" | paste -sd ' ')"
IFS=$'\t' read -r _ distribution release over test_packages <<< "$row"
need_chroot

install_tests() {
  [[ ! -f $root/tests-are-there ]] || return 0
  step "installing $test_packages"
  # shellcheck disable=SC2086 # several packages
  inside apt-get -q install -y --no-install-recommends $test_packages >&2
  inside apt-get -q clean
  touch "$root/tests-are-there"
}

# The tree as it is, committed or not, with its times, so that the build goes on.
copy_tree() {
  mkdir -p "$root/rdna1conv"
  find "$root/rdna1conv" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
  git -C "$tree" ls-files -co --exclude-standard -z |
    tar -C "$tree" --null --ignore-failed-read -T - -c | tar -C "$root/rdna1conv" -x
}

# Of everything, what the selection needs.
build_tree() {
  local targets=(software_hsa rdna1conv MIOpen conv-bench) program
  while read -r program; do
    targets+=("$(basename "$program")")
  done < <(grep -oP '^rdna1conv\t\Ktests/\S+' "$here/selection.tsv")
  step "building in $root"
  inside /rdna1conv/run build "${targets[@]}" >&2
}

make_base "$distribution" "$release" "${over#-}"
install_tests
copy_tree
build_tree
step "running the selection"
inside /rdna1conv/tests/systems/run_selection.sh
