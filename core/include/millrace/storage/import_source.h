#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "millrace/base/status.h"
#include "millrace/base/time.h"
#include "millrace/model/message.h"
#include "millrace/model/session.h"
#include "millrace/storage/block_file.h"

namespace millrace {

// The content of another database, read once from its beginning to its end; values as they are to
// be stored, but for the `seq` of a message, whose order is what counts.
class ImportSource {
 public:
  virtual ~ImportSource() = default;

  // As many as NextMessage gives, or more.
  virtual std::int64_t message_count() const = 0;
  // nullopt after the last one.
  virtual Result<std::optional<Session>> NextSession() = 0;
  // Finished, all of them: what the file has unfinished is finished as interrupted.
  virtual Result<std::optional<Message>> NextMessage() = 0;
};

// Opens a SQLite file for reading: a Millrace database of this schema or an older one, or one of
// Crush, whose times are seconds. The file has to stand alone (no write-ahead log beside it) and
// is not written to. Nothing in it is run, and what reading it costs is bounded by its size; the
// tables that are read are checked first. `now` is when interrupted messages end.
// kInvalidArgument: no SQLite file, of another program, or with a schema that would be run;
// kCorrupt: damaged; kNewerSchema; kIo.
Result<std::unique_ptr<ImportSource>> OpenImportSource(std::shared_ptr<BlockFile> file, TimeMs now);

// What an import added; what was there already is not counted.
struct ImportCounts {
  std::int64_t sessions = 0;
  std::int64_t messages = 0;
  friend bool operator==(const ImportCounts&, const ImportCounts&) = default;
};

}  // namespace millrace
