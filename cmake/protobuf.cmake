# The messages of core/io/proto, compiled by protoc for the lite runtime: .cpp files include them as <proto/NAME.pb.h>.
find_path(PROTOBUF_INCLUDE_DIR google/protobuf/message_lite.h REQUIRED)
find_library(PROTOBUF_LITE_LIBRARY protobuf-lite REQUIRED)
find_program(PROTOC protoc REQUIRED)

set(cornu_generated_dir ${PROJECT_BINARY_DIR}/generated)
file(MAKE_DIRECTORY ${cornu_generated_dir}/proto)
file(GLOB cornu_protos CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/core/io/proto/*.proto)
set(proto_sources)
set(proto_headers)
foreach(proto IN LISTS cornu_protos)
  get_filename_component(name ${proto} NAME_WE)
  set(generated ${cornu_generated_dir}/proto/${name}.pb)
  add_custom_command(
    OUTPUT ${generated}.cc ${generated}.h
    COMMAND ${PROTOC} --proto_path=${PROJECT_SOURCE_DIR}/core/io --cpp_out=${cornu_generated_dir} ${proto}
    DEPENDS ${cornu_protos}
    VERBATIM)
  list(APPEND proto_sources ${generated}.cc)
  list(APPEND proto_headers ${generated}.h)
endforeach()
add_custom_target(cornu_proto_headers DEPENDS ${proto_headers})

# The compiled messages. A test that reads them adds $<TARGET_OBJECTS:cornu_proto>: the library does not export them.
add_library(cornu_proto OBJECT ${proto_sources})
cornu_set_up(cornu_proto)
cornu_unite(cornu_proto)
target_include_directories(cornu_proto SYSTEM PRIVATE ${cornu_generated_dir} ${PROTOBUF_INCLUDE_DIR})

# cornu_use_protos(TARGET): lets the target's files include the messages.
function(cornu_use_protos target)
  add_dependencies(${target} cornu_proto_headers)
  target_include_directories(${target} SYSTEM PRIVATE ${cornu_generated_dir} ${PROTOBUF_INCLUDE_DIR})
  target_link_libraries(${target} PRIVATE ${PROTOBUF_LITE_LIBRARY})
endfunction()
