#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "millrace/model/part.h"
#include "streams/delta_text.h"
#include "streams/json_sequence.h"
#include "streams/reply_writer.h"

namespace millrace {

// One element of a delta's `tool_calls`, as it came.
struct CallFragment {
  std::optional<std::int64_t> index;
  std::string id;          // "" if it has none
  std::string name;        // "" if it has none
  std::string_view input;  // a JSON value: a string to append, or a whole object; or ""
  std::string extra;       // a JSON object that the provider wants back with the call; or ""
  bool free_text = false;  // the input is not JSON
};

// The tool calls of a reply. It tells them apart even though providers number them badly.
//
// Which call a fragment belongs to, first match:
//   1. an index: the newest call there, unless the fragment has a name, and another id, or (without
//      one) another function, or the input there is whole: then see 2 and 4
//   2. an id: the call with it, unless both have an index, and different ones
//   3. neither index, id nor name: the newest call
//   4. a new call
// Input comes in pieces. Some servers send it whole once more at its end. Others send all of it so
// far each time. Neither is appended again.
//
// A call is written once it has a name; until then its input waits here. A call without an id gets
// "call_<n>", the first free one. Calls may be interleaved. If a format says when a call is
// complete, the call finishes then; otherwise all calls finish together at the end of the reply.
class ToolCalls {
 public:
  // `parts`: those from before this reply. A call without an id gets the id of none of their calls.
  explicit ToolCalls(const std::vector<Part>& parts = {});

  void Add(const CallFragment& fragment, ReplyWriter& writer);
  // The call of this fragment is complete, and the fragment has its last input. Nothing changes if
  // it was finished before.
  void Finish(const CallFragment& fragment, ReplyWriter& writer);
  // The reply ended. `cut`: it ended in the middle, so the newest call may be incomplete and stays
  // unfinished.
  void End(bool cut, ReplyWriter& writer);

  bool empty() const { return calls_.empty(); }

 private:
  struct Call {
    std::optional<std::int64_t> index;
    std::string id;
    bool own_id = false;  // we made the id
    std::string name;
    bool begun = false;  // it was written
    bool finished = false;
    std::string waiting;  // input that came before the name
    std::string extra;
    DeltaText text;
    std::string input;      // all input so far
    BracketCount brackets;  // for the input
  };

  static std::string NewInput(Call& call, const CallFragment& fragment);
  Call& CallOf(const CallFragment& fragment);
  Call* Find(const CallFragment& fragment);
  Call& NewCall(const CallFragment& fragment);
  static void Add(Call& call, const CallFragment& fragment, ReplyWriter& writer);
  static void Begin(Call& call, ReplyWriter& writer);
  static void Finish(Call& call, ReplyWriter& writer);
  // Writes the input that is still held back.
  static void WriteRest(Call& call, ReplyWriter& writer);

  std::set<std::string> known_ids_;
  std::vector<Call> calls_;
  std::map<std::int64_t, std::size_t> newest_at_;  // index -> position in calls_
  std::map<std::string, std::size_t> by_id_;
};

}  // namespace millrace
