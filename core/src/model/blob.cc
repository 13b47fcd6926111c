#include "millrace/model/blob.h"

#include <string>
#include <variant>
#include <vector>

#include "millrace/model/part.h"

namespace millrace {

std::vector<std::string> BlobsNamedBy(const std::vector<Part>& parts) {
  std::vector<std::string> names;
  for (const Part& part : parts) {
    const auto* file = std::get_if<FilePart>(&part);
    if (file != nullptr && !file->blob.empty()) names.push_back(file->blob);
  }
  return names;
}

}  // namespace millrace
