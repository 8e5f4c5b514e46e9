# Compiles a client of MIOpen's API against unpacked packages, linked with -lMIOpen as their
# pkg-config file says, and runs it. -D root= source= compiler= pkg_config= run=
cmake_minimum_required(VERSION 3.25)
file(GLOB_RECURSE pc_file ${root}/usr/*/miopen.pc)
cmake_path(GET pc_file PARENT_PATH pc_dir)
set(ENV{PKG_CONFIG_PATH} ${pc_dir})
execute_process(COMMAND ${pkg_config} --cflags --libs miopen
                OUTPUT_VARIABLE flags OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
separate_arguments(flags UNIX_COMMAND ${flags})
if(NOT "-lMIOpen" IN_LIST flags)
  message(FATAL_ERROR "the flags have no -lMIOpen: ${flags}")
endif()
execute_process(COMMAND ${compiler} ${source} -o ${root}/client ${flags} COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${run} ${root}/client COMMAND_ERROR_IS_FATAL ANY)
