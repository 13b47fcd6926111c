#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "millrace/base/status.h"
#include "millrace/base/time.h"
#include "millrace/model/message.h"
#include "millrace/model/session.h"

namespace millrace {

// What a file from elsewhere says, made what the store keeps.

// Valid UTF-8; counts, a cost and times that a page can work with.
void MakeStorable(Session& session);
// The same, and finished: one that is not ends here, as interrupted, at `now`.
void MakeStorable(Message& message, TimeMs now);

// `status`, for the person who chose the file.
Status AboutImportedFile(const Status& status);

// Takes the next value off the end of `values`, made storable; what has no id is passed over. When
// they are used up `read_more` fills them again: nullopt once it finds none.
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
