#include "messages/live_message.h"

#include <algorithm>

namespace millrace {

bool LiveMessage::all_writers_current() const {
  return stream.empty() && patched_version == accepted.version &&
         std::all_of(writers.begin(), writers.end(), [this](const auto& entry) {
           return entry.second.next == accepted.version + 1;
         });
}

bool LiveMessage::evictable() const {
  return on_disk && clean() && !queued && (accepted.finished() || fold);
}

void LiveMessage::BeginCount(const std::string& writer, const std::string& client) {
  writers[writer] = {accepted.version + 1, stream == writer, client};
}

void LiveMessage::Note(Receipt receipt) {
  std::vector<Receipt>& receipts = pending.back().receipts;
  const auto same = std::find_if(receipts.begin(), receipts.end(), [&](const Receipt& other) {
    return other.name == receipt.name && other.client == receipt.client;
  });
  if (same == receipts.end()) {
    receipts.push_back(std::move(receipt));
  } else {
    same->number = receipt.number;
  }
}

Result<std::size_t> LiveMessage::Skip(const MessageWrite& write) const {
  const auto count = writers.find(write.writer);
  const bool known = count != writers.end();
  if (known && count->second.had_stream && stream != write.writer) {
    return Status(Code::kFinished, "the reply that this stream wrote is over");
  }
  if (write.version == 0) return std::size_t{0};
  if (!known && accepted.finished()) {
    return Status(Code::kFinished, "message '" + accepted.id.value + "' is finished");
  }
  const std::int64_t next = known ? count->second.next : first_version + 1;
  if (write.version > next || (!known && write.version < next)) {
    return Status(Code::kStale, "the next write of this writer makes version " +
                                    std::to_string(next) + ", not " +
                                    std::to_string(write.version) + ": open the message again");
  }
  return std::min(static_cast<std::size_t>(next - write.version), write.mutations.size());
}

void LiveMessage::CountTo(const std::string& writer, std::int64_t next) {
  WriterCount& count = writers[writer];
  count.next = std::max(count.next, next);
}

Patch& LiveMessage::PatchForChange(bool merge) {
  if (pending.empty() || !merge) {
    pending.push_back({std::make_shared<Patch>(), false, {}});
    sealed = false;
  }
  return *pending.back().patch;
}

}  // namespace millrace
