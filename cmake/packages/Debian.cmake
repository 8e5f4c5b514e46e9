# Debian packages of what is installed, by CPack: `./run packages`. The packages are the rows of
# table.cmake; each also gets its licences, a changelog and a list of what is compiled into it
# (SPDX 2.3). Where there is no dpkg there are no packages, and none of these are installed.
find_program(DPKG_QUERY dpkg-query)
mark_as_advanced(DPKG_QUERY)
if(NOT DPKG_QUERY)
  return()
endif()
set(RDNA1CONV_PACKAGER "rdna1conv developers <packages@rdna1conv.example>" CACHE STRING
    "Maintainer that the Debian packages name")

# Packages are built per release, for they need its HIP: 0.1.0-1~debian12.
file(STRINGS /etc/os-release os_release)
foreach(key IN ITEMS ID VERSION_ID VERSION_CODENAME)
  string(REGEX MATCH "(^|;)${key}=\"?([^;\"]*)" _ "${os_release}")
  set(os_${key} ${CMAKE_MATCH_2})
endforeach()
if(NOT os_VERSION_ID)  # a release in the making has none
  set(os_VERSION_ID ${os_VERSION_CODENAME})
endif()
set(debian_release 1~${os_ID}${os_VERSION_ID})
set(debian_version ${PROJECT_VERSION}-${debian_release})
get_target_property(soversion rdna1conv SOVERSION)

# dpkg_owner(FILE VARIABLE): the package that a file here came with, or nothing.
function(dpkg_owner file variable)
  file(REAL_PATH ${file} file)
  execute_process(COMMAND ${DPKG_QUERY} -S ${file} OUTPUT_VARIABLE owner ERROR_QUIET)
  string(REGEX REPLACE "[:,].*" "" owner "${owner}")
  set(${variable} "${owner}" PARENT_SCOPE)
endfunction()

dpkg_owner(${hip_INCLUDE_DIR}/hip/hip_runtime.h hip_development)
string(TIMESTAMP created "%Y-%m-%dT%H:%M:%SZ" UTC)  # SOURCE_DATE_EPOCH, if it is set
string(TIMESTAMP changed "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(READ ${PROJECT_SOURCE_DIR}/LICENSE project_license)
set(documents ${PROJECT_BINARY_DIR}/debian)
set(same "(= ${debian_version})")

function(package component)
  cmake_parse_arguments(PARSE_ARGV 1 row "" "NAME;SECTION;SUMMARY" "DEPENDS;RECOMMENDS;CONFLICTS;TEXT")
  set_property(GLOBAL APPEND PROPERTY rdna1conv_packages ${component})
  foreach(field IN ITEMS NAME SECTION SUMMARY DEPENDS RECOMMENDS CONFLICTS TEXT)
    set_property(GLOBAL PROPERTY rdna1conv_package_${component}_${field} "${row_${field}}")
  endforeach()
endfunction()

# For each package that has it, a part's licence and its entry in the SPDX document.
function(part name)
  cmake_parse_arguments(PARSE_ARGV 1 row "" "FILE;LICENSE" "IN")
  find_file(part_${name} ${row_FILE} NO_CACHE
    HINTS ${hip_INCLUDE_DIR} ${RDNA1CONV_DEVICE_LIBRARIES} ${HSA_INCLUDE_DIR})
  set(version NOASSERTION)
  set(terms "Licence: ${row_LICENSE}\n")
  if(part_${name})
    dpkg_owner(${part_${name}} owner)
    if(owner)
      execute_process(COMMAND ${DPKG_QUERY} -W -f=\${Version}\n ${owner}
        OUTPUT_VARIABLE version OUTPUT_STRIP_TRAILING_WHITESPACE)
      string(REGEX REPLACE "\n.*" "" version "${version}")
      if(EXISTS /usr/share/doc/${owner}/copyright)
        file(READ /usr/share/doc/${owner}/copyright terms)
      endif()
    endif()
  endif()
  set(entry "
PackageName: ${name}
SPDXID: SPDXRef-${name}
PackageVersion: ${version}
PackageDownloadLocation: NOASSERTION
FilesAnalyzed: false
PackageLicenseConcluded: NOASSERTION
PackageLicenseDeclared: ${row_LICENSE}
PackageCopyrightText: NOASSERTION
Relationship: SPDXRef-package CONTAINS SPDXRef-${name}
")
  string(REPEAT - 79 line)
  set(notice "\n${line}\n${name} ${version}, compiled in:\n\n${terms}")
  foreach(component IN LISTS row_IN)
    set_property(GLOBAL APPEND_STRING PROPERTY rdna1conv_parts_${component} "${entry}")
    set_property(GLOBAL APPEND_STRING PROPERTY rdna1conv_notices_${component} "${notice}")
  endforeach()
endfunction()

include(${CMAKE_CURRENT_LIST_DIR}/table.cmake)

function(compress file)
  execute_process(COMMAND gzip -9nf ${file} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

get_property(components GLOBAL PROPERTY rdna1conv_packages)
foreach(component IN LISTS components)
  foreach(field IN ITEMS NAME SECTION SUMMARY DEPENDS RECOMMENDS CONFLICTS TEXT)
    get_property(${field} GLOBAL PROPERTY rdna1conv_package_${component}_${field})
  endforeach()
  get_property(parts GLOBAL PROPERTY rdna1conv_parts_${component})
  get_property(notices GLOBAL PROPERTY rdna1conv_notices_${component})
  set(dir ${documents}/${NAME})
  file(WRITE ${dir}/copyright "rdna1conv\n\n${project_license}${notices}")
  configure_file(${CMAKE_CURRENT_LIST_DIR}/contents.spdx.in ${dir}/${NAME}.spdx @ONLY)
  configure_file(${CMAKE_CURRENT_LIST_DIR}/changelog.in ${dir}/changelog.Debian @ONLY)
  compress(${dir}/changelog.Debian)
  install(FILES ${dir}/copyright ${dir}/changelog.Debian.gz ${dir}/${NAME}.spdx
          DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${NAME} COMPONENT ${component})

  string(TOUPPER ${component} COMPONENT)
  set(prefix CPACK_DEBIAN_${COMPONENT})
  set(${prefix}_PACKAGE_NAME ${NAME})
  set(${prefix}_PACKAGE_SECTION ${SECTION})
  list(JOIN DEPENDS ", " ${prefix}_PACKAGE_DEPENDS)
  list(JOIN RECOMMENDS ", " ${prefix}_PACKAGE_RECOMMENDS)
  list(JOIN CONFLICTS ", " ${prefix}_PACKAGE_CONFLICTS)
  list(JOIN TEXT "\n" text)
  set(${prefix}_DESCRIPTION "${SUMMARY}\n${text}")
endforeach()

# Of other people's packages, those that use librdna1conv depend on its package; ld.so is told of it.
# Nothing of this is said of libMIOpen.so.1, for which Debian has a package.
file(WRITE ${documents}/shlibs "librdna1conv ${soversion} librdna1conv${soversion} (>= ${PROJECT_VERSION})\n")
file(WRITE ${documents}/triggers "activate-noawait ldconfig\n")
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA ${documents}/shlibs ${documents}/triggers)

set(CPACK_GENERATOR DEB)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_COMPONENTS_ALL ${components})
set(CPACK_PACKAGE_NAME ${PROJECT_NAME})
set(CPACK_PACKAGE_VENDOR ${PROJECT_NAME})
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE
    GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_PACKAGE_SOURCE ${PROJECT_NAME})
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "${RDNA1CONV_PACKAGER}")
set(CPACK_DEBIAN_PACKAGE_RELEASE ${debian_release})
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
include(CPack)

# All that the packages hold, then the packages. Where one of these is missing, CPack says so.
if(RDNA1CONV_DEVELOP)
  get_directory_property(levels DIRECTORY ${PROJECT_SOURCE_DIR}/tests/emulator
    DEFINITION software_hsa_levels)
  list(TRANSFORM levels PREPEND software_hsa_)
  add_custom_target(packages
    COMMAND ${CMAKE_CPACK_COMMAND}
    DEPENDS rdna1conv MIOpen conv-bench_pages rdna1conv_tool_pages rdna1conv_probe rdna1conv_redirect
            software_hsa ${levels}
    COMMENT "Packing")
endif()
