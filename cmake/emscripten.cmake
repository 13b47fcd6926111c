# Toolchain of the wasm presets: the platform file of the Emscripten on the PATH.
find_program(MILLRACE_EM_CONFIG em-config REQUIRED)
execute_process(COMMAND "${MILLRACE_EM_CONFIG}" EMSCRIPTEN_ROOT
                OUTPUT_VARIABLE MILLRACE_EMSCRIPTEN_ROOT OUTPUT_STRIP_TRAILING_WHITESPACE
                COMMAND_ERROR_IS_FATAL ANY)
include("${MILLRACE_EMSCRIPTEN_ROOT}/cmake/Modules/Platform/Emscripten.cmake")
