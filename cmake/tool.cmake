# The program `cornu`. It stands above all rooms, as cmake/include does, so its sources are here.
find_path(CLI11_INCLUDE_DIR CLI/CLI.hpp REQUIRED)
file(GLOB tool_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/cmake/tool/*.cpp)
add_executable(cornu_tool ${tool_sources})
cornu_set_up(cornu_tool)
cornu_unite(cornu_tool)
target_compile_definitions(cornu_tool PRIVATE CORNU_VERSION="${PROJECT_VERSION}")
target_include_directories(cornu_tool SYSTEM PRIVATE ${CLI11_INCLUDE_DIR})
target_link_libraries(cornu_tool PRIVATE cornu)
set_target_properties(
  cornu_tool
  PROPERTIES OUTPUT_NAME cornu
             RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin
             INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR}")
install(TARGETS cornu_tool)
