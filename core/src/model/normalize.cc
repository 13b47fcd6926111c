#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "millrace/base/status.h"
#include "millrace/base/time.h"
#include "millrace/base/utf8.h"
#include "millrace/model/codec.h"
#include "millrace/model/part.h"
#include "model/json.h"
#include "model/part_fields.h"
#include "model/text.h"

namespace millrace {
namespace {

// Gives the fields of the stored form the values that they have when read back.
struct FieldNormalizer {
  template <typename T>
  void operator()(std::string_view /*name*/, T&& field, Write /*when*/) {
    if constexpr (std::is_same_v<T, std::string&>) {
      MakeValid(field);
    } else if constexpr (std::is_same_v<T, std::optional<TimeMs>&>) {
      if (field == 0) field.reset();
    }
  }
};

bool IsJson(const std::string& text) { return IsValidUtf8(text) && json::Depth(text).has_value(); }

Status CheckCustom(const CustomPart& part) {
  if (!IsJson(part.data)) return InvalidArgument("the data of a custom part is not JSON");
  if (!part.verbatim.empty() && !IsJson(part.verbatim)) {
    return InvalidArgument("the stored form of a custom part is not JSON");
  }
  return Status::Ok();
}

template <typename P>
Status CheckExtra(const P& part) {
  if (part.extra.empty()) return Status::Ok();
  const std::size_t start = part.extra.find_first_not_of(" \t\n\r");
  if (start == std::string::npos || part.extra[start] != '{' || !IsJson(part.extra)) {
    return InvalidArgument("the extra fields of a part are not a JSON object");
  }
  return Status::Ok();
}

// Whether the stored form may read back as something else than `part`, if its fields are normal.
bool NeedsRoundTrip(const Part& part) {
  return std::visit(
      [](const auto& value) {
        using P = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<P, CustomPart>) {
          return true;
        } else if constexpr (std::is_same_v<P, FinishPart>) {
          return !value.extra.empty() || !value.foreign_reason.empty();
        } else {
          return !value.extra.empty();
        }
      },
      part);
}

}  // namespace

Status NormalizePart(Part& part) {
  Status status = std::visit(
      [](auto& value) {
        using P = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<P, CustomPart>) {
          return CheckCustom(value);
        } else {
          FieldNormalizer normalizer;
          Fields(value, normalizer);
          return CheckExtra(value);
        }
      },
      part);
  if (!status.ok() || !NeedsRoundTrip(part)) return status;
  Result<Part> stored = DecodePart(EncodePart(part));
  if (!stored.ok()) return stored.status();
  const bool was_custom = std::holds_alternative<CustomPart>(part);
  if (!was_custom && std::holds_alternative<CustomPart>(*stored)) {
    return InvalidArgument("the extra fields of a part are nested too deep");
  }
  part = *std::move(stored);
  return Status::Ok();
}

}  // namespace millrace
