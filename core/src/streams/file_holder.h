#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "millrace/streams/stream_reader.h"

namespace millrace {

// Takes large files out of what another reader writes.
//
//   reader ──▶ waiting ──▶ out
//                 └─ a large file is first: it waits until it is stored, then a FilePart names it
//
// Invariant: while no file waits, nothing waits.
class FileHolder final : public StreamReader {
 public:
  explicit FileHolder(std::unique_ptr<StreamReader> reader) : reader_(std::move(reader)) {}

  void Push(std::string_view bytes, std::vector<Mutation>& out) override;
  void Finish(std::vector<Mutation>& out) override;
  void Fail(Status status, std::vector<Mutation>& out) override;
  bool ending() const override { return reader_->ending(); }
  void NewConnection() override { reader_->NewConnection(); }
  const StreamPosition& position() const override { return reader_->position(); }
  void ContinueFrom(const StreamPosition& position) override { reader_->ContinueFrom(position); }
  bool rests() const override { return waiting_.empty() && reader_->rests(); }
  const StreamFile* file() const override { return file_ ? &*file_ : nullptr; }
  void FileStored(const std::string& blob, std::vector<Mutation>& out) override;

 private:
  void PassOn(std::vector<Mutation>& out);

  std::unique_ptr<StreamReader> reader_;
  std::vector<Mutation> waiting_;  // a file is the first of it
  std::optional<StreamFile> file_;
};

}  // namespace millrace
