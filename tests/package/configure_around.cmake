# Configures a project around this one, without any package that the tests or conv-bench need, and
# looks at what it would build. -D source_dir= rdna1conv_dir= work_dir= generator= compiler= hipcc=
file(REMOVE_RECURSE ${work_dir})
list(TRANSFORM "GTest;benchmark;CLI11;Eigen3;dnnl;nlohmann_json;PkgConfig" REPLACE "(.+)"
  "-DCMAKE_DISABLE_FIND_PACKAGE_\\1=ON" OUTPUT_VARIABLE without)
execute_process(
  COMMAND ${CMAKE_COMMAND} -S ${source_dir} -B ${work_dir} -G ${generator} ${without}
          -DCMAKE_CXX_COMPILER=${compiler} -DHIPCC_EXECUTABLE=${hipcc}
          -DRDNA1CONV_DIR=${rdna1conv_dir}
  OUTPUT_VARIABLE output COMMAND_ERROR_IS_FATAL ANY)

string(REGEX MATCHALL "target [^\n]+" targets "${output}")
list(SORT targets)
set(expected
  "target MIOpen SHARED_LIBRARY"
  "target client EXECUTABLE"
  "target project_warnings INTERFACE_LIBRARY"
  "target rdna1conv SHARED_LIBRARY"
  "target rdna1conv_kernels STATIC_LIBRARY"
  "target rdna1conv_objects OBJECT_LIBRARY")
if(NOT targets STREQUAL expected)
  message(FATAL_ERROR "builds ${targets}\nand not ${expected}")
endif()
if(NOT output MATCHES "build type ''")
  message(FATAL_ERROR "the build type of the project around was changed: ${output}")
endif()

# It adds no tests, installs nothing, and its build is complete: each input is there or made.
execute_process(COMMAND ${CMAKE_CTEST_COMMAND} --test-dir ${work_dir} --show-only
                OUTPUT_VARIABLE tests COMMAND_ERROR_IS_FATAL ANY)
if(NOT tests MATCHES "Total Tests: 0")
  message(FATAL_ERROR "adds tests: ${tests}")
endif()
execute_process(COMMAND ${CMAKE_COMMAND} --install ${work_dir} --prefix ${work_dir}/prefix
                COMMAND_ERROR_IS_FATAL ANY)
file(GLOB_RECURSE installed ${work_dir}/prefix/*)
if(installed)
  message(FATAL_ERROR "installs ${installed}")
endif()
if(generator STREQUAL "Ninja")
  execute_process(COMMAND ${CMAKE_COMMAND} --build ${work_dir} -- -n
                  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
endif()
# The warnings of another compiler are no errors there.
file(STRINGS ${work_dir}/CMakeCache.txt werror REGEX "RDNA1CONV_WERROR:BOOL=OFF")
if(NOT werror)
  message(FATAL_ERROR "warnings are errors in a project around this one")
endif()
