#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "fuzz/require.h"
#include "millrace/model/apply.h"
#include "millrace/streams/stream_reader.h"

namespace millrace {

// Reads `bytes` in pieces of `piece` bytes and ends as `end` says. Requires what StreamReader
// promises for any bytes. Returns the message that results.
inline Message ReadInPieces(StreamFormat format, std::string_view bytes, std::size_t piece,
                            const Status& end) {
  const auto reader = MakeStreamReader(format);
  std::vector<Mutation> mutations;
  // Some files can be stored.
  const auto store_files = [&] {
    while (const StreamFile* file = reader->file()) {
      const std::size_t size = file->bytes.size();
      reader->FileStored(size % 2 == 0 ? std::to_string(size) : "", mutations);
    }
  };
  for (std::size_t at = 0; at < bytes.size() && !reader->done(); at += piece) {
    reader->Push(bytes.substr(at, piece), mutations);
    store_files();
  }
  if (!reader->done()) {
    if (end.ok()) {
      reader->Finish(mutations);
    } else {
      reader->Fail(end, mutations);
    }
    store_files();
  }
  Require(reader->done(), "done");
  const std::size_t size = mutations.size();
  reader->Push(bytes, mutations);
  Require(mutations.size() == size && size > 0, "nothing after the finish");

  Message message;
  Patch patch;
  for (std::size_t i = 0; i < size; ++i) {
    Require(std::holds_alternative<Finish>(mutations[i]) == (i + 1 == size), "one finish, last");
    const Result<Effect> effect = Apply(std::move(mutations[i]), /*now=*/1000, message, patch);
    Require(effect.ok(), "every mutation applies");
    Require(*effect != Effect::kNone, "every mutation changes something");
  }
  message.version = 0;  // counts the deltas, and more pieces make more of them
  return message;
}

// The first byte says how the stream ends, the second how large the pieces are.
inline void CheckStream(StreamFormat format, std::string_view input) {
  if (input.size() < 2) return;
  const auto how = static_cast<std::uint8_t>(input[0]);
  const std::size_t piece = 1 + static_cast<std::uint8_t>(input[1]) % 16;
  const std::string_view bytes = input.substr(2);
  const Status end = how % 4 == 0   ? Status(Code::kAborted, "stopped")
                     : how % 4 == 1 ? Status(Code::kNetwork, "reset")
                                    : Status::Ok();
  const Message whole = ReadInPieces(format, bytes, bytes.size() + 1, end);
  Require(ReadInPieces(format, bytes, piece, end) == whole, "the same in pieces");
  Require(ReadInPieces(format, bytes, 1, end) == whole, "the same byte by byte");
}

}  // namespace millrace
