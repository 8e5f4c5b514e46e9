# Compiles kernels/<family>.hip into a fat binary with code for gfx1010, which all RDNA1 cards execute
# (src/device/code_header.h).
find_program(HIPCC_EXECUTABLE hipcc HINTS /opt/rocm/bin REQUIRED)

option(RDNA1CONV_KERNEL_LINES
  "Line tables in the kernels: the software device's reports and profilers name source lines" OFF)

# hipcc of HIP 5 lists the headers of a code object while it compiles it; later ones warn that -MF is
# unused, and need a second run that lists what the host's part would include: the same headers.
if(NOT DEFINED RDNA1CONV_HIPCC_LISTS_HEADERS)
  set(probe ${CMAKE_BINARY_DIR}/CMakeFiles/hipcc_lists_headers)
  file(WRITE ${probe}.hip "extern \"C\" __global__ void probe() {}\n")
  file(REMOVE ${probe}.d)
  execute_process(COMMAND ${HIPCC_EXECUTABLE} --genco --offload-arch=gfx1010 -MD -MF ${probe}.d
                          -MT probe -o ${probe} ${probe}.hip
    RESULT_VARIABLE probe_result OUTPUT_VARIABLE probe_output ERROR_VARIABLE probe_output)
  if(NOT probe_result EQUAL 0)
    message(FATAL_ERROR "${HIPCC_EXECUTABLE} cannot compile a kernel for gfx1010:\n${probe_output}")
  endif()
  set(probe_lists OFF)
  if(EXISTS ${probe}.d)
    set(probe_lists ON)
  endif()
  set(RDNA1CONV_HIPCC_LISTS_HEADERS ${probe_lists} CACHE INTERNAL "hipcc --genco heeds -MF")
endif()

# compile_code_object(<output> SOURCE <file> TARGETS <architecture>... [OPTIONS <flag>...]): <output>
# becomes a fat binary, rebuilt when the source or a header that it includes changes.
function(compile_code_object output)
  cmake_parse_arguments(PARSE_ARGV 1 object "" "SOURCE" "TARGETS;OPTIONS")
  list(TRANSFORM object_TARGETS PREPEND --offload-arch=)
  set(list_headers -MF ${output}.d -MT ${output})
  set(options ${object_TARGETS} -O3 -std=c++17 ${object_OPTIONS})
  if(RDNA1CONV_HIPCC_LISTS_HEADERS)
    set(commands COMMAND ${HIPCC_EXECUTABLE} --genco ${options} -MD ${list_headers}
                         -o ${output} ${object_SOURCE})
  else()
    set(commands COMMAND ${HIPCC_EXECUTABLE} --cuda-host-only ${options} -M ${list_headers}
                         ${object_SOURCE}
                 COMMAND ${HIPCC_EXECUTABLE} --genco ${options} -o ${output} ${object_SOURCE})
  endif()
  cmake_path(GET output FILENAME name)
  list(JOIN object_TARGETS " " targets)
  string(REPLACE "--offload-arch=" "" targets "${targets}")
  add_custom_command(
    OUTPUT ${output}
    ${commands}
    DEPENDS ${object_SOURCE}
    DEPFILE ${output}.d
    COMMENT "Compiling ${name} for ${targets}"
    VERBATIM)
endfunction()

# compile_kernels(FAMILY OUTPUT [SOURCE NAME] [DEFINITIONS NAME=VALUE...]): OUTPUT becomes the path
# of the family's fat binary, compiled from <NAME>.hip if that is not the family's own.
function(compile_kernels family output)
  cmake_parse_arguments(PARSE_ARGV 2 kernels "" "SOURCE" "DEFINITIONS")
  if(NOT kernels_SOURCE)
    set(kernels_SOURCE ${family})
  endif()
  list(TRANSFORM kernels_DEFINITIONS PREPEND -D)
  set(binary ${CMAKE_CURRENT_BINARY_DIR}/${family}.hipfb)
  set(options "")
  if(RDNA1CONV_KERNEL_LINES)
    list(APPEND options -gline-tables-only)
  endif()
  list(APPEND options -Wall -Wextra)
  if(RDNA1CONV_WERROR)
    list(APPEND options -Werror)
  endif()
  compile_code_object(${binary} SOURCE ${CMAKE_CURRENT_SOURCE_DIR}/${kernels_SOURCE}.hip
    TARGETS gfx1010
    OPTIONS ${options} ${kernels_DEFINITIONS} -I ${CMAKE_CURRENT_SOURCE_DIR})
  set(${output} ${binary} PARENT_SCOPE)
endfunction()
