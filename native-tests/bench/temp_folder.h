#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

namespace millrace::bench {

// A new folder that exists as long as the object does.
class TempFolder {
 public:
  TempFolder()
      : path_((std::filesystem::temp_directory_path() / "millrace-bench-XXXXXX").string()) {
    if (mkdtemp(path_.data()) == nullptr) std::abort();
  }
  ~TempFolder() {
    std::error_code ignored;  // a leftover in the temporary folder does no harm
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace millrace::bench
