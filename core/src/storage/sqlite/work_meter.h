#pragma once

#include <sqlite3.h>

#include <cstdint>

#include "storage/vfs/block_vfs.h"

namespace millrace {

// Stops a statement that takes more steps of SQLite's virtual machine than a sound file of this
// size could need: pages of a damaged file can name one another so that walking them never ends
// (contract S8). What is stopped fails with SQLITE_INTERRUPT.
class WorkMeter {
 public:
  // `vfs` outlives the meter.
  explicit WorkMeter(BlockVfs& vfs) : vfs_(vfs) {}

  // Its address stays until `db` is closed.
  void Watch(sqlite3* db);
  void StatementBegins() {
    if (!counts_on_) steps_ = 0;
  }
  // From now on (until told otherwise) all statements together count as one.
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
