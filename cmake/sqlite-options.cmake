# How SQLite is compiled: the options its authors recommend for an embedded single-threaded use.
target_compile_definitions(millrace_sqlite PRIVATE
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
  SQLITE_OS_OTHER=1)
# Not our warnings to mend; and even a debug build needs a SQLite that is not in the tests' way.
target_compile_options(millrace_sqlite PRIVATE -w $<$<CONFIG:Debug>:-O1>)
if(MILLRACE_SANITIZE)
  # What we hand it is checked by ASan, which stays on; its own arithmetic is not our concern, and
  # instrumenting that takes minutes.
  target_compile_options(millrace_sqlite PRIVATE -fno-sanitize=undefined)
endif()
if(MILLRACE_FUZZ)
  target_compile_options(millrace_sqlite PRIVATE -fno-sanitize=fuzzer-no-link)
endif()
