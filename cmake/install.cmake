# The installation: library, public headers, and the package that find_package(cornu) reads.
include(CMakePackageConfigHelpers)

install(TARGETS cornu EXPORT cornu-targets)
foreach(header IN LISTS cornu_public_headers)
  get_filename_component(folder ${header} DIRECTORY)
  install(FILES ${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/cornu/${folder})
endforeach()
install(FILES ${cornu_include_dir}/cornu/cornu.h ${cornu_top_headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/cornu)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/cornu)
install(
  EXPORT cornu-targets
  NAMESPACE cornu::
  DESTINATION ${package_dir})
configure_package_config_file(cmake/cornu-config.cmake.in ${PROJECT_BINARY_DIR}/cornu-config.cmake
                              INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/cornu-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/cornu-config.cmake ${PROJECT_BINARY_DIR}/cornu-config-version.cmake
        DESTINATION ${package_dir})
