// The tables of methods of the module millrace-streams, and nothing else. web/src/core-module.ts
// says what each name does.

#include <iterator>

#include "core_object.h"
#include "framer_host.h"
#include "reader_host.h"

namespace millrace::wasm {
namespace {

constexpr CoreMethod kModule[] = {
    Method<&ReaderHost::Open>("openReader"),
    Method<&FramerHost::Open>("openFramer"),
};

constexpr CoreMethod kReader[] = {
    Method<&ReaderHost::Feed>("feed"),
    Method<&ReaderHost::Reconnect>("reconnect"),
    Method<&ReaderHost::EndsAtOffset>("endsAtOffset"),
    Method<&ReaderHost::EndOfBody>("endOfBody"),
    Method<&ReaderHost::Point>("point"),
    Method<&ReaderHost::Ending>("ending"),
    Method<&ReaderHost::Done>("done"),
    Method<&ReaderHost::File>("file"),
    Method<&ReaderHost::FileStored>("fileStored"),
    Method<&ReaderHost::Finish>("finish"),
    Method<&ReaderHost::Fail>("fail"),
    Method<&ReaderHost::End>("end"),
    Delete<ReaderHost>(),
};

constexpr CoreMethod kFramer[] = {
    Method<&FramerHost::Feed>("feed"),
    Method<&FramerHost::Finish>("finish"),
    Method<&FramerHost::TooLong>("tooLong"),
    Delete<FramerHost>(),
};

// Before the module is ready.
[[maybe_unused]] const bool kExported = (millrace_export(kModule, std::size(kModule)), true);

}  // namespace

val ToJs(const std::shared_ptr<ReaderHost>& reader) { return CoreObject(kReader, reader); }
val ToJs(const std::shared_ptr<FramerHost>& framer) { return CoreObject(kFramer, framer); }

}  // namespace millrace::wasm
