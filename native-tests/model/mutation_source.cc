#include "model/mutation_source.h"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "millrace/base/time.h"

namespace millrace {
namespace {

constexpr std::array<std::string_view, 12> kTexts = {
    "",
    "a",
    "Hello, ",
    "\"quoted\"\\\n\t",
    std::string_view("\0\x1f\x7f", 3),
    "汉字",
    "👩‍👩‍👧",
    "\xF0\x9F",
    "\xA9\xFF",
    "{\"x\":[1,2",
    "null",
    "a text that is too long to be kept inside of the string object itself"};

constexpr std::array<std::string_view, 9> kExtras = {
    "",
    "",
    "",
    R"({"id":5,"approval":true,"preliminary":"no"})",
    R"({"future":[1, 2.50, 1e400, "\ud83d\ude00"]})",
    R"({"text":"mine","thinking":1,"id":[]})",
    R"({"$element":{"meta":1,"type":"x"}})",
    R"(["no object"])",
    R"({)"};

constexpr std::array<std::string_view, 8> kNames = {"usage", "text",   "finish", "tool_call",
                                                    "",      "source", "binary", "\xFF"};

constexpr std::array<std::string_view, 7> kData = {R"({"inputTokens":3})",
                                                   R"({"text":"from data"})",
                                                   R"({"reason":"paused","time":5})",
                                                   R"({"id":"c1","name":"n","input":"{}"})",
                                                   R"( [1 , {"a" : "b c"}] )",
                                                   "null",
                                                   "nonsense"};

constexpr std::array<std::string_view, 5> kPatches = {R"({"rating":1})", R"({"rating":null})",
                                                      R"({ "note" : {"a":[1, 2.50]}})", "{}", "5"};

constexpr std::array<FinishReason, 8> kReasons = {
    FinishReason::kEndTurn,  FinishReason::kMaxTokens,   FinishReason::kToolUse,
    FinishReason::kCanceled, FinishReason::kError,       FinishReason::kContentFilter,
    FinishReason::kUnknown,  FinishReason::kInterrupted,
};

}  // namespace

std::string MutationSource::Text() {
  const std::uint32_t choice = choose_(kTexts.size() + 2);
  if (choice < kTexts.size()) return std::string(kTexts[choice]);
  std::string bytes;
  for (std::uint32_t i = choose_(9); i > 0; --i) bytes.push_back(static_cast<char>(choose_(256)));
  return bytes;
}

std::string MutationSource::ToolId() {
  const std::uint32_t number = choose_(5);
  return number == 4 ? "" : "c" + std::to_string(number);
}

std::string MutationSource::Extra() { return std::string(kExtras[choose_(kExtras.size())]); }

std::string MutationSource::PartId() {
  const std::uint32_t number = choose_(6);
  return number < 3 ? "p" + std::to_string(number) : "";
}

std::optional<TimeMs> MutationSource::OptionalTime() {
  const std::uint32_t time = choose_(4);
  return time == 3 ? std::nullopt : std::optional<TimeMs>(time);
}

CustomPart MutationSource::Custom() {
  CustomPart part{std::string(kNames[choose_(kNames.size())]),
                  std::string(kData[choose_(kData.size())]), ""};
  if (choose_(4) == 3) part.verbatim = R"({"type":"x","data":1,"more":[true]})";
  part.id = PartId();
  return part;
}

FinishPart MutationSource::FinishPartOf() {
  FinishPart part{kReasons[choose_(kReasons.size())], choose_(3), Text(), Text(), "", Extra()};
  if (choose_(4) == 3) part.foreign_reason = Text();
  return part;
}

ToolCallPart MutationSource::ToolCall() {
  ToolCallPart call{ToolId(), Text(), Text(), choose_(2) == 1, choose_(2) == 1, Extra()};
  if (choose_(6) == 5) call.approval = R"({ "id": "a", "approved": true })";
  return call;
}

Part MutationSource::NextPart() {
  switch (choose_(10)) {
    case 0:
      return TextPart{Text(), choose_(4) == 3, Extra(), PartId()};
    case 1:
      return ReasoningPart{Text(), Text(), OptionalTime(), OptionalTime(), Extra(), PartId()};
    case 2:
      return ToolCall();
    case 3:
      return ToolResultPart{ToolId(), Text(),          Text(),  Text(),         Text(),
                            Text(),   choose_(2) == 1, Extra(), choose_(3) == 2};
    case 4:
      return ImageUrlPart{Text(), Text(), Extra()};
    case 5:
      return BinaryPart{Text(), Text(), Text(), Extra()};
    case 6:
      return ShellCommandPart{Text(), Text(), choose_(3), Extra()};
    case 7:
      return FinishPartOf();
    case 8:
      // It names no blob: there are none.
      return FilePart{Text() + "/x", Text(), OptionalTime(), "", Text(), Extra()};
    default:
      return Custom();
  }
}

std::vector<Part> MutationSource::NextParts() {
  std::vector<Part> parts;
  for (std::uint32_t i = choose_(5); i > 0; --i) parts.push_back(NextPart());
  return parts;
}

Replace MutationSource::Snapshot(const Message& message) {
  Replace snapshot{message.parts, message.model, message.provider, message.is_summary};
  if (choose_(8) == 7) snapshot.model = Text();
  if (choose_(8) == 7) snapshot.is_summary = !snapshot.is_summary;
  for (Part& part : snapshot.parts) {
    const std::uint32_t change = choose_(8);
    if (std::string* body = BodyOf(part); body != nullptr && change < 3) body->append(Text());
    if (auto* call = std::get_if<ToolCallPart>(&part); call != nullptr && change == 3) {
      call->finished = true;
    }
    if (auto* custom = std::get_if<CustomPart>(&part)) custom->verbatim.clear();
    if (change == 7) part = NextPart();
  }
  if (choose_(8) == 7 && !snapshot.parts.empty()) snapshot.parts.pop_back();
  if (choose_(3) == 2) snapshot.parts.push_back(NextPart());
  return snapshot;
}

Mutation MutationSource::Next(const Message& message) {
  switch (choose_(18)) {
    case 0:
    case 1:
    case 2:
      return AppendText{Text(), choose_(6) == 5, PartId()};
    case 3:
    case 4:
      return AppendReasoning{Text(), PartId()};
    case 5:
      return EndReasoning{Text(), PartId()};
    case 6:
      return PutToolCall{ToolCall()};
    case 7:
    case 8:
      return AppendToolInput{ToolId(), Text()};
    case 9:
      return FinishToolCall{ToolId()};
    case 10:
      return AddPart{NextPart()};
    case 11:
      if (choose_(3) == 2) return Reset{choose_(3)};
      return Snapshot(message);
    case 12:
      if (choose_(3) == 2) return Finish{kReasons[choose_(kReasons.size())], Text(), Text()};
      return Snapshot(message);
    case 13:
      return Resume{};
    case 15:
      return SetMetadata{std::string(kPatches[choose_(kPatches.size())])};
    case 16:
      if (choose_(2) == 1) return SetResume{std::string(kPatches[choose_(kPatches.size())])};
      return SetUsage{Usage{.input_tokens = choose_(4), .output_tokens = choose_(4)}};
    case 14:
      return Replace{NextParts(), Text(), Text(), choose_(2) == 1};
    default:
      return Snapshot(message);
  }
}

}  // namespace millrace
