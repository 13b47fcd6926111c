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
#include "millrace/model/usage.h"

namespace millrace {

// A patch is what mutations did to a message, with part indexes instead of rules. Whoever holds the
// message at `from_version` reaches `to_version` with it. The delta log, the events and the page's
// copy all use this one type.

// parts[part].body += text. `text` is not empty.
struct AppendOp {
  std::uint32_t part = 0;
  std::string text;
  friend bool operator==(const AppendOp&, const AppendOp&) = default;
};

// parts[part] = value. If part == parts.size(), the part is added. With keep_body the present body
// (see BodyOf) stays and the body of `value` is empty, so ending a long part costs only its header.
struct PutOp {
  std::uint32_t part = 0;
  Part value;
  bool keep_body = false;
  friend bool operator==(const PutOp&, const PutOp&) = default;
};

// parts.resize(size); never makes it longer.
struct TruncateOp {
  std::uint32_t size = 0;
  friend bool operator==(const TruncateOp&, const TruncateOp&) = default;
};

// The fields of the message itself, if one of them changed.
struct HeaderOp {
  std::string model;
  std::string provider;
  bool is_summary = false;
  std::optional<TimeMs> finished_at;
  friend bool operator==(const HeaderOp&, const HeaderOp&) = default;
};

// What an application, a provider and a stream say about the message. An unset field stays as it
// is.
struct NotesOp {
  std::optional<std::string> metadata = std::nullopt;  // the whole of it
  std::optional<Usage> usage = std::nullopt;
  std::optional<std::string> resume = std::nullopt;
  friend bool operator==(const NotesOp&, const NotesOp&) = default;
};

using PatchOp = std::variant<AppendOp, PutOp, TruncateOp, HeaderOp, NotesOp>;

// Invariants: from_version < to_version unless empty(); two neighbouring AppendOps are never for
// the same part; there is at most one NotesOp.
struct Patch {
  std::int64_t from_version = 0;
  std::int64_t to_version = 0;
  TimeMs updated_at = 0;
  std::vector<PatchOp> ops;

  bool empty() const { return ops.empty(); }

  // Adds an append. Merges it with the last op if that appends to the same part. Amortised
  // O(text.size()).
  void Append(std::uint32_t part, std::string_view text);
  void Add(PatchOp op);

  // Adds the changes of `later` after these. REQUIRES: empty() or to_version == later.from_version.
  // O(size of later).
  void Extend(const Patch& later);

  // The bytes of text and parts in the patch: its cost in a mailbox or a log row.
  std::size_t ByteSize() const;

  friend bool operator==(const Patch&, const Patch&) = default;

 private:
  void AddNotes(NotesOp notes);
};

// Brings `message` from patch.from_version to patch.to_version. kCorrupt, with `message` unchanged,
// if it has another version or an op does not fit (index out of range, append to a part without a
// body). Amortised O(size of patch).
Status ApplyPatch(const Patch& patch, Message& message);

}  // namespace millrace
