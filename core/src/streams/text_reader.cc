#include "streams/text_reader.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millrace {

void TextReader::Push(std::string_view bytes, std::vector<Mutation>& out) {
  if (done_) return;
  Write(decoder_.Decode(bytes));
  writer_.MoveTo(out);
  received_ += bytes.size();
  position_.bytes = received_ - decoder_.held_bytes();
}

void TextReader::NewConnection() {
  decoder_ = Utf8StreamDecoder();
  received_ = position_.bytes = 0;
}

void TextReader::Finish(std::vector<Mutation>& out) {
  if (!done_) End({FinishReason::kEndTurn, "", ""}, out);
}

void TextReader::Fail(Status status, std::vector<Mutation>& out) {
  if (done_) return;
  const FinishReason reason =
      status.code() == Code::kAborted ? FinishReason::kCanceled : FinishReason::kError;
  outcome_.status = status;
  End({reason, status.message(), ""}, out);
}

void TextReader::Write(std::string text) {
  if (text.empty()) return;
  // The decoder returns whole code points, so the mark comes in one piece.
  if (at_beginning_ && text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
  at_beginning_ = false;
  writer_.Text(std::move(text), /*refusal=*/false);
}

void TextReader::End(millrace::Finish finish, std::vector<Mutation>& out) {
  Write(decoder_.Finish());
  writer_.End(std::nullopt, std::move(finish));
  writer_.MoveTo(out);
  done_ = true;
}

}  // namespace millrace
