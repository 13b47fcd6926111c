#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "millrace/model/mutation.h"
#include "millrace/streams/stream_reader.h"

namespace millrace {

// Writes a reply down as mutations, for the readers of every provider's dialect. It knows what
// the dialects leave unsaid: that reasoning ends where something else begins. Each delta of the
// provider stays a mutation of its own, whatever chunk it came in: merging is the window's work,
// and without a window each is to be saved by itself (C12).
class ReplyWriter {
 public:
  // Empty text is no mutation in any of these.
  void Text(std::string text, bool refusal);
  void Reasoning(std::string text);
  // A piece of the opaque signature of the reasoning under way.
  void Signature(std::string_view piece);
  // Reasoning that the provider encrypted: JSON text, kept as it is for the next request.
  void RedactedReasoning(std::string json);
  void EndReasoning();
  // Any part that is neither text, reasoning nor a call.
  void Other(Part part);

  // REQUIRES: `id` is new to the reply.
  // `extra`: a JSON object of what the provider wants back with it, or "".
  void BeginCall(std::string id, std::string name, std::string input, std::string extra);
  // REQUIRES (both): the call was begun.
  void CallInput(const std::string& id, std::string text);
  void FinishCall(const std::string& id);

  // The last of all.
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
