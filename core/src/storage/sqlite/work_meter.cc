#include "storage/sqlite/work_meter.h"

namespace millrace {
namespace {

// A sound row takes one or two steps for each of its bytes, with its integrity check and its
// indexes: a file that needs twenty is damaged, or made to keep us busy.
constexpr std::int64_t kStepsForAnyFile = 2'000'000;
constexpr std::int64_t kStepsPerByte = 20;
constexpr int kStepsBetweenLooks = 10'000;

}  // namespace

void WorkMeter::Watch(sqlite3* db) {
  sqlite3_progress_handler(db, kStepsBetweenLooks, &Look, this);
}

// Not 0: stop.
int WorkMeter::Look(void* self) { return static_cast<WorkMeter*>(self)->IsTooMuch() ? 1 : 0; }

// The size is asked only of what takes long.
bool WorkMeter::IsTooMuch() {
  steps_ += kStepsBetweenLooks;
  if (steps_ <= kStepsForAnyFile) return false;
  const Result<std::uint64_t> database = vfs_.database().Size();
  const Result<std::uint64_t> log = vfs_.wal().Size();
  if (!database.ok() || !log.ok()) return true;
  return steps_ - kStepsForAnyFile > static_cast<std::int64_t>(*database + *log) * kStepsPerByte;
}

}  // namespace millrace
