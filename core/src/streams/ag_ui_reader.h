#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "streams/ag_ui_state.h"
#include "streams/named_calls.h"
#include "streams/named_texts.h"
#include "streams/reply_parts.h"
#include "streams/sse_json_reader.h"

namespace millrace {

// AG-UI, version 1.0, over server-sent events. Each event is {"type":…}.
//
//   (RUN_STARTED ─▶ content ─▶ RUN_FINISHED)*     RUN_ERROR ends the reply: done()
//                     ├─ TEXT_MESSAGE_, REASONING_   START, CONTENT, END; by "messageId"
//                     ├─ TOOL_CALL_                  START, ARGS, END, RESULT; by "toolCallId"
//                     ├─ …_CHUNK                     all of these in one event
//                     └─ STATE_, ACTIVITY_           a snapshot, then JSON patches of it
//
// A stream may hold several runs. So the Finish waits for the end of the body, and the last run
// decides what it is.
//
// Where things go that have no place of their own, as custom parts:
//   state                STATE_*: the newest state        messages_snapshot   the newest one
//   activity             ACTIVITY_*: the newest content   subagent_started …  the whole event
//   message              a text of another role than the assistant's
//   interrupt, result    of RUN_FINISHED                  <name>              CUSTOM
//   redacted_reasoning   an encrypted value whose reasoning has ended or never began
// RAW events are ignored: they repeat in the provider's words what other events say. So are the
// markers of steps. Types that we do not know are kept as a whole.
class AgUiReader final : public SseJsonReader {
 public:
  explicit AgUiReader(const std::vector<Part>& parts = {},
                      std::size_t max_event_bytes = kMaxEventBytes);

  bool ending() const override { return done_ || finished_; }

 private:
  struct Event {
    std::string_view type;
    void (AgUiReader::*take)(std::string_view event);
  };
  enum class Outcome { kNone, kSuccess, kInterrupt, kCancelled };
  // A text of another role, until it ends.
  struct Message {
    std::string role;
    std::string text;
    DeltaText rest;
  };

  static const Event* FindEvent(std::string_view type);

  bool TakeObject(std::string_view name, std::string_view object) override;
  bool TakeWord(std::string_view data) override;
  bool has_finish() const override { return outcome_of_run_ != Outcome::kNone; }
  void EndCleanly() override;
  void End(bool cut, millrace::Finish finish, Status status) override;

  // One for each type of event.
  void Ignore(std::string_view /*event*/) {}
  void TakeRunStart(std::string_view event);
  void TakeRunFinish(std::string_view event);
  void TakeRunError(std::string_view event);
  void TakeTextStart(std::string_view event);
  void TakeTextContent(std::string_view event);
  void TakeTextEnd(std::string_view event);
  void TakeTextChunk(std::string_view event);
  void TakeReasoningSpanEnd(std::string_view event);
  void TakeReasoningStart(std::string_view event);
  void TakeReasoningContent(std::string_view event);
  void TakeReasoningEnd(std::string_view event);
  void TakeReasoningChunk(std::string_view event);
  void TakeEncrypted(std::string_view event);
  void TakeCallStart(std::string_view event);
  void TakeCallArgs(std::string_view event);
  void TakeCallEnd(std::string_view event);
  void TakeCallChunk(std::string_view event);
  void TakeCallResult(std::string_view event);
  void TakeState(std::string_view event);
  void TakeActivity(std::string_view event);
  void TakeMessages(std::string_view event);
  void TakeSubagent(std::string_view event);
  void TakeCustom(std::string_view event);

  // Ends what an event of this type leaves behind.
  void CloseBefore(std::string_view type);
  void EndReasoning();
  void StartText(const std::string& id, std::string_view event);
  void AppendTo(const std::string& id, std::string_view event);
  void EndText(const std::string& id);
  void EndMessages();
  void AddMessage(const std::string& id, Message& message);
  void TakeUsage(std::string_view event);
  void TakeOutcome(std::string_view event);
  void TakeWhole(const std::string& name, std::string_view event, std::string id);

  ReplyParts parts_;
  NamedTexts texts_;
  NamedTexts reasoning_;
  NamedCalls calls_;
  AgUiState state_;
  std::map<std::string, Message> messages_;

  // The newest of each, for events without an id; "": none.
  std::string text_id_;
  std::string reasoning_id_;
  // What chunks have opened, by its id; "": nothing is open.
  std::string chunk_text_;
  std::string chunk_reasoning_;
  std::string chunk_call_;
  // Reasoning that has ended, but whose encrypted value may follow.
  std::vector<std::string> ended_reasoning_;

  Outcome outcome_of_run_ = Outcome::kNone;  // of the last run that finished
  std::optional<Usage> usage_before_;        // of the runs before this one
  bool finished_ = false;                    // no content came after the finish
  bool saw_done_ = false;                    // [DONE]
};

}  // namespace millrace
