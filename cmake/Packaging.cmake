# What `cmake --install` puts where. Two packages of the same objects and headers:
#   rdna1conv   lib/librdna1conv.so          find_package(rdna1conv)   pkg-config rdna1conv
#   miopen      lib/rdna1conv/libMIOpen.so.1 find_package(miopen)      pkg-config miopen
# The second stands in for AMD's: the same names of package, target, variables and SONAME.
# Programs install beside their targets, with COMPONENT as here: cmake/packages/table.cmake has a row
# for each.
include(CMakePackageConfigHelpers)
find_package(hip REQUIRED)  # whose folders the pkg-config files name
include(GNUInstallDirs)

set(miopen_libdir ${CMAKE_INSTALL_LIBDIR}/rdna1conv)

install(TARGETS rdna1conv EXPORT rdna1convTargets
        LIBRARY COMPONENT library NAMELINK_COMPONENT development)
install(TARGETS MIOpen EXPORT miopen-targets LIBRARY DESTINATION ${miopen_libdir}
        COMPONENT miopen NAMELINK_COMPONENT development)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/miopen ${PROJECT_SOURCE_DIR}/include/rdna1conv
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development PATTERN "*.in" EXCLUDE)
install(FILES ${PROJECT_BINARY_DIR}/include/rdna1conv/version.h
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/rdna1conv COMPONENT development)

# The version of MIOpen's API, which the package miopen has.
file(STRINGS ${PROJECT_SOURCE_DIR}/include/miopen/version.h version_lines
     REGEX "MIOPEN_VERSION_.* [0-9]")
list(TRANSFORM version_lines REPLACE "^[^0-9]*([0-9]+).*$" "\\1")
list(JOIN version_lines . miopen_version)

# install_cmake_package(NAME CONFIG TARGETS VERSION COMPATIBILITY NAMESPACE): the config, version and
# targets files. File names follow the package's style: fooConfig.cmake or foo-config.cmake.
function(install_cmake_package name config targets version compatibility namespace)
  set(dir ${CMAKE_INSTALL_LIBDIR}/cmake/${name})
  install(EXPORT ${targets} DESTINATION ${dir} NAMESPACE ${namespace} COMPONENT development)
  configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/${config}.cmake.in
    ${CMAKE_CURRENT_BINARY_DIR}/${config}.cmake INSTALL_DESTINATION ${dir}
    PATH_VARS CMAKE_INSTALL_INCLUDEDIR)
  if(config MATCHES "-config$")
    set(version_file ${config}-version.cmake)
  else()
    set(version_file ${config}Version.cmake)
  endif()
  write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/${version_file}
    VERSION ${version} COMPATIBILITY ${compatibility})
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/${config}.cmake
                ${CMAKE_CURRENT_BINARY_DIR}/${version_file}
          DESTINATION ${dir} COMPONENT development)
endfunction()

# install_pkg_config(NAME LIBDIR LIBRARY VERSION DESCRIPTION): NAME.pc, which finds its prefix from
# where it is. In the system's own prefix, which nobody moves, it names it: programs get it as RUNPATH.
function(install_pkg_config name libdir library version description)
  set(dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
  if(CMAKE_INSTALL_PREFIX STREQUAL "/usr")
    set(pc_prefix /usr)
  else()
    file(RELATIVE_PATH prefix_from_dir /prefix/${dir} /prefix)
    set(pc_prefix \${pcfiledir}/${prefix_from_dir})
  endif()
  configure_file(${PROJECT_SOURCE_DIR}/cmake/package.pc.in ${CMAKE_CURRENT_BINARY_DIR}/${name}.pc
    @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/${name}.pc
          DESTINATION ${dir} COMPONENT development)
endfunction()

install_cmake_package(rdna1conv rdna1convConfig rdna1convTargets
  ${PROJECT_VERSION} SameMinorVersion rdna1conv::)
install_cmake_package(miopen miopen-config miopen-targets ${miopen_version} SameMajorVersion "")

install_pkg_config(rdna1conv ${CMAKE_INSTALL_LIBDIR} rdna1conv ${PROJECT_VERSION}
  "Convolutions for AMD RDNA1 graphics cards behind MIOpen's API")
install_pkg_config(miopen ${miopen_libdir} MIOpen ${miopen_version}
  "MIOpen's API for AMD RDNA1 graphics cards, by rdna1conv")
