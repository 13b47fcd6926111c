#include "support/posix_block_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace millrace {
namespace {

Status LastError(const char* doing) {
  const int error = errno;
  const bool full = error == ENOSPC || error == EDQUOT;
  return {full ? Code::kQuotaExceeded : Code::kIo,
          std::string(doing) + ": " + std::strerror(error)};
}

class PosixBlockFile final : public BlockFile {
 public:
  explicit PosixBlockFile(int descriptor) : descriptor_(descriptor) {}
  ~PosixBlockFile() override { close(descriptor_); }
  PosixBlockFile(const PosixBlockFile&) = delete;
  PosixBlockFile& operator=(const PosixBlockFile&) = delete;

  Result<std::size_t> Read(std::uint64_t offset, std::span<std::byte> into) override {
    std::size_t done = 0;
    while (done < into.size()) {
      const ssize_t count = pread(descriptor_, into.data() + done, into.size() - done,
                                  static_cast<off_t>(offset + done));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return LastError("read");
      if (count == 0) break;
      done += static_cast<std::size_t>(count);
    }
    return done;
  }

  Status Write(std::uint64_t offset, std::span<const std::byte> from) override {
    std::size_t done = 0;
    while (done < from.size()) {
      const ssize_t count = pwrite(descriptor_, from.data() + done, from.size() - done,
                                   static_cast<off_t>(offset + done));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return LastError("write");
      done += static_cast<std::size_t>(count);
    }
    return Status::Ok();
  }

  Status Truncate(std::uint64_t size) override {
    return ftruncate(descriptor_, static_cast<off_t>(size)) == 0 ? Status::Ok()
                                                                 : LastError("truncate");
  }

  Status Sync() override { return fsync(descriptor_) == 0 ? Status::Ok() : LastError("sync"); }

  Result<std::uint64_t> Size() override {
    struct stat info {};
    if (fstat(descriptor_, &info) != 0) return LastError("stat");
    return static_cast<std::uint64_t>(info.st_size);
  }

 private:
  int descriptor_;
};

}  // namespace

Result<std::unique_ptr<BlockFile>> OpenPosixBlockFile(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) return LastError(path.c_str());
  return std::unique_ptr<BlockFile>(std::make_unique<PosixBlockFile>(descriptor));
}

Result<DatabaseFiles> OpenPosixFiles(const std::string& path) {
  Result<std::unique_ptr<BlockFile>> database = OpenPosixBlockFile(path);
  if (!database.ok()) return database.status();
  Result<std::unique_ptr<BlockFile>> wal = OpenPosixBlockFile(path + "-wal");
  if (!wal.ok()) return wal.status();
  Result<std::unique_ptr<BlockFile>> journal = OpenPosixBlockFile(path + "-journal");
  if (!journal.ok()) return journal.status();
  DatabaseFiles files;
  files.database = *std::move(database);
  files.wal = *std::move(wal);
  files.journal = *std::move(journal);
  return files;
}

}  // namespace millrace
