# How SQLite is compiled. README.md beside this file says what each group is good for.
target_compile_definitions(millrace_sqlite PRIVATE
  # What its authors recommend for an embedded single-threaded use.
  SQLITE_THREADSAFE=0
  SQLITE_DEFAULT_MEMSTATUS=0
  SQLITE_DEFAULT_WAL_SYNCHRONOUS=1
  SQLITE_LIKE_DOESNT_MATCH_BLOBS
  SQLITE_MAX_EXPR_DEPTH=0
  SQLITE_OMIT_DECLTYPE
  SQLITE_OMIT_DEPRECATED
  SQLITE_OMIT_PROGRESS_CALLBACK
  SQLITE_OMIT_SHARED_CACHE
  SQLITE_OMIT_LOAD_EXTENSION
  SQLITE_OMIT_AUTOINIT
  SQLITE_USE_ALLOCA
  SQLITE_DQS=0
  SQLITE_TEMP_STORE=3
  # Search (core/src/storage/sqlite/search_index.h).
  SQLITE_ENABLE_FTS5
  # It would register a file system in memory on top of a default one, and there is no default.
  SQLITE_OMIT_DESERIALIZE
  # The VFS is ours (core/src/storage/vfs): no operating system underneath, in either build.
  SQLITE_OS_OTHER=1
  # Statements and functions that Millrace never uses, for the size of the module.
  SQLITE_OMIT_ALTERTABLE
  SQLITE_OMIT_ANALYZE
  SQLITE_OMIT_ATTACH
  SQLITE_MAX_ATTACHED=0
  SQLITE_OMIT_AUTHORIZATION
  SQLITE_OMIT_CASE_SENSITIVE_LIKE_PRAGMA
  SQLITE_OMIT_COMPILEOPTION_DIAGS
  SQLITE_OMIT_COMPLETE
  SQLITE_OMIT_DATETIME_FUNCS
  SQLITE_OMIT_GET_TABLE
  SQLITE_OMIT_INTROSPECTION_PRAGMAS
  SQLITE_OMIT_JSON
  SQLITE_OMIT_LOCALTIME
  SQLITE_OMIT_REINDEX
  SQLITE_OMIT_TCL_VARIABLE
  SQLITE_OMIT_TEMPDB
  SQLITE_OMIT_TRACE
  SQLITE_OMIT_VACUUM
  SQLITE_OMIT_WINDOWFUNC
  SQLITE_UNTESTABLE
  # Kinds of files that Millrace never makes; import says so of one (core/src/storage/sqlite/import_source.cc).
  SQLITE_OMIT_AUTOVACUUM
  SQLITE_OMIT_UTF16
  # Ways to a result that none of our queries takes (their plans are tested).
  SQLITE_OMIT_AUTOMATIC_INDEX
  SQLITE_OMIT_AUTORESET
  SQLITE_OMIT_BETWEEN_OPTIMIZATION
  SQLITE_OMIT_LIKE_OPTIMIZATION
  SQLITE_OMIT_OR_OPTIMIZATION
  SQLITE_OMIT_TWOSIZE_LOOKASIDE
  SQLITE_OMIT_XFER_OPT)
if(EMSCRIPTEN AND NOT MILLRACE_WASM_TESTS)
  # Plans of queries are for tests.
  target_compile_definitions(millrace_sqlite PRIVATE SQLITE_OMIT_EXPLAIN)
endif()
# Not our warnings to mend; and even a debug build needs a SQLite that is not in the tests' way.
target_compile_options(millrace_sqlite PRIVATE -w $<$<CONFIG:Debug>:-O1>)
if(MILLRACE_SANITIZE)
  # What we hand it is checked by ASan, which stays on; its own arithmetic is not our concern, and
  # instrumenting that takes minutes.
  target_compile_options(millrace_sqlite PRIVATE -fno-sanitize=undefined)
endif()
