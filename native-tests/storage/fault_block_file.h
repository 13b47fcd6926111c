#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "millrace/storage/block_file.h"

namespace millrace {

// A disk with the three files of one database, in memory, that fails as it is told and remembers
// what was synced, so that a power cut can be played at any operation.
//
//   program ── Write ──▶ `now` (what reads see) and `pending` (in order, not synced)
//                         Sync: pending is applied to `durable`
//   Restart(survival): now = durable + what survives of pending
//
// The disk outlives its files; Files() may be called again after Restart, for the next life.
class FaultDisk {
 public:
  enum class Kind { kRead, kWrite, kTruncate, kSync };
  enum class File { kDatabase, kWal, kJournal };

  // One operation about to happen.
  struct Operation {
    Kind kind;
    File file;
    std::int64_t index;  // of this operation among the changes (not kRead), or the reads; from 1
    std::uint64_t offset = 0;
    std::size_t size = 0;
  };

  enum class Fault {
    kNone,
    // The power goes: this operation is the last that reaches the disk's cache, and fails as all
    // later ones do. Restart decides what becomes of it.
    kPowerCut,
    // kQuotaExceeded; half of a write is done, as a full disk does it.
    kFull,
    kError,  // kIo; nothing is done
    // A sync that fails and loses its pending changes: reads still see them, no later sync will
    // write them. Systems do that.
    kSyncForgets,
  };

  // What becomes of the changes that were not synced.
  enum class Survival {
    kAll,        // the process died, the system lives
    kNone,       // the power went before anything was written back
    kReordered,  // each change by itself is written back or lost
    kTorn,       // the same, and some are written back in part (whole sectors of 512 bytes)
  };

  using Plan = std::function<Fault(const Operation&)>;

  DatabaseFiles Files();
  // Asked before each operation. Restart drops it.
  void set_plan(Plan plan) { plan_ = std::move(plan); }
  void Restart(Survival survival, std::uint32_t seed);

  // Writes, truncates and syncs so far; reads so far.
  std::int64_t changes() const { return changes_; }
  std::int64_t reads() const { return reads_; }
  std::int64_t syncs(File file) const { return files_[Index(file)].syncs; }
  // What the file holds for whoever reads it now.
  std::vector<std::byte>& content(File file) { return files_[Index(file)].now; }

 private:
  class Handle;

  struct Change {
    bool truncate = false;
    std::uint64_t offset = 0;  // truncate: the size
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

// Plans. The first two count as FaultDisk::Operation::index does.
FaultDisk::Plan CutPowerAtChange(std::int64_t index);
// Once, or from then on.
FaultDisk::Plan FailChange(std::int64_t index, FaultDisk::Fault fault, bool lasting);

}  // namespace millrace
