# Options of the build and the compile flags every target of ours takes.
option(RDNA1CONV_DEVELOP "Build conv-bench, the software RX 5700 XT and the tests too"
       ${PROJECT_IS_TOP_LEVEL})
option(RDNA1CONV_INSTALL "Install the library with the project" ${PROJECT_IS_TOP_LEVEL})
# For developers: the preset "default" switches it on. Another compiler finds other things to warn of.
option(RDNA1CONV_WERROR "Treat warnings in our own code as errors" OFF)
set(RDNA1CONV_TEST_DEVICE software CACHE STRING
    "Device that the tests run on: 'software' (the RX 5700 XT of tests/emulator) or 'card'")
set_property(CACHE RDNA1CONV_TEST_DEVICE PROPERTY STRINGS software card)

# A project around this one decides for itself.
if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# Link to this target from every target whose sources are ours.
add_library(project_warnings INTERFACE)
target_compile_options(project_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wno-missing-field-initializers
  $<$<BOOL:${RDNA1CONV_WERROR}>:-Werror>)

# test_device(NAME): runs the CTest test NAME on the device that RDNA1CONV_TEST_DEVICE names. The
# software device's clock model is off, which halves the time; tests of times switch it on.
function(test_device name)
  if(RDNA1CONV_TEST_DEVICE STREQUAL software)
    set_property(TEST ${name} APPEND PROPERTY ENVIRONMENT
      "LD_LIBRARY_PATH=$<TARGET_FILE_DIR:software_hsa>" RDNA1CONV_EMULATOR_CLOCK=off)
  endif()
endfunction()

# checked_test(NAME COMMAND...): a CTest test on the software device with all its checks on, where the
# tests run on it: accesses, races, waits and hazards of every kernel that the program runs.
function(checked_test name)
  if(NOT RDNA1CONV_TEST_DEVICE STREQUAL software OR NOT TARGET software_hsa)
    return()
  endif()
  add_test(NAME ${name} COMMAND ${ARGN})
  test_device(${name})
  set_property(TEST ${name} APPEND PROPERTY ENVIRONMENT RDNA1CONV_EMULATOR_CHECKS=all)
endfunction()

# HIP's headers define __noinline__ as nothing. libstdc++ has it as an attribute in <format> from GCC
# 16 on, which <chrono> includes: where the two do not go together, <chrono> comes first.
find_package(hip REQUIRED)
include(CheckCXXSourceCompiles)
set(CMAKE_REQUIRED_INCLUDES ${hip_INCLUDE_DIRS})
set(CMAKE_REQUIRED_DEFINITIONS -D__HIP_PLATFORM_AMD__)
check_cxx_source_compiles(
  "#include <hip/hip_runtime_api.h>\n#include <chrono>\nint main() { return 0; }"
  RDNA1CONV_CHRONO_MAY_FOLLOW_HIP)
unset(CMAKE_REQUIRED_INCLUDES)
unset(CMAKE_REQUIRED_DEFINITIONS)
if(NOT RDNA1CONV_CHRONO_MAY_FOLLOW_HIP)
  add_compile_options("SHELL:-include chrono")
endif()
