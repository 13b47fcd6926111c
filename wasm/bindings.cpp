// Registration only. web/src/core-module.ts says what each name does, and core_host.cpp how.

#include <emscripten/bind.h>

#include "core_host.h"
#include "indexeddb_blocks.h"
#include "reader_host.h"
#include "stream_host.h"

using millrace::wasm::BlockCommit;
using millrace::wasm::FeedHost;
using millrace::wasm::ReaderHost;
using millrace::wasm::StoreHost;
using millrace::wasm::StreamHost;

EMSCRIPTEN_BINDINGS(millrace) {
  emscripten::function("openStore", &StoreHost::Open);
  emscripten::function("openReader", &ReaderHost::Open);

  emscripten::class_<StoreHost>("CoreStore")
      .smart_ptr<std::shared_ptr<StoreHost>>("CoreStore")
      .function("beginTurn", &StoreHost::BeginTurn)
      .function("endTurn", &StoreHost::EndTurn)
      .function("recovered", &StoreHost::Recovered)
      .function("clients", &StoreHost::Clients)
      .function("call", &StoreHost::Call)
      .function("write", &StoreHost::Write)
      .function("exportTo", &StoreHost::Export)
      .function("importFrom", &StoreHost::Import)
      .function("openStream", &StoreHost::OpenStream)
      .function("subscribe", &StoreHost::Subscribe);

  emscripten::class_<StreamHost>("CoreStream")
      .smart_ptr<std::shared_ptr<StreamHost>>("CoreStream")
      .function("begin", &StreamHost::Begin)
      .function("feed", &StreamHost::Feed)
      .function("ending", &StreamHost::Ending)
      .function("finish", &StreamHost::Finish)
      .function("fail", &StreamHost::Fail);

  emscripten::class_<ReaderHost>("CoreReader")
      .smart_ptr<std::shared_ptr<ReaderHost>>("CoreReader")
      .function("feed", &ReaderHost::Feed)
      .function("ending", &ReaderHost::Ending)
      .function("done", &ReaderHost::Done)
      .function("finish", &ReaderHost::Finish)
      .function("fail", &ReaderHost::Fail)
      .function("end", &ReaderHost::End);

  emscripten::class_<FeedHost>("CoreFeed")
      .smart_ptr<std::shared_ptr<FeedHost>>("CoreFeed")
      .function("grant", &FeedHost::Grant)
      .function("forget", &FeedHost::Forget)
      .function("setFilters", &FeedHost::SetFilters);

  emscripten::class_<BlockCommit>("CoreCommit")
      .smart_ptr<std::shared_ptr<BlockCommit>>("CoreCommit")
      .function("done", &BlockCommit::Done);
}
