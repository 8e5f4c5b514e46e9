# Installs into a scratch prefix. -D build_dir= prefix=
file(REMOVE_RECURSE ${prefix})
execute_process(COMMAND ${CMAKE_COMMAND} --install ${build_dir} --prefix ${prefix}
                COMMAND_ERROR_IS_FATAL ANY)
