# A file that includes only <cornu/cornu.h> compiles in under two seconds: the best of three tries counts.
# cmake -DCXX=... -DINCLUDE_DIR=... -DWORK_DIR=... -P compile_time.cmake
set(source ${WORK_DIR}/only_cornu.cpp)
file(WRITE ${source} "#include <cornu/cornu.h>\nint main() {}\n")
foreach(try RANGE 1 3)
  execute_process(
    COMMAND ${CXX} -std=c++20 -O2 -I ${INCLUDE_DIR} -c ${source} -o ${source}.o
    TIMEOUT 2
    RESULT_VARIABLE status)
  if(status EQUAL 0)
    return()
  endif()
endforeach()
message(FATAL_ERROR "a file that includes only <cornu/cornu.h> did not compile in two seconds: ${status}")
