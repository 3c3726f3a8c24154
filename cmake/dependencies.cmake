# What the library is built from. All of it is private: a program that uses cornu needs none of these.
find_package(ZLIB REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(xtensor REQUIRED)
find_package(xsimd REQUIRED)

# xtensor-blas is headers alone; its package file would look for a BLAS of its own choice.
find_path(XTENSOR_BLAS_INCLUDE_DIR xtensor-blas/xlinalg.hpp REQUIRED)

# OpenBLAS holds CBLAS and LAPACK in one library.
find_path(OPENBLAS_INCLUDE_DIR cblas.h PATH_SUFFIXES openblas openblas-pthread REQUIRED)
find_library(OPENBLAS_LIBRARY openblas REQUIRED)

# MD5 of data sets.
find_path(LIBMD_INCLUDE_DIR md5.h REQUIRED)
find_library(LIBMD_LIBRARY md REQUIRED)

# CRC-32C of tensor bundles and TFRecords.
find_path(ISAL_INCLUDE_DIR isa-l/crc.h REQUIRED)
find_library(ISAL_LIBRARY isal REQUIRED)

# The index of a tensor bundle is a table of LevelDB's; TensorFlow compresses its blocks.
find_path(LEVELDB_INCLUDE_DIR leveldb/table.h REQUIRED)
find_library(LEVELDB_LIBRARY leveldb REQUIRED)
find_path(SNAPPY_INCLUDE_DIR snappy.h REQUIRED)
find_library(SNAPPY_LIBRARY snappy REQUIRED)

# The archives of .npz files. Its package file wants its command-line tools.
find_path(LIBZIP_INCLUDE_DIR zip.h REQUIRED)
find_library(LIBZIP_LIBRARY zip REQUIRED)

# Pictures, in event files and data sets.
find_path(PNG_INCLUDE_DIR png.h REQUIRED)
find_library(PNG_LIBRARY png REQUIRED)
find_path(JPEG_INCLUDE_DIR jpeglib.h REQUIRED)
find_library(JPEG_LIBRARY jpeg REQUIRED)

# oneDNN is found by its files: its package file also wants OpenCL, which is not used here.
set(CORNU_HAS_ONEDNN OFF)
if(NOT CORNU_ONEDNN STREQUAL "OFF")
  find_path(DNNL_INCLUDE_DIR oneapi/dnnl/dnnl.hpp)
  find_library(DNNL_LIBRARY dnnl)
  if(DNNL_INCLUDE_DIR AND DNNL_LIBRARY)
    set(CORNU_HAS_ONEDNN ON)
  elseif(CORNU_ONEDNN STREQUAL "ON")
    message(FATAL_ERROR "CORNU_ONEDNN=ON, but oneDNN (dnnl.hpp and libdnnl) was not found: install libdnnl-dev")
  endif()
endif()

if(CORNU_OPENMP)
  find_package(OpenMP REQUIRED COMPONENTS CXX)
endif()
find_package(Threads REQUIRED)

# cornu_use_dependencies(TARGET): include folders, definitions and libraries of all of them.
function(cornu_use_dependencies target)
  target_include_directories(
    ${target} SYSTEM PRIVATE ${XTENSOR_BLAS_INCLUDE_DIR} ${OPENBLAS_INCLUDE_DIR} ${LIBMD_INCLUDE_DIR}
                             ${ISAL_INCLUDE_DIR} ${LEVELDB_INCLUDE_DIR} ${SNAPPY_INCLUDE_DIR} ${LIBZIP_INCLUDE_DIR}
                             ${PNG_INCLUDE_DIR} ${JPEG_INCLUDE_DIR}
                             $<$<BOOL:${CORNU_HAS_ONEDNN}>:${DNNL_INCLUDE_DIR}>)
  target_compile_definitions(${target} PRIVATE $<$<BOOL:${CORNU_HAS_ONEDNN}>:CORNU_HAS_ONEDNN>)
  target_link_libraries(
    ${target}
    PRIVATE $<BUILD_INTERFACE:nlohmann_json::nlohmann_json>
            $<BUILD_INTERFACE:xtensor>
            $<BUILD_INTERFACE:xsimd>
            ZLIB::ZLIB
            Threads::Threads
            ${OPENBLAS_LIBRARY}
            ${LIBMD_LIBRARY}
            ${ISAL_LIBRARY}
            ${LEVELDB_LIBRARY}
            ${PNG_LIBRARY}
            ${JPEG_LIBRARY}
            ${SNAPPY_LIBRARY}
            ${LIBZIP_LIBRARY})
  if(CORNU_HAS_ONEDNN)
    target_link_libraries(${target} PRIVATE ${DNNL_LIBRARY})
  endif()
  if(CORNU_OPENMP)
    target_link_libraries(${target} PRIVATE OpenMP::OpenMP_CXX)
  endif()
endfunction()
