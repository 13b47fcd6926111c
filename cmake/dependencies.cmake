# Third-party code. Each version is pinned, by Debian's package or by the npm lock file.

# SQLite: the amalgamation inside the npm package better-sqlite3, which is installed as source only. So the
# native tests and the wasm module run the same SQLite.
set(MILLRACE_SQLITE_DIR "${CMAKE_SOURCE_DIR}/web/node_modules/better-sqlite3/deps/sqlite3"
    CACHE PATH "Folder with sqlite3.c and sqlite3.h")
if(NOT EXISTS "${MILLRACE_SQLITE_DIR}/sqlite3.c")
  message(FATAL_ERROR "No sqlite3.c in ${MILLRACE_SQLITE_DIR}: run scripts/setup, "
                      "or pass -DMILLRACE_SQLITE_DIR=<folder of the amalgamation>")
endif()

add_library(millrace_sqlite STATIC "${MILLRACE_SQLITE_DIR}/sqlite3.c")
target_include_directories(millrace_sqlite SYSTEM PUBLIC "${MILLRACE_SQLITE_DIR}")
set_target_properties(millrace_sqlite PROPERTIES UNITY_BUILD OFF)  # it is one source already
include(cmake/sqlite/options.cmake)

# nlohmann/json: header-only. Emscripten must not see the rest of /usr/include, so both builds use a folder
# that holds only these headers.
find_path(MILLRACE_JSON_DIR nlohmann/json.hpp PATHS /usr/include NO_CMAKE_FIND_ROOT_PATH)
if(NOT MILLRACE_JSON_DIR)
  message(FATAL_ERROR "nlohmann/json.hpp not found: install nlohmann-json3-dev or pass -DMILLRACE_JSON_DIR=")
endif()
file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/third-party-include")
file(CREATE_LINK "${MILLRACE_JSON_DIR}/nlohmann" "${CMAKE_BINARY_DIR}/third-party-include/nlohmann" SYMBOLIC)
add_library(millrace_json INTERFACE)
target_include_directories(millrace_json SYSTEM INTERFACE "${CMAKE_BINARY_DIR}/third-party-include")
target_compile_definitions(millrace_json INTERFACE JSON_NOEXCEPTION JSON_USE_IMPLICIT_CONVERSIONS=0)
