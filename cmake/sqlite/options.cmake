# How SQLite is compiled. README.md in this folder gives the reason and the size of each option.
target_compile_definitions(millrace_sqlite PRIVATE
  SQLITE_THREADSAFE=0
  SQLITE_DEFAULT_WAL_SYNCHRONOUS=1
  SQLITE_LIKE_DOESNT_MATCH_BLOBS
  SQLITE_DQS=0
  SQLITE_STRICT_SUBTYPE=1
  SQLITE_OMIT_DECLTYPE
  SQLITE_OMIT_COMPILEOPTION_DIAGS
  SQLITE_OMIT_DEPRECATED
  SQLITE_OMIT_TRACE
  SQLITE_OMIT_AUTOMATIC_INDEX
  SQLITE_OMIT_XFER_OPT
  SQLITE_OMIT_OR_OPTIMIZATION
  SQLITE_OMIT_LIKE_OPTIMIZATION
  SQLITE_OMIT_BETWEEN_OPTIMIZATION
  SQLITE_OMIT_SHARED_CACHE
  SQLITE_OMIT_AUTOINIT
  SQLITE_USE_ALLOCA
  SQLITE_ENABLE_FTS5
  SQLITE_OS_OTHER=1
  SQLITE_TEMP_STORE=3
  SQLITE_OMIT_LOAD_EXTENSION
  SQLITE_OMIT_DESERIALIZE
  SQLITE_OMIT_DATETIME_FUNCS
  SQLITE_OMIT_JSON
  SQLITE_OMIT_UTF16
  SQLITE_OMIT_AUTOVACUUM
  SQLITE_OMIT_LOOKASIDE
  SQLITE_OMIT_TCL_VARIABLE
  SQLITE_OMIT_HEX_INTEGER
  SQLITE_DISABLE_PAGECACHE_OVERFLOW_STATS
  SQLITE_UNTESTABLE)
# Natively, tests ask for the plans of our queries.
if(EMSCRIPTEN)
  target_compile_definitions(millrace_sqlite PUBLIC SQLITE_OMIT_EXPLAIN)
endif()
# SQLite's warnings are not ours to fix. Even a debug build needs a SQLite that does not slow the tests.
target_compile_options(millrace_sqlite PRIVATE -w $<$<CONFIG:Debug>:-O1>)
if(MILLRACE_SANITIZE)
  # ASan stays on and checks what we pass to SQLite. SQLite's own arithmetic is not our concern, and to
  # instrument it takes minutes.
  target_compile_options(millrace_sqlite PRIVATE -fno-sanitize=undefined)
endif()
