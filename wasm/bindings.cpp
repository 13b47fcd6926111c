// The tables of methods, and nothing else. web/src/core-module.ts says what each name does, and
// core_host.cpp how.

#include <iterator>

#include "archive_host.h"
#include "core_host.h"
#include "core_object.h"
#include "hash_host.h"
#include "indexeddb_blocks.h"
#include "reader_host.h"
#include "stream_host.h"

namespace millrace::wasm {
namespace {

constexpr CoreMethod kModule[] = {
    Method<&StoreHost::Open>("openStore"),
    Method<&ReaderHost::Open>("openReader"),
    Method<&HashHost::Open>("openHash"),
    Method<&ArchiveHost::OpenToWrite>("openArchiveToWrite"),
    Method<&ArchiveHost::OpenToRead>("openArchiveToRead"),
};

constexpr CoreMethod kStore[] = {
    Method<&StoreHost::BeginTurn>("beginTurn"),
    Method<&StoreHost::EndTurn>("endTurn"),
    Method<&StoreHost::Recovered>("recovered"),
    Method<&StoreHost::Clients>("clients"),
    Method<&StoreHost::Call>("call"),
    Method<&StoreHost::Write>("write"),
    Method<&StoreHost::Export>("exportTo"),
    Method<&StoreHost::Import>("importFrom"),
    Method<&StoreHost::OpenStream>("openStream"),
    Method<&StoreHost::Subscribe>("subscribe"),
    Delete<StoreHost>(),
};

constexpr CoreMethod kStream[] = {
    Method<&StreamHost::Begin>("begin"),
    Method<&StreamHost::Feed>("feed"),
    Method<&StreamHost::Ending>("ending"),
    Method<&StreamHost::File>("file"),
    Method<&StreamHost::FileStored>("fileStored"),
    Method<&StreamHost::Finish>("finish"),
    Method<&StreamHost::Fail>("fail"),
    Delete<StreamHost>(),
};

constexpr CoreMethod kReader[] = {
    Method<&ReaderHost::Feed>("feed"),
    Method<&ReaderHost::Ending>("ending"),
    Method<&ReaderHost::Done>("done"),
    Method<&ReaderHost::File>("file"),
    Method<&ReaderHost::FileStored>("fileStored"),
    Method<&ReaderHost::Finish>("finish"),
    Method<&ReaderHost::Fail>("fail"),
    Method<&ReaderHost::End>("end"),
    Delete<ReaderHost>(),
};

constexpr CoreMethod kHash[] = {
    Method<&HashHost::Update>("update"),
    Method<&HashHost::Digest>("digest"),
    Delete<HashHost>(),
};

constexpr CoreMethod kArchive[] = {
    Method<&ArchiveHost::Named>("named"),
    Method<&ArchiveHost::Add>("add"),
    Method<&ArchiveHost::NextBlob>("nextBlob"),
    Method<&ArchiveHost::NextPiece>("nextPiece"),
    Delete<ArchiveHost>(),
};

constexpr CoreMethod kFeed[] = {
    Method<&FeedHost::Grant>("grant"),
    Method<&FeedHost::Forget>("forget"),
    Method<&FeedHost::SetFilters>("setFilters"),
    Delete<FeedHost>(),
};

constexpr CoreMethod kCommit[] = {
    Method<&BlockCommit::Done>("done"),
    Delete<BlockCommit>(),
};

// Before the module is ready.
[[maybe_unused]] const bool kExported = (millrace_export(kModule, std::size(kModule)), true);

}  // namespace

val ToJs(const std::shared_ptr<StoreHost>& store) { return CoreObject(kStore, store); }
val ToJs(const std::shared_ptr<StreamHost>& stream) { return CoreObject(kStream, stream); }
val ToJs(const std::shared_ptr<ReaderHost>& reader) { return CoreObject(kReader, reader); }
val ToJs(const std::shared_ptr<HashHost>& hash) { return CoreObject(kHash, hash); }
val ToJs(const std::shared_ptr<ArchiveHost>& archive) { return CoreObject(kArchive, archive); }
val ToJs(const std::shared_ptr<FeedHost>& feed) { return CoreObject(kFeed, feed); }
val ToJs(const std::shared_ptr<BlockCommit>& commit) { return CoreObject(kCommit, commit); }

}  // namespace millrace::wasm
