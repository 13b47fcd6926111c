#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core_host.h"
#include "millrace/base/ids.h"
#include "millrace/base/status.h"
#include "millrace/model/mutation.h"
#include "millrace/streams/stream_reader.h"

namespace millrace::wasm {

// One reply being read (CoreStream): bytes go into the stream reader, what comes out is written to
// the message.
//
//   Feed* ──▶ Finish or Fail ──▶ the last write is durable ──▶ `done`
//     └─ false: the provider ended it, or the message takes no more; Finish or Fail as well
class StreamHost {
 public:
  StreamHost(std::shared_ptr<StoreHost> host, MessageId id, std::unique_ptr<StreamReader> reader);

  bool Feed(const val& bytes);
  void Finish(const val& done);
  void Fail(const val& error, const val& done);

 private:
  using Step = std::function<void(std::vector<Mutation>& out)>;

  // Runs one step of the reader and writes what it yields.
  void Run(const Step& step);
  // Ends the message whose store refused what the reply brought.
  void FinishRefused(const Status& why);
  void ReportWhenEnded(const val& done);

  // How the last write went; outlives the stream, which may be deleted before.
  struct Ending {
    std::optional<Status> status;
    std::function<void(const Status&)> report;
  };
  static void SetStatus(Ending& ending, const Status& status);

  std::shared_ptr<StoreHost> host_;
  MessageId id_;
  std::unique_ptr<StreamReader> reader_;
  std::shared_ptr<Ending> ending_ = std::make_shared<Ending>();
};

}  // namespace millrace::wasm
