# The packages, one row each: a COMPONENT of the install rules, and what Debian's control file says of
# it. What libraries a package needs besides is found by dpkg-shlibdeps. ${same} is the version that
# packages of one build ask of one another.
#
# libMIOpen.so.1 has a folder of its own, from which no program loads it unasked, so that it stands
# beside Debian's libmiopen1 and AMD's. Headers, CMake package and pkg-config file have the names and
# places of MIOpen's, because programs that are written for MIOpen look there: with Debian's
# libmiopen-dev they cannot be installed at once.

package(library
  NAME librdna1conv${soversion}
  SECTION libs
  SUMMARY "convolutions for AMD RDNA1 graphics cards - shared library"
  TEXT "librdna1conv.so, MIOpen's convolution functions with kernels that are"
       "written for the cards gfx1010 to gfx1013 (RX 5700 XT, 5600 XT, 5500 XT and"
       "their family) and compiled ahead of time.")

package(miopen
  NAME rdna1conv-miopen
  SECTION libs
  SUMMARY "convolutions for AMD RDNA1 graphics cards - in place of MIOpen"
  TEXT "A libMIOpen.so.1 for programs that are built for AMD's. It is in a folder of"
       "its own and is used by programs that are started with 'rdna1conv run' or"
       "that have the folder in LD_LIBRARY_PATH.")

package(development
  NAME librdna1conv-dev
  SECTION libdevel
  DEPENDS "librdna1conv${soversion} ${same}" "rdna1conv-miopen ${same}" ${hip_development}
  CONFLICTS libmiopen-dev
  SUMMARY "convolutions for AMD RDNA1 graphics cards - development files"
  TEXT "Headers of the C++ interface and of MIOpen's C interface, CMake packages"
       "rdna1conv and miopen, and pkg-config files of the same names.")

package(tools
  NAME rdna1conv-tools
  SECTION utils
  DEPENDS "rdna1conv-miopen ${same}"
  RECOMMENDS "rdna1conv-software-card ${same}"
  SUMMARY "convolutions for AMD RDNA1 graphics cards - programs"
  TEXT "conv-bench runs the convolutions of networks on the card, verifies them and"
       "compares with the processor. 'rdna1conv doctor' says what keeps a card from"
       "convolving, and 'rdna1conv run' starts a program with rdna1conv's"
       "libMIOpen.so.1.")

package(software-card
  NAME rdna1conv-software-card
  SECTION devel
  SUMMARY "software RX 5700 XT that executes gfx1010 machine code"
  TEXT "A libhsa-runtime64.so.1 by which HIP programs find a Radeon RX 5700 XT that"
       "executes their code objects on the processor, with a model of the card's"
       "clock and checks of memory accesses, races and hazards. It is in a folder of"
       "its own, for LD_LIBRARY_PATH.")

# What of others is compiled into the binaries, one row each: a file of it here, by which the package
# that it came with, its version and its licence are found; and the components that have it.
part(HIP            FILE hip/hip_runtime.h      LICENSE MIT          IN library miopen tools)
part(ROCm-Device-Libs FILE ocml.bc              LICENSE NCSA         IN library miopen tools)
part(CLI11          FILE CLI/CLI.hpp            LICENSE BSD-3-Clause IN tools)
part(nlohmann-json  FILE nlohmann/json.hpp      LICENSE MIT          IN tools software-card)
part(benchmark      FILE benchmark/benchmark.h  LICENSE Apache-2.0   IN tools)
part(oneDNN         FILE oneapi/dnnl/dnnl.hpp   LICENSE Apache-2.0   IN tools)
part(HSA-headers    FILE hsa/hsa.h              LICENSE NCSA         IN software-card)
