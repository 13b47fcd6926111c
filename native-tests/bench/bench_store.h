#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "bench/temp_folder.h"
#include "millrace/messages/store.h"

namespace millrace::bench {

// What a token of English prose comes to, near enough, and what the design's figures use.
inline constexpr std::string_view kDelta = "word";
inline constexpr int kDeltasPerWindow = 13;

enum class Medium { kMemory, kFiles };

// A store with one subscriber and one message that streams, in virtual time: windows end when
// EndWindow says so. Any failure ends the program: a benchmark of errors means nothing.
class BenchStore {
 public:
  // `message_bytes` of text are in the message and saved already.
  BenchStore(Medium medium, std::size_t message_bytes);
  ~BenchStore();
  BenchStore(const BenchStore&) = delete;
  BenchStore& operator=(const BenchStore&) = delete;

  // Writes one delta, as the stream readers and the page's drafts do.
  void Append(std::string_view text);
  void AppendWindow();
  // Lets the window's deadline come: one transaction, one batch of events.
  void EndWindow();
  void Finish();

  StoreStats stats() const { return store_->stats(); }
  std::int64_t batches_received() const { return batches_received_; }

 private:
  TempFolder folder_;
  TimeMs now_ = 1'700'000'000'000;
  const MessageId id_{"message"};
  std::unique_ptr<Store> store_;
  std::int64_t batches_received_ = 0;
  std::unique_ptr<Feed> feed_;
};

// Ends the program unless `ok`.
void Require(bool ok, std::string_view what);

}  // namespace millrace::bench
