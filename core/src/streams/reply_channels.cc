#include "streams/reply_channels.h"

#include <string>
#include <string_view>
#include <utility>

#include "model/json_values.h"

namespace millrace {

bool ReplyChannels::Append(Channel channel, std::string_view value, ReplyWriter& writer) {
  if (!json::HasText(value)) return false;
  SwitchTo(channel, writer);
  std::string text = text_.Take(value);
  if (channel == Channel::kContent) {
    think_.Write(text, writer);
  } else if (channel == Channel::kReasoning) {
    writer.Reasoning(std::move(text));
  } else {
    writer.Text(std::move(text), /*refusal=*/true);
  }
  return true;
}

void ReplyChannels::SwitchTo(Channel channel, ReplyWriter& writer) {
  if (channel == channel_) return;
  std::string rest = text_.Finish();
  switch (std::exchange(channel_, channel)) {
    case Channel::kNone:
      break;
    case Channel::kContent:
      think_.Write(rest, writer);
      think_.Flush(writer);
      break;
    case Channel::kRefusal:
      writer.Text(std::move(rest), /*refusal=*/true);
      break;
    case Channel::kReasoning:
      writer.Reasoning(std::move(rest));
      break;
  }
}

}  // namespace millrace
