#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "millrace/storage/block_file.h"
#include "millrace/storage/storage.h"
#include "storage/fault_block_file.h"

namespace millrace {

// A realistic life of a store, to run with faults. The store has an older version and is migrated.
// Then come sessions, parallel streams, a tool call, folds, deletes, flushes, a large message, a
// transaction larger than the cache, and checkpoints in between.
struct ScriptStep {
  StorageBatch batch;
  Durability durability = Durability::kProcess;
};
std::vector<ScriptStep> MakeScript();

// A closed store with an older version of the schema (fixtures/store_v1.h and later). The script
// begins with that of version 1.
FaultDisk MakeOlderStore(int version = 1);

// Opens (and migrates) a store that checkpoints every 24 frames instead of every 1000, with a cache
// of 10 pages instead of 2048. So a short script has many checkpoints, and a transaction that is
// larger than the cache.
Result<std::unique_ptr<Storage>> OpenForScript(DatabaseFiles files);

// The dumps of a store after 0, 1, ... steps of the script, run without faults.
std::vector<std::string> ExpectedDumps(const std::vector<ScriptStep>& script);

// How far a run came.
struct ScriptRun {
  bool opened = false;
  std::size_t acknowledged = 0;  // steps
  // How many of them no power cut may undo: those up to the last one with kPower.
  std::size_t durable = 0;
};

// Opens the store, runs the script until a step fails, and drops the storage without closing it.
ScriptRun RunUntilFailure(FaultDisk& disk, const std::vector<ScriptStep>& script);

}  // namespace millrace
