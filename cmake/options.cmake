# Compiler options of our own code, on one interface target. Third-party code does not link it.

option(MILLRACE_SANITIZE "Build with AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(MILLRACE_FUZZ "Build the libFuzzer targets (Clang only)" OFF)
option(MILLRACE_BENCH "Build the benchmarks" OFF)
option(MILLRACE_COVERAGE "Count which lines the tests run (Clang only)" OFF)
option(MILLRACE_WASM_TESTS "Build the core's tests instead of the module (Emscripten only)" OFF)

add_library(millrace_options INTERFACE)
target_compile_options(millrace_options INTERFACE
  -Wall -Wextra -Werror -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor
  $<$<CXX_COMPILER_ID:Clang>:-Wreserved-identifier>
  # At -O3, GCC 12 warns of overlapping copies in the standard library's own string concatenation.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  # It also warns of designated initialisers that leave fields out, which is their purpose.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-missing-field-initializers>
  # The core reports errors as values. A page without exception support must be able to embed it.
  -fno-exceptions)

if(EMSCRIPTEN AND NOT MILLRACE_WASM_TESTS)
  # Whole-program optimisation, because the border is many small functions.
  add_compile_options(-flto)
  add_link_options(-flto)
endif()

# SQLite gets AddressSanitizer too, so that its use of memory that we freed is seen. The other sanitizers
# would double the minutes that SQLite takes to compile, so only our own code gets them.
if(MILLRACE_SANITIZE)
  add_compile_options(-fsanitize=address -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
  target_compile_options(millrace_options INTERFACE -fsanitize=undefined -fno-sanitize-recover=all)
endif()
if(MILLRACE_COVERAGE)
  # For our own code, including headers in the tests; not for SQLite.
  target_compile_options(millrace_options INTERFACE -fprofile-instr-generate -fcoverage-mapping)
  add_link_options(-fprofile-instr-generate)
endif()
