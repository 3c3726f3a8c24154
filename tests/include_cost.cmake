# <cornu/cornu.h> is cheap to include: preprocessed, it is at most a quarter longer than the headers of the standard library that
# its users have anyway. Seconds are measured by benchmarks/compile_time.cpp.
# cmake -DCXX=... -DINCLUDE_DIR=... -DCOMMON_HEADERS=... -DWORK_DIR=... -P include_cost.cmake
function(preprocessed_size result name)
  set(source ${WORK_DIR}/include_${name}.cpp)
  list(TRANSFORM ARGN REPLACE "(.+)" "#include <\\1>\n")
  string(CONCAT text ${ARGN})
  file(WRITE ${source} "${text}")
  execute_process(COMMAND ${CXX} -std=c++20 -E -P -I ${INCLUDE_DIR} ${source} OUTPUT_VARIABLE text RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "the preprocessor failed at ${source}")
  endif()
  string(LENGTH "${text}" size)
  set(${result} ${size} PARENT_SCOPE)
endfunction()

preprocessed_size(cornu cornu cornu/cornu.h)
preprocessed_size(common common ${COMMON_HEADERS})
math(EXPR percent "100 * ${cornu} / ${common}")
message(STATUS "<cornu/cornu.h>: ${cornu} bytes preprocessed, ${percent} % of the standard library's ${common}")
if(percent GREATER 125)
  message(FATAL_ERROR "expected at most 125 %: find with -H which public header includes more than it needs")
endif()
