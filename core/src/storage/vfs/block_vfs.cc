#include "storage/vfs/block_vfs.h"

#include <cstring>
#include <new>
#include <random>
#include <span>
#include <string_view>
#include <utility>

#include "storage/vfs/wal_block_file.h"

// SQLite is compiled with SQLITE_OS_OTHER=1: it has no VFS and needs these two functions. They do
// nothing, because each database registers its own VFS.
extern "C" int sqlite3_os_init() { return SQLITE_OK; }
extern "C" int sqlite3_os_end() { return SQLITE_OK; }

namespace millrace {

// SQLite's memory for an open file. SQLite owns it, so Open constructs the object in place and
// Close destroys it.
struct BlockVfs::OpenFile : sqlite3_file {
  BlockVfs* vfs = nullptr;
  TrackedFile* file = nullptr;
  std::unique_ptr<TrackedFile> temporary;  // if set, `file` points to it
};

// The C callbacks of SQLite. None of them throws or blocks.
struct BlockVfs::Methods {
  static const sqlite3_io_methods kIo;

  static OpenFile& Of(sqlite3_file* file) { return *static_cast<OpenFile*>(file); }
  static BlockVfs& Of(sqlite3_vfs* vfs) { return *static_cast<BlockVfs*>(vfs->pAppData); }

  // SQLITE_OK, or `code`. Keeps the host's message for the person who reads the error.
  static int Outcome(BlockVfs& vfs, Status status, int code) {
    if (status.ok()) return SQLITE_OK;
    if (status.code() == Code::kQuotaExceeded) code = SQLITE_FULL;
    vfs.host_error_ = std::move(status);
    return code;
  }

  // ---- one file

  static int Close(sqlite3_file* file) {
    Of(file).~OpenFile();
    return SQLITE_OK;
  }

  static int Read(sqlite3_file* file, void* into, int count, sqlite3_int64 offset) {
    const auto wanted = static_cast<std::size_t>(count);
    const std::span bytes(static_cast<std::byte*>(into), wanted);
    Result<std::size_t> got = Of(file).file->Read(static_cast<std::uint64_t>(offset), bytes);
    if (!got.ok()) return Outcome(*Of(file).vfs, got.status(), SQLITE_IOERR_READ);
    if (*got == wanted) return SQLITE_OK;
    std::memset(bytes.data() + *got, 0, wanted - *got);
    return SQLITE_IOERR_SHORT_READ;
  }

  static int Write(sqlite3_file* file, const void* from, int count, sqlite3_int64 offset) {
    const std::span bytes(static_cast<const std::byte*>(from), static_cast<std::size_t>(count));
    return Outcome(*Of(file).vfs, Of(file).file->Write(static_cast<std::uint64_t>(offset), bytes),
                   SQLITE_IOERR_WRITE);
  }

  static int Truncate(sqlite3_file* file, sqlite3_int64 size) {
    return Outcome(*Of(file).vfs, Of(file).file->Truncate(static_cast<std::uint64_t>(size)),
                   SQLITE_IOERR_TRUNCATE);
  }

  static int Sync(sqlite3_file* file, int /*flags*/) {
    return Outcome(*Of(file).vfs, Of(file).file->Sync(), SQLITE_IOERR_FSYNC);
  }

  static int FileSize(sqlite3_file* file, sqlite3_int64* size) {
    Result<std::uint64_t> result = Of(file).file->Size();
    if (!result.ok()) return Outcome(*Of(file).vfs, result.status(), SQLITE_IOERR_FSTAT);
    *size = static_cast<sqlite3_int64>(*result);
    return SQLITE_OK;
  }

  static int Lock(sqlite3_file* /*file*/, int /*level*/) { return SQLITE_OK; }

  // Nobody else can hold a lock, so a hot journal is always rolled back after a crash.
  static int CheckReservedLock(sqlite3_file* /*file*/, int* reserved) {
    *reserved = 0;
    return SQLITE_OK;
  }

  static int FileControl(sqlite3_file* /*file*/, int /*op*/, void* /*argument*/) {
    return SQLITE_NOTFOUND;
  }

  // 4096: the sector size of today's disks, and one page.
  static int SectorSize(sqlite3_file* /*file*/) { return 4096; }

  // OPFS promises nothing beyond write and flush, so this claims nothing about atomic or ordered
  // writes; the checksums of the WAL find torn frames. POWERSAFE_OVERWRITE says that a power cut
  // during a write damages no byte outside its range. SQLite's own VFSes claim it for the file
  // systems under OPFS. Without it each durable commit would be padded with a second frame.
  static int DeviceCharacteristics(sqlite3_file* /*file*/) {
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
  }

  // ---- the file system

  static int Open(sqlite3_vfs* vfs, sqlite3_filename /*name*/, sqlite3_file* file, int flags,
                  int* out_flags) {
    auto* open = new (file) OpenFile();
    open->pMethods = &kIo;
    open->vfs = &Of(vfs);
    if ((flags & SQLITE_OPEN_MAIN_DB) != 0) {
      open->file = &open->vfs->database_;
    } else if ((flags & SQLITE_OPEN_WAL) != 0) {
      open->file = &open->vfs->wal_;
    } else if ((flags & SQLITE_OPEN_MAIN_JOURNAL) != 0) {
      open->file = &open->vfs->journal_;
    } else {
      open->temporary = std::make_unique<TrackedFile>(MakeMemoryBlockFile());
      open->file = open->temporary.get();
    }
    if (out_flags != nullptr) *out_flags = flags;
    return SQLITE_OK;
  }

  // Always syncs, even if `sync` is not set. A journal that comes back after a power cut would be
  // rolled back into a database that has changed since. (SQLite relies on the file system's journal
  // to keep deletions and later writes in order; nothing keeps a truncation in order.) Deletions
  // are rare.
  static int Delete(sqlite3_vfs* vfs, const char* path, int /*sync*/) {
    TrackedFile& file = Of(vfs).FileNamed(path);
    Status status = file.Truncate(0);
    if (status.ok()) status = file.Sync();
    return Outcome(Of(vfs), std::move(status), SQLITE_IOERR_DELETE);
  }

  // The file may have been deleted in an earlier life that did not sync the deletion. So before
  // anybody relies on its absence it is synced, once per life.
  static int Access(sqlite3_vfs* vfs, const char* path, int /*flags*/, int* exists) {
    TrackedFile& file = Of(vfs).FileNamed(path);
    Result<std::uint64_t> size = file.Size();
    if (!size.ok()) return Outcome(Of(vfs), size.status(), SQLITE_IOERR_ACCESS);
    *exists = *size > 0 ? 1 : 0;
    return *exists != 0 ? SQLITE_OK : Outcome(Of(vfs), file.Sync(), SQLITE_IOERR_ACCESS);
  }

  static int FullPathname(sqlite3_vfs* /*vfs*/, const char* path, int capacity, char* out) {
    const std::string_view text(path);
    if (text.size() >= static_cast<std::size_t>(capacity)) return SQLITE_CANTOPEN;
    std::memcpy(out, path, text.size() + 1);
    return SQLITE_OK;
  }

  // Seeds SQLite's generator, which makes the salts of the WAL. The salts must differ from one life
  // of a file to the next, so that old frames never pass as new ones. They decide nothing else, so
  // tests stay repeatable. std::random_device is the operating system's source natively, and
  // crypto.getRandomValues in wasm.
  static int Randomness(sqlite3_vfs* /*vfs*/, int count, char* out) {
    std::random_device device;
    for (int i = 0; i < count; ++i) out[i] = static_cast<char>(device());
    return count;
  }

  // Called only when a lock is busy, which never happens here.
  static int Sleep(sqlite3_vfs* /*vfs*/, int /*microseconds*/) { return 0; }

  // The core reads no clock, and none of its SQL asks for the time. So it is always the Unix epoch,
  // as a Julian day.
  static int CurrentTime(sqlite3_vfs* /*vfs*/, double* julian_day) {
    *julian_day = 2440587.5;
    return SQLITE_OK;
  }

  static int GetLastError(sqlite3_vfs* /*vfs*/, int /*capacity*/, char* /*out*/) { return 0; }
};

// Version 1: no shared memory, no memory mapping.
const sqlite3_io_methods BlockVfs::Methods::kIo = {
    .iVersion = 1,
    .xClose = Close,
    .xRead = Read,
    .xWrite = Write,
    .xTruncate = Truncate,
    .xSync = Sync,
    .xFileSize = FileSize,
    .xLock = Lock,
    .xUnlock = Lock,
    .xCheckReservedLock = CheckReservedLock,
    .xFileControl = FileControl,
    .xSectorSize = SectorSize,
    .xDeviceCharacteristics = DeviceCharacteristics,
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

Result<std::unique_ptr<BlockVfs>> BlockVfs::Register(DatabaseFiles files) {
  // Idempotent. SQLITE_OMIT_AUTOINIT leaves this call to us.
  if (sqlite3_initialize() != SQLITE_OK) return Internal("SQLite could not be initialised");
  std::unique_ptr<BlockVfs> vfs(new BlockVfs(std::move(files)));
  if (sqlite3_vfs_register(&vfs->vfs_, /*makeDflt=*/0) != SQLITE_OK) {
    return Internal("SQLite refused the file system layer");
  }
  return vfs;
}

BlockVfs::BlockVfs(DatabaseFiles files)
    : database_(std::move(files.database)),
      wal_(std::make_unique<WalBlockFile>(std::move(files.wal))),
      journal_(std::move(files.journal)) {
  static std::int64_t count = 0;
  name_ = "millrace-" + std::to_string(++count);
  vfs_.iVersion = 1;
  vfs_.szOsFile = static_cast<int>(sizeof(OpenFile));
  vfs_.mxPathname = 64;
  vfs_.zName = name_.c_str();
  vfs_.pAppData = this;
  vfs_.xOpen = Methods::Open;
  vfs_.xDelete = Methods::Delete;
  vfs_.xAccess = Methods::Access;
  vfs_.xFullPathname = Methods::FullPathname;
  vfs_.xRandomness = Methods::Randomness;
  vfs_.xSleep = Methods::Sleep;
  vfs_.xCurrentTime = Methods::CurrentTime;
  vfs_.xGetLastError = Methods::GetLastError;
}

BlockVfs::~BlockVfs() { sqlite3_vfs_unregister(&vfs_); }

Status BlockVfs::TakeHostError() { return std::exchange(host_error_, Status::Ok()); }

std::int64_t BlockVfs::bytes_written() const {
  return database_.bytes_written() + wal_.bytes_written() + journal_.bytes_written();
}

TrackedFile& BlockVfs::FileNamed(const char* path) {
  const std::string_view text(path);
  if (text.ends_with("-wal")) return wal_;
  if (text.ends_with("-journal")) return journal_;
  return database_;
}

}  // namespace millrace
