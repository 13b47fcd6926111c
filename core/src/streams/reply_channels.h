#pragma once

#include <string_view>

#include "streams/delta_text.h"
#include "streams/reply_writer.h"
#include "streams/think_tags.h"

namespace millrace {

// The deltas of a reply that has one text, one refusal and one reasoning at a time: what kind a
// delta has says where it goes. Reasoning may also be in the content, between tags.
class ReplyChannels {
 public:
  enum class Channel { kNone, kContent, kRefusal, kReasoning };

  // Appends a JSON string. False for "" and any other value.
  bool Append(Channel channel, std::string_view value, ReplyWriter& writer);
  // Writes what is held back for another channel. kNone: something else comes, or the end.
  void SwitchTo(Channel channel, ReplyWriter& writer);
  bool rests() const { return text_.empty() && think_.rests(); }

 private:
  ThinkTags think_;
  DeltaText text_;  // for channel_
  Channel channel_ = Channel::kNone;
};

}  // namespace millrace
