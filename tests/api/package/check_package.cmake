# Installs the library into a scratch prefix, builds the client there against it, and runs it.
file(REMOVE_RECURSE ${work_dir})
set(prefix ${work_dir}/prefix)
foreach(step IN ITEMS
    "--install;${build_dir}/src;--prefix;${prefix}"
    "-S;${source_dir};-B;${work_dir}/build;-G;${generator};-DCMAKE_CXX_COMPILER=${compiler};-DCMAKE_PREFIX_PATH=${prefix}"
    "--build;${work_dir}/build")
  execute_process(COMMAND ${CMAKE_COMMAND} ${step} RESULT_VARIABLE result)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "cmake ${step} failed")
  endif()
endforeach()
execute_process(COMMAND ${work_dir}/build/client RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "the client failed: ${result}")
endif()
