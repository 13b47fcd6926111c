#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "millrace/base/status.h"
#include "millrace/base/time.h"
#include "millrace/model/message.h"
#include "millrace/model/session.h"

namespace millrace {

// Turns the values of a foreign file into values that the store can keep.

// Makes text valid UTF-8, and counts, cost and times usable for a page.
void MakeStorable(Session& session);
// The same for a message. If it is unfinished, it is finished as interrupted at `now`.
void MakeStorable(Message& message, TimeMs now);

// `status`, worded for the person who chose the file.
Status AboutImportedFile(const Status& status);

// Takes the next value off the end of `values` and makes it storable; skips values without an id.
// When `values` is empty, `read_more` fills it again. nullopt if `read_more` finds nothing.
template <typename T, typename ReadMore, typename MakeFit>
Result<std::optional<T>> NextStorable(std::vector<T>& values, const ReadMore& read_more,
                                      const MakeFit& make_storable) {
  for (;;) {
    if (values.empty()) {
      if (Status status = read_more(); !status.ok()) return AboutImportedFile(status);
      if (values.empty()) return std::optional<T>();
    }
    T value = std::move(values.back());
    values.pop_back();
    make_storable(value);
    if (!value.id.empty()) return std::optional(std::move(value));
  }
}

}  // namespace millrace
