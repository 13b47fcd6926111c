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
  # GCC 12 sees overlapping copies in the standard library's own string concatenation at -O3.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  # It also complains of designated initialisers, which are for naming only what differs.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-missing-field-initializers>
  # The core reports errors as values; a page without exception support must be able to embed it.
  -fno-exceptions)

if(EMSCRIPTEN AND NOT MILLRACE_WASM_TESTS)
  # Whole-program optimisation: the border is many small functions.
  add_compile_options(-flto)
  add_link_options(-flto)
endif()

# SQLite gets AddressSanitizer too, to see it use memory that we freed; the rest, which doubles the
# minutes it takes to compile, is for our own code.
if(MILLRACE_SANITIZE)
  add_compile_options(-fsanitize=address -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
  target_compile_options(millrace_options INTERFACE -fsanitize=undefined -fno-sanitize-recover=all)
endif()
if(MILLRACE_COVERAGE)
  # Our own code, headers in the tests included; not SQLite.
  target_compile_options(millrace_options INTERFACE -fprofile-instr-generate -fcoverage-mapping)
  add_link_options(-fprofile-instr-generate)
endif()
