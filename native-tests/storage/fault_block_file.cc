#include "storage/fault_block_file.h"

#include <algorithm>
#include <cstring>
#include <random>
#include <utility>

namespace millrace {
namespace {

Status DeadStatus() { return {Code::kIo, "the power is off"}; }

}  // namespace

class FaultDisk::Handle final : public BlockFile {
 public:
  Handle(FaultDisk& disk, File file) : disk_(disk), file_(file) {}

  Result<std::size_t> Read(std::uint64_t offset, std::span<std::byte> into) override {
    switch (disk_.Ask(Kind::kRead, file_, offset, into.size())) {
      case Fault::kNone:
        break;
      default:
        return Status(Code::kIo, "reading fails, as planned");
    }
    const std::vector<std::byte>& now = disk_.content(file_);
    if (offset >= now.size()) return std::size_t{0};
    const std::size_t count = std::min(into.size(), now.size() - static_cast<std::size_t>(offset));
    std::memcpy(into.data(), now.data() + offset, count);
    return count;
  }

  Status Write(std::uint64_t offset, std::span<const std::byte> from) override {
    return disk_.Do(file_, Kind::kWrite, {false, offset, {from.begin(), from.end()}});
  }
  Status Truncate(std::uint64_t size) override {
    return disk_.Do(file_, Kind::kTruncate, {true, size, {}});
  }
  Status Sync() override { return disk_.DoSync(file_); }
  Result<std::uint64_t> Size() override { return std::uint64_t{disk_.content(file_).size()}; }

 private:
  FaultDisk& disk_;
  File file_;
};

DatabaseFiles FaultDisk::Files() {
  return {std::make_unique<Handle>(*this, File::kDatabase),
          std::make_unique<Handle>(*this, File::kWal),
          std::make_unique<Handle>(*this, File::kJournal)};
}

void FaultDisk::Restart(Survival survival, std::uint32_t seed) {
  std::mt19937 random(seed);
  for (FileState& file : files_) {
    for (Change& change : file.pending) {
      const bool lost =
          survival == Survival::kNone || (survival != Survival::kAll && random() % 2 == 0);
      if (lost) continue;
      if (survival == Survival::kTorn && !change.truncate && random() % 2 == 0) {
        const std::size_t sectors = change.bytes.size() / 512;
        change.bytes.resize(512 * (random() % (sectors + 1)));
      }
      Apply(change, file.durable);
    }
    file.pending.clear();
    file.now = file.durable;
  }
  plan_ = nullptr;
  dead_ = false;
}

void FaultDisk::Apply(const Change& change, std::vector<std::byte>& content) {
  const auto offset = static_cast<std::size_t>(change.offset);
  if (change.truncate) {
    content.resize(offset);
    return;
  }
  if (change.bytes.empty()) return;
  const std::size_t end = offset + change.bytes.size();
  if (end > content.size()) content.resize(end);
  std::memcpy(content.data() + offset, change.bytes.data(), change.bytes.size());
}

FaultDisk::Fault FaultDisk::Ask(Kind kind, File file, std::uint64_t offset, std::size_t size) {
  if (dead_) return Fault::kError;
  const std::int64_t index = kind == Kind::kRead ? ++reads_ : ++changes_;
  return plan_ ? plan_({kind, file, index, offset, size}) : Fault::kNone;
}

Status FaultDisk::Do(File file, Kind kind, Change change) {
  FileState& state = files_[Index(file)];
  const Fault fault = Ask(kind, file, change.offset, change.bytes.size());
  if (fault == Fault::kError || fault == Fault::kSyncForgets) {
    return dead_ ? DeadStatus() : Status(Code::kIo, "writing fails, as planned");
  }
  if (fault == Fault::kFull) change.bytes.resize(change.bytes.size() / 2);
  if (fault != Fault::kFull || kind == Kind::kWrite) {
    Apply(change, state.now);
    state.pending.push_back(std::move(change));
  }
  if (fault == Fault::kFull) return {Code::kQuotaExceeded, "the disk is full, as planned"};
  if (fault == Fault::kPowerCut) {
    dead_ = true;
    return DeadStatus();
  }
  return Status::Ok();
}

Status FaultDisk::DoSync(File file) {
  FileState& state = files_[Index(file)];
  const Fault fault = Ask(Kind::kSync, file, 0, 0);
  if (fault == Fault::kSyncForgets) state.pending.clear();
  if (fault == Fault::kPowerCut) dead_ = true;
  if (dead_) return DeadStatus();
  if (fault == Fault::kFull) return {Code::kQuotaExceeded, "the disk is full, as planned"};
  if (fault != Fault::kNone) return {Code::kIo, "syncing fails, as planned"};
  for (const Change& change : state.pending) Apply(change, state.durable);
  state.pending.clear();
  ++state.syncs;
  return Status::Ok();
}

FaultDisk::Plan CutPowerAtChange(std::int64_t index) {
  return FailChange(index, FaultDisk::Fault::kPowerCut, /*lasting=*/false);
}

FaultDisk::Plan FailChange(std::int64_t index, FaultDisk::Fault fault, bool lasting) {
  return [=](const FaultDisk::Operation& operation) {
    if (operation.kind == FaultDisk::Kind::kRead) return FaultDisk::Fault::kNone;
    const bool now = lasting ? operation.index >= index : operation.index == index;
    return now ? fault : FaultDisk::Fault::kNone;
  };
}

}  // namespace millrace
