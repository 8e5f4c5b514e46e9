# Compiles kernels/<family>.hip for every architecture of RDNA1CONV_GPU_TARGETS into one fat binary.
find_program(HIPCC_EXECUTABLE hipcc HINTS /opt/rocm/bin REQUIRED)

option(RDNA1CONV_KERNEL_LINES
  "Line tables in the kernels: the software device's reports and profilers name source lines" OFF)

# compile_kernels(FAMILY OUTPUT): OUTPUT becomes the path of the fat binary, rebuilt when the source
# or a header that it includes changes.
function(compile_kernels family output)
  set(source ${CMAKE_CURRENT_SOURCE_DIR}/${family}.hip)
  set(binary ${CMAKE_CURRENT_BINARY_DIR}/${family}.hipfb)
  list(TRANSFORM RDNA1CONV_GPU_TARGETS PREPEND --offload-arch= OUTPUT_VARIABLE targets)
  set(warnings -Wall -Wextra)
  if(RDNA1CONV_WERROR)
    list(APPEND warnings -Werror)
  endif()
  set(debug "")
  if(RDNA1CONV_KERNEL_LINES)
    set(debug -gline-tables-only)
  endif()
  add_custom_command(
    OUTPUT ${binary}
    COMMAND ${HIPCC_EXECUTABLE} --genco ${targets} -O3 -std=c++17 ${debug} ${warnings}
            -I ${CMAKE_CURRENT_SOURCE_DIR} -MD -MF ${binary}.d -MT ${binary} -o ${binary} ${source}
    DEPENDS ${source}
    DEPFILE ${binary}.d
    COMMENT "Compiling ${family}.hip for ${RDNA1CONV_GPU_TARGETS}"
    VERBATIM)
  set(${output} ${binary} PARENT_SCOPE)
endfunction()
