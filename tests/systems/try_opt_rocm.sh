#!/usr/bin/env bash
# try_opt_rocm.sh FOLDER: whether ./run and CMake find HIP where AMD's packages have it. On Debian, as
# root: in a mount namespace of its own, Debian's HIP is copied to /opt/rocm in AMD's layout, and where
# Debian has it it is hidden. Then this tree is configured in FOLDER/opt-rocm and a kernel and a
# program with device code are built; what was found is printed. It shows the search and no more: the
# compiler and HIP are still Debian's.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/systems/chroot.sh
source "$here/chroot.sh"
(( $# == 1 )) || fail "give a folder"
(( EUID == 0 )) || fail "mounting needs root"
[[ ${in_namespace:-} ]] || exec env in_namespace=1 unshare --mount "$here/$(basename "$0")" "$@"

mkdir -p "$1"
tree=$(cd "$1" && pwd)/opt-rocm
triplet=$(dpkg-architecture -qDEB_HOST_MULTIARCH)
clang=$(dpkg-query -W -f='${Depends}' hipcc | grep -oP 'clang-\K[0-9]+' | head -1)
mapfile -t libraries < <(dpkg-query -W -f='${db:Status-Status} ${binary:Package}\n' 'libamdhip64-*' 'libhsa-runtime64-*' \
  'libamd-comgr*' librocprim-dev |
  sed -n 's/^installed //p')

# Debian's folders and AMD's, for files of HIP's packages.
in_amds_layout() {
  sed -E "s|^/usr/lib/$triplet/amdgcn/|amdgcn/|; s|^/usr/lib/$triplet/|lib/|; s|^/usr/||" <<< "$1"
}

mkdir -p /opt
mount -t tmpfs tmpfs /opt
mkdir -p /opt/rocm
ln -s "/usr/lib/llvm-$clang" /opt/rocm/llvm
hidden=$(mktemp)
dpkg -L hipcc rocm-device-libs libhsa-runtime-dev "${libraries[@]}" | sort -u | while read -r file; do
  [[ -f $file && $file != /usr/share/doc/* && $file != /usr/share/lintian/* ]] || continue
  target=/opt/rocm/$(in_amds_layout "$file")
  mkdir -p "$(dirname "$target")"
  cp -a "$file" "$target"
  [[ -L $file ]] || echo "$file"
done > "$hidden"
# CMake packages find their prefix from where they are, now one folder higher.
up='get_filename_component(_IMPORT_PREFIX "${_IMPORT_PREFIX}" PATH)'
find /opt/rocm -name '*argets.cmake' ! -type l -exec sed -i "0,/$up/{//d}" {} +
find /opt/rocm -name '*.cmake' ! -type l -exec \
  sed -i "s|/\.\./\.\./\.\./\.\./\"|/../../../\"|; s|lib/$triplet|lib|g; s|\"/usr/lib/|\"/nowhere/|" {} +
step "copied and hidden: $(wc -l < "$hidden") files"
while read -r file; do mount --bind /dev/null "$file"; done < "$hidden"
! find_hip=$(hipcc --version 2>&1) || fail "HIP is still where Debian has it: $find_hip"

mkdir -p "$tree"
find "$tree" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
git -C "$here/../.." ls-files -co --exclude-standard -z |
  tar -C "$here/../.." --null --ignore-failed-read -T - -c | tar -C "$tree" -x
cd "$tree"
./run build kernels/bias.hipfb emulation_speed_bench
step "what was found"
grep -E '^(CMAKE_CXX_COMPILER|HIPCC_EXECUTABLE|hip_DIR|HSA_INCLUDE_DIR|RDNA1CONV_DEVICE_LIBRARIES|rocprim_DIR):' \
  build/CMakeCache.txt
ldd build/tests/emulator/programs/emulation_speed_bench | grep amdhip64
