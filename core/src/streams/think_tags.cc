#include "streams/think_tags.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace millrace {
namespace {

constexpr std::string_view kOpen = "<think>";
constexpr std::string_view kClose = "</think>";
constexpr std::string_view kSpace = " \t\r\n";
// The most white space before <think>, in bytes. Models write a line break or two; more is text.
constexpr std::size_t kMaxLeadingSpace = 64;

std::string_view WithoutLeadingSpace(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(kSpace), text.size()));
}

// The length of the longest end of `text` that is a beginning of kClose.
std::size_t CloseTagBegun(std::string_view text) {
  for (std::size_t size = std::min(text.size(), kClose.size() - 1); size > 0; --size) {
    if (text.ends_with(kClose.substr(0, size))) return size;
  }
  return 0;
}

}  // namespace

void ThinkTags::Write(std::string_view content, ReplyWriter& writer) {
  if (held_.empty()) return Emit(content, writer);
  Emit(std::exchange(held_, {}).append(content), writer);
}

void ThinkTags::Emit(std::string_view content, ReplyWriter& writer) {
  if (state_ == State::kStart) {
    const std::string_view begun = WithoutLeadingSpace(content);
    const bool may_begin = content.size() - begun.size() <= kMaxLeadingSpace;
    if (may_begin && begun.starts_with(kOpen)) {
      state_ = State::kReasoning;
      skip_space_ = true;
      content = begun.substr(kOpen.size());
    } else if (may_begin && kOpen.starts_with(begun)) {
      held_ = content;
      return;
    } else {
      state_ = State::kText;
    }
  }
  if (skip_space_) content = WithoutLeadingSpace(content);
  if (content.empty()) return;
  skip_space_ = false;
  if (state_ == State::kText) return writer.Text(std::string(content), /*refusal=*/false);

  const std::size_t close = content.find(kClose);
  if (close == std::string_view::npos) {
    const std::size_t kept = content.size() - CloseTagBegun(content);
    held_ = content.substr(kept);
    return writer.Reasoning(std::string(content.substr(0, kept)));
  }
  writer.Reasoning(std::string(content.substr(0, close)));
  writer.EndReasoning();
  state_ = State::kText;
  skip_space_ = true;
  Emit(content.substr(close + kClose.size()), writer);
}

void ThinkTags::Flush(ReplyWriter& writer) {
  if (held_.empty()) return;
  const std::string held = std::exchange(held_, {});
  if (state_ == State::kReasoning) return writer.Reasoning(held);
  state_ = State::kText;
  writer.Text(held, /*refusal=*/false);
}

}  // namespace millrace
