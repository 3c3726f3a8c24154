# All code includes <cornu/ROOM/...>, in the tree as in an installation: <build>/include/cornu holds a link to each room,
# <cornu/cornu.h>, which is made here, and those that stand above the rooms in cmake/include, as <cornu/xtensor.h>.
set(cornu_rooms core layers losses metrics optimizers models)
set(cornu_include_dir ${PROJECT_BINARY_DIR}/include)

file(GLOB cornu_top_headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/cmake/include/*.h)
file(MAKE_DIRECTORY ${cornu_include_dir}/cornu)
set(links ${cornu_rooms})
list(TRANSFORM links PREPEND "${PROJECT_SOURCE_DIR}/")
foreach(target IN LISTS links cornu_top_headers)
  get_filename_component(name ${target} NAME)
  file(CREATE_LINK ${target} ${cornu_include_dir}/cornu/${name} SYMBOLIC)
endforeach()

# Headers of the standard library that users have anyway: what <cornu/cornu.h> costs is measured beside them.
set(cornu_common_headers algorithm functional map memory optional set string variant vector)

# Public headers: all but the kernels', those in a folder internal/, and *_inl.h.
set(cornu_header_globs ${cornu_rooms})
list(TRANSFORM cornu_header_globs APPEND "/*.h")
file(GLOB_RECURSE cornu_public_headers CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR} ${cornu_header_globs})
list(FILTER cornu_public_headers EXCLUDE REGEX "^core/kernels/|/internal/|_inl\\.h$")

# <cornu/cornu.h> includes them all, so that a new header is part of it without being listed.
set(cornu_include_lines ${cornu_public_headers})
list(TRANSFORM cornu_include_lines REPLACE "(.+)" "#include <cornu/\\1>")
list(JOIN cornu_include_lines "\n" cornu_include_lines)
configure_file(${PROJECT_SOURCE_DIR}/cmake/cornu.h.in ${cornu_include_dir}/cornu/cornu.h @ONLY)
