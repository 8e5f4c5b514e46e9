# shellcheck shell=bash disable=SC2154
# Read by scripts that work in a chroot of a release of Debian or Ubuntu; $root is its folder.
declare -A mirrors=(
  [debian]=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
  [ubuntu]=${UBUNTU_MIRROR:-http://archive.ubuntu.com/ubuntu}
)
declare -A components=([debian]=main [ubuntu]=main,universe)
declare -A keyrings=([ubuntu]=/usr/share/keyrings/ubuntu-archive-keyring.gpg)

step() { printf '\n== %s\n' "$*" >&2; }
fail() { printf '%s: %s\n' "$(basename "$0" .sh)" "$*" >&2; exit 1; }

need_chroot() {
  (( EUID == 0 )) || fail "chroot needs root"
  command -v debootstrap unshare >/dev/null ||
    fail "debootstrap or unshare is missing: apt-get install debootstrap util-linux"
}

# Variables of this shell that the system's commands have too, if they are set.
passed_on=(CMAKE_BUILD_PARALLEL_LEVEL SYSTEMS_TIME_LIMIT)

# Runs a command in the system. Its mounts are its own and end with it.
inside() {
  local variables=() name
  for name in "${passed_on[@]}"; do
    [[ -z ${!name:-} ]] || variables+=("$name=${!name}")
  done
  unshare --mount bash -c '
    root=$1; shift
    mount -t proc proc "$root/proc" && mount --rbind /dev "$root/dev" &&
    exec chroot "$root" /usr/bin/env -i HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
      PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"' \
    _ "$root" "${variables[@]}" "$@"
}

# make_base DISTRIBUTION RELEASE [OVER]: the least that the release is, with a second one laid over it;
# once.
make_base() {
  local mirror=${mirrors[$1]} options=("--components=${components[$1]}") script=()
  [[ ! -f $root/base-is-there ]] || return 0
  step "debootstrap $2 in $root"
  if [[ $1 == ubuntu ]]; then
    # All of Ubuntu's releases are made alike, and debootstrap may be older than this one.
    script=(/usr/share/debootstrap/scripts/gutsy)
    if [[ ! -f ${keyrings[$1]} ]]; then
      echo "without ${keyrings[$1]} (package ubuntu-keyring) nobody checks who signed it" >&2
      options+=(--no-check-gpg)
    fi
  fi
  debootstrap --variant=minbase "${options[@]}" "$2" "$root" "$mirror" "${script[@]}" >&2
  # A mirror of a rolling release may lag; a system to be thrown away need not survive a crash.
  echo 'Acquire::Check-Valid-Until "false";' > "$root/etc/apt/apt.conf.d/90mirror-may-lag"
  echo force-unsafe-io > "$root/etc/dpkg/dpkg.cfg.d/unsafe-io"
  if [[ ${3:-} ]]; then
    echo "deb $mirror $3 ${components[$1]//,/ }" > "$root/etc/apt/sources.list.d/over.list"
    printf 'Package: *\nPin: release a=%s\nPin-Priority: 500\n' "$3" > "$root/etc/apt/preferences.d/over"
  fi
  inside apt-get -q update >&2
  touch "$root/base-is-there"
}
