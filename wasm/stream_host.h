#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core_host.h"
#include "millrace/base/ids.h"
#include "millrace/base/status.h"
#include "millrace/model/message.h"
#include "millrace/model/mutation.h"
#include "millrace/streams/stream_reader.h"
#include "stream_end.h"

namespace millrace::wasm {

// One reply being read (CoreStream). Its bytes go into the stream reader, and the resulting
// mutations into the message.
//
//   Begin ──▶ Feed* ──▶ Finish or Fail ──▶ the last write is durable ──▶ `done`
//     │         └─ false: it ended by itself, or the message takes no more; call Finish or Fail
//     └─ error: the stream cannot be used
class StreamHost : public std::enable_shared_from_this<StreamHost> {
 public:
  StreamHost(std::shared_ptr<StoreHost> host, StreamFormat format);

  // `start`: a WireReply. `done` gets the saved message; call the other methods only after that.
  void Begin(const val& start, const val& done);
  bool Feed(const val& bytes);
  bool Ending() const { return reader_->ending(); }
  val File() const { return FileToJs(*reader_); }
  bool FileStored(const val& blob);
  void Finish(const val& done);
  void Fail(const val& error, const val& done);

 private:
  using Step = std::function<void(std::vector<Mutation>& out)>;

  void Begun(const Message& message);

  // Runs one step of the reader and writes the mutations it yields.
  void Run(const Step& step);
  // Finishes the message with an error, because the store refused the content of the reply.
  void FinishRefused(const Status& why);
  void ReportWhenEnded(const val& done);

  // The result of the last write. It outlives the stream, which may be deleted earlier.
  struct LastWrite {
    std::optional<Status> status;
    std::function<void(const Status&)> report;
  };
  static void SetStatus(LastWrite& last, const Status& status);

  std::shared_ptr<StoreHost> host_;
  const StreamFormat format_;
  MessageId id_;
  std::string writer_;
  std::int64_t next_version_ = 0;         // the version that the next mutation makes
  std::unique_ptr<StreamReader> reader_;  // exists from the beginning of the reply
  std::shared_ptr<LastWrite> last_write_ = std::make_shared<LastWrite>();
};

val ToJs(const std::shared_ptr<StreamHost>& stream);  // a CoreStream

}  // namespace millrace::wasm
