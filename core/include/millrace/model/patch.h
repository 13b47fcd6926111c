#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "millrace/base/status.h"
#include "millrace/base/time.h"
#include "millrace/model/message.h"
#include "millrace/model/part.h"

namespace millrace {

// A patch is what mutations did to a message, resolved to part indexes, so that whoever holds the
// message at `from_version` reaches `to_version` without knowing any rule. One type serves the
// delta log, the events and the page's copy.

// parts[part].body += text, which is not empty.
struct AppendOp {
  std::uint32_t part = 0;
  std::string text;
  friend bool operator==(const AppendOp&, const AppendOp&) = default;
};

// parts[part] = value; part == parts.size() adds it. With keep_body the body (see BodyOf) that is
// there stays and `value`'s is empty: so ending a long part costs its header only.
struct PutOp {
  std::uint32_t part = 0;
  Part value;
  bool keep_body = false;
  friend bool operator==(const PutOp&, const PutOp&) = default;
};

// parts.resize(size), never growing.
struct TruncateOp {
  std::uint32_t size = 0;
  friend bool operator==(const TruncateOp&, const TruncateOp&) = default;
};

// The fields of the message itself, when one of them changed.
struct HeaderOp {
  std::string model;
  std::string provider;
  bool is_summary = false;
  std::optional<TimeMs> finished_at;
  friend bool operator==(const HeaderOp&, const HeaderOp&) = default;
};

using PatchOp = std::variant<AppendOp, PutOp, TruncateOp, HeaderOp>;

// Invariants: from_version < to_version unless empty(); two neighbouring AppendOps never have the
// same part.
struct Patch {
  std::int64_t from_version = 0;
  std::int64_t to_version = 0;
  TimeMs updated_at = 0;
  std::vector<PatchOp> ops;

  bool empty() const { return ops.empty(); }

  // Adds an append; merges it with the last op where that is an append to the same part.
  // Amortised O(text.size()).
  void Append(std::uint32_t part, std::string_view text);
  void Add(PatchOp op);

  // This, then `later`. REQUIRES: empty() or to_version == later.from_version.
  // O(later's size).
  void Extend(const Patch& later);

  // Bytes of text and parts it carries: what a mailbox or a log row pays for it.
  std::size_t ByteSize() const;

  friend bool operator==(const Patch&, const Patch&) = default;
};

// Brings `message` from patch.from_version to patch.to_version. kCorrupt, with `message` as it
// was, for another version or an op that does not fit (index out of range, append to a part
// without a body). Amortised O(patch's size).
Status ApplyPatch(const Patch& patch, Message& message);

}  // namespace millrace
