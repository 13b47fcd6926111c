#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "streams/delta_text.h"
#include "streams/json_sequence.h"
#include "streams/reply_writer.h"

namespace millrace {

// One element of a delta's `tool_calls`, as it came.
struct CallFragment {
  std::optional<std::int64_t> index;
  std::string id;          // "" when it has none
  std::string name;        // "" when it has none
  std::string_view input;  // a JSON value: a string to append, an object that is whole; or ""
  std::string extra;       // a JSON object of what the provider wants back with the call; or ""
  bool free_text = false;  // the input is no JSON
};

// The tool calls of a reply, told apart although providers number them badly.
//
// Which call a fragment belongs to, first match:
//   1. an index: the newest call there, unless the fragment has a name, and another id, or (without
//      one) another function, or the input there is whole: then see 2 and 4
//   2. an id: the call with it, unless both have an index, and different ones
//   3. neither index, id nor name: the newest call
//   4. a new call
// Input comes in pieces. Some servers send it whole once more at its end, and some send all so far
// each time; neither is appended again.
//
// A call is written once it has a name: until then its input waits here. One without an id gets
// "call_<n>", the first that is free. Calls may be interleaved: where a format says when one of
// them is complete it finishes then, else they finish together, at the end of the reply.
class ToolCalls {
 public:
  // `known_ids`: those of calls that came before this reply. A call without an id gets none of
  // them.
  explicit ToolCalls(std::set<std::string> known_ids = {}) : known_ids_(std::move(known_ids)) {}

  void Add(const CallFragment& fragment, ReplyWriter& writer);
  // The call that the fragment belongs to is complete: what the fragment brings is its last input.
  // Nothing changes if it was finished before.
  void Finish(const CallFragment& fragment, ReplyWriter& writer);
  // The reply ended. `cut`: in the middle, so the newest call may be incomplete and stays
  // unfinished.
  void End(bool cut, ReplyWriter& writer);

  bool empty() const { return calls_.empty(); }

 private:
  struct Call {
    std::optional<std::int64_t> index;
    std::string id;
    bool own_id = false;  // we made the id
    std::string name;
    bool begun = false;  // it is written
    bool finished = false;
    std::string waiting;  // input that came before the name
    std::string extra;
    DeltaText text;
    std::string input;      // all so far
    BracketCount brackets;  // of the input
  };

  static std::string NewInput(Call& call, const CallFragment& fragment);
  Call& CallOf(const CallFragment& fragment);
  Call* Find(const CallFragment& fragment);
  Call& NewCall(const CallFragment& fragment);
  static void Add(Call& call, const CallFragment& fragment, ReplyWriter& writer);
  static void Begin(Call& call, ReplyWriter& writer);
  static void Finish(Call& call, ReplyWriter& writer);
  // What of it is still held back.
  static void WriteRest(Call& call, ReplyWriter& writer);

  const std::set<std::string> known_ids_;
  std::vector<Call> calls_;
  std::map<std::int64_t, std::size_t> newest_at_;  // index -> position in calls_
  std::map<std::string, std::size_t> by_id_;
};

}  // namespace millrace
