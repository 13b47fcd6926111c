/* SQLite as one translation unit: the amalgamation as cuts.cmake leaves it, and what its parser calls of
** the statements that are left out. Options and cuts see to it that none of these calls is ever made;
** they are here so that it links. */

/* What CURRENT_TIMESTAMP would ask; the date functions are left out, and the VFS has no clock. */
#include <time.h>
#define gmtime(time) ((struct tm *)0)

#define sqlite3WindowAlloc(...) ((Window *)0)
#define sqlite3WindowAssemble(...) ((Window *)0)
#define sqlite3WindowChain(...)
#define sqlite3WindowListDelete(...)

#include "sqlite3-cut.c"

static void sqlite3AlterRenameTable(Parse *parse, SrcList *table, Token *name) {}
static void sqlite3AlterRenameColumn(Parse *parse, SrcList *table, Token *from, Token *to) {}
static void sqlite3AlterBeginAddColumn(Parse *parse, SrcList *table) {}
static void sqlite3AlterFinishAddColumn(Parse *parse, Token *column) {}
static void sqlite3AlterDropColumn(Parse *parse, SrcList *table, const Token *name) {}
static void sqlite3AlterAddConstraint(Parse *parse, SrcList *table, Token *first, Token *name,
                                      const char *check, int size, Expr *expression) {}
static void sqlite3AlterDropConstraint(Parse *parse, SrcList *table, Token *name, Token *column) {}
static void sqlite3AlterSetNotNull(Parse *parse, SrcList *table, Token *column, Token *first) {}
static void sqlite3Analyze(Parse *parse, Token *schema, Token *table) {}
static void sqlite3Attach(Parse *parse, Expr *file, Expr *name, Expr *key) {}
static void sqlite3Detach(Parse *parse, Expr *name) {}
static void sqlite3Reindex(Parse *parse, Token *schema, Token *index) {}
static void sqlite3Vacuum(Parse *parse, Token *schema, Expr *into) {}

/* The rest is called. Nothing is renamed, so no token needs to be remembered. */
static const void *sqlite3RenameTokenMap(Parse *parse, const void *of, const Token *token) { return of; }
static void sqlite3RenameTokenRemap(Parse *parse, const void *to, const void *from) {}
static void sqlite3RenameExprUnmap(Parse *parse, Expr *expression) {}
static void sqlite3RenameExprlistUnmap(Parse *parse, ExprList *list) {}

/* The only names there are without ATTACH: "main" and "temp". */
static int sqlite3DbIsNamed(sqlite3 *db, int index, const char *name) {
  return sqlite3StrICmp(name, index == 0 ? "main" : db->aDb[index].zDbSName) == 0;
}
/* For a file control that nobody sends. */
static void sqlite3PagerClearCache(Pager *pager) {}
