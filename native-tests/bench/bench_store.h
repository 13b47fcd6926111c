#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bench/temp_folder.h"
#include "millrace/messages/store.h"

namespace millrace::bench {

// About one token of English prose. The figures of the earlier design use the same.
inline constexpr std::string_view kDelta = "word";
inline constexpr int kDeltasPerWindow = 13;
inline constexpr std::int64_t kKilobyte = 1024;

// kFilesUnsynced: files whose Sync does nothing. For benchmarks with many commits that must not
// count as heap.
enum class Medium { kMemory, kFiles, kFilesUnsynced };

// What is saved in the store before the measurement. Every message gets the same.
struct Shape {
  std::size_t text_bytes = 0;
  int tool_calls = 0;  // before the text; their inputs are not finished
  int messages = 1;
  int questions = 0;  // finished messages of the session, before all others
};

// A store with one subscriber and streaming messages, in virtual time: a window ends when EndWindow
// is called. Any failure ends the program, because a benchmark of errors means nothing.
class BenchStore {
 public:
  BenchStore(Medium medium, const Shape& shape);
  ~BenchStore();
  BenchStore(const BenchStore&) = delete;
  BenchStore& operator=(const BenchStore&) = delete;

  // Writes one delta to the n-th message, as the stream readers and the page's drafts do.
  void Append(std::string_view text, std::size_t n = 0);
  // The same for the input of the message's last tool call.
  void AppendToolInput(std::string_view text);
  void AppendWindow();
  // Moves time to the window's deadline: one transaction, one batch of events.
  void EndWindow();
  // Lets a millisecond pass; the window's deadline may come.
  void Tick() { store_->AdvanceTo(++now_); }
  // Begins a tool call, gives it its input and finishes it.
  void WriteToolCall(const std::string& id);
  // Creates a message that is finished from the start.
  void Ask();
  // Replaces the first message by a new one.
  void ReplaceMessage();
  void Finish(std::size_t n = 0);

  StoreStats stats() const { return store_->stats(); }
  std::int64_t batches_received() const { return batches_received_; }

 private:
  MessageId CreateMessage(Role role = Role::kAssistant);
  void Write(std::size_t n, Mutation mutation);

  TempFolder folder_;
  TimeMs now_ = 1'700'000'000'000;
  std::vector<MessageId> ids_;
  int created_ = 0;
  std::string last_tool_call_;
  std::unique_ptr<Store> store_;
  std::int64_t batches_received_ = 0;
  std::unique_ptr<EventFeed> feed_;
};

// Ends the program unless `ok`.
void Require(bool ok, std::string_view what);

}  // namespace millrace::bench
