# add_hip_program(<name> SOURCES <file>... [OPTIONS <flag>...]): an executable of ours whose .hip
# sources hold host and device code in one, compiled for RDNA1CONV_HIP_PROGRAM_TARGET; its other
# sources are plain C++. OPTIONS go to the .hip sources.
#
# clang finds neither the HIP headers nor the device libraries where Debian puts them, so both are
# named; hip::device is not used because it would make every source of a target a HIP source.
set(RDNA1CONV_HIP_PROGRAM_TARGET gfx1010 CACHE STRING
    "Architecture that the single-source HIP programs of the tests are compiled for")

# HIP's headers refuse waves of 64 lanes on RDNA, although these cards run them: HIP 5.2 asks for the
# card by name (which its cooperative groups read as a wave size, too), later ones, 5.7 among them, for a
# generation up to GFX9.
set(hip_wave64_flags -mwavefrontsize64 -U__${RDNA1CONV_HIP_PROGRAM_TARGET}__ -D__GFX9__)

find_package(hip REQUIRED)
get_filename_component(hip_program_rocm_path ${hip_INCLUDE_DIR} DIRECTORY)
# Where they are differs: the compiler's own folder (Debian 13 and later, ROCm 7), or ROCm's.
execute_process(COMMAND ${CMAKE_CXX_COMPILER} --print-resource-dir
  OUTPUT_VARIABLE hip_program_compiler_path OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
find_path(RDNA1CONV_DEVICE_LIBRARIES ocml.bc
  HINTS ${hip_program_compiler_path}/amdgcn/bitcode
        ${hip_program_compiler_path}/lib/amdgcn/bitcode
        ${hip_program_rocm_path}/amdgcn/bitcode
        ${hip_program_rocm_path}/lib/x86_64-linux-gnu/amdgcn/bitcode
  DOC "Folder of the AMD device libraries (ocml.bc)" REQUIRED)
mark_as_advanced(RDNA1CONV_DEVICE_LIBRARIES)

function(add_hip_program name)
  cmake_parse_arguments(PARSE_ARGV 1 program "" "" "SOURCES;OPTIONS")
  add_executable(${name} ${program_SOURCES})
  set(hip_sources ${program_SOURCES})
  list(FILTER hip_sources INCLUDE REGEX "\\.hip$")
  foreach(source IN LISTS hip_sources)
    get_source_file_property(options ${source} COMPILE_OPTIONS)
    if(NOT options MATCHES "-xhip")
      hip_source_options(${source} OPTIONS ${program_OPTIONS})
    endif()
  endforeach()
  target_link_libraries(${name} PRIVATE hip::host project_warnings)
endfunction()

# hip_source_options(<file>... [OPTIONS <flag>...]): makes sources HIP sources. Called before
# add_hip_program, it gives some sources of a program flags of their own.
function(hip_source_options)
  cmake_parse_arguments(PARSE_ARGV 0 source "" "" "OPTIONS")
  set_source_files_properties(${source_UNPARSED_ARGUMENTS} PROPERTIES LANGUAGE CXX)
  set_property(SOURCE ${source_UNPARSED_ARGUMENTS} APPEND PROPERTY COMPILE_OPTIONS
    -xhip --offload-arch=${RDNA1CONV_HIP_PROGRAM_TARGET} --rocm-path=${hip_program_rocm_path}
    --rocm-device-lib-path=${RDNA1CONV_DEVICE_LIBRARIES} ${source_OPTIONS})
endfunction()
