# A file that includes only <cornu/cornu.h> compiles in under two seconds, of processor time, so that a busy machine does
# not matter. cmake -DCXX=... -DINCLUDE_DIR=... -DWORK_DIR=... -P compile_time.cmake
set(source ${WORK_DIR}/only_cornu.cpp)
file(WRITE ${source} "#include <cornu/cornu.h>\nint main() {}\n")
execute_process(COMMAND sh -c "ulimit -t 2; exec \"$@\"" sh ${CXX} -std=c++20 -O2 -I ${INCLUDE_DIR} -c ${source} -o
                        ${source}.o RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "a file that includes only <cornu/cornu.h> did not compile in two seconds: ${status}")
endif()
