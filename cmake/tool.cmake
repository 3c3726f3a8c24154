# The program `cornu`. It stands above all rooms, as cmake/include does, so its sources are here.
find_path(CLI11_INCLUDE_DIR CLI/CLI.hpp)
if(CLI11_INCLUDE_DIR)
  file(GLOB tool_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/cmake/tool/*.cpp)
  add_executable(cornu_tool ${tool_sources})
  cornu_set_up(cornu_tool)
  target_include_directories(cornu_tool SYSTEM PRIVATE ${CLI11_INCLUDE_DIR})
  target_link_libraries(cornu_tool PRIVATE cornu)
  set_target_properties(cornu_tool PROPERTIES OUTPUT_NAME cornu INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR}"
                                              RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
  install(TARGETS cornu_tool)
else()
  message(STATUS "The program cornu is not built: CLI11 (libcli11-dev) was not found")
endif()
