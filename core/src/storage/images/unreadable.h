#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "millrace/storage/storage_reads.h"

namespace millrace {

// The reads of a storage whose files could not be opened again: each read fails with the reason.
class UnreadableState final : public StorageReads {
 public:
  // REQUIRES: `reason` is an error.
  StorageReads& Because(Status reason) {
    reason_ = std::move(reason);
    return *this;
  }

  Result<std::optional<Message>> ReadMessage(const MessageId&) override { return reason_; }
  Result<std::optional<SessionId>> SessionOf(const MessageId&) override { return reason_; }
  Result<std::vector<Message>> ReadMessages(const MessageQuery&) override { return reason_; }
  Result<std::vector<Message>> ReadPath(const PathQuery&) override { return reason_; }
  Result<std::vector<Branching>> ReadBranches(const SessionId&,
                                              const std::optional<MessageId>&) override {
    return reason_;
  }
  Result<std::vector<MessageId>> ReadBranch(const MessageId&) override { return reason_; }
  Result<std::vector<MessageId>> ReadMessageIds(const SessionId&) override { return reason_; }
  Result<std::vector<Message>> ReadUnfinished() override { return reason_; }
  Result<std::optional<Session>> ReadSession(const SessionId&) override { return reason_; }
  Result<std::vector<Session>> ReadSessions(const SessionQuery&) override { return reason_; }
  Result<std::optional<Receipt>> ReadReceipt(const std::string&, const std::string&) override {
    return reason_;
  }
  Result<std::vector<Receipt>> ReadReceipts() override { return reason_; }
  Result<std::optional<BlobInfo>> ReadBlob(const std::string&) override { return reason_; }
  Result<BlobUsage> ReadBlobUsage() override { return reason_; }
  Result<std::int64_t> LastSeq() override { return reason_; }
  Result<SearchPage> Search(const SearchQuery&) override { return reason_; }
  Result<std::uint64_t> Export(const std::shared_ptr<BlockFile>&) override { return reason_; }

 private:
  Status reason_;
};

}  // namespace millrace
