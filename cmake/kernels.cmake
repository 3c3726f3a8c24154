# One binary serves every processor of its kind: the files of core/kernels/simd are compiled once for each instruction
# set, each time with CORNU_ISA naming the namespace that they fill, and the library picks one when it starts.
file(GLOB cornu_simd_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/core/kernels/simd/*.cpp)

function(cornu_add_kernels isa)
  add_library(cornu_kernels_${isa} OBJECT ${cornu_simd_sources})
  cornu_set_up(cornu_kernels_${isa})
  cornu_unite(cornu_kernels_${isa})
  cornu_use_dependencies(cornu_kernels_${isa})
  target_include_directories(cornu_kernels_${isa} PRIVATE ${cornu_include_dir})
  target_compile_definitions(cornu_kernels_${isa} PRIVATE CORNU_ISA=${isa})
  target_compile_options(cornu_kernels_${isa} PRIVATE ${ARGN})
  if(CORNU_SANITIZE)  # without optimization they would take most of the tests' time
    target_compile_options(cornu_kernels_${isa} PRIVATE -O1)
  endif()
  target_sources(cornu PRIVATE $<TARGET_OBJECTS:cornu_kernels_${isa}>)
endfunction()

if(cornu_simd_sources)
  # They come after the rooms' objects, baseline first: of an inline function that several objects hold, the linker keeps
  # the first, and that one must run everywhere.
  cornu_add_kernels(baseline)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
    cornu_add_kernels(avx2 -mavx2 -mfma)
    cornu_add_kernels(avx512 -mavx512f -mavx512cd -mavx512dq -mavx512bw -mavx512vl -mavx2 -mfma)
    target_compile_definitions(cornu_rooms PRIVATE CORNU_HAS_AVX2_KERNELS CORNU_HAS_AVX512_KERNELS)
  endif()
endif()

# xtensor-blas declares CBLAS in its own way.
set_source_files_properties(core/kernels/linalg.cpp PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)

# Random numbers are the same on every machine: a fused multiply-add would round otherwise.
set_source_files_properties(core/kernels/philox.cpp core/ops/random_ops.cpp PROPERTIES COMPILE_OPTIONS -ffp-contract=off)
