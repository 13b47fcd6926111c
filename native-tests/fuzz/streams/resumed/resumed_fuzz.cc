// Any bytes over several connections, which break anywhere and bring anything, with any point from
// a file: no crash, every mutation applies, one finish at the end.
//
//   format  step*
//   step: kind, size, `size` bytes of content

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fuzz/require.h"
#include "millrace/model/apply.h"
#include "millrace/streams/resumable_reader.h"

namespace millrace {
namespace {

constexpr StreamFormat kFormats[] = {StreamFormat::kOpenAiChat, StreamFormat::kOpenAiResponses,
                                     StreamFormat::kAnthropic,  StreamFormat::kAiSdk,
                                     StreamFormat::kAgUi,       StreamFormat::kNdjson,
                                     StreamFormat::kText};

class Resumed {
 public:
  explicit Resumed(StreamFormat format) : format_(format) { Open(""); }

  void Step(std::uint8_t kind, std::string_view bytes) {
    if (reader_->done()) return;
    switch (kind % 8) {
      case 0:
        reader_->Reconnect(message_.parts);
        break;
      case 1:
        Crash(reader_->Point(/*for_later=*/true));
        break;
      case 2:
        Crash(bytes);
        break;
      case 3:
        reader_->EndsAtOffset(std::string(bytes), bytes.size() % 4 == 3);
        break;
      case 4:
        (void)reader_->EndOfBody();
        break;
      default:
        came_.append(bytes);
        Push(kind % 8 == 5 ? std::string_view(came_) : bytes);
    }
  }

  void End(bool failed) {
    std::vector<Mutation> out;
    if (failed) reader_->Fail({Code::kNetwork, "reset"}, out);
    reader_->Finish(out);
    Take(std::move(out));
    Require(reader_->done(), "done");
    Require(message_.finished(), "finished");
    out.clear();
    reader_->Push("data: late\n\n", out);
    Require(out.empty(), "nothing after the finish");
  }

 private:
  void Open(std::string_view point) {
    reader_ = std::make_unique<ResumableReader>(format_, message_.parts, point);
  }

  void Crash(std::string_view point) {
    Do(Finish{FinishReason::kInterrupted, "", ""});
    Do(Resume{});
    Open(point);
  }

  void Push(std::string_view bytes) {
    std::vector<Mutation> out;
    reader_->Push(bytes, out);
    Take(std::move(out));
  }

  void Take(std::vector<Mutation> mutations) {
    for (Mutation& mutation : mutations) Do(std::move(mutation));
    while (const StreamFile* file = reader_->file()) {
      std::vector<Mutation> out;
      reader_->FileStored(std::to_string(file->bytes.size()), out);
      for (Mutation& mutation : out) Do(std::move(mutation));
    }
  }

  void Do(Mutation mutation) {
    Patch patch;
    Require(Apply(std::move(mutation), /*now=*/1000, message_, patch).ok(), "it applies");
  }

  const StreamFormat format_;
  Message message_;
  std::unique_ptr<ResumableReader> reader_;
  std::string came_;
};

}  // namespace
}  // namespace millrace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto first = static_cast<std::uint8_t>(input[0]);
  millrace::Resumed resumed(millrace::kFormats[first % std::size(millrace::kFormats)]);
  input.remove_prefix(1);
  while (input.size() >= 2) {
    const auto kind = static_cast<std::uint8_t>(input[0]);
    const std::size_t length =
        std::min<std::size_t>(static_cast<std::uint8_t>(input[1]), input.size() - 2);
    resumed.Step(kind, input.substr(2, length));
    input.remove_prefix(2 + length);
  }
  resumed.End(first % 2 == 1);
  return 0;
}
