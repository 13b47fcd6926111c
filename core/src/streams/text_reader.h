#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "millrace/base/utf8.h"
#include "millrace/streams/stream_reader.h"
#include "streams/reply_writer.h"

namespace millrace {

// Plain text: the body is the reply. It is UTF-8. A byte order mark at the start is skipped, and
// ill-formed bytes become U+FFFD. Finishes as end_turn.
class TextReader final : public StreamReader {
 public:
  explicit TextReader(const std::vector<Part>& /*parts*/ = {}) {}

  void Push(std::string_view bytes, std::vector<Mutation>& out) override;
  void Finish(std::vector<Mutation>& out) override;
  void Fail(Status status, std::vector<Mutation>& out) override;
  void NewConnection() override;
  const StreamPosition& position() const override { return position_; }
  // It needs not know more than its bytes.
  void ContinueFrom(const StreamPosition& /*position*/) override {}
  bool rests() const override { return true; }

 private:
  void Write(std::string text);
  void End(millrace::Finish finish, std::vector<Mutation>& out);

  StreamPosition position_;
  std::uint64_t received_ = 0;  // bytes of this connection
  Utf8StreamDecoder decoder_;
  ReplyWriter writer_;
  bool at_beginning_ = true;
};

}  // namespace millrace
