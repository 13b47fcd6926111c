#include "messages/live_message.h"

#include <algorithm>

namespace millrace {

bool LiveMessage::all_writers_current() const {
  return patched_version == accepted.version &&
         std::all_of(writers.begin(), writers.end(), [this](const WriterMark& mark) {
           return mark.next == 0 || mark.next == accepted.version + 1;
         });
}

bool LiveMessage::evictable() const {
  return on_disk && clean() && !queued && (accepted.finished() || fold);
}

WriterMark& LiveMessage::MarkOf(const std::string& writer) {
  for (WriterMark& mark : writers) {
    if (mark.writer == writer) return mark;
  }
  return writers.emplace_back(WriterMark{writer, 0, 0});
}

Result<std::size_t> LiveMessage::Skip(const MessageWrite& write) const {
  if (write.version == 0) return std::size_t{0};
  const auto mark = std::find_if(writers.begin(), writers.end(), [&](const WriterMark& m) {
    return m.writer == write.writer && m.next != 0;
  });
  if (mark == writers.end()) {
    if (write.version == accepted.version + 1) return std::size_t{0};
    return Status(Code::kStale, "the message is at version " + std::to_string(accepted.version) +
                                    ", the write would make version " +
                                    std::to_string(write.version) + ": open the message again");
  }
  if (write.version > mark->next) {
    return Status(Code::kStale, "a write is missing: the next of this writer makes version " +
                                    std::to_string(mark->next) + ", not " +
                                    std::to_string(write.version));
  }
  return std::min(static_cast<std::size_t>(mark->next - write.version), write.mutations.size());
}

bool LiveMessage::ChangedByOthersSince(std::int64_t version, const std::string& writer) const {
  if (unknown_writer_version > version) return true;
  return std::any_of(writers.begin(), writers.end(), [&](const WriterMark& mark) {
    return mark.writer != writer && mark.last_version > version;
  });
}

Patch& LiveMessage::PatchForChange(bool merge) {
  if (pending.empty() || !merge) {
    pending.push_back({std::make_shared<Patch>(), false});
    sealed = false;
  }
  return *pending.back().patch;
}

}  // namespace millrace
