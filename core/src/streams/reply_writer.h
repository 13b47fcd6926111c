#pragma once

#include <optional>
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
  // None of these makes a mutation of empty text.
  void Text(std::string text, bool refusal);
  void Reasoning(std::string text);
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
  // REQUIRES (both): the call was begun.
  void CallInput(const std::string& id, std::string text);
  void FinishCall(const std::string& id);

  // Call it last.
  void End(const std::optional<Usage>& usage, Finish finish);

  // Appends the mutations written since the last call.
  void MoveTo(std::vector<Mutation>& out);

 private:
  std::vector<Mutation> mutations_;
  bool reasoning_open_ = false;
  std::string signature_;              // of the open reasoning
  std::vector<std::string> redacted_;  // added where the open reasoning ends
};

}  // namespace millrace
