# The target `reference` builds the documentation of the public headers under docs/reference; a warning is an error.
find_program(DOXYGEN doxygen)
set(cornu_reference_input ${cornu_public_headers})
list(TRANSFORM cornu_reference_input REPLACE "(.+)" "\"${PROJECT_SOURCE_DIR}/\\1\"")
foreach(header IN LISTS cornu_top_headers)
  list(APPEND cornu_reference_input "\"${header}\"")
endforeach()
list(JOIN cornu_reference_input " \\\n                         " cornu_reference_input)
configure_file(cmake/Doxyfile.in ${PROJECT_BINARY_DIR}/Doxyfile @ONLY)
if(DOXYGEN)
  add_custom_target(
    reference
    COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_SOURCE_DIR}/docs/reference
    COMMAND ${DOXYGEN} ${PROJECT_BINARY_DIR}/Doxyfile
    VERBATIM)
endif()
