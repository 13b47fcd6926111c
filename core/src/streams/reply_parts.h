#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "millrace/model/part.h"
#include "streams/reply_writer.h"

namespace millrace {

// The parts of a reply whose provider names them. It counts them, so that a step can be dropped,
// and knows their keys (see PartKey), so that no new part takes the place of another.
//
// All parts of such a reply must be written through it. Invariant: `keys_` is what the message has
// after the mutations written so far.
class ReplyParts {
 public:
  // `parts`: those from before this reply. The writer must outlive this.
  ReplyParts(ReplyWriter& writer, const std::vector<Part>& parts);

  std::uint32_t size() const { return static_cast<std::uint32_t>(keys_.size()); }
  // Whether there is a part with the key of `part`.
  bool Has(const Part& part) const;
  // The id of a text, a reasoning or a call, or the first of "<id>~2", "<id>~3", … that is free.
  // REQUIRES: the part is written next.
  std::string FreeId(Part part);

  // Adds the part, or replaces the one with its key. Nothing is written that changes nothing, nor a
  // tool's result that repeats the last one of its call.
  void Add(Part part);
  void Text(std::string text, const std::string& id);
  void Reasoning(std::string text, const std::string& id);
  // Reasoning that has no text, only a signature.
  void HiddenReasoning(std::string signature, const std::string& id);
  void Call(ToolCallPart call);
  // Drops the parts from index `from` on.
  void DropFrom(std::uint32_t from);

  ReplyWriter& writer() { return writer_; }

 private:
  // Which number FreeId gave: of "<id>~3" it is 3.
  struct Number {
    std::string wanted;  // the key of the wanted id
    std::size_t number;
  };

  void Count(std::string key);
  // Counts the part unless it is there already.
  void CountOnce(const Part& part);
  bool Replaces(const std::string& key, const Part& part) const;

  ReplyWriter& writer_;
  std::vector<std::string> keys_;  // of each part; "" if it has none
  std::map<std::string, std::uint32_t> at_;
  std::map<std::string, Part> contents_;     // of custom parts and results with a key
  std::map<std::string, Number> numbers_;    // by key
  std::map<std::string, std::size_t> next_;  // by the key of the wanted id: no lower one is free
};

}  // namespace millrace
