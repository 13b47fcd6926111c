#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "model/json.h"
#include "model/json_values.h"

namespace millrace::json {

// The members of an object, taken apart once. For whoever asks for many of them: `Member` of the
// text goes over all of it each time.
//
// The text must outlive it. Small objects cost no memory.
class Object {
 public:
  // REQUIRES: the text is valid, or "" for a missing value. What is no object has no members.
  explicit Object(std::string_view text) {
    if (!Is(text, Kind::kObject)) return;
    for (Cursor member(text); member.Next();) {
      const std::string_view quoted = member.key();
      Add({quoted.substr(1, quoted.size() - 2), member.value()});
    }
  }

  // As json::Member: "" if it is missing or null. Of several with one key, the last one counts.
  std::string_view Member(std::string_view key) const {
    const std::string_view value = Find(key);
    return Is(value, Kind::kNull) ? "" : value;
  }

 private:
  using Pair = std::pair<std::string_view, std::string_view>;

  void Add(Pair member) {
    if (count_ < few_.size()) {
      few_[count_++] = member;
    } else {
      more_.push_back(member);
    }
  }

  std::string_view Find(std::string_view key) const {
    for (std::size_t i = more_.size(); i-- > 0;) {
      if (more_[i].first == key) return more_[i].second;
    }
    for (std::size_t i = count_; i-- > 0;) {
      if (few_[i].first == key) return few_[i].second;
    }
    return "";
  }

  std::array<Pair, 16> few_;
  std::size_t count_ = 0;
  std::vector<Pair> more_;
};

inline std::string_view Member(const Object& object, std::string_view key) {
  return object.Member(key);
}

}  // namespace millrace::json
