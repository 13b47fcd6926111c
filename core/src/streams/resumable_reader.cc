#include "millrace/streams/resumable_reader.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "millrace/base/utf8.h"
#include "model/json.h"
#include "model/json_object.h"
#include "streams/event_fields.h"
#include "streams/replay_match.h"

namespace millrace {
namespace {

// How the body of a durable stream begins that comes as server-sent events.
constexpr std::string_view kFrameBeginnings[] = {"event: data\n", "event: control\n",
                                                 "event:data\n", "event:control\n"};

// nullopt: it takes more bytes to tell.
std::optional<bool> IsFramed(std::string_view body) {
  bool maybe = false;
  for (const std::string_view beginning : kFrameBeginnings) {
    if (body.starts_with(beginning)) return true;
    maybe |= beginning.starts_with(body);
  }
  return maybe ? std::nullopt : std::optional<bool>(false);
}

void AddMember(std::string_view name, std::string_view text, std::string& json) {
  if (text.empty()) return;
  json.append(",\"").append(name).append("\":");
  json::AppendString(text, json);
}

void AddMember(std::string_view name, std::int64_t number, std::string& json) {
  json.append(",\"").append(name).append("\":");
  json::AppendInt(number, json);
}

// Bytes of the part at that index, if a delta without a name could be appended to it; else 0.
std::size_t OpenBytes(const std::vector<Part>& parts, std::size_t index) {
  if (index >= parts.size()) return 0;
  if (const auto* text = std::get_if<TextPart>(&parts[index])) return text->text.size();
  const auto* reasoning = std::get_if<ReasoningPart>(&parts[index]);
  return reasoning != nullptr ? reasoning->text.size() : 0;
}

std::vector<Part> Behind(const std::vector<Part>& parts, std::size_t count) {
  return {parts.begin() + static_cast<std::ptrdiff_t>(count), parts.end()};
}

}  // namespace

ResumableReader::ResumableReader(StreamFormat format, std::vector<Part> parts,
                                 std::string_view point)
    : format_(format), parts_(std::move(parts)), reader_(MakeStreamReader(format, parts_)) {
  BeginBehindAll();
  if (IsValidUtf8(point) && json::Depth(point)) ReadPoint(point);
}

ResumableReader::~ResumableReader() = default;

void ResumableReader::ReadPoint(std::string_view point) {
  const json::Object members(point);
  const auto text = [&](std::string_view key) { return json::StringOr(members.Member(key), ""); };
  const std::optional<std::int64_t> from = IntMember(members, "from");
  const bool fits = from && *from >= 0 && *from <= static_cast<std::int64_t>(parts_.size());
  if (!fits || text("format") != StreamFormatName(format_)) return;
  from_ = static_cast<std::size_t>(*from);
  const std::int64_t kept = IntMember(members, "kept").value_or(0);
  kept_ = kept > 0 ? std::min(static_cast<std::size_t>(kept), OpenBytes(parts_, from_)) : 0;
  StreamPosition position;
  position.response_id = text("responseId");
  position.sequence = IntMember(members, "sequence");
  position.first_event_id = text("firstEventId");
  position.last_event_id = text("lastEventId");
  reader_->ContinueFrom(position);
  knows_parts_only_ = true;
  const std::optional<std::int64_t> bytes = IntMember(members, "bytes");
  constexpr std::int64_t kMostBytes = std::int64_t{1} << 53;
  if (bytes && *bytes >= 0 && *bytes <= kMostBytes) {
    at_offset_ = true;
    segments_ = {{text("offset"), 0}};
    known_ = base_ = *bytes;
  }
  Begin();
}

void ResumableReader::BeginBehindAll() {
  from_ = parts_.size();
  kept_ = from_ == 0 ? 0 : OpenBytes(parts_, from_ - 1);
  if (kept_ > 0) --from_;
}

std::vector<Part> ResumableReader::PartsBefore() const {
  const auto begin = parts_.begin();
  std::vector<Part> before(begin, begin + static_cast<std::ptrdiff_t>(from_));
  if (kept_ == 0) return before;
  before.push_back(parts_[from_]);
  BodyOf(before.back())->resize(kept_);
  return before;
}

void ResumableReader::Reconnect(std::vector<Part> parts) {
  if (mode_ == Mode::kReading) StartAtOffset();
  parts_ = std::move(parts);
  from_ = std::min(from_, parts_.size());
  kept_ = std::min(kept_, OpenBytes(parts_, from_));
  Begin();
}

void ResumableReader::Begin() {
  mode_ = Mode::kOpening;
  held_.clear();
  beginning_.clear();
  first_ = SseFramer();
  probe_.reset();
  match_.reset();
  probed_.clear();
  judged_ = 0;
  frames_unknown_ = true;
  frames_.reset();
  next_offset_.clear();
  content_ = 0;
}

// Counts from the newest offset on: the next connection is to begin there.
void ResumableReader::StartAtOffset() {
  at_offset_ = mode_ == Mode::kReading && (is_durable() || (at_offset_ && content_ == 0));
  const std::int64_t start = segments_.back().start;
  known_ = received() - start;
  base_ -= start;
  for (Segment& segment : segments_) segment.start -= start;
  content_ = 0;
}

void ResumableReader::EndsAtOffset(std::string offset, bool closed) {
  next_offset_ = std::move(offset);
  closed_ = closed;
}

bool ResumableReader::EndOfBody() {
  if (!is_durable() || closed_ || done()) return false;
  if (!next_offset_.empty()) segments_.push_back({next_offset_, received()});
  DropSegments();
  StartAtOffset();
  frames_unknown_ = true;
  frames_.reset();
  next_offset_.clear();
  return true;
}

void ResumableReader::Push(std::string_view bytes, std::vector<Mutation>& out) {
  if (!frames_unknown_) return ReadBody(bytes, out);
  beginning_.append(bytes);
  const std::optional<bool> framed = IsFramed(beginning_);
  if (!framed) return;
  if (*framed) frames_.emplace();
  LearnFrames(out);
}

// It is known now whether there are frames.
void ResumableReader::LearnFrames(std::vector<Mutation>& out) {
  frames_unknown_ = false;
  const std::string body = std::exchange(beginning_, {});
  ReadBody(body, out);
}

void ResumableReader::Finish(std::vector<Mutation>& out) {
  if (frames_unknown_) LearnFrames(out);
  if (frames_) {
    frames_->End();
    ReadFrames(out);
  }
  // The body ended before it said where it is.
  if (mode_ == Mode::kOpening && at_offset_ && is_durable()) mode_ = Mode::kReading;
  if (mode_ == Mode::kOpening) {
    first_.End();
    if (held_.empty() || GoesOn("").value_or(false)) {
      GoOn(out);
    } else {
      Probe(std::exchange(held_, {}), out);
    }
  }
  if (mode_ == Mode::kProbing) {
    probe_->Finish(probed_);
    Judge(out);
  }
  ended_ = true;
  FinishReader(out);
}

void ResumableReader::FinishReader(std::vector<Mutation>& out) {
  // A file that came last waits to be stored before it is known whose reply it is.
  if (ended_ && !probe_) reader_->Finish(out);
}

void ResumableReader::Fail(Status status, std::vector<Mutation>& out) {
  // What came again, if anything did, is there already.
  probe_.reset();
  mode_ = Mode::kReading;
  reader_->Fail(std::move(status), out);
}

void ResumableReader::FileStored(const std::string& blob, std::vector<Mutation>& out) {
  if (!probe_) return reader_->FileStored(blob, out);
  probe_->FileStored(blob, probed_);
  Judge(out);
  FinishReader(out);
}

void ResumableReader::ReadBody(std::string_view bytes, std::vector<Mutation>& out) {
  if (!frames_) return ReadContent(bytes, out);
  frames_->Push(bytes);
  ReadFrames(out);
}

void ResumableReader::ReadFrames(std::vector<Mutation>& out) {
  while (const std::optional<SseFramer::Item> frame = frames_->Next()) {
    if (frame->kind != SseFramer::Item::kEvent) continue;
    if (frame->name == "data") ReadContent(frame->text, out);
    if (frame->name == "control") TakeControl(frame->text);
  }
}

void ResumableReader::TakeControl(std::string_view json) {
  if (!IsValidUtf8(json) || !json::Depth(json)) return;
  std::string offset = json::StringOr(json::Member(json, "streamNextOffset"), "");
  if (!offset.empty()) segments_.push_back({std::move(offset), received()});
  closed_ |= json::Member(json, "streamClosed") == "true";
  DropSegments();
}

void ResumableReader::DropSegments() {
  while (segments_.size() > 1 && segments_[1].start <= whole()) segments_.erase(segments_.begin());
}

void ResumableReader::ReadContent(std::string_view bytes, std::vector<Mutation>& out) {
  // The reader goes on in the middle of an event.
  if (mode_ == Mode::kOpening && at_offset_ && is_durable()) mode_ = Mode::kReading;
  if (mode_ == Mode::kOpening) {
    at_offset_ = false;
    known_ = 0;
  }
  const auto size = static_cast<std::int64_t>(bytes.size());
  bytes.remove_prefix(
      static_cast<std::size_t>(std::clamp<std::int64_t>(known_ - content_, 0, size)));
  content_ += size;
  if (bytes.empty()) return;
  switch (mode_) {
    case Mode::kOpening:
      return Open(bytes, out);
    case Mode::kReading:
      return reader_->Push(bytes, out);
    case Mode::kProbing:
      return Probe(bytes, out);
  }
}

void ResumableReader::Open(std::string_view bytes, std::vector<Mutation>& out) {
  held_.append(bytes);
  const std::optional<bool> goes_on = GoesOn(bytes);
  if (!goes_on) return;
  if (*goes_on) return GoOn(out);
  Probe(std::exchange(held_, {}), out);
}

std::optional<bool> ResumableReader::GoesOn(std::string_view bytes) {
  if (format_ == StreamFormat::kText) return false;
  first_.Push(bytes);
  const std::optional<SseFramer::Item> event = first_.Next();
  if (!event) return first_.too_long() ? std::optional<bool>(false) : std::nullopt;
  if (event->kind != SseFramer::Item::kEvent) return false;
  const StreamPosition& last = reader_->position();
  if (!event->id.empty() && !last.last_event_id.empty()) return event->id != last.first_event_id;
  if (!last.sequence || !IsValidUtf8(event->text) || !json::Depth(event->text)) return false;
  const std::optional<std::int64_t> number = IntMember(event->text, "sequence_number");
  return number && *number > *last.sequence;
}

// The reader takes what is held.
void ResumableReader::GoOn(std::vector<Mutation>& out) {
  mode_ = Mode::kReading;
  base_ = 0;
  reader_->NewConnection();
  const std::string held = std::exchange(held_, {});
  if (!held.empty()) reader_->Push(held, out);
}

void ResumableReader::Probe(std::string_view bytes, std::vector<Mutation>& out) {
  if (mode_ != Mode::kProbing) {
    mode_ = Mode::kProbing;
    probe_ = MakeStreamReader(format_, PartsBefore());
    match_ = std::make_unique<ReplayMatch>(Behind(parts_, from_), kept_);
  }
  held_.append(bytes);
  probe_->Push(bytes, probed_);
  Judge(out);
}

void ResumableReader::Judge(std::vector<Mutation>& out) {
  using Verdict = ReplayMatch::Verdict;
  for (; judged_ < probed_.size(); ++judged_) match_->Take(probed_[judged_]);
  // Only this format drops what it has sent, and only its names are those of one reply: servers of
  // other formats give all replies the same one.
  const std::string& name = probe_->position().response_id;
  if (format_ == StreamFormat::kAiSdk && !name.empty() && name == reader_->position().response_id) {
    match_->TrustName(probe_->done());
  }
  Verdict verdict = match_->verdict();
  if (verdict == Verdict::kUnknown && probe_->done()) verdict = Verdict::kNew;
  if (verdict == Verdict::kUnknown) return;
  if (verdict == Verdict::kReplay) {
    mode_ = Mode::kReading;
    knows_parts_only_ = false;
    base_ = 0;
    reader_ = std::move(probe_);
    held_.clear();
    if (from_ < parts_.size()) out.emplace_back(Reset{static_cast<std::uint32_t>(from_)});
    if (kept_ > 0) out.emplace_back(AddPart{PartsBefore().back()});
    std::vector<Mutation> probed = std::exchange(probed_, {});
    std::move(probed.begin(), probed.end(), std::back_inserter(out));
    return;
  }
  probe_.reset();
  // To a reader that has read nothing yet, it is a new reply behind what is there. Events with
  // numbers tell that by themselves.
  if (std::exchange(knows_parts_only_, false)) {
    BeginBehindAll();
    if (!reader_->position().sequence) reader_ = MakeStreamReader(format_, parts_);
  }
  GoOn(out);
}

std::int64_t ResumableReader::received() const { return std::max(content_, known_); }

std::int64_t ResumableReader::whole() const {
  return base_ + static_cast<std::int64_t>(reader_->position().bytes);
}

std::string ResumableReader::Point(bool for_later) const {
  std::string json = "{\"format\":";
  json::AppendString(StreamFormatName(format_), json);
  AddMember("from", static_cast<std::int64_t>(from_), json);
  if (kept_ > 0) AddMember("kept", static_cast<std::int64_t>(kept_), json);
  const StreamPosition& position = reader_->position();
  AddMember("responseId", position.response_id, json);
  // Until it goes on, the parts and the position are those that were stored.
  if (!for_later || reader_->rests() || mode_ != Mode::kReading) {
    if (position.sequence && *position.sequence >= 0) {
      AddMember("sequence", *position.sequence, json);
    }
    AddMember("firstEventId", position.first_event_id, json);
    AddMember("lastEventId", position.last_event_id, json);
    if (is_durable() || at_offset_) {
      const std::int64_t end = for_later ? whole() : received();
      auto segment = segments_.end() - 1;
      while (segment != segments_.begin() && segment->start > end) --segment;
      AddMember("offset", segment->offset, json);
      AddMember("bytes", end - segment->start, json);
    }
  }
  return json + "}";
}

}  // namespace millrace
