#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "millrace/model/part.h"
#include "streams/delta_text.h"
#include "streams/json_sequence.h"
#include "streams/reply_writer.h"

namespace millrace {

// The content blocks of an Anthropic reply, by their index.
//
//   text                          text part, then a part "source" for each citation
//   thinking                      reasoning part with its signature
//   redacted_thinking             redacted reasoning
//   tool_use                      tool call
//   server_tool_use, mcp_tool_use tool call that the provider executes
//   …_tool_result                 tool result
//   anything else                 custom part of that name
//
// What the parts have no field for is in their `extra`, as {"item": the block}. The input of a call
// and the content of a result are left out there, because the part has them.
//
// The deltas of several blocks may be mixed. Calls take them in any order. Text and reasoning have
// no names, so text that comes for an earlier block begins another part. An index that is used
// again is another block, unless a call begins again with its id: then it was sent twice.
class AnthropicBlocks {
 public:
  // `parts`: those from before this reply. Keeps a reference to the writer.
  AnthropicBlocks(const std::vector<Part>& parts, ReplyWriter& writer);

  // `index`: nullopt if the event has none; then the next block, or the newest one.
  void Start(std::optional<std::int64_t> index, std::string_view block);
  void Delta(std::optional<std::int64_t> index, std::string_view delta);
  void Stop(std::optional<std::int64_t> index);
  // The reply ended. `cut`: it ended in the middle, so a call that is not complete stays so.
  void End(bool cut);

  bool empty() const { return blocks_.empty(); }
  // The application must run a tool.
  bool calls_tools() const { return calls_tools_; }

 private:
  enum class Kind { kText, kThinking, kCall, kOther, kReplay };
  struct Block {
    Kind kind = Kind::kOther;
    bool open = true;
    DeltaText text;  // of the text, the thinking or the input
    std::vector<std::string> sources;
    // A call:
    std::string call;         // its id
    std::string start_input;  // counts if no other input comes
    bool has_input = false;
    bool finished = false;
    BracketCount brackets;
    // Another block, which is written when it stops:
    std::string json;
    std::map<std::string, std::string> changed;  // members that deltas changed, by quoted name
  };
  struct KnownCall {
    std::optional<std::int64_t> index;  // nullopt: from before this reply
    std::string name;
  };

  Block& BlockFor(std::optional<std::int64_t> index, Kind kind);
  Block& Put(std::int64_t index, Kind kind);
  void StartCall(std::int64_t index, std::string_view type, std::string_view block);
  std::string NewCallId(std::string id, std::int64_t index, std::string name);
  void BeginCall(Block& block, ToolCallPart call);
  void Text(Block& block, std::string_view value);
  void Thinking(Block& block, std::string_view value);
  void Signature(Block& block, std::string_view value);
  void Source(Block& block, std::string_view citation);
  void Input(Block& block, std::string_view value);
  static void Change(Block& block, std::string_view delta);
  // Text and reasoning are of this block from here on; nullptr: of none.
  void SwitchTo(Block* block);
  void Close(Block& block, bool cut);
  void CloseCall(Block& block, bool cut);
  void WriteOther(Block& block);
  void WriteResult(std::string_view block);

  ReplyWriter& writer_;
  std::map<std::int64_t, Block> blocks_;
  std::int64_t newest_ = -1;  // the index of the last event
  Block* current_ = nullptr;  // what the last text or reasoning belongs to
  bool wrote_text_ = false;
  bool calls_tools_ = false;
  std::map<std::string, KnownCall> calls_;
};

}  // namespace millrace
