#include "storage/sqlite/work_meter.h"

namespace millrace {
namespace {

// A sound row takes one or two steps for each of its bytes, including its integrity check and its
// indexes. A file that needs twenty is damaged, or made to keep us busy.
constexpr std::int64_t kStepsForAnyFile = 2'000'000;
constexpr std::int64_t kStepsPerByte = 20;
constexpr int kStepsBetweenLooks = 10'000;

}  // namespace

void WorkMeter::Watch(sqlite3* db) {
  sqlite3_progress_handler(db, kStepsBetweenLooks, &Look, this);
}

// A result other than 0 stops the statement.
int WorkMeter::Look(void* self) { return static_cast<WorkMeter*>(self)->IsTooMuch() ? 1 : 0; }

// Asks for the file's size only when a statement takes long.
bool WorkMeter::IsTooMuch() {
  steps_ += kStepsBetweenLooks;
  if (steps_ <= kStepsForAnyFile) return false;
  const Result<std::uint64_t> database = vfs_.database().Size();
  const Result<std::uint64_t> log = vfs_.wal().Size();
  if (!database.ok() || !log.ok()) return true;
  return steps_ - kStepsForAnyFile > static_cast<std::int64_t>(*database + *log) * kStepsPerByte;
}

}  // namespace millrace
