# The software device once more for each newer level of the host's processor, for a package that has
# to run on all: ld.so looks for a library in FOLDER/glibc-hwcaps/x86-64-vN first, where the processor
# has that level (ld.so(8); levels: the x86-64 psABI).

# copy_of(TARGET COPY OPTIONS...): a library of the same sources and flags, and then these.
function(copy_of target copy)
  get_target_property(directory ${target} SOURCE_DIR)
  get_target_property(sources ${target} SOURCES)
  foreach(source IN LISTS sources)
    cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY ${directory})
    target_sources(${copy} PRIVATE ${source})
  endforeach()
  foreach(property IN ITEMS INCLUDE_DIRECTORIES INTERFACE_INCLUDE_DIRECTORIES COMPILE_OPTIONS
          LINK_OPTIONS OUTPUT_NAME SOVERSION)
    get_target_property(value ${target} ${property})
    if(value)
      set_property(TARGET ${copy} PROPERTY ${property} ${value})
    endif()
  endforeach()
  target_compile_options(${copy} PRIVATE ${ARGN})
endfunction()

set(software_hsa_levels "")
foreach(level IN ITEMS v3=avx2 v4=avx512)
  string(REGEX MATCH "^(v.)=(.*)$" _ ${level})
  set(level ${CMAKE_MATCH_1})
  set(options ${simd_${CMAKE_MATCH_2}})
  add_library(emulator_machine_${level} STATIC)
  copy_of(emulator_machine emulator_machine_${level} ${options})
  target_link_libraries(emulator_machine_${level} PUBLIC Threads::Threads PRIVATE project_warnings)

  add_library(software_hsa_${level} SHARED)
  copy_of(software_hsa software_hsa_${level} ${options})
  target_include_directories(software_hsa_${level} SYSTEM PRIVATE ${HSA_INCLUDE_DIR})
  target_link_libraries(software_hsa_${level} PRIVATE
    emulator_machine_${level} nlohmann_json::nlohmann_json PkgConfig::libdw project_warnings)
  set_target_properties(software_hsa_${level} PROPERTIES LIBRARY_OUTPUT_DIRECTORY
    ${CMAKE_BINARY_DIR}/software-rx5700xt/glibc-hwcaps/x86-64-${level})
  list(APPEND software_hsa_levels ${level})
endforeach()
