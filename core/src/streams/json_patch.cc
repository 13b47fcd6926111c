#include "streams/json_patch.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "model/json.h"
#include "model/json_values.h"
#include "model/part_fields.h"
#include "streams/event_fields.h"

namespace millrace {
namespace {

// How many bytes all operations of a patch may read together: some hundred milliseconds of work.
constexpr std::size_t kMaxPatchWork = 64 * kMaxPatchedBytes;

using Tokens = std::vector<std::string>;

// Unlike json::Member, it tells null from a missing member, and it decodes the keys.
std::optional<std::string_view> MemberOf(std::string_view object, std::string_view name) {
  std::optional<std::string_view> found;
  for (json::Cursor member(object); member.Next();) {
    if (json::DecodeString(member.key()) == name) found = member.value();
  }
  return found;
}

// A JSON Pointer (RFC 6901).
std::optional<Tokens> ReadPointer(std::string_view value) {
  if (!json::Is(value, json::Kind::kString)) return std::nullopt;
  const std::string pointer = json::DecodeString(value);
  Tokens tokens;
  if (pointer.empty()) return tokens;
  if (pointer.front() != '/') return std::nullopt;
  for (std::size_t i = 0; i < pointer.size(); ++i) {
    if (pointer[i] == '/') {
      tokens.emplace_back();
    } else if (pointer[i] != '~') {
      tokens.back() += pointer[i];
    } else {
      const char escaped = i + 1 < pointer.size() ? pointer[++i] : ' ';
      if (escaped != '0' && escaped != '1') return std::nullopt;
      tokens.back() += escaped == '0' ? '~' : '/';
    }
  }
  return tokens;
}

std::optional<std::size_t> ReadIndex(const std::string& token) {
  constexpr std::size_t kMostDigits = 9;
  if (token.empty() || token.size() > kMostDigits) return std::nullopt;
  if (token.size() > 1 && token.front() == '0') return std::nullopt;
  if (token.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  return static_cast<std::size_t>(json::DecodeInt(token).value_or(0));
}

std::optional<std::string_view> ElementOf(std::string_view array, const std::string& token) {
  const std::optional<std::size_t> index = ReadIndex(token);
  if (!index) return std::nullopt;
  std::size_t at = 0;
  for (json::Cursor element(array); element.Next(); ++at) {
    if (at == *index) return element.value();
  }
  return std::nullopt;
}

// The value at the first `count` tokens.
std::optional<std::string_view> ValueAt(std::string_view document, const Tokens& tokens,
                                        std::size_t count) {
  std::optional<std::string_view> value = document;
  for (std::size_t i = 0; value && i < count; ++i) {
    if (json::Is(*value, json::Kind::kObject)) {
      value = MemberOf(*value, tokens[i]);
    } else if (json::Is(*value, json::Kind::kArray)) {
      value = ElementOf(*value, tokens[i]);
    } else {
      value.reset();
    }
  }
  return value;
}

enum class Edit { kAdd, kRemove, kReplace };

std::optional<std::string> EditObject(std::string_view object, const std::string& name, Edit edit,
                                      std::string_view value) {
  std::string out = "{";
  bool found = false;
  for (json::Cursor member(object); member.Next();) {
    const bool is_it = json::DecodeString(member.key()) == name;
    if (is_it && (edit == Edit::kRemove || found)) {
      found = true;
      continue;
    }
    found = found || is_it;
    AppendKey(member.key(), out);
    out.append(is_it ? value : member.value());
  }
  if (!found && edit != Edit::kAdd) return std::nullopt;
  if (!found) {
    std::string key;
    json::AppendString(name, key);
    AppendKey(key, out);
    out.append(value);
  }
  return out + "}";
}

std::optional<std::string> EditArray(std::string_view array, const std::string& token, Edit edit,
                                     std::string_view value) {
  const bool at_end = edit == Edit::kAdd && token == "-";
  const std::optional<std::size_t> index = ReadIndex(token);
  if (!index && !at_end) return std::nullopt;
  std::string out = "[";
  const auto add = [&out](std::string_view element) { out.append(element) += ','; };
  std::size_t at = 0;
  for (json::Cursor element(array); element.Next(); ++at) {
    const bool is_it = index == at;
    if (is_it && edit != Edit::kRemove) add(value);
    if (!is_it || edit == Edit::kAdd) add(element.value());
  }
  if (at_end || (edit == Edit::kAdd && *index == at)) {
    add(value);
  } else if (*index >= at) {
    return std::nullopt;
  }
  if (out.size() == 1) return "[]";
  out.back() = ']';
  return out;
}

// Changes the value at a place. The whole document has no place to be removed from.
bool Change(std::string& document, const Tokens& path, Edit edit, std::string_view value) {
  if (path.empty()) {
    if (edit == Edit::kRemove) return false;
    document = std::string(value);
    return true;
  }
  const std::optional<std::string_view> parent = ValueAt(document, path, path.size() - 1);
  if (!parent) return false;
  std::optional<std::string> edited;
  if (json::Is(*parent, json::Kind::kObject)) {
    edited = EditObject(*parent, path.back(), edit, value);
  } else if (json::Is(*parent, json::Kind::kArray)) {
    edited = EditArray(*parent, path.back(), edit, value);
  }
  if (!edited) return false;
  document.replace(static_cast<std::size_t>(parent->data() - document.data()), parent->size(),
                   *edited);
  return true;
}

// A number without what does not change it: 1.50e2, 150 and 15e1 are all 15 and a power of ten, 1.
struct Decimal {
  bool negative = false;
  std::string digits;  // without zeros at either end; "" for 0
  std::int64_t power = 0;
  friend bool operator==(const Decimal&, const Decimal&) = default;
};

// The power of ten that is written as `text`, within bounds that no number of digits reaches.
std::int64_t PowerIn(std::string_view text) {
  constexpr std::int64_t kFarAway = std::int64_t{1} << 40;
  const bool negative = text.starts_with('-');
  text.remove_prefix(std::min(text.find_first_of("123456789"), text.size()));
  if (text.empty()) return 0;
  const std::int64_t size = std::min(json::DecodeInt(text).value_or(kFarAway), kFarAway);
  return negative ? -size : size;
}

Decimal DecimalOf(std::string_view number) {
  Decimal decimal;
  decimal.negative = number.starts_with('-');
  if (decimal.negative) number.remove_prefix(1);
  if (const std::size_t e = number.find_first_of("eE"); e != std::string_view::npos) {
    decimal.power = PowerIn(number.substr(e + 1));
    number = number.substr(0, e);
  }
  if (const std::size_t point = number.find('.'); point != std::string_view::npos) {
    decimal.power -= static_cast<std::int64_t>(number.size() - point - 1);
    decimal.digits.assign(number.substr(0, point)).append(number.substr(point + 1));
  } else {
    decimal.digits = number;
  }
  decimal.digits.erase(0, decimal.digits.find_first_not_of('0'));
  if (decimal.digits.empty()) return {};
  const std::size_t used = decimal.digits.find_last_not_of('0') + 1;
  decimal.power += static_cast<std::int64_t>(decimal.digits.size() - used);
  decimal.digits.resize(used);
  return decimal;
}

bool SameNumber(std::string_view a, std::string_view b) {
  return a == b || DecimalOf(a) == DecimalOf(b);
}

using Pairs = std::vector<std::pair<std::string_view, std::string_view>>;

// Whether the values are alike but for what they contain, which goes to `pairs`.
bool SameOutside(std::string_view a, std::string_view b, Pairs& pairs) {
  const json::Kind kind = json::KindOf(a);
  if (kind != json::KindOf(b)) return false;
  if (kind == json::Kind::kNumber) return SameNumber(a, b);
  if (kind == json::Kind::kString) return json::DecodeString(a) == json::DecodeString(b);
  if (kind == json::Kind::kArray) {
    json::Cursor in_a(a);
    json::Cursor in_b(b);
    while (in_a.Next()) {
      if (!in_b.Next()) return false;
      pairs.emplace_back(in_a.value(), in_b.value());
    }
    return !in_b.Next();
  }
  if (kind != json::Kind::kObject) return a == b;
  std::map<std::string, std::string_view> in_a;
  std::map<std::string, std::string_view> in_b;
  for (json::Cursor member(a); member.Next();) {
    in_a[json::DecodeString(member.key())] = member.value();
  }
  for (json::Cursor member(b); member.Next();) {
    in_b[json::DecodeString(member.key())] = member.value();
  }
  if (in_a.size() != in_b.size()) return false;
  for (const auto& [name, value] : in_a) {
    const auto other = in_b.find(name);
    if (other == in_b.end()) return false;
    pairs.emplace_back(value, other->second);
  }
  return true;
}

bool SameValue(std::string_view a, std::string_view b) {
  Pairs pairs = {{a, b}};
  while (!pairs.empty()) {
    const auto [left, right] = pairs.back();
    pairs.pop_back();
    if (!SameOutside(left, right, pairs)) return false;
  }
  return true;
}

// move and copy
bool TakeFrom(std::string& document, const Tokens& from, const Tokens& path, bool move) {
  const std::optional<std::string_view> found = ValueAt(document, from, from.size());
  if (!found) return false;
  if (move && from == path) return true;
  const bool into_itself =
      from.size() < path.size() && std::equal(from.begin(), from.end(), path.begin());
  if (move && into_itself) return false;
  const std::string value(*found);
  if (move && !Change(document, from, Edit::kRemove, "")) return false;
  return Change(document, path, Edit::kAdd, value);
}

bool ApplyOperation(std::string& document, std::string_view operation) {
  if (!json::Is(operation, json::Kind::kObject)) return false;
  const std::string op = json::StringOr(MemberOf(operation, "op").value_or(""), "");
  const std::optional<Tokens> path = ReadPointer(MemberOf(operation, "path").value_or(""));
  if (!path) return false;
  if (op == "remove") return Change(document, *path, Edit::kRemove, "");
  if (op == "move" || op == "copy") {
    const std::optional<Tokens> from = ReadPointer(MemberOf(operation, "from").value_or(""));
    return from && TakeFrom(document, *from, *path, op == "move");
  }
  const std::optional<std::string_view> value = MemberOf(operation, "value");
  if (!value) return false;
  if (op == "add") return Change(document, *path, Edit::kAdd, Compact(*value));
  if (op == "replace") return Change(document, *path, Edit::kReplace, Compact(*value));
  const std::optional<std::string_view> found = ValueAt(document, *path, path->size());
  return op == "test" && found && SameValue(*found, *value);
}

}  // namespace

std::optional<std::string> ApplyJsonPatch(std::string_view document, std::string_view patch) {
  if (!json::Is(patch, json::Kind::kArray)) return std::nullopt;
  std::string result = Compact(document);
  std::size_t work = 0;
  for (json::Cursor operation(patch); operation.Next();) {
    if (!ApplyOperation(result, operation.value())) return std::nullopt;
    work += result.size();
    if (result.size() > kMaxPatchedBytes || work > kMaxPatchWork) return std::nullopt;
  }
  const std::optional<std::size_t> depth = json::Depth(result);
  if (!depth || *depth > kMaxPatchedDepth) return std::nullopt;
  return result;
}

}  // namespace millrace
