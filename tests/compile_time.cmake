# A file that includes only <cornu/cornu.h> compiles in under two seconds, of processor time. A busy machine slows that too, so
# the best of five tries counts. cmake -DCXX=... -DINCLUDE_DIR=... -DWORK_DIR=... -P compile_time.cmake
set(source ${WORK_DIR}/only_cornu.cpp)
file(WRITE ${source} "#include <cornu/cornu.h>\nint main() {}\n")
foreach(try RANGE 1 5)
  execute_process(COMMAND sh -c "ulimit -t 2; exec \"$@\"" sh ${CXX} -std=c++20 -O2 -I ${INCLUDE_DIR} -c ${source} -o
                          ${source}.o RESULT_VARIABLE status)
  if(status EQUAL 0)
    return()
  endif()
endforeach()
message(FATAL_ERROR "a file that includes only <cornu/cornu.h> did not compile in two seconds: ${status}")
