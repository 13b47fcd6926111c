# Cuts out of the amalgamation what no compile option reaches, for the size of the module (README.md
# beside this file). Each cut names a text that stands in sqlite3.c exactly once; a SQLite in which it
# does not stops the configuration, so that nobody gets an uncut or a half-cut library unnoticed.

function(millrace_cut_sqlite from to)
  file(READ "${from}" text)

  macro(cut what old new)
    string(FIND "${text}" "${old}" first)
    string(FIND "${text}" "${old}" last REVERSE)
    if(first EQUAL -1 OR NOT first EQUAL last)
      message(FATAL_ERROR "${from}: the place to cut ${what} is not there once; this SQLite is another "
                          "one than cmake/sqlite/cuts.cmake was written for: bring the cut up to date")
    endif()
    string(REPLACE "${old}" "${new}" text "${text}")
  endmacro()

  # The words that begin what is left out become plain words, so the parser never gets there and says
  # `near "ALTER": syntax error`. Its calls of the functions that are gone are never made: amalgamation.c.
  cut("statements" [[
    mxSqlLen -= n;
]] [[
    switch( tokenType ){
#ifdef SQLITE_OMIT_EXPLAIN
      case TK_EXPLAIN:
#endif
      case TK_ALTER: case TK_ANALYZE: case TK_ATTACH: case TK_DETACH: case TK_REINDEX: case TK_VACUUM:
      case TK_WINDOW: case TK_OVER: case TK_FILTER:
        tokenType = TK_ID;
    }
    mxSqlLen -= n;
]])
  cut("the window clause" [[    yymsp[-9].minor.yy555->pWinDefn = yymsp[-2].minor.yy211;
]] "")

  # Of FTS5, search uses the index and the tokenizer unicode61.
  cut("fts5vocab" "if( rc==SQLITE_OK ) rc = sqlite3Fts5VocabInit(pGlobal, db);" "")
  cut("bm25, highlight and snippet" "if( rc==SQLITE_OK ) rc = sqlite3Fts5AuxInit(&pGlobal->api);" "")
  cut("the tokenizer ascii" [[{ "ascii",     {fts5AsciiCreate, fts5AsciiDelete, fts5AsciiTokenize }},]] "")
  cut("the tokenizer trigram" [[{ "trigram",   {fts5TriCreate, fts5TriDelete, fts5TriTokenize}},]] "")
  cut("the tokenizer porter" [[
    rc = pApi->xCreateTokenizer_v2(pApi,
        "porter",
        (void*)pApi,
        &sPorter,
        0
    );
]] "")
  cut("the functions of porter" [[
      fts5PorterCreate,
      fts5PorterDelete,
      fts5PorterTokenize
]] "      0, 0, 0\n")

  # What is the same in every index of ours becomes that constant wherever it is read, and the compiler
  # drops what only another value would lead to. FTS5 stands behind all the rest.
  string(FIND "${text}" "typedef struct Fts5Config Fts5Config;" fts5)
  string(SUBSTRING "${text}" 0 ${fts5} before_fts5)
  string(SUBSTRING "${text}" ${fts5} -1 text)
  macro(fix read value)
    string(REGEX REPLACE "([A-Za-z0-9]+->)+${read}" "${value}\\2" fixed "${text}")
    if(fixed STREQUAL text)
      message(FATAL_ERROR "${from}: nothing reads ${read}; bring cmake/sqlite/cuts.cmake up to date")
    endif()
    set(text "${fixed}")
  endmacro()
  # It has detail=full, no tokendata, no locale and no secure-delete. A table that asks for one of
  # them is refused ("unrecognized option"), and so is the file format of secure-delete.
  cut("the option detail" [[if( sqlite3_strnicmp("detail", zCmd, nCmd)==0 ){]] "if( 0 ){")
  fix("eDetail( *[!=]=|;)" "FTS5_DETAIL_FULL")
  cut("the option tokendata" [[if( sqlite3_strnicmp("tokendata", zCmd, nCmd)==0 ){]] "if( 0 ){")
  fix("bTokendata( *[;)&|])" "0")
  cut("the option locale" [[if( sqlite3_strnicmp("locale", zCmd, nCmd)==0 ){]] "if( 0 ){")
  fix("bLocale( *[;)&|]|==)" "0")
  cut("the option secure-delete" [[else if( 0==sqlite3_stricmp(zKey, "secure-delete") ){]] "else if( 0 ){")
  cut("its file format" [[
   && iVersion!=FTS5_CURRENT_VERSION_SECUREDELETE
  ){]] "){")
  fix("bSecureDelete(;)" "0")
  fix("iVersion==FTS5_CURRENT_VERSION_SECUREDELETE()" "0")
  string(PREPEND text "${before_fts5}")

  # Written only when it is another one, so that configuring again compiles nothing again.
  set(old "")
  if(EXISTS "${to}")
    file(READ "${to}" old)
  endif()
  if(NOT old STREQUAL text)
    file(WRITE "${to}" "${text}")
  endif()
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${from}")
endfunction()
