#include "streams/sse_json_reader.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "millrace/base/utf8.h"
#include "model/json.h"
#include "model/json_values.h"
#include "streams/foreign_format.h"
#include "streams/json_sequence.h"

namespace millrace {
namespace {

// Deeper than anything a provider sends, and shallow enough for every reader of stored data.
constexpr std::size_t kMaxEventDepth = 128;

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = std::min(text.find_first_not_of(kSpace), text.size());
  return text.substr(first, text.find_last_not_of(kSpace) + 1 - first);
}

}  // namespace

void SseJsonReader::Push(std::string_view bytes, std::vector<Mutation>& out) {
  if (done_) return;
  framer_.Push(bytes);
  ReadEvents();
  writer_.MoveTo(out);
}

void SseJsonReader::Finish(std::vector<Mutation>& out) {
  if (done_) return;
  framer_.End();
  ReadEvents();
  if (!done_ && !recognized_ && TakeJson("", Trim(strays_), /*is_event=*/false)) {
    outcome_.skipped_lines = 0;
  }
  if (!done_) EndOfBody();
  writer_.MoveTo(out);
}

void SseJsonReader::Fail(Status status, std::vector<Mutation>& out) {
  if (done_) return;
  // An error after the reply's finish has not cut the reply.
  if (status.code() == Code::kNetwork && has_finish()) return Finish(out);
  const FinishReason reason =
      status.code() == Code::kAborted ? FinishReason::kCanceled : FinishReason::kError;
  std::string message = status.message();
  End(/*cut=*/true, {reason, std::move(message), ""}, std::move(status));
  writer_.MoveTo(out);
}

void SseJsonReader::NewConnection() {
  framer_ = SseFramer(max_event_bytes_);
  strays_.clear();
  position_.bytes = 0;
  repeated_id_ = position_.last_event_id;
}

void SseJsonReader::ContinueFrom(const StreamPosition& position) {
  position_ = position;
  position_.bytes = 0;
  repeated_id_ = position.last_event_id;
  recognized_ = true;
}

bool SseJsonReader::TakeId(std::string_view id) {
  const bool repeated = std::exchange(repeated_id_, {}) == id && !id.empty();
  if (id.empty() || id == position_.last_event_id) return !repeated;
  if (position_.first_event_id.empty()) position_.first_event_id = id;
  position_.last_event_id = id;
  return true;
}

void SseJsonReader::ReadEvents() {
  while (!done_) {
    const std::optional<SseFramer::Item> item = framer_.Next();
    position_.bytes = framer_.taken();
    if (!item) break;
    if (item->kind == SseFramer::Item::kEvent) {
      if (TakeId(item->id)) TakeEvent(item->name, item->text);
    } else {
      TakeStray(*item);
    }
  }
  if (!done_ && framer_.too_long()) {
    EndWithError(
        {"an event of the stream is longer than " + std::to_string(max_event_bytes_) + " bytes", "",
         ""});
  }
}

void SseJsonReader::TakeEvent(std::string_view name, std::string_view data) {
  data = Trim(data);
  if (data.empty()) return;
  if (TakeWord(data)) return;
  if (TakeJson(name, data, /*is_event=*/true)) return;
  for (const std::string_view object : SplitObjects(data)) {
    if (!done_ && !TakeJson(name, object, /*is_event=*/true)) ++outcome_.skipped_lines;
  }
  if (done_ || !SplitObjects(data).empty()) return;
  if (name == "error") return EndWithError({Excerpt(data), "", ""});
  // Some servers forget the blank line between events.
  const std::size_t line_end = data.find('\n');
  if (line_end == std::string_view::npos) {
    ++outcome_.skipped_lines;
    return;
  }
  for (std::size_t end = line_end; !done_ && !data.empty(); end = data.find('\n')) {
    TakeEvent(name, data.substr(0, end));
    data.remove_prefix(end == std::string_view::npos ? data.size() : end + 1);
  }
}

void SseJsonReader::TakeStray(SseFramer::Item line) {
  const std::string_view text = Trim(line.text);
  if (text.empty() || TakeJson("", text, /*is_event=*/false)) return;
  if (line.text.starts_with("error:")) return TakeErrorLine(Trim(line.text.substr(6)));
  foreign_ = true;
  if (line.kind == SseFramer::Item::kStray) ++outcome_.skipped_lines;
  if (recognized_ || strays_.size() + line.text.size() >= max_event_bytes_) return;
  strays_.append(line.text).push_back('\n');
}

// An error in a field of its own: JSON or words.
void SseJsonReader::TakeErrorLine(std::string_view error) {
  if (error.starts_with('{') && IsValidUtf8(error) && json::Depth(error)) {
    const std::string_view inner = json::Member(error, "error");
    return EndWithError(ReadProviderError(IsProviderError(inner) ? inner : error));
  }
  EndWithError({Excerpt(ToValidUtf8(error)), "", ""});
}

bool SseJsonReader::TakeJson(std::string_view name, std::string_view text, bool is_event) {
  if (!text.starts_with('{')) return false;
  if (!IsValidUtf8(text)) return TakeJson(name, ToValidUtf8(text), is_event);
  const std::optional<std::size_t> depth = json::Depth(text);
  if (!depth || *depth > kMaxEventDepth) return false;
  if (TakeObject(name, text)) {
    recognized_ = true;
    strays_.clear();
    return true;
  }
  if (is_event && name != "ping") {
    foreign_ = true;
    if (looks_like_.empty()) looks_like_ = FormatItLooksLike(text);
  }
  return is_event;
}

void SseJsonReader::EndWithError(ProviderError error) {
  outcome_.provider_type = std::move(error.type);
  Status status(Code::kProtocol, error.message);
  End(/*cut=*/true, {FinishReason::kError, std::move(error.message), std::move(error.details)},
      std::move(status));
}

void SseJsonReader::EndOfBody() {
  if (recognized_ || (!foreign_ && outcome_.skipped_lines == 0)) return EndCleanly();
  std::string message = "the response is not ";
  message.append(protocol_);
  if (!looks_like_.empty()) message.append(": it looks like ").append(looks_like_);
  EndWithError({std::move(message), "", Excerpt(strays_)});
}

}  // namespace millrace
