#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "streams/named_calls.h"
#include "streams/named_texts.h"
#include "streams/reply_parts.h"
#include "streams/sse_json_reader.h"

namespace millrace {

// The UI message stream of the AI SDK, version 1, as versions 5 to 7 of the package send it. Each
// event is {"type":…}.
//
//   start ─▶ (start-step ─▶ content ─▶ finish-step)* ─▶ finish ─▶ [DONE]
//                             ├─ text-, reasoning-   start, delta, end; by "id"
//                             ├─ tool-               input, approval, output; by "toolCallId"
//                             ├─ file, source-, data-, custom, …
//                             └─ reset-step          the parts of this step are dropped
//   anywhere: message-metadata; error and abort end the reply: done()
//
// Where things go that have no place of their own:
//   providerMetadata   text: `extra`; reasoning: the JSON text is the `signature`; call, result and
//                      file: `extra`
//   title, dynamic, toolMetadata, inputEncoding    `extra` of the call
//   fields of an approval request                  `extra` of the call, as "approvalRequest"
//   source-*, custom, and types that we do not know: a custom part that is the whole event
// An event of data with the same type and id replaces the part. A finish without a reason is the
// end of a turn, because not all versions send one.
class AiSdkReader final : public SseJsonReader {
 public:
  explicit AiSdkReader(const std::vector<Part>& parts = {},
                       std::size_t max_event_bytes = kMaxEventBytes);

  bool ending() const override { return done_ || finished_; }

 private:
  struct Chunk {
    std::string_view type;
    void (AiSdkReader::*take)(std::string_view chunk);
  };
  static const Chunk* FindChunk(std::string_view type);

  bool TakeObject(std::string_view name, std::string_view object) override;
  bool TakeWord(std::string_view data) override;
  bool has_finish() const override { return has_finish_; }
  void EndCleanly() override;
  void End(bool cut, millrace::Finish finish, Status status) override;

  // One for each type of chunk.
  void TakeMetadata(std::string_view chunk);
  void TakeFinish(std::string_view chunk);
  void TakeError(std::string_view chunk);
  void TakeAbort(std::string_view chunk);
  void TakeStepStart(std::string_view chunk);
  void TakeStepEnd(std::string_view chunk);
  void TakeStepReset(std::string_view chunk);
  void TakeTextStart(std::string_view chunk);
  void TakeTextDelta(std::string_view chunk);
  void TakeTextEnd(std::string_view chunk);
  void TakeReasoningStart(std::string_view chunk);
  void TakeReasoningDelta(std::string_view chunk);
  void TakeReasoningEnd(std::string_view chunk);
  void TakeInputStart(std::string_view chunk);
  void TakeInputDelta(std::string_view chunk);
  void TakeInputAvailable(std::string_view chunk);
  void TakeInputError(std::string_view chunk);
  void TakeApprovalRequest(std::string_view chunk);
  void TakeApprovalResponse(std::string_view chunk);
  void TakeOutput(std::string_view chunk);
  void TakeOutputError(std::string_view chunk);
  void TakeOutputDenied(std::string_view chunk);
  void TakeSource(std::string_view chunk);
  void TakeFile(std::string_view chunk);
  void TakeReasoningFile(std::string_view chunk);
  void TakeWhole(std::string_view chunk);

  void TakeData(const std::string& type, std::string_view chunk);
  void AddFile(std::string_view chunk, std::string extra);
  void TakeUsage(std::string_view holder);

  ReplyParts parts_;
  NamedTexts texts_;
  NamedTexts reasoning_;
  NamedCalls calls_;
  std::map<std::string, std::string> approvals_;  // the calls' ids by the approvals'
  std::uint32_t step_begin_;                      // the index of the step's first part

  std::string metadata_;  // of the message, as far as this reply has written it
  std::string finish_reason_;
  bool has_finish_ = false;
  bool finished_ = false;  // no content came after the finish
  bool saw_done_ = false;  // [DONE]
};

}  // namespace millrace
