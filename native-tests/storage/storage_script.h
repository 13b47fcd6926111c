#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "millrace/storage/block_file.h"
#include "millrace/storage/storage.h"

namespace millrace {

// A realistic life of a store, to be run under faults: sessions, streams side by side, a tool call,
// folds, deletes, flushes, a large message, and checkpoints in between.
struct ScriptStep {
  StorageBatch batch;
  Durability durability = Durability::kProcess;
};
std::vector<ScriptStep> MakeScript();

// Opens a store that checkpoints every 24 frames, not every 1000: so that a short script has many.
Result<std::unique_ptr<Storage>> OpenForScript(DatabaseFiles files);

// The dumps of a store after 0, 1, ... steps of the script, run without faults.
std::vector<std::string> ExpectedDumps(const std::vector<ScriptStep>& script);

// How far a run came.
struct ScriptRun {
  std::size_t acknowledged = 0;  // steps
  // Those among them that no power cut may take back: up to the last one with kPower.
  std::size_t durable = 0;
};

// Runs the script until a step fails, and drops the storage without closing it.
ScriptRun RunUntilFailure(std::unique_ptr<Storage> storage, const std::vector<ScriptStep>& script);

}  // namespace millrace
