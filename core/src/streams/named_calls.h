#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "millrace/model/part.h"
#include "streams/delta_text.h"
#include "streams/reply_parts.h"

namespace millrace {

// What an event says of a call.
struct CallFields {
  std::string id = {};    // "": the newest call
  std::string name = {};  // "": as it is
  std::optional<bool> provider_executed = std::nullopt;
  std::string extra = {};     // a JSON object: each member takes the place of the one before; or ""
  std::string approval = {};  // "": as it is
  bool free_text = false;     // the input is not JSON
};

// The tool calls of a reply whose provider gives each an id and says when its input is complete.
//
//   Start ─▶ Input* ─▶ Complete ─▶ Result*
//
// Any of them may be the first, and Set may come at any time. Start of a call whose input is not
// complete begins the input again. Start of a call that an earlier step has answered is another
// call, with the id "<id>~2". Otherwise, the input of a complete call changes only by Complete.
class NamedCalls {
 public:
  // `parts`: those from before this reply. `written` must outlive this.
  NamedCalls(ReplyParts& written, const std::vector<Part>& parts);

  void Start(const CallFields& fields);
  // `value`: a JSON string to append, or a whole value.
  void Input(const std::string& id, std::string_view value);
  // `input`: the whole input as JSON, or "". If it means the same as what came in pieces, those
  // stay as the model wrote them.
  void Complete(const CallFields& fields, std::string_view input);
  void Set(const CallFields& fields);
  // The call need not be known. Its name is added.
  void Result(ToolResultPart result);

  void NextStep() { ++step_; }
  // Parts were dropped: forgets the calls among them.
  void ForgetDropped();
  // Ends the reply. `cut`: it ended in the middle, so calls that are not complete stay unfinished.
  void End(bool cut);

  bool has(const std::string& id) const { return by_id_.contains(id); }
  std::string ApprovalOf(const std::string& id) const;
  // Whether a call of this reply has no result and somebody else must run it.
  bool waiting() const;

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  struct Call {
    ToolCallPart part;
    std::string id;                             // the provider's
    std::size_t older = kNone;                  // the call that had the id before
    std::map<std::string, std::string> extras;  // the members of `part.extra`
    DeltaText rest;
    bool free_text = false;
    bool is_new = true;    // not written yet
    bool of_reply = true;  // this reply has written to it
    bool answered = false;
    std::size_t step = 0;
    std::size_t rewrites = 0;
  };

  Call* Find(const std::string& id);
  Call& CallOf(const std::string& id);
  Call& NewCall(const std::string& id);
  static void Take(const CallFields& fields, Call& call);
  // Writes what `change` does to the call. It returns whether the input is another one. If it is
  // told that nothing may change, it may only finish the call.
  template <typename Change>
  void Write(Call& call, const Change& change);

  ReplyParts& written_;
  std::vector<Call> calls_;
  std::map<std::string, std::size_t> by_id_;
  std::size_t step_ = 0;
};

}  // namespace millrace
