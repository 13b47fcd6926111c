#include "reader_host.h"

#include <string>
#include <utility>
#include <vector>

#include "message_shape.h"
#include "millrace/streams/merge_deltas.h"
#include "value_codec.h"

namespace millrace::wasm {
namespace {

// How a stream ended: a StreamEnd of web/src/core-module.ts, without its message.
ObjectWriter EndToJs(const StreamOutcome& outcome) {
  ObjectWriter out;
  if (!outcome.status.ok()) {
    ObjectWriter error;
    error.Set("code", CodeName(outcome.status.code()))
        .Set("message", outcome.status.message())
        .SetUnlessEmpty("providerType", outcome.provider_type);
    out.Set("error", error.Take());
  }
  if (outcome.usage) {
    out.SetJson("usage", UsageJson(*outcome.usage));
  }
  out.Set("skippedLines", outcome.skipped_lines);
  return out;
}

// The file that waits to be stored: {mediaType, bytes}, or undefined.
val FileToJs(const StreamReader& reader) {
  const StreamFile* file = reader.file();
  if (file == nullptr) return val::undefined();
  ObjectWriter out;
  out.Set("mediaType", file->media_type).SetBytes("bytes", file->bytes);
  return out.Take();
}

}  // namespace

std::shared_ptr<ReaderHost> ReaderHost::Open(const val& format, const val& parts,
                                             const val& merges) {
  const auto name = ReadWord(format, "the format");
  if (!name.ok()) return nullptr;
  const auto known = StreamFormatFromName(*name);
  if (!known) return nullptr;
  std::vector<Part> known_parts;
  for (std::size_t i = 0; i < LengthOf(parts); ++i) {
    Result<Part> part = ReadPart(ElementOf(parts, i));
    if (part.ok()) known_parts.push_back(*std::move(part));
  }
  return std::make_shared<ReaderHost>(MakeStreamReader(*known, known_parts), NumberOf(merges) != 0);
}

val ReaderHost::Feed(const val& bytes) {
  std::vector<Mutation> out;
  if (KindOf(bytes) == Kind::kBytes) {
    reader_->Push(BytesOf(bytes), out);
  } else {
    reader_->Fail(InvalidArgument("a chunk must be a Uint8Array"), out);
  }
  return Written(std::move(out));
}

val ReaderHost::Finish() {
  std::vector<Mutation> out;
  reader_->Finish(out);
  return Written(std::move(out));
}

val ReaderHost::Fail(const val& error) {
  std::vector<Mutation> out;
  reader_->Fail(ReadError(error), out);
  return Written(std::move(out));
}

val ReaderHost::Written(std::vector<Mutation> mutations) const {
  if (merges_) MergeDeltas(mutations);
  return ToJs(mutations);
}

val ReaderHost::File() const { return FileToJs(*reader_); }

val ReaderHost::FileStored(const val& blob) {
  const Result<std::string> id = ReadWord(blob, "the blob");
  std::vector<Mutation> out;
  reader_->FileStored(id.ok() ? *id : std::string(), out);
  return Written(std::move(out));
}

val ReaderHost::End() const { return EndToJs(reader_->outcome()).Take(); }

}  // namespace millrace::wasm
