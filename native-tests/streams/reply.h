#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "millrace/model/apply.h"
#include "millrace/model/message.h"
#include "millrace/streams/stream_reader.h"

namespace millrace {

// The result of a stream: its mutations, applied to a message as the store does.
struct Reply {
  Message message;
  StreamOutcome outcome;
  std::vector<Mutation> mutations;
  std::vector<StreamFile> files;  // stored as the blobs "blob1", "blob2", …

  const FinishPart& finish() const { return std::get<FinishPart>(message.parts.back()); }
  // All parts but the finish.
  std::vector<Part> parts() const { return {message.parts.begin(), message.parts.end() - 1}; }
};

inline void operator<<(std::ostream& out, const Reply& reply) {
  out << reply.message.parts.size() << " parts";
}

// How a test ends a stream: the body ended, or the host says why it did not.
inline Status BodyEnded() { return Status::Ok(); }

// Reads `pieces` and checks what every reader promises for any input.
inline Reply ReadPieces(StreamFormat format, const std::vector<std::string_view>& pieces,
                        const Status& end = BodyEnded(), bool files_are_stored = true) {
  Reply reply;
  const auto reader = MakeStreamReader(format);
  const auto store_files = [&] {
    while (reader->file() != nullptr) {
      EXPECT_FALSE(reader->done()) << "its file waits";
      reply.files.push_back(*reader->file());
      const std::string blob = files_are_stored ? "blob" + std::to_string(reply.files.size()) : "";
      reader->FileStored(blob, reply.mutations);
    }
  };
  for (const std::string_view piece : pieces) {
    if (!reader->done()) reader->Push(piece, reply.mutations);
    store_files();
  }
  if (!reader->done()) {
    if (end.ok()) {
      reader->Finish(reply.mutations);
    } else {
      reader->Fail(end, reply.mutations);
    }
    store_files();
  }
  EXPECT_TRUE(reader->done());
  reply.outcome = reader->outcome();
  // After done nothing more comes, whoever calls.
  const std::size_t size = reply.mutations.size();
  reader->Push("data: {\"choices\":[{\"delta\":{\"content\":\"late\"}}]}\n\n", reply.mutations);
  reader->Finish(reply.mutations);
  reader->Fail({Code::kNetwork, "late"}, reply.mutations);
  EXPECT_EQ(reply.mutations.size(), size);

  Patch patch;
  for (std::size_t i = 0; i < size; ++i) {
    EXPECT_EQ(std::holds_alternative<Finish>(reply.mutations[i]), i + 1 == size) << "at " << i;
    const Result<Effect> effect = Apply(reply.mutations[i], /*now=*/1000, reply.message, patch);
    EXPECT_TRUE(effect.ok()) << effect.status().message() << " at " << i;
  }
  reply.message.version = 0;  // counts the deltas, and splitting makes more of them
  return reply;
}

inline Reply Read(StreamFormat format, std::string_view bytes, const Status& end = BodyEnded()) {
  return ReadPieces(format, {bytes}, end);
}

inline std::vector<std::string_view> SingleBytes(std::string_view bytes) {
  std::vector<std::string_view> pieces;
  for (std::size_t i = 0; i < bytes.size(); ++i) pieces.push_back(bytes.substr(i, 1));
  return pieces;
}

inline void ExpectSame(const Reply& reply, const Reply& whole, const std::string& how) {
  EXPECT_TRUE(reply.message == whole.message) << how;
  EXPECT_EQ(reply.outcome.status, whole.outcome.status) << how;
  EXPECT_EQ(reply.outcome.skipped_lines, whole.outcome.skipped_lines) << how;
  EXPECT_EQ(reply.outcome.usage.has_value(), whole.outcome.usage.has_value()) << how;
}

// Reads `bytes` whole, split in two at every position, and byte by byte. The result must be the
// same.
inline Reply ReadHoweverSplit(StreamFormat format, std::string_view bytes,
                              const Status& end = BodyEnded()) {
  Reply whole = Read(format, bytes, end);
  for (std::size_t at = 0; at <= bytes.size() && !testing::Test::HasFailure(); ++at) {
    ExpectSame(ReadPieces(format, {bytes.substr(0, at), bytes.substr(at)}, end), whole,
               "split at " + std::to_string(at));
  }
  ExpectSame(ReadPieces(format, SingleBytes(bytes), end), whole, "byte by byte");
  return whole;
}

// ---- OpenAI chat

inline std::string Data(std::string_view json) { return "data: " + std::string(json) + "\n\n"; }

// A chunk whose first choice has this delta (JSON text).
inline std::string Delta(std::string_view delta) {
  return Data(
      "{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,"
      "\"delta\":" +
      std::string(delta) + ",\"finish_reason\":null}]}");
}

// A chunk with this text, which needs no escapes.
inline std::string Content(std::string_view text) {
  return Delta("{\"content\":\"" + std::string(text) + "\"}");
}

inline std::string FinishReasonIs(std::string_view reason) {
  return Data("{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"" + std::string(reason) +
              "\"}]}");
}

inline const std::string kDone = "data: [DONE]\n\n";

inline Reply ReadChat(std::string_view bytes, const Status& end = BodyEnded()) {
  return ReadHoweverSplit(StreamFormat::kOpenAiChat, bytes, end);
}

inline TextPart Text(std::string text) { return {std::move(text), false, ""}; }
inline TextPart Refusal(std::string text) { return {std::move(text), true, ""}; }
inline ReasoningPart Reasoning(std::string text, std::string signature = "") {
  return {std::move(text), std::move(signature), 1000, 1000, ""};
}
inline ToolCallPart Call(std::string id, std::string name, std::string input,
                         bool finished = true) {
  return {std::move(id), std::move(name), std::move(input), finished, false, ""};
}
inline CustomPart UsagePart(std::string json) { return {"usage", std::move(json), ""}; }

}  // namespace millrace
