#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "millrace/model/mutation.h"
#include "millrace/streams/stream_reader.h"

namespace millrace {

// Writes a reply as mutations, for the readers of all providers' dialects. It adds what the
// dialects do not say: reasoning ends where something else begins. Each delta of the provider stays
// a mutation of its own, whatever chunk it came in. Merging is the window's work, and without a
// window each mutation must be saved by itself (C12).
class ReplyWriter {
 public:
  // None of these makes a mutation of empty text. `part`: the id of the part that it belongs to, in
  // streams that name their texts; "": the last one.
  void Text(std::string text, bool refusal, std::string part = {});
  void Reasoning(std::string text, std::string part = {});
  // Ends the reasoning of that id. Reasoning with an id stays open until then: several may come
  // side by side. Nothing happens if it is not open.
  void EndReasoning(const std::string& part, std::string signature);
  // A whole reasoning part of which only the signature is known. REQUIRES: the id is new.
  void HiddenReasoning(std::string signature, const std::string& part);
  // What comes next is not joined to the last text, even if that is text too.
  void StartBlock() { new_block_ = true; }
  // A piece of the opaque signature of the open reasoning.
  void Signature(std::string_view piece);
  // Reasoning that the provider encrypted. The JSON text is kept unchanged for the next request.
  void RedactedReasoning(std::string json);
  void EndReasoning();
  // Any part that is neither text, reasoning nor a call.
  void Other(Part part);

  // REQUIRES: `id` is new to the reply. `extra`: a JSON object with what the provider wants back
  // with the call, or "".
  void BeginCall(std::string id, std::string name, std::string input, std::string extra);
  // Adds the call, or takes the place of the one with its id.
  void Call(ToolCallPart call);
  // REQUIRES (both): the call was begun.
  void CallInput(const std::string& id, std::string text);
  void FinishCall(const std::string& id);

  // A merge patch for the message's metadata. REQUIRES: JSON of an object.
  void Metadata(std::string patch);
  // Drops the parts from index `from` on.
  void Reset(std::uint32_t from);

  // Call it last.
  void End(const std::optional<Usage>& usage, Finish finish);

  // Appends the mutations written since the last call.
  void MoveTo(std::vector<Mutation>& out);

 private:
  std::vector<Mutation> mutations_;
  bool new_block_ = false;
  bool reasoning_open_ = false;
  std::set<std::string> open_reasoning_;  // by id
  std::string signature_;                 // of the open reasoning
  std::vector<std::string> redacted_;     // added where the open reasoning ends
};

}  // namespace millrace
