#pragma once

#include <sqlite3.h>

#include <cstdint>

#include "storage/vfs/block_vfs.h"

namespace millrace {

// Stops a statement that takes more steps of SQLite's virtual machine than a sound file of this
// size could need. Pages of a damaged file can refer to one another so that walking them never ends
// (contract S8). A stopped statement fails with SQLITE_INTERRUPT.
class WorkMeter {
 public:
  // `vfs` must outlive the meter.
  explicit WorkMeter(BlockVfs& vfs) : vfs_(vfs) {}

  // The meter's address must not change until `db` is closed.
  void Watch(sqlite3* db);
  void StatementBegins() {
    if (!counts_on_) steps_ = 0;
  }
  // With `on`, all statements from now on count together, as one.
  void CountOn(bool on) {
    counts_on_ = on;
    steps_ = 0;
  }

 private:
  static int Look(void* self);
  bool IsTooMuch();

  BlockVfs& vfs_;
  std::int64_t steps_ = 0;
  bool counts_on_ = false;
};

}  // namespace millrace
