#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "millrace/storage/block_file.h"

namespace millrace {

// A disk with the three files of one database, in memory. It fails on demand and remembers what was
// synced, so that a power cut can be played at any operation.
//
//   program ── Write ──▶ `now` (what reads see) and `pending` (in order, not synced)
//                         Sync: pending is applied to `durable`
//   Restart(survival): now = durable + what survives of pending
//
// The disk must outlive its files. Files() may be called again after Restart, for the next life.
class FaultDisk {
 public:
  enum class Kind { kRead, kWrite, kTruncate, kSync };
  enum class File { kDatabase, kWal, kJournal };

  // One operation that is about to happen.
  struct Operation {
    Kind kind;
    File file;
    std::int64_t index;  // its number among the changes (all but kRead) or the reads; from 1
    std::uint64_t offset = 0;
    std::size_t size = 0;
  };

  enum class Fault {
    kNone,
    // The power fails: this operation is the last that reaches the disk's cache. It fails, and so
    // do all later ones. Restart decides what survives of it.
    kPowerCut,
    // kQuotaExceeded. Half of a write is done, as on a full disk.
    kFull,
    kError,  // kIo; nothing is done
    // A sync fails and loses its pending changes: reads still see them, but no later sync writes
    // them. Some systems do that.
    kSyncForgets,
  };

  // What happens to the changes that were not synced.
  enum class Survival {
    kAll,        // the process died, the system lives
    kNone,       // the power failed before anything was written back
    kReordered,  // each change is written back or lost by itself
    kTorn,       // the same, and some are written back in part (whole sectors of 512 bytes)
  };

  using Plan = std::function<Fault(const Operation&)>;

  DatabaseFiles Files();
  // Called before each operation. Restart drops it.
  void set_plan(Plan plan) { plan_ = std::move(plan); }
  void Restart(Survival survival, std::uint32_t seed);

  // Writes, truncates and syncs so far; reads so far.
  std::int64_t changes() const { return changes_; }
  std::int64_t reads() const { return reads_; }
  std::int64_t syncs(File file) const { return files_[Index(file)].syncs; }
  // The present content of the file, as readers see it.
  std::vector<std::byte>& content(File file) { return files_[Index(file)].now; }

 private:
  class Handle;

  struct Change {
    bool truncate = false;
    std::uint64_t offset = 0;  // truncate: the new size
    std::vector<std::byte> bytes;
  };
  struct FileState {
    std::vector<std::byte> now;
    std::vector<std::byte> durable;
    std::vector<Change> pending;
    std::int64_t syncs = 0;
  };

  static std::size_t Index(File file) { return static_cast<std::size_t>(file); }
  static void Apply(const Change& change, std::vector<std::byte>& content);
  Fault Ask(Kind kind, File file, std::uint64_t offset, std::size_t size);
  Status Do(File file, Kind kind, Change change);
  Status DoSync(File file);

  std::array<FileState, 3> files_;
  Plan plan_;
  bool dead_ = false;
  std::int64_t changes_ = 0;
  std::int64_t reads_ = 0;
};

// Plans. The first two count like FaultDisk::Operation::index.
FaultDisk::Plan CutPowerAtChange(std::int64_t index);
// `lasting`: from then on, not only once.
FaultDisk::Plan FailChange(std::int64_t index, FaultDisk::Fault fault, bool lasting);

}  // namespace millrace
