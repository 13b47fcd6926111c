#include "millrace/model/patch.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "millrace/base/status.h"
#include "millrace/model/header_fields.h"
#include "millrace/model/message.h"
#include "millrace/model/part.h"
#include "model/patch_writer.h"

namespace millrace {
namespace {

// The cost of a part besides its text, so that a flood of empty parts is not free.
constexpr std::size_t kPartOverhead = 32;

struct PartSize {
  std::size_t operator()(const TextPart& p) const {
    return p.text.size() + p.id.size() + p.extra.size();
  }
  std::size_t operator()(const ReasoningPart& p) const {
    return p.text.size() + p.signature.size() + p.id.size() + p.extra.size();
  }
  std::size_t operator()(const ToolCallPart& p) const {
    return p.id.size() + p.name.size() + p.input.size() + p.approval.size() + p.extra.size();
  }
  std::size_t operator()(const ToolResultPart& p) const {
    return p.tool_call_id.size() + p.name.size() + p.content.size() + p.data.size() +
           p.mime_type.size() + p.metadata.size() + p.extra.size();
  }
  std::size_t operator()(const ImageUrlPart& p) const {
    return p.url.size() + p.detail.size() + p.extra.size();
  }
  std::size_t operator()(const BinaryPart& p) const {
    return p.path.size() + p.mime_type.size() + p.data.size() + p.extra.size();
  }
  std::size_t operator()(const ShellCommandPart& p) const {
    return p.command.size() + p.output.size() + p.extra.size();
  }
  std::size_t operator()(const FilePart& p) const {
    return p.media_type.size() + p.name.size() + p.blob.size() + p.url.size() + p.extra.size();
  }
  std::size_t operator()(const FinishPart& p) const {
    return p.message.size() + p.details.size() + p.foreign_reason.size() + p.extra.size();
  }
  std::size_t operator()(const CustomPart& p) const {
    return p.name.size() + p.data.size() + p.verbatim.size() + p.id.size();
  }
};

struct OpSize {
  std::size_t operator()(const AppendOp& op) const { return op.text.size(); }
  std::size_t operator()(const PutOp& op) const {
    return kPartOverhead + std::visit(PartSize(), op.value);
  }
  std::size_t operator()(const TruncateOp& /*op*/) const { return sizeof(TruncateOp); }
  std::size_t operator()(const HeaderOp& op) const {
    return kPartOverhead + op.model.size() + op.provider.size();
  }
  std::size_t operator()(const NotesOp& op) const {
    return kPartOverhead + (op.metadata ? op.metadata->size() : 0) +
           (op.resume ? op.resume->size() : 0);
  }
};

Status Misfit(std::string what) {
  return {Code::kCorrupt, "the patch does not fit the message: " + std::move(what)};
}

// Plays the ops through on the number and the types of the parts only. So it knows that all of them
// fit before the first one is carried out. O(ops * log ops), whatever the size of the message.
class OpChecker {
 public:
  explicit OpChecker(const Message& message) : message_(message), size_(message.parts.size()) {}

  Status operator()(const AppendOp& op) {
    if (op.part >= size_) return Misfit("append to a part that is not there");
    return HasBody(TypeOf(op.part)) ? Status::Ok() : Misfit("append to a part that has no text");
  }

  Status operator()(const PutOp& op) {
    if (op.part > size_) return Misfit("a part beyond the next one");
    if (op.keep_body) {
      const std::string* body = BodyOf(op.value);
      if (body == nullptr || !body->empty())
        return Misfit("a part to keep the text of has its own");
      if (op.part == size_ || TypeOf(op.part) != op.value.index()) {
        return Misfit("the text to keep is of another type of part");
      }
    }
    size_ = std::max<std::size_t>(size_, op.part + std::size_t{1});
    types_[op.part] = op.value.index();
    return Status::Ok();
  }

  Status operator()(const TruncateOp& op) {
    if (op.size > size_) return Misfit("truncating makes it longer");
    size_ = op.size;
    return Status::Ok();
  }

  Status operator()(const HeaderOp& /*op*/) { return Status::Ok(); }
  Status operator()(const NotesOp& /*op*/) { return Status::Ok(); }

 private:
  // The variant index of a part. REQUIRES: part < size_.
  std::size_t TypeOf(std::uint32_t part) const {
    const auto put = types_.find(part);
    return put != types_.end() ? put->second : message_.parts[part].index();
  }

  static bool HasBody(std::size_t type) {
    return type == Part(TextPart()).index() || type == Part(ReasoningPart()).index() ||
           type == Part(ToolCallPart()).index();
  }

  const Message& message_;
  std::size_t size_;
  // The types of the parts put so far. A part that is not in the map is the message's own, because
  // an op cannot name a truncated part before it is put again.
  std::map<std::uint32_t, std::size_t> types_;
};

}  // namespace

void Patch::Append(std::uint32_t part, std::string_view text) {
  if (text.empty()) return;
  auto* last = ops.empty() ? nullptr : std::get_if<AppendOp>(&ops.back());
  if (last != nullptr && last->part == part) {
    last->text.append(text);
  } else {
    ops.push_back(AppendOp{part, std::string(text)});
  }
}

void Patch::Add(PatchOp op) {
  if (const auto* append = std::get_if<AppendOp>(&op)) return Append(append->part, append->text);
  if (auto* notes = std::get_if<NotesOp>(&op)) return AddNotes(std::move(*notes));
  ops.push_back(std::move(op));
}

// Notes have nothing to do with the ops around them, so the newest ones replace earlier ones.
void Patch::AddNotes(NotesOp notes) {
  for (PatchOp& op : ops) {
    auto* there = std::get_if<NotesOp>(&op);
    if (there == nullptr) continue;
    if (notes.metadata) there->metadata = std::move(notes.metadata);
    if (notes.usage) there->usage = notes.usage;
    if (notes.resume) there->resume = std::move(notes.resume);
    return;
  }
  ops.emplace_back(std::move(notes));
}

void Patch::Extend(const Patch& later) {
  if (later.empty()) return;
  if (empty()) from_version = later.from_version;
  for (const PatchOp& op : later.ops) Add(op);
  to_version = later.to_version;
  updated_at = later.updated_at;
}

std::size_t Patch::ByteSize() const {
  std::size_t size = 0;
  for (const PatchOp& op : ops) size += std::visit(OpSize(), op);
  return size;
}

void ApplyOp(const PatchOp& op, Message& message) {
  if (const auto* append = std::get_if<AppendOp>(&op)) {
    BodyOf(message.parts[append->part])->append(append->text);
  } else if (const auto* put = std::get_if<PutOp>(&op)) {
    if (put->part == message.parts.size()) {
      message.parts.push_back(put->value);
      return;
    }
    Part& part = message.parts[put->part];
    std::string body = put->keep_body ? std::move(*BodyOf(part)) : std::string();
    part = put->value;
    if (put->keep_body) *BodyOf(part) = std::move(body);
  } else if (const auto* truncate = std::get_if<TruncateOp>(&op)) {
    message.parts.erase(message.parts.begin() + truncate->size, message.parts.end());
  } else if (const auto* header = std::get_if<HeaderOp>(&op)) {
    SetHeader(*header, message);
  } else if (const auto* notes = std::get_if<NotesOp>(&op)) {
    SetNotes(*notes, message);
  }
}

Status ApplyPatch(const Patch& patch, Message& message) {
  if (patch.empty()) return Status::Ok();
  if (patch.from_version != message.version || patch.to_version <= patch.from_version) {
    return Misfit("it leads from version " + std::to_string(patch.from_version) + " to " +
                  std::to_string(patch.to_version) + ", the message has " +
                  std::to_string(message.version));
  }
  OpChecker check(message);
  for (const PatchOp& op : patch.ops) {
    if (Status status = std::visit(check, op); !status.ok()) return status;
  }
  for (const PatchOp& op : patch.ops) ApplyOp(op, message);
  message.version = patch.to_version;
  message.updated_at = patch.updated_at;
  return Status::Ok();
}

}  // namespace millrace
