# Builds a project against the installed packages, and runs its clients. -D source_dir= work_dir=
# prefix= generator= compiler=
file(REMOVE_RECURSE ${work_dir})
foreach(step IN ITEMS
    "-S;${source_dir};-B;${work_dir};-G;${generator};-DCMAKE_CXX_COMPILER=${compiler};-DCMAKE_PREFIX_PATH=${prefix}"
    "--build;${work_dir}")
  execute_process(COMMAND ${CMAKE_COMMAND} ${step} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
file(GLOB clients ${work_dir}/client ${work_dir}/*_client)
foreach(client IN LISTS clients)
  execute_process(COMMAND ${client} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
