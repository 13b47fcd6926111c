#pragma once

#include <string_view>
#include <vector>

namespace millrace {

// The objects of a text that consists of several, one behind the other without a line break; empty
// for any other text. They are cut at their braces and not checked. Linear.
std::vector<std::string_view> SplitObjects(std::string_view text);

// Follows a JSON value that comes in pieces, and knows whether its brackets are closed again.
// Linear.
class BracketCount {
 public:
  void Take(std::string_view piece);
  bool closed() const { return began_ && depth_ == 0; }

 private:
  friend std::vector<std::string_view> SplitObjects(std::string_view text);
  void TakeOne(char c);

  int depth_ = 0;
  bool began_ = false;
  bool in_string_ = false;
  bool escaped_ = false;
};

}  // namespace millrace
