// The tables of methods of the module millrace-core, and nothing else. web/src/core-module.ts says
// what each name does, and core_host.cpp how.

#include <iterator>

#include "archive_host.h"
#include "core_host.h"
#include "core_object.h"
#include "hash_host.h"
#include "indexeddb_blocks.h"

namespace millrace::wasm {
namespace {

constexpr CoreMethod kModule[] = {
    Method<&StoreHost::Open>("openStore"),
    Method<&HashHost::Open>("openHash"),
    Method<&ArchiveHost::OpenToWrite>("openArchiveToWrite"),
    Method<&ArchiveHost::OpenToRead>("openArchiveToRead"),
};

constexpr CoreMethod kStore[] = {
    Method<&StoreHost::BeginTurn>("beginTurn"), Method<&StoreHost::EndTurn>("endTurn"),
    Method<&StoreHost::Recovered>("recovered"), Method<&StoreHost::Clients>("clients"),
    Method<&StoreHost::Call>("call"),           Method<&StoreHost::Write>("write"),
    Method<&StoreHost::Export>("exportTo"),     Method<&StoreHost::Import>("importFrom"),
    Method<&StoreHost::Subscribe>("subscribe"), Delete<StoreHost>(),
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
val ToJs(const std::shared_ptr<HashHost>& hash) { return CoreObject(kHash, hash); }
val ToJs(const std::shared_ptr<ArchiveHost>& archive) { return CoreObject(kArchive, archive); }
val ToJs(const std::shared_ptr<FeedHost>& feed) { return CoreObject(kFeed, feed); }
val ToJs(const std::shared_ptr<BlockCommit>& commit) { return CoreObject(kCommit, commit); }

}  // namespace millrace::wasm
