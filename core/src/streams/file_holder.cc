#include "streams/file_holder.h"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <utility>
#include <variant>

#include "model/base64.h"

namespace millrace {
namespace {

// data:image/png;base64,…
std::optional<StreamFile> FileInUrl(std::string_view url) {
  constexpr std::string_view kScheme = "data:";
  constexpr std::string_view kBase64 = ";base64";
  const std::size_t comma = url.find(',');
  if (!url.starts_with(kScheme) || comma == std::string_view::npos) return std::nullopt;
  std::string_view type = url.substr(kScheme.size(), comma - kScheme.size());
  const std::string_view content = url.substr(comma + 1);
  if (!type.ends_with(kBase64) || content.size() < kFileBase64Bytes) return std::nullopt;
  type.remove_suffix(kBase64.size());
  std::optional<std::string> bytes = DecodeBase64(content);
  if (!bytes) return std::nullopt;
  return StreamFile{std::string(type.empty() ? "application/octet-stream" : type),
                    *std::move(bytes)};
}

// The large file in a part, if it has one and nothing that a FilePart could not keep.
std::optional<StreamFile> FileIn(const Mutation& mutation) {
  const auto* add = std::get_if<AddPart>(&mutation);
  if (add == nullptr) return std::nullopt;
  if (const auto* image = std::get_if<ImageUrlPart>(&add->part)) {
    return image->detail.empty() ? FileInUrl(image->url) : std::nullopt;
  }
  if (const auto* file = std::get_if<FilePart>(&add->part)) return FileInUrl(file->url);
  const auto* binary = std::get_if<BinaryPart>(&add->part);
  if (binary == nullptr || binary->data.size() / 3 * 4 < kFileBase64Bytes) return std::nullopt;
  return StreamFile{binary->mime_type, binary->data};
}

// What a FilePart in place of `part` keeps of it.
FilePart FilePartFor(Part& part) {
  if (auto* file = std::get_if<FilePart>(&part)) return std::move(*file);
  FilePart file;
  if (auto* image = std::get_if<ImageUrlPart>(&part)) file.extra = std::move(image->extra);
  if (auto* binary = std::get_if<BinaryPart>(&part)) {
    file.name = std::move(binary->path);
    file.extra = std::move(binary->extra);
  }
  return file;
}

}  // namespace

void FileHolder::Push(std::string_view bytes, std::vector<Mutation>& out) {
  reader_->Push(bytes, waiting_);
  PassOn(out);
}

void FileHolder::Finish(std::vector<Mutation>& out) {
  reader_->Finish(waiting_);
  PassOn(out);
}

void FileHolder::Fail(Status status, std::vector<Mutation>& out) {
  reader_->Fail(std::move(status), waiting_);
  PassOn(out);
}

void FileHolder::FileStored(const std::string& blob, std::vector<Mutation>& out) {
  if (!file_) return;
  if (!blob.empty()) {
    Part& before = std::get<AddPart>(waiting_.front()).part;
    FilePart named = FilePartFor(before);
    named.media_type = std::move(file_->media_type);
    named.size = static_cast<std::int64_t>(file_->bytes.size());
    named.blob = blob;
    named.url.clear();
    before = std::move(named);
  }
  out.push_back(std::move(waiting_.front()));
  waiting_.erase(waiting_.begin());
  file_.reset();
  PassOn(out);
}

void FileHolder::PassOn(std::vector<Mutation>& out) {
  auto next = waiting_.begin();
  while (!file_ && next != waiting_.end()) {
    file_ = FileIn(*next);
    if (!file_) out.push_back(std::move(*next++));
  }
  waiting_.erase(waiting_.begin(), next);
  if (!reader_->done()) return;
  outcome_ = reader_->outcome();
  done_ = waiting_.empty();
}

}  // namespace millrace
