# Options, and what every target of the project is compiled with.
option(BUILD_SHARED_LIBS "Build cornu as a shared library" ON)
option(CORNU_OPENMP "Split large kernels over OpenMP threads" ON)
option(CORNU_WARNINGS_AS_ERRORS "Stop at the first compiler warning" OFF)
option(CORNU_UNITY_BUILD "Compile the library's files by eights: half the time from nothing, more after a change" ON)
option(CORNU_COVERAGE "Count which lines are run (gcov)" OFF)
option(CORNU_BUILD_TOOL "Build the program cornu" ${PROJECT_IS_TOP_LEVEL})
option(CORNU_BUILD_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(CORNU_BUILD_EXAMPLES "Build the examples" ${PROJECT_IS_TOP_LEVEL})
option(CORNU_BUILD_BENCHMARKS "Build the benchmarks" ${PROJECT_IS_TOP_LEVEL})
option(CORNU_BUILD_FUZZERS "Build the fuzzers of the readers of files (clang)" OFF)
set(CORNU_ONEDNN AUTO CACHE STRING "Use oneDNN for matrix products, convolutions and recurrent cells: AUTO, ON or OFF")
set_property(CACHE CORNU_ONEDNN PROPERTY STRINGS AUTO ON OFF)
set(CORNU_SANITIZE "" CACHE STRING "Sanitizers to build with, as -fsanitize= takes them: address,undefined or thread")

if(PROJECT_IS_TOP_LEVEL)
  if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug, Release, RelWithDebInfo or MinSizeRel" FORCE)
  endif()
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
  find_program(CCACHE ccache)
  if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # The sloppiness is what ccache asks for before it caches files that use a precompiled header.
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
  endif()
endif()
include(GNUInstallDirs)

# cornu_set_up(TARGET): language, warnings, code generation. -ffast-math stays out: NaN and infinity are values like
# any other here. -fno-math-errno and -fno-trapping-math change no result; they let square roots and selections vectorize.
function(cornu_set_up target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(
    ${target}
    PROPERTIES CXX_EXTENSIONS OFF
               CXX_VISIBILITY_PRESET hidden
               VISIBILITY_INLINES_HIDDEN ON
               POSITION_INDEPENDENT_CODE ON)
  target_compile_options(${target} PRIVATE -Wall -Wextra -fno-math-errno -fno-trapping-math)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # False alarms of g++ 12 within inlined library code, as at "text" + std::string in C++20 (GCC bugs 105329 and 105651).
    target_compile_options(${target} PRIVATE -Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread -Wno-array-bounds)
  endif()
  if(CORNU_WARNINGS_AS_ERRORS)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(CORNU_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${CORNU_SANITIZE} -fno-sanitize-recover=all
                                             -fno-omit-frame-pointer)
    # xsimd's range reductions convert lanes that they then throw away.
    target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:Clang>:-fno-sanitize=float-cast-overflow>)
    target_link_options(${target} PRIVATE -fsanitize=${CORNU_SANITIZE})
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      # g++ says itself that sanitizers make this warning see ghosts.
      target_compile_options(${target} PRIVATE -Wno-maybe-uninitialized)
    endif()
  endif()
  if(CORNU_COVERAGE)
    target_compile_options(${target} PRIVATE --coverage)
    target_link_options(${target} PRIVATE --coverage)
  endif()
endfunction()

# cornu_precompile(TARGET HEADER...): parses headers of others, which nearly every file of the target includes, once. The
# compiler's preprocessed output must keep their names for ccache to see them.
function(cornu_precompile target)
  target_precompile_headers(${target} PRIVATE ${ARGN})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${target} PRIVATE -fpch-preprocess)
  endif()
endfunction()

# cornu_unite(TARGET): compiles the sources of each folder by eights, as one file each.
function(cornu_unite target)
  if(NOT CORNU_UNITY_BUILD)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # What a source keeps for itself looks to g++ as if it stood in a header.
    target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
  endif()
  get_target_property(sources ${target} SOURCES)
  foreach(source IN LISTS sources)
    get_filename_component(path ${source} ABSOLUTE BASE_DIR ${PROJECT_SOURCE_DIR})
    file(RELATIVE_PATH path ${PROJECT_SOURCE_DIR} ${path})
    get_filename_component(folder ${path} DIRECTORY)
    string(MAKE_C_IDENTIFIER ${folder} group)
    if(NOT DEFINED count_${group})
      set(count_${group} 0)
    endif()
    math(EXPR part "${count_${group}} / 8 + 1")
    math(EXPR count_${group} "${count_${group}} + 1")
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${group}_${part})
  endforeach()
endfunction()
