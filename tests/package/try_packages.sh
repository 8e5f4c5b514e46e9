#!/usr/bin/env bash
# try_packages.sh PACKAGES FOLDER: installs the .deb files of the folder PACKAGES, which are of the
# release that this machine is, in FOLDER/RELEASE-packages, a chroot of the release with nothing
# else, and uses them there: conv-bench on resnet18 and a client of MIOpen's API, on the software card.
# Then it removes them and looks for what stays. FOLDER/RELEASE-base is made by debootstrap once.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/systems/chroot.sh
source "$here/../systems/chroot.sh"

# What has this project's name in the chroot, but for what is brought there.
ours() {
  inside find / -xdev -name '*rdna1conv*' ! -path '/packages/*' ! -path '/proc/*' ! -path '/dev/*'
}

(( $# == 2 )) || fail "give the folder of the packages and one for the chroot"
packages=$(cd "$1" && pwd)
need_chroot
mkdir -p "$2"
folder=$(cd "$2" && pwd)
distribution=$(. /etc/os-release && echo "$ID")
release=$(. /etc/os-release && echo "$VERSION_CODENAME")
fetched=$folder/$release-fetched  # the release's own packages, for the next time

root=$folder/$release-base
make_base "$distribution" "$release"
root=$folder/$release-packages
step "installing in $root"
rm -rf "$root"
cp -a "$folder/$release-base" "$root"
mkdir -p "$fetched" "$root/packages"
cp -n "$fetched"/*.deb "$root/var/cache/apt/archives/" 2>/dev/null || true
cp "$packages"/*.deb "$here/convolving_client.cpp" "$root/packages"
echo 'Binary::apt-get::APT::Keep-Downloaded-Packages "true";' > "$root/etc/apt/apt.conf.d/91keep"
[[ -z $(ours) ]] || fail "the chroot has files of this project before its packages: $(ours)"
inside sh -c 'apt-get -q install -y --no-install-recommends /packages/*.deb g++ pkg-config' >&2
cp -n "$root"/var/cache/apt/archives/*.deb "$fetched" || true

step "what is installed"
inside dpkg-query -W -f='${Package} ${Version} ${Installed-Size} KiB\n' '*rdna1conv*'

step "rdna1conv run --software-card conv-bench resnet18"
inside rdna1conv run --software-card conv-bench resnet18

step "a client of MIOpen's API, compiled here and linked with -lMIOpen"
inside sh -ec 'cd /packages
  g++ convolving_client.cpp -o client $(pkg-config --cflags --libs miopen)
  ldd client | grep MIOpen
  rdna1conv run --software-card ./client'

step "rdna1conv doctor"
inside rdna1conv doctor --software-card

step "removing them"
inside sh -c 'apt-get -q purge -y $(dpkg-query -W -f="\${Package} " "*rdna1conv*")' >&2
[[ -z $(ours) ]] || fail "files are left behind: $(ours)"
step "everything works from the packages alone, and nothing stays"
