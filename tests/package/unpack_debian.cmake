# Packs the build as Debian packages, unpacks each, and holds their files against each other and
# against what `cmake --install` gives. -D build_dir= prefix= work_dir=
cmake_minimum_required(VERSION 3.25)
file(REMOVE_RECURSE ${work_dir})
file(MAKE_DIRECTORY ${work_dir}/root)
# Little compression: the packages are thrown away.
execute_process(COMMAND ${CMAKE_CPACK_COMMAND} --config ${build_dir}/CPackConfig.cmake
                        -B ${work_dir} -D CPACK_DEBIAN_COMPRESSION_TYPE=gzip
                OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
file(GLOB packages ${work_dir}/*.deb)
list(LENGTH packages count)
if(NOT count EQUAL 5)
  message(FATAL_ERROR "there are ${count} packages and not 5: ${packages}")
endif()

# files_of(FOLDER VARIABLE): all files and links below it.
function(files_of folder variable)
  file(GLOB_RECURSE files LIST_DIRECTORIES false RELATIVE ${folder} ${folder}/*)
  list(SORT files)
  set(${variable} "${files}" PARENT_SCOPE)
endfunction()

set(all "")
foreach(package IN LISTS packages)
  execute_process(COMMAND dpkg-deb -f ${package} Package OUTPUT_VARIABLE name
                  OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND dpkg-deb -x ${package} ${work_dir}/${name} COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND dpkg-deb -x ${package} ${work_dir}/root COMMAND_ERROR_IS_FATAL ANY)
  files_of(${work_dir}/${name}/usr files)
  foreach(document IN ITEMS copyright changelog.Debian.gz ${name}.spdx)
    if(NOT share/doc/${name}/${document} IN_LIST files)
      message(FATAL_ERROR "${name} has no ${document}")
    endif()
  endforeach()
  foreach(file IN LISTS files)
    if(file IN_LIST all)
      message(FATAL_ERROR "${file} is in ${name} and in another package")
    endif()
  endforeach()
  list(APPEND all ${files})
  execute_process(COMMAND dpkg-deb -f ${package} Depends OUTPUT_VARIABLE depends
                  OUTPUT_STRIP_TRAILING_WHITESPACE)
  list(LENGTH files count)
  message("${name}: ${count} files; needs ${depends}")
endforeach()

list(SORT all)
files_of(${prefix} installed)
if(NOT all STREQUAL installed)
  set(only_packed ${all})
  list(REMOVE_ITEM only_packed ${installed})
  list(REMOVE_ITEM installed ${all})
  message(FATAL_ERROR "only in packages: ${only_packed}\nonly by cmake --install: ${installed}")
endif()
