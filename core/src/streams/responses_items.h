#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "millrace/model/part.h"
#include "streams/delta_text.h"
#include "streams/received_text.h"
#include "streams/reply_writer.h"
#include "streams/responses_tools.h"

namespace millrace {

// The output items of a reply of OpenAI's Responses.
//
//   message              text parts, refusals, and a part "source" for each annotation
//   reasoning            reasoning parts; without text: redacted reasoning
//   calls of tools       see responses_tools.h: tool call, and its result if the provider has it
//   …_call_output        tool result
//   anything else        custom part of that type
//
// Every text is sent three times: in deltas, at its end, and with its item. What came before is not
// written again; what never came is.
//
// The parts have ids: the item's for its first text, "<item>/1" and so on for the others. A call
// has its own id, and the item's in `extra`. So what a continued reply says goes on in the stored
// parts.
class ResponsesItems {
 public:
  // What an event says of the item that it belongs to.
  struct Place {
    std::string id;                     // "" if it has none
    std::optional<std::int64_t> index;  // in the output
    std::int64_t part = 0;              // the index of the text in the item
  };
  enum class Channel { kText, kRefusal, kSummary, kReasoning };

  // `parts`: those from before this reply. Keeps a reference to the writer.
  ResponsesItems(const std::vector<Part>& parts, ReplyWriter& writer);

  // An item began. REQUIRES: (here and below) `item` is a JSON object.
  void Begin(const Place& place, std::string_view item);
  // An item is complete. Nothing changes if it was before.
  void Complete(const Place& place, std::string_view item);
  // The item at this index of the whole reply.
  void CompleteAgain(std::int64_t index, std::string_view item);

  // `value`: a delta, or the `whole` text once more. Anything but a JSON string is ignored.
  void Text(Channel channel, const Place& place, std::string_view value, bool whole);
  // A piece of a message or of reasoning that is complete: {"type":"output_text",…}.
  void Piece(const Place& place, std::string_view piece);
  // The input of a call of that type.
  void Input(std::string_view type, const Place& place, std::string_view value, bool whole);
  void Annotation(std::string_view annotation);

  // The reply ended. `cut`: in the middle, so calls that are not complete stay so.
  void End(bool cut);

  // Whether the parts say all that is known.
  bool rests() const;
  bool refused() const { return refused_; }
  // The application must run a tool.
  bool calls_tools() const { return !unanswered_.empty(); }

 private:
  struct Item {
    std::string id;
    std::string type;        // "" as long as it is not known
    bool seen = false;       // in this reply
    bool announced = false;  // its begin came
    bool complete = false;
    bool has_text = false;
    std::optional<Channel> reasoning;         // the channel whose texts have the plain ids
    std::vector<std::string> open_reasoning;  // ids of parts
    // A call:
    std::string call;  // its id
    bool begun = false;
    bool finished = false;
    bool cut = false;     // the provider says that the input is not complete
    std::string waiting;  // input that came before the call was known; code
    DeltaText text;       // of the input
    ReceivedText input;
    bool whole = false;  // all of the input came
    // Another item, as it began:
    std::string json;
  };
  struct TextState {
    Item* item;
    Channel channel;
    std::string part;
    DeltaText text = {};
    ReceivedText received = {};
    bool whole = false;
    bool open = false;  // reasoning, which its item ends
  };

  void Know(const Part& part);
  Item* Find(const Place& place, std::string_view type);
  Item& ItemAt(const Place& place, std::string_view type);
  // The item is the one at that place.
  Item& See(Item& item, const Place& place, std::string_view type);
  TextState& TextAt(Item& item, Channel channel, std::int64_t index);
  void Write(TextState& state, std::string text);

  void CompleteMessage(Item& item, std::string_view json);
  void CompleteReasoning(Item& item, std::string_view json);
  void CompleteCall(Item& item, const ResponsesTool& tool, std::string_view json);
  void WriteCall(Item& item, const ResponsesTool& tool, std::string_view json, std::string input,
                 bool finished);
  void WriteInput(Item& item, std::string text);
  void WriteResult(Item& item, const ResponsesTool& tool, std::string_view json);
  void WriteImage(const Item& item, std::string_view json);
  void WriteOutput(std::string_view json);
  void EndCall(Item& item, const ResponsesTool& tool, bool cut);
  std::string NewCallId(std::string_view json, const Item& item);

  ReplyWriter& writer_;
  std::deque<Item> items_;
  std::size_t first_ = 0;  // the items before it are of stored calls
  std::map<std::string, Item*> by_id_;
  std::map<std::int64_t, Item*> by_index_;         // the newest one
  std::map<std::string, TextState> texts_;         // by kind and id of the part
  std::map<std::string, ReceivedText> stored_;     // likewise; from before this reply
  std::set<std::string> kept_reasoning_;           // items whose signature is stored
  std::map<std::string, std::string> call_names_;  // by the call's id
  std::set<std::string> calls_;                    // of this reply
  std::set<std::string> sources_;
  std::set<std::string> unanswered_;
  bool refused_ = false;
};

}  // namespace millrace
