#pragma once

#include <string>
#include <string_view>

#include "streams/reply_writer.h"

namespace millrace {

// Separates text from reasoning that a model writes into its content, between <think> and </think>.
// The tags may be split anywhere.
//
//   kStart ──"<think>"──▶ kReasoning ──"</think>"──▶ kText
//      └──────anything else────────────────────────────┘
//
// Only a tag at the beginning of the content counts; the model writes later ones when it talks
// about tags. White space before <think>, and after either tag, belongs to the tag. The reader does
// not guess at a missing <think>: content is text unless it begins with the tag.
class ThinkTags {
 public:
  void Write(std::string_view content, ReplyWriter& writer);
  // Writes what is held back: the content is interrupted or has ended.
  void Flush(ReplyWriter& writer);
  // Whether nothing is held back, and no tag is open.
  bool rests() const { return held_.empty() && state_ != State::kReasoning; }

 private:
  enum class State { kStart, kReasoning, kText };

  void Emit(std::string_view content, ReplyWriter& writer);

  State state_ = State::kStart;
  bool skip_space_ = false;  // a tag was just read
  std::string held_;         // what may be the beginning of a tag
};

}  // namespace millrace
