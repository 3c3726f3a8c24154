# Turns a page of documentation into a test file: the ```cpp blocks of each "## " section are one test case, in order; what
# stands before the first section is one under the page's title. A block that includes <cornu/cornu.h> is a program of its own: its
# main() is called.
function end_section() {
  if (body != "") {
    gsub(/"/, "'", title)
    print "TEST_CASE(\"" page ": " title "\") {\n" body "}\n"
  }
  body = ""
}
BEGIN {
  print "#include <catch2/catch.hpp>\n\n#include <cornu/cornu.h>\n\n#include <iostream>\n\nusing namespace cornu;\n"
}
/^```cpp/ { inside = 1; code = ""; includes = ""; program = 0; next }
/^```/ && inside {
  inside = 0
  if (program) {
    ++programs
    print includes "\nnamespace program_" programs " {\nnamespace {\n" code "}\n}\n"
    body = body "  const char* arguments[] = {\"" page "\", \"1\", nullptr};\n  (void)arguments;\n  CHECK(program_" programs "::run(" (takes_arguments ? "2, const_cast<char**>(arguments)" : "") ") == 0);\n"
  } else {
    body = body code
  }
  next
}
inside && /^#include/ { if (/cornu\/cornu.h/) program = 1; includes = includes $0 "\n"; next }
inside && /^int main\(/ { takes_arguments = /argc/; sub(/main/, "run"); ends_with_return = 0; in_main = 1 }
# A program's main() may end without a return; a function may not.
inside && in_main && /^}/ { $0 = (/catch/ ? $0 : "  return 0;\n" $0); in_main = /catch/ }
inside { code = code $0 "\n"; next }
/^# / && title == "" { title = substr($0, 3) }
/^## / { end_section(); title = substr($0, 4) }
END { end_section() }
