# <cornu/cornu.h> is cheap to include: preprocessed, it is at most a third longer than the headers of the standard library that
# its users have anyway. Seconds are measured by benchmarks/compile_time.cpp.
# cmake -DCXX=... -DINCLUDE_DIR=... -DWORK_DIR=... -P include_cost.cmake
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
preprocessed_size(standard standard algorithm functional map memory optional set string variant vector)
math(EXPR percent "100 * ${cornu} / ${standard}")
message(STATUS "<cornu/cornu.h>: ${cornu} bytes preprocessed, ${percent} % of the standard library's ${standard}")
if(percent GREATER 133)
  message(FATAL_ERROR "expected at most 133 %: find with -H which public header includes more than it needs")
endif()
