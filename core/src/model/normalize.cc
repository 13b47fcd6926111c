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
    } else if constexpr (std::is_same_v<T, Late<std::string>>) {
      MakeValid(field.value);
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

bool IsObjectOrNone(const std::string& text) { return text.empty() || json::IsObject(text); }

template <typename P>
Status CheckKnown(const P& part) {
  if (!IsObjectOrNone(part.extra)) {
    return InvalidArgument("the extra fields of a part are not a JSON object");
  }
  if constexpr (std::is_same_v<P, ToolCallPart>) {
    if (!IsObjectOrNone(part.approval)) {
      return InvalidArgument("the approval of a tool call is not a JSON object");
    }
  } else if constexpr (std::is_same_v<P, FilePart>) {
    if (part.media_type.empty()) return InvalidArgument("a file part needs a media type");
    if (part.size.value_or(0) < 0) return InvalidArgument("the size of a file part is negative");
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
        } else if constexpr (std::is_same_v<P, ToolCallPart>) {
          return !value.extra.empty() || !value.approval.empty();
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
          return CheckKnown(value);
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
