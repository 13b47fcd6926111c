// A row of the delta log: a JSON array of ops. Each op is an array that starts with a letter.
//
//   ["a",part,"text"]   append          ["t",size]   truncate
//   ["p",part,{part}]   put             ["h",{…}]    header
//   ["k",part,{part}]   put, keep body   ["n",{…}]    notes: metadata, and usage as an array
//
// Users' databases hold these rows: letters may be added but never changed.
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "millrace/base/status.h"
#include "millrace/base/utf8.h"
#include "millrace/model/codec.h"
#include "millrace/model/header_fields.h"
#include "millrace/model/merge_patch.h"
#include "millrace/model/part.h"
#include "millrace/model/patch.h"
#include "model/json.h"
#include "model/part_codec.h"
#include "model/part_fields.h"

namespace millrace {
namespace {

// std::bit_cast is missing in the standard library of older Emscripten versions.
template <typename To, typename From>
To BitsAs(const From& from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  std::memcpy(&to, &from, sizeof(to));
  return to;
}

// [input, output, cached input, reasoning, cost]; null for a missing count. The cost is written as
// the integer that has its bits, because that is exact and the core formats no floating point.
void AppendUsage(const Usage& usage, std::string& out) {
  const auto count = [&out](std::optional<std::int64_t> number) {
    out.back() == '[' ? void() : out.push_back(',');
    number ? json::AppendInt(*number, out) : void(out.append("null"));
  };
  out.push_back('[');
  count(usage.input_tokens);
  count(usage.output_tokens);
  count(usage.cached_input_tokens);
  count(usage.reasoning_tokens);
  count(usage.cost ? std::optional(BitsAs<std::int64_t>(*usage.cost)) : std::nullopt);
  out.push_back(']');
}

struct HeaderWriter {
  std::string& out;

  void operator()(const HeaderField& field, const auto& value) const {
    if constexpr (requires { value.has_value(); }) {
      if (value) (*this)(field, *value);
    } else {
      if (out.back() != '{') out.push_back(',');
      out.append("\"").append(field.column).append("\":");
      Value(value);
    }
  }

 private:
  void Value(const std::string& text) const { json::AppendString(text, out); }
  void Value(bool flag) const { out.append(flag ? "true" : "false"); }
  void Value(std::int64_t number) const { json::AppendInt(number, out); }
};

struct OpWriter {
  std::string& out;

  void operator()(const AppendOp& op) const {
    Open('a', op.part);
    json::AppendString(op.text, out);
  }
  void operator()(const PutOp& op) const {
    Open(op.keep_body ? 'k' : 'p', op.part);
    AppendPart(op.value, out);
  }
  void operator()(const TruncateOp& op) const {
    out.append("[\"t\",");
    json::AppendInt(op.size, out);
  }
  void operator()(const HeaderOp& op) const {
    out.append("[\"h\",{");
    HeaderFields(op, HeaderWriter{out});
    out.push_back('}');
  }
  void operator()(const NotesOp& op) const {
    out.append("[\"n\",{");
    if (op.metadata) {
      AppendKey("\"metadata\"", out);
      out.append(op.metadata->empty() ? "{}" : *op.metadata);
    }
    if (op.usage) {
      AppendKey("\"usage\"", out);
      AppendUsage(*op.usage, out);
    }
    if (op.resume) {
      AppendKey("\"resume\"", out);
      out.append(op.resume->empty() ? "{}" : *op.resume);
    }
    out.push_back('}');
  }

 private:
  void Open(char letter, std::uint32_t part) const {
    out.append("[\"").append(1, letter).append("\",");
    json::AppendInt(part, out);
    out.push_back(',');
  }
};

// Reads the values of an array one by one. The getters return nullopt for a value of another kind.
class Reader {
 public:
  Reader(std::string_view array, std::size_t depth) : cursor_(array), depth_(depth) {}

  std::optional<std::string> Text() {
    if (!NextIs(json::Kind::kString)) return std::nullopt;
    return json::DecodeString(cursor_.value());
  }
  std::optional<std::uint32_t> Index() {
    if (!NextIs(json::Kind::kNumber)) return std::nullopt;
    const std::optional<std::int64_t> number = json::DecodeInt(cursor_.value());
    if (!number || *number < 0 || *number > std::numeric_limits<std::uint32_t>::max()) {
      return std::nullopt;
    }
    return static_cast<std::uint32_t>(*number);
  }
  std::optional<std::string_view> Object() {
    if (!NextIs(json::Kind::kObject)) return std::nullopt;
    return cursor_.value();
  }
  std::optional<Part> Element() {
    const std::optional<std::string_view> object = Object();
    if (!object) return std::nullopt;
    return DecodeElement(*object, depth_);
  }
  bool AtEnd() { return !cursor_.Next(); }

 private:
  bool NextIs(json::Kind kind) { return cursor_.Next() && json::KindOf(cursor_.value()) == kind; }

  json::Cursor cursor_;
  std::size_t depth_;  // the depth of the row
};

std::optional<PatchOp> ReadAppend(Reader& reader) {
  const std::optional<std::uint32_t> part = reader.Index();
  if (!part) return std::nullopt;
  std::optional<std::string> text = reader.Text();
  if (!text || text->empty()) return std::nullopt;
  return AppendOp{*part, *std::move(text)};
}

std::optional<PatchOp> ReadPut(Reader& reader, bool keep_body) {
  const std::optional<std::uint32_t> part = reader.Index();
  if (!part) return std::nullopt;
  std::optional<Part> value = reader.Element();
  if (!value) return std::nullopt;
  return PutOp{*part, *std::move(value), keep_body};
}

std::optional<PatchOp> ReadTruncate(Reader& reader) {
  const std::optional<std::uint32_t> size = reader.Index();
  if (!size) return std::nullopt;
  return TruncateOp{*size};
}

bool ReadValue(std::string_view value, std::string& text) {
  if (json::KindOf(value) != json::Kind::kString) return false;
  text = json::DecodeString(value);
  return true;
}
bool ReadValue(std::string_view value, bool& flag) {
  if (json::KindOf(value) != json::Kind::kBool) return false;
  flag = value == "true";
  return true;
}
bool ReadValue(std::string_view value, std::optional<std::int64_t>& number) {
  const std::optional<std::int64_t> read = json::DecodeInt(value);
  if (read) number = read;
  return read.has_value();
}

std::optional<PatchOp> ReadHeader(Reader& reader) {
  const std::optional<std::string_view> object = reader.Object();
  if (!object) return std::nullopt;
  HeaderOp op;
  for (json::Cursor cursor(*object); cursor.Next();) {
    const std::string key = json::DecodeString(cursor.key());
    const std::string_view value = cursor.value();
    bool known = false;
    HeaderFields(op, [&](const HeaderField& field, auto& target) {
      if (key == field.column) known = ReadValue(value, target);
    });
    if (!known) return std::nullopt;
  }
  return op;
}

std::optional<Usage> ReadUsage(std::string_view value) {
  if (json::KindOf(value) != json::Kind::kArray) return std::nullopt;
  std::array<std::optional<std::int64_t>, 5> counts;
  std::size_t size = 0;
  for (json::Cursor cursor(value); cursor.Next(); ++size) {
    if (size == counts.size()) return std::nullopt;
    counts[size] = json::DecodeInt(cursor.value());
    const bool cost = size == counts.size() - 1;
    const bool fits = !counts[size] || cost || (*counts[size] >= 0 && *counts[size] <= kMostTokens);
    if (!fits || (!counts[size] && cursor.value() != "null")) return std::nullopt;
  }
  if (!counts[0] || !counts[1]) return std::nullopt;
  Usage usage{*counts[0], *counts[1], counts[2], counts[3], std::nullopt};
  if (counts[4]) usage.cost = BitsAs<double>(*counts[4]);
  if (usage.cost && !std::isfinite(*usage.cost)) return std::nullopt;
  return usage;
}

std::optional<PatchOp> ReadNotes(Reader& reader) {
  const std::optional<std::string_view> object = reader.Object();
  if (!object) return std::nullopt;
  NotesOp op;
  for (json::Cursor cursor(*object); cursor.Next();) {
    const std::string key = json::DecodeString(cursor.key());
    if (key == "metadata" || key == "resume") {
      Result<std::string> object_text = CheckMetadata(cursor.value());
      if (!object_text.ok()) return std::nullopt;
      (key == "metadata" ? op.metadata : op.resume) = *std::move(object_text);
    } else if (key == "usage") {
      op.usage = ReadUsage(cursor.value());
      if (!op.usage) return std::nullopt;
    } else {
      return std::nullopt;
    }
  }
  return op;
}

std::optional<PatchOp> ReadOp(std::string_view element, std::size_t depth) {
  if (json::KindOf(element) != json::Kind::kArray) return std::nullopt;
  Reader reader(element, depth);
  const std::string letter = reader.Text().value_or("");
  std::optional<PatchOp> op;
  if (letter == "a") op = ReadAppend(reader);
  if (letter == "p") op = ReadPut(reader, /*keep_body=*/false);
  if (letter == "k") op = ReadPut(reader, /*keep_body=*/true);
  if (letter == "t") op = ReadTruncate(reader);
  if (letter == "h") op = ReadHeader(reader);
  if (letter == "n") op = ReadNotes(reader);
  if (op && !reader.AtEnd()) return std::nullopt;
  return op;
}

}  // namespace

std::string EncodePatchOps(const std::vector<PatchOp>& ops) {
  std::string out = "[";
  for (const PatchOp& op : ops) {
    if (out.size() > 1) out.push_back(',');
    std::visit(OpWriter{out}, op);
    out.push_back(']');
  }
  out.push_back(']');
  return out;
}

Result<std::vector<PatchOp>> DecodePatchOps(std::string_view json) {
  const std::optional<std::size_t> depth = json::Depth(json);
  if (!depth || !IsValidUtf8(json) || json[json.find_first_not_of(" \t\n\r")] != '[') {
    return Status(Code::kCorrupt, "the row of the delta log is not a JSON array");
  }
  std::vector<PatchOp> ops;
  for (json::Cursor cursor(json); cursor.Next();) {
    std::optional<PatchOp> op = ReadOp(cursor.value(), *depth);
    if (!op) {
      return Status(Code::kCorrupt,
                    "element " + std::to_string(ops.size()) + " of the delta log row is no op");
    }
    ops.push_back(*std::move(op));
  }
  return ops;
}

}  // namespace millrace
