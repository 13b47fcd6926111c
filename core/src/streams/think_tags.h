#pragma once

#include <string>
#include <string_view>

#include "streams/reply_writer.h"

namespace millrace {

// Tells reasoning that a model writes into its content, between <think> and </think>, from the
// text. The tags may be split anywhere.
//
//   kStart ──"<think>"──▶ kReasoning ──"</think>"──▶ kText
//      └──────anything else────────────────────────────┘
//
// Only a tag that the content begins with counts: later ones are the model's words about tags.
// White space before <think>, and after either tag, belongs to the tag. A missing <think> is not
// guessed at: text is text until it is known to be something else.
class ThinkTags {
 public:
  void Write(std::string_view content, ReplyWriter& writer);
  // Nothing completes what is held back: the content is interrupted or ended.
  void Flush(ReplyWriter& writer);

 private:
  enum class State { kStart, kReasoning, kText };

  void Emit(std::string_view content, ReplyWriter& writer);

  State state_ = State::kStart;
  bool skip_space_ = false;  // a tag was just read
  std::string held_;         // what may be the beginning of a tag
};

}  // namespace millrace
