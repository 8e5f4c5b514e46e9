# Compiles a client with the flags that pkg-config gives for a package, and runs it. The prefix is
# moved first: packages are relocatable. -D package= source= work_dir= prefix= pkg_config= compiler=
file(REMOVE_RECURSE ${work_dir})
file(COPY ${prefix}/ DESTINATION ${work_dir}/moved)
file(GLOB_RECURSE pc_file ${work_dir}/moved/*/${package}.pc)
cmake_path(GET pc_file PARENT_PATH pc_dir)
set(ENV{PKG_CONFIG_PATH} ${pc_dir})
execute_process(COMMAND ${pkg_config} --cflags --libs ${package}
                OUTPUT_VARIABLE flags OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
message("${package}: ${flags}")
separate_arguments(flags UNIX_COMMAND ${flags})
execute_process(COMMAND ${compiler} ${source} -o ${work_dir}/client ${flags}
                COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${work_dir}/client COMMAND_ERROR_IS_FATAL ANY)
