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

// The content of another database, read once from beginning to end. The values are as they are to
// be stored, except the `seq` of a message: only its order counts.
class ImportSource {
 public:
  virtual ~ImportSource() = default;

  // At least as many as NextMessage returns.
  virtual std::int64_t message_count() const = 0;
  // Whether its messages name their parents. If not, each follows the one before it in its session.
  virtual bool branches() const = 0;
  // nullopt after the last one.
  virtual Result<std::optional<Session>> NextSession() = 0;
  // All of them are finished. A message that is unfinished in the file is finished as interrupted.
  virtual Result<std::optional<Message>> NextMessage() = 0;
};

// Opens a SQLite file for reading: a Millrace database of this schema or an older one, or a
// database of Crush, whose times are in seconds. The file must be complete by itself (no
// write-ahead log beside it) and is not written to. Nothing in it is run, and its size bounds the
// cost of reading it. The tables that are read are checked first. `now` is the end time of
// interrupted messages. kInvalidArgument: no SQLite file, a file of another program, or a schema
// that would run something. kCorrupt: damaged. kNewerSchema; kIo.
Result<std::unique_ptr<ImportSource>> OpenImportSource(std::shared_ptr<BlockFile> file, TimeMs now);

// What an import added. Ids that the store had already are not counted.
struct ImportCounts {
  std::int64_t sessions = 0;
  std::int64_t messages = 0;
  friend bool operator==(const ImportCounts&, const ImportCounts&) = default;
};

}  // namespace millrace
